"""A process that writes until it is killed, and tells over a pipe what it was promised.

Messages are (kind, number): `start` how many of its transactions it found, `try` before and `ack` after
each, `wait` how long it waited for the lock in microseconds, `full` when the disk had no room, `busy` when
another held the lock for too long, `error` with a text for anything else.
"""

import asyncio
import random
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter

from core.clock import SystemClock
from core.store import StoreBusy, StoreFull
from storage.tinydb import TinyStore
from tests.torture.ledger import counted, enter

COMPACT_AT = 30_000
_FULL_EVERY = 60


def write(directory: str, name: str, told: Connection) -> None:
    """Open the store and write for ever."""
    try:
        asyncio.run(_write(Path(directory), name, told))
    except (KeyboardInterrupt, BrokenPipeError):
        return
    except Exception as error:  # noqa: BLE001 - whatever it is, the torture reports it
        told.send(("error", f"{type(error).__name__}: {error}"))


async def _write(directory: Path, name: str, told: Connection) -> None:
    store = await _opened(directory, told)
    told.send(("start", await counted(store, name)))
    chance = random.Random()
    number = await counted(store, name)
    while True:
        told.send(("try", number + 1))
        try:
            with _little_room(directory, wanted=chance.randrange(_FULL_EVERY) == 0):
                asked = perf_counter()
                async with store.transaction() as tx:
                    waited = perf_counter() - asked
                    number = await enter(tx, name)
        except StoreFull:
            told.send(("full", number))
        except StoreBusy:
            told.send(("busy", number))
        else:
            told.send(("ack", number))
            told.send(("wait", int(waited * 1e6)))


async def _opened(directory: Path, told: Connection) -> TinyStore:
    while True:
        try:
            return await TinyStore.open(directory, clock=SystemClock(), compact_at=COMPACT_AT)
        except StoreFull:
            told.send(("full", 0))
            await asyncio.sleep(0.01)


@contextmanager
def _little_room(directory: Path, *, wanted: bool) -> Iterator[None]:
    """For one transaction no file may grow much: the kernel writes what fits, then refuses."""
    if not wanted:
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    largest = max((_size(path) for path in directory.glob("journal-*")), default=0)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest + 60, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def _size(path: Path) -> int:
    """0 once another writer has put a new generation in its place."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
