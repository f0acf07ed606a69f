"""Ten seconds of torture: storage.md, failure case 4, with 5 and 8 on the way."""

import asyncio
from pathlib import Path

import pytest

from core.clock import SystemClock
from core.store import Document
from storage.tinydb import TinyStore
from tests.torture.ledger import TABLE, TOTAL, check, enter
from tests.torture.run import Torture
from tests.torture.space import Space, space


def test_case_4_nothing_acknowledged_is_lost_under_kill_9_stops_and_a_full_disk(
    tmp_path: Path,
) -> None:
    with space(tmp_path, small_disk=2) as place:
        torture = Torture(place.place / "store", seconds=10, writers=4, seed=6, space=place)
        report = asyncio.run(torture.run())
    assert report.errors == []
    assert report.counts["lost"] == 0
    assert report.counts["kills"] >= 40
    assert report.counts["stops"] >= 10
    assert report.counts["disk full"] >= 1
    assert report.counts["acknowledged"] >= 300
    assert report.counts["reader checks"] >= 100
    assert report.generations >= 3


@pytest.mark.parametrize(
    ("key", "document", "says"),
    [
        (TOTAL, {"n": 9}, "by count"),
        ("of/a", {"n": 1}, "in part"),
        ("log/a/2", None, "not that of its counter"),
        ("log/a/2", {"n": 1}, "one turn"),
        ("log/b/1", {"n": 99}, "runs ahead"),
    ],
)
async def test_the_reader_would_notice(
    key: str, document: Document | None, says: str, tmp_path: Path
) -> None:
    store = await TinyStore.open(tmp_path / "store", clock=SystemClock())
    for name in "aab":
        async with store.transaction() as tx:
            await enter(tx, name)
    assert await check(store, 0) == 3
    with pytest.raises(AssertionError, match="went back"):
        await check(store, 4)
    async with store.transaction() as tx:
        if document is None:
            await tx.delete(TABLE, key)
        else:
            await tx.put(TABLE, key, document)
        if key != TOTAL:
            await tx.put(TABLE, TOTAL, {"n": 4})
            if key != "of/a":
                await tx.put(TABLE, "of/c", {"n": 1})
                await tx.put(TABLE, "log/c/1", {"n": 4})
    with pytest.raises(AssertionError, match=says):
        await check(store, 0)
    await store.close()


def test_where_nothing_may_be_mounted_any_directory_will_do(tmp_path: Path) -> None:
    with space(tmp_path, small_disk=None) as place:
        assert type(place) is Space
        assert place.place.is_dir()
    assert not place.place.exists()
