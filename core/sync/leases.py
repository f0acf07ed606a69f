"""The leases that one worker holds: taken when free, renewed in time, given back at the end."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Final

from core.clock import Clock
from core.store import Lease, Store, StoreError

PRESENCE: Final = "worker"
"""Held by whichever worker came first; screens show its owner."""
INVENTORY: Final = "inventory"


def of_integration(integration_id: str) -> str:
    """The name of the lease under which an integration's timers run."""
    return f"integration:{integration_id}"


class Leases:
    """What this worker holds, by name; another takes over at most `ttl` after this one died (A52)."""

    def __init__(self, store: Store, clock: Clock, owner: str, ttl: timedelta) -> None:
        self._store = store
        self._clock = clock
        self._owner = owner
        self._ttl = ttl
        self._held: dict[str, Lease] = {}
        self._renew_at: dict[str, datetime] = {}

    async def hold(self, name: str) -> Lease | None:
        """The lease, taken or renewed when a third of its time has gone; None while another holds it."""
        now = self._clock.now()
        held = self._held.get(name)
        if held is not None and now < self._renew_at[name]:
            return held
        lease = await self._store.lease(name, owner=self._owner, ttl=self._ttl)
        if lease is None or (held is not None and lease.epoch != held.epoch):
            # Somebody else had it in between: whatever ran under the old epoch may no longer write.
            self._held.pop(name, None)
            if lease is None:
                return None
        self._held[name] = lease
        self._renew_at[name] = now + self._ttl / 3
        return lease

    def held(self, name: str) -> Lease | None:
        """The lease as it was last taken or renewed."""
        return self._held.get(name)

    @asynccontextmanager
    async def kept(self, name: str) -> AsyncGenerator[None]:
        """Renews a lease that is held while the body runs, however long that takes."""

        async def renew() -> None:
            while True:
                await asyncio.sleep(self._ttl.total_seconds() / 4)
                with suppress(StoreError):
                    await self.hold(name)

        task = asyncio.create_task(renew())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def release(self, name: str) -> None:
        """Give one back, so that nobody has to wait for it to run out."""
        lease = self._held.pop(name, None)
        if lease is not None:
            await self._store.release(lease)

    async def release_all(self) -> None:
        """Give everything back at the end."""
        for name in list(self._held):
            await self.release(name)
