"""Who sits at this program, for job rows and for others on the same store."""

import asyncio
import getpass
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.backend import Backend


def who() -> str:
    """The user's name, or `somebody` where the system knows none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "somebody"


@asynccontextmanager
async def present(backend: "Backend") -> AsyncGenerator[None]:
    """Others see a worker of this user while the body runs."""
    from core.services.presence import BEAT_SECONDS, Presence
    from core.store import StoreError

    presence = Presence(backend.store, backend.clock, owner=backend.owner, user=who(), role="worker")

    async def beat() -> None:
        while True:
            await presence.beat()
            await asyncio.sleep(BEAT_SECONDS)

    task = asyncio.create_task(beat())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        with suppress(StoreError):  # it is forgotten by itself after a while
            await presence.leave()
