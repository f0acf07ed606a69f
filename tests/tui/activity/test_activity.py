"""Acceptance lines: A52."""

import csv
from datetime import timedelta

import pytest
from textual.widgets import Static

from core import tables
from core.backend import Backend
from core.models.job import Activity, Job, JobKind, JobState, Problem, Severity
from core.models.metric import Minute
from core.sync.metrics import key_of
from tests.clocks import NOON
from tests.core.services.made_orders import keep, order, put
from tests.tui.orders.support import NARROW, WIDE, arrives, is_unbroken, on, row, screens
from tests.tui.terminal import drawn, told, until
from tests.tui.widgets.test_cells import HOSTILE
from tui.screens.activity import ActivityScreen
from tui.screens.choose import Choose
from tui.screens.sheet import Sheet
from tui.widgets.key_line import KeyLine


def entry(name: str, **fields: object) -> Activity:
    made = Activity(
        id=name,
        integration_id="id-My shop",
        kind="stock",
        started_at=NOON - timedelta(seconds=72),
        finished_at=NOON - timedelta(minutes=1),
        ok=True,
        counts={"unchanged": 90, "pushed": 3},
    )
    return made.model_copy(update=fields)


def problem(name: str = "p1", **fields: object) -> Problem:
    made = Problem(
        id=name,
        integration_id="id-My shop",
        code="sync-stock",
        what="TikTok cannot be reached",
        why="No route to the host.",
        cure="Look at the network.",
        since=NOON - timedelta(hours=3),
        last_seen=NOON,
        count=4,
        request_id="2026112312000001",
    )
    return made.model_copy(update=fields)


async def test_an_empty_screen_says_what_will_be_here(backend: Backend) -> None:
    async with screens(backend, "6") as pilot:
        assert "✔ No open problem" in drawn(pilot)
        assert "Nothing was done yet." in drawn(pilot)


async def test_A52_every_sync_and_job_with_counts_duration_and_result(backend: Backend) -> None:
    await put(backend, tables.ACTIVITY, "a1", entry("a1"))
    await put(
        backend,
        tables.ACTIVITY,
        "a2",
        entry("a2", kind="orders", ok=False, text="HTTP 500", finished_at=NOON),
    )
    running = Job(
        id="j1",
        kind=JobKind.DOWNLOAD_CATALOGUE,
        integration_id="id-My shop",
        state=JobState.RUNNING,
        requested_by="ann",
        requested_at=NOON,
        started_at=NOON,
        done=300,
        total=1200,
    )
    await put(backend, tables.JOBS, "j1", running)
    async with screens(backend, "6") as pilot:
        await row(pilot, "▸ running", "300 of 1,200", "My shop", "ann")
        await row(pilot, "✖ failed", "HTTP 500", "timer")
        await row(pilot, "✔ done", "12 s", "3 pushed, 90 unch")
        order_on_screen = [drawn(pilot).index(word) for word in ("▸ running", "✖ failed", "✔ done")]
        assert order_on_screen == sorted(order_on_screen)
        done = running.model_copy(
            update={"state": JobState.DONE, "finished_at": NOON, "counts": {"c.new": 2}}
        )
        await put(backend, tables.JOBS, "j1", done)
        await until(pilot, lambda: "2 c new" in drawn(pilot))


async def test_problems_stay_on_top_until_they_are_solved(backend: Backend) -> None:
    await put(backend, tables.PROBLEMS, "p1", problem())
    await put(backend, tables.PROBLEMS, "p2", problem("p2", severity=Severity.WARNING, what="Stock unknown"))
    async with screens(backend, "6") as pilot:
        await until(
            pilot, lambda: "✖ TikTok cannot be reached  My shop · since 3 h · 4 times" in drawn(pilot)
        )
        text = drawn(pilot)
        assert text.index("TikTok cannot") < text.index("! Stock unknown") < text.index("Orders/h")
        assert "No route to the host. What to do now: Look at the network." in text
        async with backend.store.transaction() as tx:
            await tx.delete(tables.PROBLEMS, "p1")
            await tx.delete(tables.PROBLEMS, "p2")
        await until(pilot, lambda: "✔ No open problem" in drawn(pilot))


