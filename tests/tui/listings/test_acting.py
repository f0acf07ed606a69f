"""List, Update and the Action menu: what they ask, what they put down, and how a running job is shown.

Acceptance lines: A26, A28, A29. The dialogues that come between have tests of their own; here they are
stand-ins that say what they were given.
"""

import sys
from collections.abc import Sequence
from datetime import timedelta
from types import ModuleType
from typing import Any, ClassVar

import pytest
from textual.screen import ModalScreen
from textual.widgets import Button, Input

from core import tables
from core.models.integration import Integration
from core.models.job import Job, JobKind, JobState
from core.models.listing_state import Action
from tests.clocks import NOON
from tests.tui.listings.support import SHOP, Grid, listings, single, text
from tests.tui.listings.test_editing import begin, kept, write
from tests.tui.listings.test_grid import choose
from tests.tui.orders.support import arrives
from tests.tui.terminal import told, until
from tui.screens.confirm_many import ConfirmMany
from tui.session import Session


class Preflight(ModalScreen["Sequence[str] | None"]):
    """Lets all rows through at once."""

    asked: ClassVar[list[tuple[Action, list[str]]]] = []

    def __init__(
        self, session: Session, integration: Integration, action: Action, skus: Sequence[str]
    ) -> None:
        super().__init__()
        self._skus = list(skus)
        self.asked.append((action, self._skus))

    def on_mount(self) -> None:
        self.dismiss(self._skus)


class JobProgress(ModalScreen[None]):
    """Goes away at once."""

    opened: ClassVar[list[list[str]]] = []

    def __init__(self, session: Session, integration: Integration, job_ids: Sequence[str]) -> None:
        super().__init__()
        self.opened.append(list(job_ids))

    def on_mount(self) -> None:
        self.dismiss(None)


@pytest.fixture(autouse=True)
def stand_ins(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, kind in (("preflight", Preflight), ("progress", JobProgress)):
        module: Any = ModuleType(f"tui.screens.listings.{name}")
        setattr(module, kind.__name__, kind)
        monkeypatch.setitem(sys.modules, module.__name__, module)
    Preflight.asked.clear()
    JobProgress.opened.clear()


async def jobs(grid: Grid) -> list[Job]:
    return [Job.from_document(row) async for _, row in grid.backend.store.scan(tables.JOBS)]


async def rows_of(grid: Grid, job: Job) -> list[str]:
    prefix = tables.key(SHOP.id, job.id)
    scan = grid.backend.store.scan(tables.JOB_ROWS, prefix=prefix)
    return sorted([str(row["avasam_sku"]) async for _, row in scan])


async def test_A26_list_skips_linked_rows_saves_what_was_typed_and_puts_the_rest_down(grid: Grid) -> None:
    async with listings(grid) as (pilot, screen):
        write(await begin(pilot, screen, "LMP-0001"), "Typed before")
        await kept(pilot, screen)
        write(await begin(pilot, screen, "LMP-0002"), "Not of these rows")
        await kept(pilot, screen)
        screen.table.marks.all(["LMP-0001", "MUG-BLU-01", "MUG-BLU-01-S", "MUG-BLU-02", "TOW-0001"])
        await pilot.press("l")
        await until(pilot, lambda: JobProgress.opened)
        assert Preflight.asked == [(Action.PUBLISH, ["LMP-0001", "MUG-BLU-02"])]
        assert "2 already linked: List skips them, u sends changes. 2 go on." in told(pilot)
        assert "Saved 1 row" in told(pilot)
        saved = await grid.saved("LMP-0001")
        assert saved is not None
        assert saved.title == "Typed before"
        assert screen.desk is not None
        assert list(screen.desk.edits.by_sku) == ["LMP-0002"], "others wait on"
        (job,) = await jobs(grid)
        assert (job.kind, job.integration_id, job.total) == (JobKind.PUBLISH, SHOP.id, 2)
        assert await rows_of(grid, job) == ["LMP-0001", "MUG-BLU-02"]
        assert JobProgress.opened == [[job.id]]
        screen.discard()


async def test_A28_update_is_for_rows_on_the_shop_and_a_variant_stands_for_its_parent(grid: Grid) -> None:
    async with listings(grid) as (pilot, screen):
        await pilot.press("u")
        await until(pilot, lambda: "1 not on the shop: l lists it. Nothing is left to do." in told(pilot))
        await pilot.press("asterisk")
        screen.table.go(screen.table.view.index("MUG-BLU-01-M"))
        await pilot.press("u")
        await until(pilot, lambda: JobProgress.opened)
        assert Preflight.asked == [(Action.UPDATE, ["MUG-BLU-01"])]


async def test_A29_delete_names_rows_and_count_and_above_fifty_wants_the_number(grid: Grid) -> None:
    await grid.stock(*(single(f"Z-{number:03}", f"Many {number}") for number in range(60)))
    async with listings(grid) as (pilot, screen):
        await until(pilot, lambda: len(screen.table.view) == 65)
        screen.table.go(screen.table.view.index("TOW-0001"))
        await pilot.press("x")
        await choose(pilot, Action.DELETE)
        question = await arrives(pilot, ConfirmMany)
        assert question._question == "Delete this listing on Sandbox Shop GB?"
        assert question._names == ["TOW-0001  Bath towel"]
        assert question.focused is question.query_one("#cancel")
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen is screen)
        assert await jobs(grid) == []

        await pilot.press("a", "x")
        await choose(pilot, Action.DELETE)
        question = await arrives(pilot, ConfirmMany)
        go = question.query_one("#go", Button)
        assert go.disabled
        question.query_one(Input).value = "65"
        await until(pilot, lambda: not go.disabled)
        go.press()
        await until(pilot, lambda: JobProgress.opened)
        (job,) = await jobs(grid)
        assert (job.kind, job.total) == (JobKind.DELETE, 65)


