"""Problems of listings by their cause: one card, one fix for all rows, retry (domain.md A32)."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Final

from textual import on, work
from textual.widget import Widget
from textual.widgets import Static

from core import tables
from core.models.integration import Integration
from core.rules.triage import Cause, Occurrence
from core.services.errors import ServiceError
from core.services.listings import Asked
from core.services.triage import Report, TriageService
from core.store import StoreError
from core.wording import count_of
from tui.hand_out import copy_out, write_out
from tui.keys import bindings
from tui.keys.listing_actions import TRIAGE
from tui.person import who
from tui.screens.listings.dialog import DialogTable, ListingDialog
from tui.screens.listings.fixes import fix, way
from tui.screens.listings.progress import JobProgress
from tui.session import Session
from tui.widgets.virtual_table import VirtualTable
from tui.words.listing_actions import rows
from tui.words.triage import card, cause_columns, cause_text, row_columns

_LOOK_SECONDS: Final = 0.5


class Triage(ListingDialog[str | None]):
    """Causes, a card of the one under the cursor, its rows; the code of a problem to filter by, or None."""

    BINDINGS = bindings(TRIAGE)
    DEFAULT_CSS = """
    Triage {
        #causes { height: 2fr; }
        #cause-card { height: auto; max-height: 7; padding: 0 1; background: $panel; }
        #cause-rows { height: 3fr; }
        #no-cause { height: 1fr; padding: 1 2; color: $text-success; }
    }
    """

    def __init__(self, session: Session, integration: Integration) -> None:
        super().__init__(session, integration)
        self._service = TriageService(session.backend)
        self._report = Report((), {})
        self._causes: dict[str, Cause] = {}
        self._rows = _Rows()
        self._now = session.backend.clock.now()

    @property
    def heading(self) -> str:
        """Whose problems."""
        return f"Problems of listings by cause · {self.integration.name}"

    def content(self) -> Iterable[Widget]:
        """Causes, card, rows."""
        yield Static("reading…", id="cause-counts", classes="line", markup=False)
        yield DialogTable(cause_columns(lambda: self._now), id="causes")
        yield Static("", id="cause-card", markup=False)
        yield DialogTable(row_columns(lambda: self._now), id="cause-rows")
        yield Static("✔ No listing has a problem.", id="no-cause", markup=False)

    def on_mount(self) -> None:
        """Read, then follow."""
        self.query_one("#no-cause").display = False
        self.query_one("#causes").focus()
        self._follow()

    @work(group="follow", exclusive=True, exit_on_error=False)
    async def _follow(self) -> None:
        """Read again whenever a listing changed."""
        store, seq = self.session.backend.store, -1
        while True:
            with suppress(StoreError):  # the program says it once for all screens, and it is tried again here
                changes = await store.changes(seq)
                if seq < 0 or changes.reset or changes.keys.get(tables.LISTING_STATES):
                    self._show(await self._service.report(self.integration))
                seq = changes.seq
            await asyncio.sleep(_LOOK_SECONDS)

    def row(self, key: str) -> Cause | None:
        """A cause of the upper list."""
        return self._causes.get(key)

    def _show(self, report: Report) -> None:
        self._report, self._now = report, self.session.backend.clock.now()
        self._causes = {cause.id: cause for cause in report.causes}
        affected = {sku for cause in report.causes for sku in cause.skus}
        stops = sum(cause.blocking for cause in report.causes)
        count = count_of(len(report.causes), "cause")
        verb = "stops" if stops == 1 else "stop"
        words = f"{count}, {stops:,} of which {verb} something · {rows(len(affected))}"
        self.query_one("#cause-counts", Static).update(words)
        self._table("#causes").show(list(self._causes), self)
        self._tell_none(not self._causes)
        for name in ("#causes", "#cause-card", "#cause-rows"):
            self.query_one(name).display = bool(self._causes)
        self._card()

    @work(group="none", exclusive=True, exit_on_error=False)
    async def _tell_none(self, is_none: bool) -> None:
        """Other problems are counted on every screen: say where those are."""
        line = self.query_one("#no-cause", Static)
        line.display = is_none
        others = len((await self.session.pulse()).problems) if is_none else 0
        where = f"\n{others:,} of other kinds: Activity (6) says what and why." if others else ""
        line.update(f"✔ No listing has a problem.{where}")

    @on(VirtualTable.Highlighted, "#causes")
    def _card(self) -> None:
        """The card and the rows of the cause under the cursor."""
        cause = self.under_cursor
        if cause is not None:
            self.query_one("#cause-card", Static).update(card(cause, way(cause.field), self._now))
            self._rows.take(self._report.rows.get(cause.id, ()))
            self._table("#cause-rows").show(list(self._rows.rows), self._rows)

    @property
    def under_cursor(self) -> Cause | None:
        """The cause that the keys are about."""
        key = self._table("#causes").cursor_key
        return None if key is None else self._causes.get(key)

    def _table(self, name: str) -> "DialogTable[object]":
        return self.query_one(name, DialogTable)

    @on(VirtualTable.Opened)
    def _opened(self, event: VirtualTable.Opened) -> None:
        """A cause goes to its rows, a row opens in full."""
        from tui.screens.listings.detail import ListingDetail

        if event.table.id == "causes":
            self.action_other()
        elif (row := self._rows.row(event.key)) is not None:
            sku = row.problem.sku or row.sku
            self.app.push_screen(ListingDetail(self.session, self.integration, sku))

    def action_other(self) -> None:
        """To the other list."""
        here = self.query_one("#causes").has_focus
        self.query_one("#cause-rows" if here else "#causes").focus()

    @work(group="fix", exclusive=True, exit_on_error=False)
    async def action_fix(self) -> None:
        """Open what cures it, once for all rows, then try them again."""
        cause = self.under_cursor
        if cause is None or self.refused():
            return
        if not way(cause.field):
            words = f"It is not cured here. {cause.fix} Then r tries it again."
            self.notify(words, severity="warning", timeout=10, markup=False)
            return
        try:
            asked = await fix(self, self.session, self.integration, cause)
        except (ServiceError, StoreError) as error:
            self.notify(str(error), severity="error", timeout=10, markup=False)
            return
        if asked is not None:
            self._follow_jobs(asked, "Changed; nothing of it had to be tried again.")

    @work(group="fix", exclusive=True, exit_on_error=False)
    async def action_retry(self) -> None:
        """Try every row again."""
        cause = self.under_cursor
        if cause is None or self.refused():
            return
        try:
            asked = await self._service.retry(self.integration, cause.id, by=who())
        except (ServiceError, StoreError) as error:
            self.notify(str(error), severity="error", timeout=10, markup=False)
            return
        self._follow_jobs(asked, "Nothing of it waits for another try.")

    @work(group="fix", exclusive=True, exit_on_error=False)
    async def action_reset(self) -> None:
        """Lift holds; nothing is sent."""
        cause = self.under_cursor
        if cause is None or self.refused():
            return
        try:
            lifted = await self._service.reset(self.integration, cause.id)
        except (ServiceError, StoreError) as error:
            self.notify(str(error), severity="error", timeout=10, markup=False)
            return
        words = f"{lifted:,} held: lifted. r tries them again." if lifted else "No row of it is held."
        self.notify(words, severity="information" if lifted else "warning", markup=False)

    def _follow_jobs(self, asked: Sequence[Asked], nothing: str) -> None:
        jobs = [one.job.id for one in asked if one.job is not None]
        if jobs:
            self.app.push_screen(JobProgress(self.session, self.integration, jobs))
        else:
            self.notify(nothing, severity="warning", markup=False)

    def action_narrow(self) -> None:
        """Back to the grid, which shows the rows of this cause."""
        if self.under_cursor is not None:
            self.dismiss(self.under_cursor.code)

    @property
    def text(self) -> str:
        """The cause with its rows, for copying."""
        cause = self.under_cursor
        return "" if cause is None else cause_text(cause, self._report.rows.get(cause.id, ()))

    def action_copy(self) -> None:
        """Hand it to the terminal."""
        copy_out(self, self.text)

    def action_write(self) -> None:
        """Keep it in a file."""
        cause = self.under_cursor
        if cause is not None:
            write_out(self, self.session, f"problem-{cause.code}.tsv", self.text)


class _Rows:
    """The problems of one cause's rows, by a key for each."""

    def __init__(self) -> None:
        self.rows: dict[str, Occurrence] = {}

    def take(self, found: Iterable[Occurrence]) -> None:
        """Show these."""
        self.rows = {f"{one.problem.sku or one.sku}/{number}": one for number, one in enumerate(found)}

    def row(self, key: str) -> Occurrence | None:
        """One of them."""
        return self.rows.get(key)
