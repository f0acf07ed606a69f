"""Dying at any named step of a commit, a repair or a compaction loses nothing that was acknowledged."""

import asyncio
import random
import signal
from pathlib import Path

import pytest

from storage.tinydb import TinyStore
from storage.tinydb.crashpoints import POINTS
from tests.storage.child import COMPACT_AT, number_in
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


async def test_four_writers_under_kill_9_lose_nothing_that_was_acknowledged(
    open_store: OpenStore, spawn: Spawn
) -> None:
    chance = random.Random(6)
    watcher = await open_store(compact_at=COMPACT_AT)
    acknowledged = dict.fromkeys("abcd", 0)
    kills = 0
    until = asyncio.get_running_loop().time() + 3

    async def live_and_die(name: str) -> None:
        nonlocal kills
        while asyncio.get_running_loop().time() < until:
            child = await spawn("count", name)
            for _ in range(chance.randint(1, 120)):
                fact = await next_fact(child)
                assert fact, "a writer ended by itself"
                if fact != "ready":
                    acknowledged[name] = int(fact)
            child.kill()
            for line in (await child.communicate())[0].split():
                acknowledged[name] = int(line) if line.isdigit() else acknowledged[name]
            kills += 1

    async def watch() -> None:
        seq = 0
        while True:
            changes = await watcher.changes(seq)
            assert changes.seq >= seq
            seq = changes.seq
            rows = {
                key: values[0] async for chunk in watcher.columns("counters", ["n"]) for key, values in chunk
            }
            total = rows.pop("total", 0)
            assert sum(number for number in rows.values() if isinstance(number, int)) == total
            assert isinstance(total, int)
            assert total >= seq
            await asyncio.sleep(0.005)

    watching = asyncio.create_task(watch())
    await asyncio.gather(*(live_and_die(name) for name in acknowledged))
    watching.cancel()
    await asyncio.wait({watching})
    assert watching.cancelled(), watching.exception()

    assert kills >= 4
    for store in (watcher, await open_store()):
        total = 0
        for name, number in acknowledged.items():
            kept = number_in(await store.get("counters", name))
            assert kept >= number
            assert await store.count("log", prefix=f"{name}/") == kept
            total += kept
        assert number_in(await store.get("counters", "total")) == total
        assert (await store.changes(-1)).seq == total
