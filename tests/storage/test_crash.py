"""Dying at any named step of a commit, a repair or a compaction loses nothing that was acknowledged."""

import signal
from pathlib import Path

import pytest

from storage.tinydb import TinyStore
from storage.tinydb.crashpoints import POINTS
from tests.storage.child import COMPACT_AT
from tests.storage.support import OpenStore, Spawn, names_in, next_fact

WRITING = [point for point in POINTS if not point.startswith("tail.")]
CREATING = [point for point in POINTS if point.startswith("compact.") and point != "compact.begun"]


TORN = b'["00000000", {"s":2,"o":{"t":'


def tear(home: Path) -> None:
    with (home / "journal-1.jsonl").open("ab") as journal:
        journal.write(TORN)


def torn_files(home: Path) -> set[bytes]:
    return {path.read_bytes() for path in home.glob("torn-*")}


async def pairs_in(store: TinyStore) -> set[int]:
    """The numbers whose two documents are both there; a half transaction fails the test."""
    keys = [key async for key, _ in store.scan("pairs")]
    assert len(keys) % 2 == 0
    whole = {int(key.split("-")[0]) for key in keys}
    assert len(whole) * 2 == len(keys)
    return whole


@pytest.mark.parametrize("point", WRITING)
@pytest.mark.parametrize("visit", [1, 3])
async def test_dying_while_writing(
    point: str, visit: int, open_store: OpenStore, spawn: Spawn, home: Path
) -> None:
    watcher = await open_store()
    child = await spawn("pairs", crash_at=f"{point}:{visit}")
    acknowledged = set()
    while fact := await next_fact(child):
        if fact != "ready":
            acknowledged.add(int(fact))
            assert int(fact) in await pairs_in(watcher)
    assert await child.wait() == -signal.SIGKILL

    seen = await pairs_in(watcher)
    assert seen - acknowledged <= {len(acknowledged)}
    assert seen >= acknowledged
    seq = (await watcher.changes(-1)).seq
    assert seq == len(seen)

    async with watcher.transaction() as tx:
        await tx.put("t", "life goes on", {})
    assert (await watcher.changes(-1)).seq == seq + 1
    fresh = await open_store()
    assert await pairs_in(fresh) == seen
    assert (await fresh.changes(-1)).seq == seq + 1
    assert sorted(name.split("-")[0] for name in names_in(home)) == ["journal", "lock", "snapshot.json"]


@pytest.mark.parametrize("point", ["tail.saved", "tail.cut"])
async def test_dying_while_cutting_a_torn_tail(
    point: str, store: TinyStore, open_store: OpenStore, spawn: Spawn, home: Path
) -> None:
    async with store.transaction() as tx:
        await tx.put("t", "kept", {})
    tear(home)
    child = await spawn("pairs", crash_at=point)
    assert await child.wait() == -signal.SIGKILL
    async with store.transaction() as tx:
        await tx.put("t", "written after", {})
    fresh = await open_store()
    assert [key async for key, _ in fresh.scan("t")] == ["kept", "written after"]
    assert torn_files(home) >= {TORN}


@pytest.mark.parametrize("point", CREATING)
async def test_dying_while_the_store_is_made(
    point: str, open_store: OpenStore, spawn: Spawn, home: Path
) -> None:
    child = await spawn("pairs", crash_at=point)
    await child.wait()
    store = await open_store(compact_at=COMPACT_AT)
    if child.returncode == -signal.SIGKILL and not await pairs_in(store):
        assert (await store.changes(-1)).seq == 0
    async with store.transaction() as tx:
        await tx.put("t", "k", {})
    assert await (await open_store()).get("t", "k") == {}
