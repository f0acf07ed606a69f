"""Taking a lease away from whoever works under it, so that nothing of theirs is written from then on."""

import secrets
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Final

from core.services.errors import NotAllowedNow
from core.store import Lease, Store

_TTL: Final = timedelta(seconds=15)
_TRIES: Final = 50


@asynccontextmanager
async def taken_over(store: Store, first: str, *others: str, owner: str) -> AsyncGenerator[Lease]:
    """The first of these leases, all of them held while the body runs and given back after it.

    A worker that held one is fenced off at once: its next write raises LeaseLost, and it takes the lease
    again by itself when it may. Raises NotAllowedNow when another program does the same at this moment.
    """
    me = f"{owner}/{secrets.token_hex(4)}"
    async with AsyncExitStack() as stack:
        fence = await _take(store, first, me)
        stack.push_async_callback(store.release, fence)
        for name in others:
            stack.push_async_callback(store.release, await _take(store, name, me))
        yield fence


async def _take(store: Store, name: str, me: str) -> Lease:
    for _ in range(_TRIES):
        lease = await store.lease(name, owner=me, ttl=_TTL)
        if lease is not None:
            return lease
        holder = await store.holder(name)
        if holder is not None:
            await store.release(holder)
    raise NotAllowedNow("Another program is changing this integration", "Wait a moment and try again.")
