"""List, Update and the Action menu: jobs put down for the worker, and their progress (A26 to A29)."""

from collections.abc import Sequence
from typing import Final

from textual import work
from textual.widgets import Static

from core.models.listing_state import Action
from core.services.errors import ServiceError
from core.services.listing_desk import ListingDesk
from core.services.listing_running import Running, running_jobs
from core.services.listings import Asked, ListingService, check_ready
from core.store import StoreError
from core.wording import count_of
from tui.person import who
from tui.screens.choose import Choice, Choose
from tui.screens.confirm_many import ConfirmMany
from tui.screens.listings.opening import ListingOpener
from tui.session import Session
from tui.words.listing_jobs import DONE_TO, left_out_words, running_line, skipped_words

_MENU: Final[tuple[Choice, ...]] = (
    (Action.DELETE, "Delete on TikTok and unlink"),
    (Action.DEACTIVATE, "Deactivate: off sale, still linked"),
    (Action.ACTIVATE, "Activate: on sale again, after a review"),
    ("reset", "Reset hold: let it be tried again"),
    ("retry", "Retry what failed"),
    ("explain", "Explain (?)"),
    ("copy", "Copy (y)"),
)


class ListingActor(ListingOpener):
    """They act on the marked rows, else on the one under the cursor, and say how many."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._running_jobs: Sequence[Running] = ()

    @work(group="act", exclusive=True, exit_on_error=False)
    async def action_list(self) -> None:
        """List products that are not on the shop yet (A26)."""
        await self._send(Action.PUBLISH)

    @work(group="act", exclusive=True, exit_on_error=False)
    async def action_update(self) -> None:
        """Send what has changed (A28)."""
        await self._send(Action.UPDATE)

    @work(group="act", exclusive=True, exit_on_error=False)
    async def action_menu(self) -> None:
        """What is done more rarely."""
        skus = [] if self._running_jobs and not self.table.targets() else self.fronts()
        if not skus and not self._running_jobs:
            return
        running: list[Choice] = [("progress", "Progress of the running job")] if self._running_jobs else []
        count = count_of(len(skus), "product")
        chosen = await self.app.push_screen_wait(Choose(f"Action on {count}", [*running, *_MENU]))
        if chosen is None:
            return
        if chosen in {"explain", "copy"}:
            await self.run_action(chosen)
        elif chosen == "progress":
            self._show_progress([one.job.id for one in self._running_jobs])
        elif skus and self._may_act():
            await self._do(chosen, skus)

    async def caught_up(self) -> None:
        """How far the jobs of this shop are."""
        desk = self.desk
        if desk is None:
            return
        self._running_jobs = await running_jobs(self.session.backend.store, desk.integration.id, self._now)
        line = self.query_one("#listing-job", Static)
        line.display = bool(self._running_jobs)
        line.update(running_line(self._running_jobs))

    def _may_act(self) -> bool:
        """Whether this session and this shop may; if not, why not is said."""
        if self.desk is None or self.refused():
            return False
        try:
            check_ready(self.desk.integration)
        except ServiceError as error:
            self.notify(str(error), severity="warning", timeout=15, markup=False)
            return False
        return True

    async def _send(self, action: Action) -> None:
        from tui.screens.listings.preflight import Preflight

        desk, skus = self.desk, self.fronts()
        if desk is None or not skus or not self._may_act():
            return
        wanted = [sku for sku in skus if desk.is_for(sku, action)]
        if len(wanted) < len(skus):
            self.notify(
                skipped_words(action, len(skus) - len(wanted), len(wanted)),
                severity="warning",
                markup=False,
            )
        wanted = await self._save_first(desk, wanted)
        if not wanted:
            return
        chosen = await self.app.push_screen_wait(Preflight(self.session, desk.integration, action, wanted))
        if chosen:
            await self._ask(desk, action, chosen)

    async def _save_first(self, desk: ListingDesk, skus: Sequence[str]) -> list[str]:
        """Keep what was typed for these products; those that may go on."""
        family = {kid: sku for sku in skus for kid in (sku, *desk.book.children(sku))}
        unsaved = [sku for sku in family if sku in desk.edits.by_sku]
        if not unsaved:
            return list(skus)
        saved = await self.save(desk, unsaved)
        if saved is None:
            return []
        stopped = {family[sku] for sku, _ in saved.refused}
        return [sku for sku in skus if sku not in stopped]

    async def _do(self, chosen: str, skus: Sequence[str]) -> None:
        desk = self.desk
        if desk is None:
            return
        service = ListingService(self.session.backend)
        if chosen == "reset":
            lifted = await service.reset(desk.integration, skus)
            self.notify(f"{count_of(lifted, 'held row')} may be tried again.")
        elif chosen == "retry":
            await self._retry(service, desk, skus)
        elif await self._is_sure(Action(chosen), desk, skus):
            await self._ask(desk, Action(chosen), skus)

    async def _retry(self, service: ListingService, desk: ListingDesk, skus: Sequence[str]) -> None:
        try:
            asked = await service.retry(desk.integration, skus, by=who())
        except (ServiceError, StoreError) as error:
            self.notify(str(error), severity="error", timeout=20, markup=False)
            return
        if not asked:
            self.notify("None of these failed: there is nothing to try again.", severity="warning")
        self._follow_jobs(asked)

    async def _is_sure(self, action: Action, desk: ListingDesk, skus: Sequence[str]) -> bool:
        """Destructive ones name what they are about (ux.md, Manners)."""
        if action is Action.ACTIVATE:
            return True
        lines = [line.row for sku in skus if (line := desk.row(sku)) is not None]
        names = [f"{row.sku}  {row.title}" for row in lines] or list(skus)
        verb, detail = DONE_TO[action]
        count = "this listing" if len(names) == 1 else f"{len(names):,} listings"
        question = f"{verb} {count} on {desk.integration.name}?"
        return await self.app.push_screen_wait(ConfirmMany(question, names, detail, verb))

    async def _ask(self, desk: ListingDesk, action: Action, skus: Sequence[str]) -> None:
        service = ListingService(self.session.backend)
        try:
            asked = await service.ask(desk.integration, action, skus, by=who())
        except (ServiceError, StoreError) as error:
            self.notify(str(error), severity="error", timeout=20, markup=False)
            return
        self._follow_jobs([asked])

    def _follow_jobs(self, asked: Sequence[Asked]) -> None:
        left_out = [one for some in asked for one in some.left_out]
        if left_out:
            self.notify(left_out_words(left_out), severity="warning", timeout=15, markup=False)
        jobs = [one.job.id for one in asked if one.job is not None]
        if jobs:
            self._show_progress(jobs)

    def _show_progress(self, job_ids: Sequence[str]) -> None:
        from tui.screens.listings.progress import JobProgress

        if self.desk is not None:
            self.app.push_screen(JobProgress(self.session, self.desk.integration, job_ids))