async def test_a_problem_opens_in_full_and_is_copied_with_its_request_id(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TMUX", raising=False)
    await put(backend, tables.PROBLEMS, "p1", problem())
    async with screens(backend, "6") as pilot:
        await until(pilot, lambda: "TikTok cannot be reached" in drawn(pilot))
        await pilot.press("p", "y")
        assert "TikTok request id: 2026112312000001" in pilot.app.clipboard
        await pilot.press("enter")
        sheet = await arrives(pilot, Sheet)
        for part in ("TikTok cannot be reached", "Why: No route", "What to do now: Look", "My shop"):
            assert part in sheet.text
        await pilot.press("w")
        await until(pilot, lambda: "Written to" in told(pilot))
    (path,) = (backend.settings.home / "exports").iterdir()
    assert "2026112312000001" in path.read_text()


async def test_charts_show_orders_pushes_calls_and_failures(backend: Backend) -> None:
    await keep(backend, order("1", source__created_at=NOON), order("2", source__created_at=NOON))
    busy = Minute(
        integration_id="id-My shop", at=NOON, calls=40, failed=10, pushes=25, rate=8.0, ceiling=10.0
    )
    await put(backend, tables.METRICS, key_of(busy.integration_id, NOON), busy)
    async with screens(backend, "6") as pilot:

        def chart(name: str) -> str:
            return str(pilot.app.screen.query_one(f"#chart-{name}", Static).content)

        await until(pilot, lambda: "█" in chart("orders"))
        assert "2 · 2 a day" in chart("orders")
        assert "25 · 25 an hour" in chart("pushes")
        assert "40 · 8.0 of 10/s" in chart("calls")
        assert "25.0% · 10 an hour" in chart("errors")
        assert "█" in chart("pushes")
        assert "█" not in chart("errors")


async def test_words_and_lists_narrow_and_the_export_has_what_is_listed(backend: Backend) -> None:
    await put(backend, tables.ACTIVITY, "a1", entry("a1"))
    await put(backend, tables.ACTIVITY, "a2", entry("a2", kind="orders", counts={"new": 2}))
    await put(backend, tables.ACTIVITY, "a3", entry("a3", kind="orders", ok=False, text="=boom", counts={}))
    async with screens(backend, "6") as pilot:
        screen = on(pilot, ActivityScreen)
        await pilot.press("f")
        (await arrives(pilot, Choose)).dismiss("kind:orders")
        await until(pilot, lambda: "2 of 3" in drawn(pilot))
        await pilot.press("slash", *"boom", "enter")
        await until(pilot, lambda: "1 of 3" in drawn(pilot))
        await pilot.press("w")
        (await arrives(pilot, Choose)).dismiss("csv")
        await until(pilot, lambda: "Written to" in told(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: "3 of 3" in drawn(pilot))
        assert screen.focused is screen.table
    (path,) = (backend.settings.home / "exports").iterdir()
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert [(row["kind"], row["result"], row["text"]) for row in rows] == [("orders", "failed", "'=boom")]


async def test_an_entry_opens_in_full(backend: Backend) -> None:
    await put(backend, tables.ACTIVITY, "a1", entry("a1", counts={"pushed": 1234, "orders.new": 1}))
    async with screens(backend, "6") as pilot:
        await pilot.press("enter")
        sheet = await arrives(pilot, Sheet)
        assert "1,234  pushed" in sheet.text
        assert "1  orders: new" in sheet.text
        assert "took 12 s" in sheet.text
        await pilot.press("escape")
        await put(backend, tables.ACTIVITY, "a2", entry("a2", counts={"pushed": 6}, finished_at=NOON))
        await row(pilot, "2 runs: 1,240 pushed", "timer")
        assert "1 of 1" in drawn(pilot)
        assert "Timer runs: folded" in drawn(pilot)
        await pilot.press("enter")
        sheet = await arrives(pilot, Sheet)
        assert "2 runs, from " in sheet.text
        assert "6 pushed" in sheet.text
        await pilot.press("escape", "w")
        (await arrives(pilot, Choose)).dismiss("csv")
        await until(pilot, lambda: "Written to" in told(pilot))
        await pilot.press("f")
        (await arrives(pilot, Choose)).dismiss("folds:")
        await until(pilot, lambda: "2 of 2" in drawn(pilot) and "Timer runs: each" in drawn(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: "1 of 1" in drawn(pilot))
    (path,) = (backend.settings.home / "exports").iterdir()
    assert len(list(csv.DictReader(path.read_text().splitlines()))) == 2, "an export has every run"


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_hostile_problems_and_entries_break_no_line_at_either_size(
    backend: Backend, size: tuple[int, int]
) -> None:
    for number, text in enumerate(text for text in HOSTILE if text.isprintable() or text.isascii()):
        await put(
            backend, tables.PROBLEMS, f"p{number}", problem(f"p{number}", what=text, why=text, cure=text)
        )
        await put(backend, tables.ACTIVITY, f"a{number}", entry(f"a{number}", ok=False, text=text, kind=text))
    async with screens(backend, "6", size=size) as pilot:
        await until(pilot, lambda: pilot.app.screen.query_one("#problem-list").display)
        await pilot.pause()
        screen = on(pilot, ActivityScreen)
        assert is_unbroken(pilot)
        assert "\x1b" not in drawn(pilot)
        assert screen.query_one(KeyLine).region.bottom == size[1]
        await until(pilot, lambda: screen.table.page >= 3)
        await pilot.press("p", "down", "enter")
        await arrives(pilot, Sheet)
        assert is_unbroken(pilot)
        assert "\x1b" not in drawn(pilot)
