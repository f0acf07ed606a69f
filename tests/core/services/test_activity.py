"""Acceptance lines: A52."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from core import tables
from core.backend import Backend
from core.models.job import Activity, Job, JobKind, JobState, Problem, Severity
from core.models.metric import Minute
from core.services.activity import ActivityBook, ActivityFilter, ActivityService, told
from core.services.activity_row import Result
from core.services.export import ACTIVITY_HEADINGS, Format, activity_record, rendered
from core.sync import retention
from core.sync.archive import Ages, Archive, Moved
from core.sync.leases import PRESENCE
from core.sync.metrics import key_of
from tests.clocks import NOON, FrozenClock
from tests.core.services.made_orders import keep, order, put
from tests.tui.session import open_backend


@pytest.fixture
async def backend(tmp_path: Path) -> AsyncIterator[Backend]:
    made = await open_backend(tmp_path, FrozenClock())
    yield made
    await made.close()


def entry(name: str = "a1", **fields: object) -> Activity:
    made = Activity(
        id=name,
        integration_id="i1",
        kind="stock",
        started_at=NOON - timedelta(seconds=12),
        finished_at=NOON,
        ok=True,
        counts={"pushed": 3},
    )
    return made.model_copy(update=fields)


def job(name: str = "j1", state: JobState = JobState.DONE, **fields: object) -> Job:
    made = Job(
        id=name,
        kind=JobKind.SYNC_ORDERS,
        integration_id="i1",
        state=state,
        requested_by="ann",
        requested_at=NOON - timedelta(minutes=5),
    )
    return made.model_copy(update=fields)


def problem(name: str = "p1", **fields: object) -> Problem:
    made = Problem(
        id=name,
        integration_id="i1",
        code="sync-stock",
        what="TikTok cannot be reached",
        why="No route.",
        cure="Look at the network.",
        since=NOON - timedelta(hours=1),
        last_seen=NOON,
        request_id="R-1",
    )
    return made.model_copy(update=fields)


async def book_of(backend: Backend) -> ActivityBook:
    book = ActivityService(backend).book()
    await book.refresh()
    return book


async def test_A52_syncs_and_jobs_in_one_list_under_way_first_then_newest(backend: Backend) -> None:
    await put(backend, tables.ACTIVITY, "a1", entry())
    await put(backend, tables.ACTIVITY, "a2", entry("a2", ok=False, finished_at=NOON - timedelta(hours=1)))
    await put(backend, tables.JOBS, "j1", job(state=JobState.RUNNING, started_at=NOON, done=5, total=10))
    ended = {"started_at": NOON, "finished_at": NOON + timedelta(seconds=1), "error": "no", "cure": "wait."}
    await put(backend, tables.JOBS, "j2", job("j2", JobState.FAILED, **ended))
    await put(backend, tables.JOBS, "j3", job("j3", JobState.QUEUED))
    book = await book_of(backend)
    assert book.view(ActivityFilter()) == ["j1", "j3", "j2", "a1", "a2"]
    assert book.view(ActivityFilter(result=Result.FAILED)) == ["j2", "a2"]
    assert book.view(ActivityFilter(kind="stock")) == ["a1", "a2"]
    assert book.view(ActivityFilter(text="ann orders no")) == ["j2"]
    assert book.view(ActivityFilter(integration_id="other")) == []
    row = book.row("j2")
    assert row is not None
    assert (row.took, row.text, row.asked_by) == (timedelta(seconds=1), "no. wait", "ann")
    assert book.results() == {Result.RUNNING: 1, Result.WAITING: 1, Result.FAILED: 2, Result.DONE: 1}
    assert book.kinds() == {"stock": 2, "sync orders": 3}


async def test_runs_of_a_timer_in_a_row_are_one_line_and_all_of_them_where_something_is_looked_for(
    backend: Backend,
) -> None:
    def at(minute: int) -> dict[str, object]:
        return {"finished_at": NOON + timedelta(minutes=minute)}

    for minute in range(1, 4):
        counts = {"pushed": minute, "skipped_unknown": 2}
        await put(backend, tables.ACTIVITY, f"s{minute}", entry(f"s{minute}", counts=counts, **at(minute)))
        await put(backend, tables.ACTIVITY, f"o{minute}", entry(f"o{minute}", kind="orders", **at(minute)))
    other = entry("x", integration_id="i2", **at(4))
    await put(backend, tables.ACTIVITY, "x", other)
    for minute in (5, 6):
        failed = entry(f"f{minute}", ok=False, text="HTTP 500", **at(minute))
        await put(backend, tables.ACTIVITY, f"f{minute}", failed)
    await put(backend, tables.ACTIVITY, "s7", entry("s7", **at(7)))
    await put(backend, tables.ACTIVITY, "s68", entry("s68", **at(68)))
    book = await book_of(backend)
    assert book.view(ActivityFilter(folds=True)) == ["s68", "s7", "f5", "x", "s1", "o1"]
    line = book.row("s1")
    assert line is not None
    assert (line.runs, line.counts, line.at) == (
        ("s1", "s2", "s3"),
        {"pushed": 6},
        NOON + timedelta(minutes=3),
    )
    assert line.took == timedelta(seconds=36 + 360)
    assert [row.key for row in book.runs("s1")] == ["s3", "s2", "s1"]
    assert [row.key for row in book.runs("x")] == ["x"]
    assert book.row("f5") is not None
    assert book.view(ActivityFilter(kind="stock", folds=True)) == [
        "s68",
        "s7",
        "f6",
        "f5",
        "x",
        "s3",
        "s2",
        "s1",
    ]
    assert len(book.view(ActivityFilter())) == 11, "commands tell every run"
    alone = book.row("s1")
    assert alone is not None
    assert alone.runs == ()
    later = entry("s4", counts={"pushed": 4}, **at(4))
    await put(backend, tables.ACTIVITY, "s4", later)
    await book.refresh()
    assert "s1" in book.view(ActivityFilter(folds=True)), "the line keeps its key, so a cursor stays on it"
    grown = book.row("s1")
    assert grown is not None
    assert grown.counts == {"pushed": 10}


async def test_errors_come_before_warnings_and_the_oldest_first(backend: Backend) -> None:
    await put(backend, tables.PROBLEMS, "p1", problem())
    await put(backend, tables.PROBLEMS, "p2", problem("p2", since=NOON - timedelta(days=2)))
    await put(
        backend, tables.PROBLEMS, "p3", problem("p3", severity=Severity.WARNING, since=NOON - timedelta(9))
    )
    assert [one.id for one in await ActivityService(backend).problems()] == ["p2", "p1", "p3"]


def test_a_problem_in_full_says_what_why_what_to_do_and_the_request_id() -> None:
    text = told(problem(count=3), "My shop")
    for part in (
        "TikTok cannot be reached",
        "Why: No route.",
        "What to do now: Look at",
        "R-1",
        "3 times",
        "My shop",
    ):
        assert part in text


async def test_finished_work_goes_after_thirty_days_and_nothing_that_is_open(backend: Backend) -> None:
    old, kept = NOON - timedelta(days=30, seconds=1), NOON - timedelta(days=30)
    await put(backend, tables.ACTIVITY, "old", entry("old", finished_at=old))
    await put(backend, tables.ACTIVITY, "kept", entry("kept", finished_at=kept))
    await put(backend, tables.JOBS, "old", job("old", finished_at=old))
    await put(backend, tables.JOBS, "asks", job("asks", JobState.NEEDS_CONFIRMATION, finished_at=old))
    await put(backend, tables.JOBS, "waits", job("waits", JobState.QUEUED, requested_at=old))
    await put(backend, tables.PROBLEMS, "p1", problem(since=old, last_seen=old))
    lease = await backend.store.lease(PRESENCE, owner="test", ttl=timedelta(minutes=1))
    assert lease is not None
    assert await retention.forget_jobs(backend.store, lease, NOON, days=30) == 1
    archive = Archive(backend.store, backend.clock, backend.settings.archive_directory())
    ages = Ages(orders=180, activity=30)
    assert await archive.look(ages)
    assert await archive.portion(ages, lease) == Moved(activity=1)
    assert [key async for key, _ in backend.store.scan(tables.ACTIVITY)] == ["kept"]
    assert [key async for key, _ in backend.store.scan(tables.JOBS)] == ["asks", "waits"]
    assert await backend.store.count(tables.PROBLEMS) == 1


async def test_charts_add_all_shops_up_by_hour_and_minute(backend: Backend) -> None:
    now = NOON + timedelta(minutes=30, seconds=20)
    assert isinstance(backend.clock, FrozenClock)
    backend.clock.advance(now - NOON)
    await keep(
        backend,
        order("1", source__created_at=NOON),
        order("2", source__created_at=NOON + timedelta(minutes=29)),
        order("3", source__created_at=NOON - timedelta(hours=1)),
        order("4", source__created_at=NOON - timedelta(hours=30)),
    )
    for shop, ago, counts in (
        ("i1", 0, {"calls": 10, "failed": 2, "pushes": 5, "rate": 8.0, "ceiling": 10.0}),
        ("i2", 0, {"calls": 10, "failed": 0, "pushes": 1, "rate": 10.0, "ceiling": 10.0}),
        ("i1", 59, {"calls": 4, "failed": 4}),
        ("i1", 60, {"calls": 99}),
    ):
        at = (now - timedelta(minutes=ago)).replace(second=0)
        await put(backend, tables.METRICS, key_of(shop, at), Minute(integration_id=shop, at=at, **counts))
    charts = await ActivityService(backend).charts()
    assert charts.orders_by_hour[-2:] == (1, 2)
    assert sum(charts.orders_by_hour) == 3
    assert (charts.calls_by_minute[0], charts.calls_by_minute[-1], sum(charts.calls_by_minute)) == (4, 20, 24)
    assert (charts.pushes_by_minute[-1], charts.rate, charts.ceiling) == (6, 18.0, 20.0)
    assert (charts.error_shares[0], charts.error_shares[1], charts.error_shares[-1]) == (1.0, 0.0, 0.1)


async def test_an_export_of_activity_neutralises_formulas(backend: Backend) -> None:
    await put(backend, tables.ACTIVITY, "a1", entry(text="=cmd()"))
    row = (await book_of(backend)).row("a1")
    assert row is not None
    text = rendered([activity_record(row, "My shop")], ACTIVITY_HEADINGS, Format.CSV)
    assert text.splitlines()[1].endswith("12.0,pushed 3,'=cmd(),")
