"""A program that archives again and again and is killed at every sync to disk, before it and after it.

`python -m tests.core.sync.archive_killed DIRECTORY` prints as JSON how often it was killed, and which
documents were in neither place at any time.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from core import tables
from core.models.job import Activity
from core.sync.archive import LEASE, Ages, Archive
from storage.tinydb import TinyStore
from tests.clocks import NOON, FrozenClock

COUNT = 6


async def fill(home: Path) -> None:
    store = await TinyStore.open(home, clock=FrozenClock())
    async with store.transaction() as tx:
        for number in range(COUNT):
            at = NOON - timedelta(days=200 + 20 * number)
            done = Activity(
                id=str(number), integration_id="i1", kind="orders", started_at=at, finished_at=at, ok=True
            )
            await tx.put(tables.ACTIVITY, f"i1/{number}", done.to_document())
    await store.close()


async def archive(home: Path) -> None:
    store = await TinyStore.open(home, clock=FrozenClock())
    lease = await store.lease(LEASE, owner="me", ttl=timedelta(minutes=1))
    assert lease is not None
    ages = Ages(180, 30)
    files = Archive(store, FrozenClock(), home / "archive")
    await files.look(ages)
    while await files.portion(ages, lease) is not None:
        pass
    await store.release(lease)
    await store.close()


async def lost(home: Path) -> tuple[int, list[str]]:
    """How many are in the store still, and which are nowhere."""
    store = await TinyStore.open(home, clock=FrozenClock())
    here = {key async for key, _ in store.scan(tables.ACTIVITY)}
    found = await Archive(store, FrozenClock(), home / "archive").search(limit=1000)
    await store.close()
    there = [one.key for one in found]
    assert len(there) == len(set(there)), "a document is found twice"
    return len(here), [f"i1/{n}" for n in range(COUNT) if f"i1/{n}" not in here | set(there)]


def deadly(at: int) -> None:
    """Let the process die at its `at`th sync: odd ones before the disk has it, even ones after."""
    count = 0

    def wrapped(sync: Callable[[int], None]) -> Callable[[int], None]:
        def one(descriptor: int) -> None:
            nonlocal count
            for done in (False, True):
                if done:
                    sync(descriptor)
                count += 1
                if count == at:
                    os.kill(os.getpid(), signal.SIGKILL)

        return one

    from storage.tinydb import files

    os.fsync = wrapped(os.fsync)  # type: ignore[assignment]
    files.sync_data = wrapped(files.sync_data)


def main(base: Path) -> None:
    kills, missing = 0, []
    while True:
        home = base / str(kills)
        asyncio.run(fill(home))
        pid = os.fork()
        if pid == 0:
            deadly(kills + 1)
            asyncio.run(archive(home))
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        missing += asyncio.run(lost(home))[1]
        asyncio.run(archive(home))
        left, gone = asyncio.run(lost(home))
        missing += gone
        if left:
            missing.append(f"{left} never left")
        if not os.WIFSIGNALED(status):
            break
        kills += 1
    print(json.dumps({"kills": kills, "status": status, "missing": missing}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
