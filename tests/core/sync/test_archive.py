"""The worker archives by itself, in portions, and whenever it dies nothing is lost."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from core import tables
from core.models.job import Activity
from core.sync import archive
from core.sync.archive import LEASE, Archive
from core.sync.upkeep import ARCHIVE, FORGET_EVERY
from core.sync.worker import Worker
from tests.core.sync.support import Stand

ROOT = Path(__file__).parents[3]


async def past(stand: Stand, days: int, count: int) -> None:
    at = stand.clock.now() - timedelta(days=days)
    for number in range(count):
        key = f"i1/{days}-{number}"
        done = Activity(id=key, integration_id="i1", kind="orders", started_at=at, finished_at=at, ok=True)
        await stand.put(tables.ACTIVITY, key, done)


def kept(stand: Stand) -> Archive:
    return Archive(stand.store, stand.clock, stand.settings.archive_directory())


async def left(stand: Stand) -> int:
    return await stand.store.count(tables.ACTIVITY)


async def test_a_worker_archives_a_portion_a_tick_until_nothing_is_old(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "PORTION", 2)
    await past(stand, 45, 5)
    await past(stand, 3, 2)
    worker = Worker(stand.sources(), "me")
    seen = []
    for _ in range(6):
        await worker.tick()
        seen.append(await left(stand))
    assert seen == [7, 5, 3, 2, 2, 2], "it looks first, then moves two at a time"
    assert len(await kept(stand).search()) == 5
    assert await stand.store.holder(LEASE) is None
    seq = (await stand.store.changes(-1)).seq
    await worker.tick()
    assert (await stand.store.changes(-1)).seq == seq, "a quiet worker writes nothing (A51)"
    stand.clock.move(seconds=(FORGET_EVERY + timedelta(days=40)).total_seconds())
    for _ in range(4):
        await worker.tick()
    assert await left(stand) == 0
    await worker._finish()


async def test_a_worker_of_cron_archives_everything_before_it_leaves_unless_another_is_there(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "PORTION", 2)
    await past(stand, 45, 5)
    other = Worker(stand.sources(), "other")
    await other._leases.hold("worker")
    assert await Worker(stand.sources(), "cron").once() == []
    assert await left(stand) == 5
    await other._finish()
    assert await Worker(stand.sources(), "cron").once() == []
    assert await left(stand) == 0
    assert await stand.store.holder("worker") is None
    assert await stand.store.holder(LEASE) is None


async def test_a_month_that_cannot_be_written_is_told_and_keeps_no_other_from_being_archived(
    stand: Stand,
) -> None:
    await past(stand, 45, 1)
    await Worker(stand.sources(), "cron").once()
    (damaged,) = kept(stand).files()
    whole = damaged.read_bytes()
    damaged.write_bytes(whole[:-5])
    await past(stand, 46, 1)
    await past(stand, 120, 1)
    await Worker(stand.sources(), "cron").once()
    assert [key async for key, _ in stand.store.scan(tables.ACTIVITY)] == ["i1/46-0"]
    problem = (await stand.problems())[tables.key(None, ARCHIVE)]
    assert damaged.name in problem.what
    assert "Restore this file" in problem.cure
    damaged.write_bytes(whole)
    await Worker(stand.sources(), "cron").once()
    assert await left(stand) == 0
    assert await stand.problems() == {}


def test_killed_at_every_sync_it_leaves_each_document_in_one_place_at_least(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.core.sync.archive_killed", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["status"] == 0
    assert told["missing"] == []
    assert told["kills"] >= 20
