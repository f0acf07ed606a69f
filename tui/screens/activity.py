"""Activity: what is wrong until it is solved, how busy it was, and every sync and job."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from textual import on
from textual.containers import Grid
from textual.widget import Widget

from core.models.job import Problem
from core.services.activity import (
    ActivityBook,
    ActivityFilter,
    ActivityService,
    in_order,
    told,
)
from core.services.activity_row import ActivityRow, Result
from core.services.charts import Charts
from core.services.export import ACTIVITY_HEADINGS, Format, activity_record, rendered
from tui.hand_out import copy_out
from tui.keys import bindings
from tui.keys.activity import ACTIVITY
from tui.screens.choose import Choice
from tui.screens.list_screen import ListScreen
from tui.screens.sheet import Sheet
from tui.session import Pulse, Session
from tui.widgets.chart import Chart
from tui.widgets.problems import Problems
from tui.widgets.virtual_table import VirtualTable
from tui.words.activity import RESULTS, ActivityCells, entry_text, shop_name

CHARTS_EVERY: Final = timedelta(seconds=5)
_ALL: Final = ActivityFilter(folds=True)
_NOTHING: Final = """\
Nothing was done yet.

Syncs that change something, and everything you ask for with r, are listed here."""


class ActivityScreen(ListScreen[ActivityRow]):
    """Problems on top, charts below them, the list under both."""

    MODE = "activity"
    HEADING = "Activity"
    ROWS = "entries"
    HELP_TEXT = (
        "On top, what is wrong: each problem stays until it is solved and says what happened, why, and "
        "what to do now; enter shows it in full with TikTok's request id, y copies it. The charts show "
        "the orders placed in the last 24 hours, and by the minute of the last hour what was pushed, how "
        "many calls TikTok was asked for beside what it allows, and how many of them failed. Below, "
        "every sync that changed something or failed, and every job that somebody asked for, newest "
        "first. Runs of one timer in a row are one line, at most an hour of them: enter lists them, and f or "
        "words after / show each on a line of its own."
    )
    BINDINGS = bindings(ACTIVITY)

    def __init__(self, session: Session) -> None:
        self._cells = ActivityCells(session.backend.clock.now())
        self._wanted = _ALL
        super().__init__(session)
        self._service = ActivityService(session.backend)
        self._charted_at: datetime | None = None
        self._problems: Sequence[Problem] = ()

    def make_book(self) -> ActivityBook:
        """Syncs and jobs."""
        return ActivityService(self.session.backend).book()

    def make_table(self) -> VirtualTable[ActivityRow]:
        """Age and result stay in sight sideways."""
        return VirtualTable(self._cells.columns(), id="activity", frozen=2)

    def content(self) -> Iterable[Widget]:
        """Problems, charts, list."""
        yield Problems()
        with Grid(id="charts"):
            yield Chart("Orders/h", id="chart-orders")
            yield Chart("Pushes/min", id="chart-pushes")
            yield Chart("Calls/min", id="chart-calls")
            yield Chart("Failed calls", id="chart-errors")
        yield from self.list_widgets()

    def show(self, pulse: Pulse) -> None:
        """Problems come with every pulse."""
        super().show(pulse)
        self._cells.now, self._cells.shops = self.now, self.shops
        self._problems = in_order(pulse.problems)
        self.query_one(Problems).show(self._problems, self.shops, self.now)

    def view(self) -> list[str]:
        """What the filter lets through, newest first."""
        return self.entries.view(self._wanted)

    @property
    def entries(self) -> ActivityBook:
        """The book, known to be one of activity."""
        assert isinstance(self.book, ActivityBook)  # noqa: S101 - made above
        return self.book

    def look_for(self, text: str) -> None:
        """Other words."""
        self._wanted = replace(self._wanted, text=text)

    def is_narrowed(self) -> bool:
        """Whether anything may be left out."""
        return self._wanted != _ALL

    def total(self, shown: int) -> int:
        """Lines while they stand for several runs, else runs."""
        return len(self.book) if self.is_narrowed() else shown

    def widen(self) -> None:
        """Everything, runs of a timer in a row as one line."""
        self._wanted = _ALL

    def facets(self) -> Iterable[tuple[str, str | None]]:
        """Result and kind."""
        result = self._wanted.result
        yield "Result", None if result is None else RESULTS[result].text
        yield "What", self._wanted.kind
        is_folded = self._wanted.folds and self._wanted.is_empty()
        yield "Timer runs", "folded" if is_folded else "each"

    def choices(self) -> Sequence[Choice]:
        """Every result and kind there is, with how many."""
        each = not self._wanted.folds
        return [
            (None, "Timer runs"),
            ("folds:", f"{'✔' if each else ' '} each on its own line"),
            (None, "Result"),
            *(
                (
                    f"result:{one.value}",
                    f"{'✔' if one is self._wanted.result else ' '} {RESULTS[one].text:<24} {count:>7,}",
                )
                for one, count in self.entries.results().items()
            ),
            (None, "What"),
            *(
                (f"kind:{kind}", f"{'✔' if kind == self._wanted.kind else ' '} {kind:<24} {count:>7,}")
                for kind, count in self.entries.kinds().items()
            ),
        ]

    def narrow(self, chosen: str) -> None:
        """One result or kind, or every run; the same again takes it away."""
        facet, _, name = chosen.partition(":")
        if facet == "folds":
            self._wanted = replace(self._wanted, folds=not self._wanted.folds)
        elif facet == "result":
            result = Result(name)
            self._wanted = replace(self._wanted, result=None if self._wanted.result is result else result)
        else:
            self._wanted = replace(self._wanted, kind=None if self._wanted.kind == name else name)

    def nothing(self) -> str:
        """What will be listed."""
        return _NOTHING

    async def exported(self, keys: Sequence[str], kind: Format) -> str:
        """Every run, also of a line that stands for several."""
        rows = [row for key in keys for row in self.entries.runs(key)]
        records = [activity_record(row, shop_name(row.integration_id, self.shops)) for row in rows]
        return rendered(records, ACTIVITY_HEADINGS, kind)

    async def caught_up(self, *, changed: bool) -> None:
        """Charts move every few seconds: looking is enough, nobody reads them."""
        if self._charted_at is None or self.now - self._charted_at >= CHARTS_EVERY:
            self._charted_at = self.now
            self._draw(await self._service.charts())

    def list_again(self) -> None:
        """Whoever stands on the newest entry stays on the newest; elsewhere the cursor keeps its entry."""
        on_newest = self.table.cursor_index == 0 and not self.table.marks
        super().list_again()
        if on_newest:
            self.table.move_cursor(0)

    def _draw(self, charts: Charts) -> None:
        orders, pushes, calls = charts.orders_by_hour, charts.pushes_by_minute, charts.calls_by_minute
        self.query_one("#chart-orders", Chart).draw(f"{orders[-1]:,} · {sum(orders):,} a day", orders)
        self.query_one("#chart-pushes", Chart).draw(f"{pushes[-1]:,} · {sum(pushes):,} an hour", pushes)
        allowed = f"{calls[-1]:,} · {charts.rate:.1f} of {charts.ceiling:.0f}/s" if charts.ceiling else "none"
        self.query_one("#chart-calls", Chart).draw(allowed, calls)
        total, failed = sum(calls), sum(charts.failed_by_minute)
        share = f"{failed / total:.1%} · {failed:,} an hour" if total else "none"
        self.query_one("#chart-errors", Chart).draw(share, charts.error_shares, 1.0)

    @on(VirtualTable.Opened, "#activity")
    def _opened(self, event: VirtualTable.Opened) -> None:
        row = self.entries.row(event.key)
        if row is not None:
            runs = self.entries.runs(event.key)
            text = entry_text(row, shop_name(row.integration_id, self.shops), runs)
            self.app.push_screen(
                Sheet(self.session, row.kind.capitalize(), text, name=f"activity-{row.key}.txt")
            )

    @on(VirtualTable.SortAsked, "#activity")
    def _sort_asked(self) -> None:
        self.notify("Activity is always listed newest first; / and f narrow it.")

    @on(Problems.Opened)
    def _problem_opened(self, event: Problems.Opened) -> None:
        problem = event.problem
        text = self._told(problem)
        self.app.push_screen(Sheet(self.session, "Problem", text, name=f"problem-{problem.code}.txt"))

    def action_problems(self) -> None:
        """Go to the problems."""
        if not self.query_one(Problems).take_focus():
            self.notify("There is no open problem.")

    def action_copy(self) -> None:
        """The problem under the cursor while the problems have the focus, else entries."""
        problem = self.query_one(Problems).under_cursor
        if problem is not None and self.query_one(Problems).has_focus_within:
            copy_out(self, self._told(problem))
        else:
            super().action_copy()

    def _told(self, problem: Problem) -> str:
        return told(problem, shop_name(problem.integration_id, self.shops))