async def test_a_shop_that_may_not_act_says_why_and_nothing_is_put_down(grid: Grid) -> None:
    for fields, words in (
        ({"enabled": False}, "is disabled"),
        ({"needs_reauthorisation": "revoked"}, "needs reauthorisation"),
    ):
        await grid.put(tables.INTEGRATIONS, SHOP.id, SHOP.model_copy(update=fields))
        async with listings(grid) as (pilot, _):
            await pilot.press("l")
            await until(pilot, lambda wanted=words: wanted in told(pilot))  # type: ignore[misc]
    assert await jobs(grid) == []


async def test_a_running_job_shows_a_bar_while_the_grid_goes_on(grid: Grid) -> None:
    begun = NOON - timedelta(seconds=10)
    job = Job(
        id="j1",
        kind=JobKind.PUBLISH,
        integration_id=SHOP.id,
        state=JobState.RUNNING,
        requested_at=begun,
        started_at=begun,
        done=40,
        total=200,
    )
    async with listings(grid) as (pilot, screen):
        assert not screen.query_one("#listing-job").display
        await grid.put(tables.JOBS, job.id, job)
        await until(pilot, lambda: screen.query_one("#listing-job").display)
        assert text(screen, "#listing-job") == (
            "List 40 of 200 ████░░░░░░░░░░░░░░░░ · 4.0 a second · 40 s left · x shows its rows"
        )
        await pilot.press("down")
        assert screen.table.cursor_key == "LMP-0002"
        await pilot.press("x")
        await choose(pilot, "progress")
        await until(pilot, lambda: JobProgress.opened == [["j1"]])
        done = {"state": JobState.DONE, "done": 200, "finished_at": NOON}
        await grid.put(tables.JOBS, job.id, job.model_copy(update=done))
        await until(pilot, lambda: not screen.query_one("#listing-job").display)


async def test_retry_and_reset_say_what_they_found(grid: Grid) -> None:
    async with listings(grid) as (pilot, screen):
        screen.table.go(screen.table.view.index("TOW-0001"))
        await pilot.press("x")
        await choose(pilot, "reset")
        await until(pilot, lambda: "0 held rows may be tried again." in told(pilot))
        await pilot.press("x")
        await choose(pilot, "retry")
        await until(pilot, lambda: "None of these failed" in told(pilot))
