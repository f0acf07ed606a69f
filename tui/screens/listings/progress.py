"""Jobs on listings, followed row by row while they run and read afterwards (domain.md A26 to A29)."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from textual import on, work
from textual.widget import Widget
from textual.widgets import ProgressBar, Static

from core.models.integration import Integration
from core.models.listing_state import RowResult
from core.services.errors import ServiceError
from core.services.job_report import JobReports, JobsFollowed, RowTold, results_csv
from core.services.listings import ListingService
from core.services.sync import OVER
from core.store import StoreError
from tui.hand_out import copy_out, write_out
from tui.keys import bindings
from tui.keys.listing_actions import PROGRESS
from tui.person import who
from tui.screens.confirm import Confirm
from tui.screens.listings.dialog import DialogTable, ListingDialog
from tui.session import Session
from tui.widgets.virtual_table import VirtualTable
from tui.words.listing_actions import ORDER, counted, in_order, job_line, result_columns, results_text, rows
from tui.words.progress import Pace

_LOOK_SECONDS: Final = 0.25


class JobProgress(ListingDialog[None]):
    """A bar, counts, and what became of each row. Leaving ends nothing: the worker goes on."""

    BINDINGS = bindings(PROGRESS)
    DEFAULT_CSS = """
    JobProgress {
        #job-rows { height: 1fr; }
        #job-state { height: auto; max-height: 3; }
        #job-line { height: auto; max-height: 4; padding: 0 1; color: $text-muted; }
    }
    """

    def __init__(self, session: Session, integration: Integration, job_ids: Sequence[str]) -> None:
        super().__init__(session, integration)
        self._ids = list(job_ids)
        self._jobs = JobsFollowed(session.backend, integration, self._ids)
        self._pace = Pace()
        self._only: RowResult | None = None

    @property
    def heading(self) -> str:
        """Whose jobs these are."""
        return f"Jobs on listings · {self.integration.name}"

    def content(self) -> Iterable[Widget]:
        """The bar, the counts, each job's state, the rows, and the row under the cursor in full."""
        yield ProgressBar(show_eta=False, show_percentage=False, id="job-bar")
        yield Static("", id="job-words", classes="line", markup=False)
        yield Static("", id="job-counts", classes="line", markup=False)
        yield Static("", id="job-state", classes="dialog-words", markup=False)
        yield DialogTable(result_columns(), id="job-rows")
        yield Static("", id="job-line", markup=False)

    def on_mount(self) -> None:
        """Follow them."""
        self.query_one(DialogTable).focus()
        self._follow()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What has ended cannot be cancelled, what runs not be tried again."""
        return action != "cancel" or not self._jobs.is_over

    @work(group="follow", exclusive=True, exit_on_error=False)
    async def _follow(self) -> None:
        """Without a job named, the latest one."""
        if not self._ids:
            latest = await JobReports(self.session.backend, self.integration).latest(1)
            self._ids = [job.id for job in latest]
        self._jobs = JobsFollowed(self.session.backend, self.integration, self._ids)
        while True:
            try:
                if await self._jobs.refresh():
                    self._draw()
            except StoreError as error:
                self.query_one("#job-words", Static).update(f"The store cannot be read now: {error}")
            else:
                if self._jobs.is_over:
                    self.refresh_bindings()
                    return
            await asyncio.sleep(_LOOK_SECONDS)

    def row(self, key: str) -> RowTold | None:
        """A row of the list; what a job that is over left waiting was not tried."""
        row = self._jobs.rows.get(key)
        job = None if row is None else self._jobs.jobs.get(row.job_id)
        if row is None or row.result is not RowResult.WAITING or job is None or job.state not in OVER:
            return row
        return replace(row, text="not tried; r tries it")

    def _draw(self) -> None:
        jobs, counts = self._jobs, self._jobs.counts()
        done = jobs.total - counts.get(RowResult.WAITING.value, 0)
        self._pace.note(done, self.session.backend.clock.now())
        self.query_one("#job-bar", ProgressBar).update(total=max(1, jobs.total), progress=done)
        words = self._pace.words(done, jobs.total) if jobs.jobs else "There is no job yet."
        over = "over" if jobs.is_over else "esc leaves, it goes on"
        self.query_one("#job-words", Static).update(f"{words} · {over}" if jobs.jobs else words)
        only = "all rows" if self._only is None else self._only.value
        self.query_one("#job-counts", Static).update(f"{counted(counts)} · showing {only}")
        self.query_one("#job-state", Static).update("\n".join(map(job_line, jobs.jobs.values())))
        self.query_one(DialogTable).show(in_order(jobs.rows.items(), self._only), self)
        self._tell()

    @on(VirtualTable.Highlighted)
    def _tell(self) -> None:
        """The row under the cursor in full."""
        key = self.query_one(DialogTable).cursor_key
        row = None if key is None else self.row(key)
        words = "" if row is None else f"{row.sku}: {row.text or row.result.value}"
        if row is not None and row.fix:
            words += f"\nFix: {row.fix}  ({row.field}, {row.code})"
        self.query_one("#job-line", Static).update(words)

    @on(VirtualTable.Opened)
    def _opened(self, event: VirtualTable.Opened) -> None:
        """All that is known of the row."""
        from tui.screens.listings.detail import ListingDetail

        row = self._jobs.rows.get(event.key)
        if row is not None:
            self.app.push_screen(ListingDetail(self.session, self.integration, row.sku))

    @work(group="ask", exclusive=True, exit_on_error=False)
    async def action_cancel(self) -> None:
        """End the jobs after a question."""
        open_jobs = [job for job in self._jobs.jobs.values() if job.state not in OVER]
        if not open_jobs:
            self.notify("It is over: there is nothing to cancel.", severity="warning")
            return
        if self.refused():
            return
        waiting = self._jobs.total - self._jobs.done
        detail = "Rows that are under way end first. What is done stays; r tries the rest again later."
        if await self.app.push_screen_wait(
            Confirm(f"Cancel? {rows(waiting)} would not be tried.", detail, "End it")
        ):
            service = ListingService(self.session.backend)
            try:
                for job in open_jobs:
                    await service.cancel(job.id)
            except (ServiceError, StoreError) as error:
                self.notify(str(error), severity="error", markup=False)

    @work(group="ask", exclusive=True, exit_on_error=False)
    async def action_retry(self) -> None:
        """Ask again for what failed or was not tried, and follow that too."""
        again = {RowResult.FAILED, RowResult.WAITING}
        skus = sorted({row.sku for row in self._jobs.rows.values() if row.result in again})
        if not self._jobs.is_over or not skus:
            words = "Nothing failed." if self._jobs.is_over else "It is not over yet."
            self.notify(words, severity="warning")
            return
        if self.refused():
            return
        service = ListingService(self.session.backend)
        try:
            asked = await service.retry(self.integration, skus, by=who())
        except (ServiceError, StoreError) as error:
            self.notify(str(error), severity="error", markup=False)
            return
        new = [one.job.id for one in asked if one.job is not None]
        if not new:
            self.notify("Nothing of it waits for another try any more.", severity="warning")
            return
        self._ids, self._pace, self._only = new, Pace(), None
        self._follow()

    def action_narrow(self) -> None:
        """Rows that ended one way, then the next."""
        there = self._jobs.counts()
        order: list[RowResult | None] = [None, *(one for one in ORDER if one.value in there)]
        place = order.index(self._only) if self._only in order else -1
        self._only = order[(place + 1) % len(order)]
        self._draw()

    @property
    def told(self) -> list[RowTold]:
        """Every row, those that need a person first."""
        return [self._jobs.rows[key] for key in in_order(self._jobs.rows.items())]

    def action_copy(self) -> None:
        """Hand the results to the terminal."""
        copy_out(self, results_text(self.told), rows=len(self.told))

    def action_write(self) -> None:
        """Keep the results as CSV."""
        name = f"results-{'-'.join(self._ids[:1]) or 'none'}.csv"
        write_out(self, self.session, name, results_csv(self.told))
