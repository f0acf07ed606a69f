"""A process of its own over a store, for tests that stop and kill it: `python -m tests.storage.child ...`.

Each line it prints is a fact: `ready`, `inside`, or the number of a transaction that was acknowledged.
"""

import asyncio
import sys
from pathlib import Path

from core.clock import SystemClock
from core.store import Document
from storage.tinydb import TinyStore

COMPACT_AT = 4_000
_TRANSACTIONS = 300


def say(fact: object) -> None:
    print(fact, flush=True)


async def write_pairs(store: TinyStore) -> None:
    """Transactions of two documents each, until there were enough to pass every step of a compaction."""
    for number in range(_TRANSACTIONS):
        async with store.transaction() as tx:
            await tx.put("pairs", f"{number:04}-a", {"n": number, "filler": "x" * 100})
            await tx.put("pairs", f"{number:04}-b", {"n": number, "filler": "y" * 100})
        say(number)


async def hold_lock(store: TinyStore) -> None:
    """Stay inside a transaction for good."""
    async with store.transaction() as tx:
        await tx.put("t", "from the holder", {})
        say("inside")
        await asyncio.Event().wait()


async def count_up(store: TinyStore, name: str) -> None:
    """Raise the writer's own number and the sum of all by one, and log it, for ever."""
    while True:
        async with store.transaction() as tx:
            number = 1 + number_in(await tx.get("counters", name))
            total = 1 + number_in(await tx.get("counters", "total"))
            await tx.put("counters", name, {"n": number})
            await tx.put("counters", "total", {"n": total})
            await tx.put("log", f"{name}/{number:06}", {"total": total})
        say(number)


async def insert_public(store: TinyStore, name: str) -> None:
    """Insert documents with TinyDB's own call."""
    table = store.tinydb.table("public")
    for number in range(50):
        table.insert({"by": name, "n": number})
    say("done")


def number_in(document: Document | None) -> int:
    number = document["n"] if document is not None else 0
    assert isinstance(number, int)
    return number


async def main(directory: str, task: str, name: str = "") -> None:
    store = await TinyStore.open(Path(directory), clock=SystemClock(), compact_at=COMPACT_AT)
    say("ready")
    if task == "pairs":
        await write_pairs(store)
    elif task == "hold":
        await hold_lock(store)
    elif task == "count":
        await count_up(store, name)
    elif task == "public":
        await insert_public(store, name)
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
