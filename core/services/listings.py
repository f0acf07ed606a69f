"""The use cases of the Listing Manager: look, edit, list, update, delete, retry (domain.md A17 to A32)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core import tables
from core.backend import Backend
from core.models.integration import Integration
from core.models.job import Job
from core.models.listing import Listing
from core.models.listing_state import Action, JobRow, ListingProblem, ListingState, RowResult
from core.rules.candidate import Candidate
from core.rules.listing_limits import limits_for
from core.rules.preflight import preflight
from core.services.errors import NotAllowedNow, NotFound
from core.services.listing_book import ListingBook, Refreshed
from core.services.listing_fronts import fronts_of
from core.services.listing_keep import keep_typed
from core.services.listing_one import read_row
from core.services.listing_rows import SORTS, ListingRow, RowFilter, sort_rows
from core.services.listing_view import ListingView
from core.store import Where
from core.sync import listing_ask
from core.sync.listing_candidate import candidate_of, children_of, read_family, rules_of
from core.sync.listing_drafts import draft_of
from core.sync.listing_files import FileLooks
from core.sync.listing_fingerprints import fingerprints
from core.sync.listing_images import look_at
from core.sync.listing_knowledge import ShopKnowledge
from core.sync.listing_record import held, load


@dataclass(frozen=True, slots=True)
class Asked:
    """A job that was put down, and rows that were left out with the reason."""

    job: Job | None
    left_out: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Explained:
    """Everything about one row: what would be sent, every problem, what is held, and its history."""

    row: ListingRow
    state: ListingState
    candidate: Candidate
    problems: Sequence[ListingProblem]
    """What preflight finds now."""
    held: Sequence[ListingProblem]


class ListingService:
    """Nothing here sends anything: jobs do, in whichever worker holds the integration."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._store = backend.store

    async def rows(
        self,
        integration: Integration,
        wanted: RowFilter | None = None,
        *,
        sort: str = "sku",
        descending: bool = False,
    ) -> list[ListingRow]:
        """Rows that match as on the screen, sorted by a column of SORTS. Raises NotFound for another one.

        A product matches with its variants together; with `variants` every row is for itself.
        """
        if sort not in SORTS:
            raise NotFound(f"There is no column {sort!r}", f"Columns: {', '.join(SORTS)}.")
        asked = wanted or RowFilter()
        book = ListingBook(self._store, integration.id)
        await book.refresh()
        if asked.variants:
            return sort_rows((row for row in book.rows() if asked.shows(row)), sort, descending=descending)
        view = ListingView(book)
        await view.take(Refreshed(everything=True))
        await view.sort((sort, descending))
        keys = view.listed(asked, (sort, descending)).keys
        return [row for key in keys if book.front_of(key) == key and (row := book.row(key)) is not None]

    async def row(self, integration: Integration, sku: str) -> ListingRow:
        """One row. Raises NotFound."""
        row = await read_row(self._store, integration.id, sku)
        if row is not None:
            return row
        raise NotFound(f"There is no product {sku!r}", "Look for it with: avasam listings show -s WORDS")

    async def draft(self, integration: Integration, sku: str) -> Listing:
        """What was typed for a row."""
        return await draft_of(self._store, integration.id, sku)

    async def edit(
        self,
        integration: Integration,
        skus: Sequence[str],
        changes: Mapping[str, object],
        *,
        by: str,
        revision: int | None = None,
    ) -> int:
        """Keep typed values for these rows; how many changed. See `keep_typed` for what it raises."""
        return await keep_typed(self._store, integration, skus, changes, by=by, revision=revision)

    async def ask(self, integration: Integration, action: Action, skus: Sequence[str], *, by: str) -> Asked:
        """Ask the worker for an action on rows; a variant stands for its parent, unknown rows are left out.

        Raises NotAllowedNow for an integration that is off or not authorised.
        """
        check_ready(integration)
        found = await fronts_of(self._store, integration.id, action, skus)
        if not found.skus:
            return Asked(None, found.left_out)
        job = await listing_ask.ask(
            self._store, action, integration.id, found.skus, now=self._backend.clock.now(), by=by
        )
        return Asked(job, found.left_out)

    async def results(self, job: Job) -> list[JobRow]:
        """The rows of a job as they stand."""
        return await listing_ask.rows_of(self._store, job.integration_id or "", job.id)

    async def cancel(self, job_id: str) -> Job:
        """End a job after what is under way. Raises NotFound."""
        job = await listing_ask.cancel(self._store, job_id, self._backend.clock.now())
        if job is None:
            raise NotFound("There is no such job", "It may be long over.")
        return job

    async def retry(
        self, integration: Integration, skus: Sequence[str] | None, *, by: str, reset: bool = False
    ) -> list[Asked]:
        """Ask again for what failed or was not tried, of these rows or all; `reset` lifts holds first."""
        wanted = None if skus is None else set(skus)
        again: dict[Action, list[str]] = {}
        for sku, action in await self._unfinished(integration):
            if wanted is None or sku in wanted:
                again.setdefault(action, []).append(sku)
        if reset:
            await self.reset(integration, [sku for rows in again.values() for sku in rows])
        return [
            await self.ask(integration, action, sorted(set(rows)), by=by) for action, rows in again.items()
        ]

    async def reset(self, integration: Integration, skus: Sequence[str]) -> int:
        """Lift the holds of rows; how many had one."""
        lifted = 0
        async with self._store.transaction() as tx:
            for sku in skus:
                state = await load(tx, integration.id, sku)
                if state.strikes:
                    after = state.model_copy(update={"strikes": {}})
                    key = tables.key(integration.id, sku)
                    await tx.put(tables.LISTING_STATES, key, after.to_document())
                    lifted += 1
        return lifted

    async def explain(self, integration: Integration, sku: str, *, images: bool = False) -> Explained:
        """One row with every problem that List would meet; `images` fetches and measures them too."""
        children = await children_of(self._store)
        document = await self._store.get(tables.PRODUCTS, sku)
        parent = None if document is None else document.get("parent_sku")
        front = parent if isinstance(parent, str) else sku
        family = await read_family(self._store, integration.id, front, children)
        if family is None:
            raise NotFound(f"There is no product {sku!r}", "Look for it with: avasam listings show -s WORDS")
        rules = await rules_of(self._store, integration.id)
        candidate = await candidate_of(family, integration, rules, self._knowledge(integration))
        tools = self._backend.listing_tools_for(integration)
        limits = limits_for(integration.shop.region)
        candidate = await FileLooks(tools.files, limits).look(candidate)
        if images:
            looks, _ = await look_at(tools.images, limits, candidate.addresses)
            candidate = replace(candidate, images=tuple(looks))
        state = await load(self._store, integration.id, front)
        inputs = fingerprints(candidate)
        holds = [held(state, action, inputs) for action in (Action.PUBLISH, Action.UPDATE)]
        return Explained(
            row=await self.row(integration, sku),
            state=state,
            candidate=candidate,
            problems=preflight(candidate),
            held=[one for one in holds if one is not None],
        )

    async def counts(self, integration: Integration) -> dict[str, int]:
        """How many rows there are of each status."""
        rows = await self.rows(integration)
        found = Counter(row.status.status.value for row in rows)
        return {**dict(found), "in_review": sum(row.status.in_review for row in rows)}

    def _knowledge(self, integration: Integration) -> ShopKnowledge | None:
        if not integration.enabled or integration.needs_reauthorisation is not None:
            return None
        return ShopKnowledge(
            self._store,
            self._backend.clock,
            integration,
            self._backend.listing_tools_for(integration).categories,
            self._backend.channel_for(integration),
        )

    async def _unfinished(self, integration: Integration) -> list[tuple[str, Action]]:
        prefix = tables.prefix(integration.id)
        found: dict[tuple[str, Action], datetime | None] = {}
        async for _, row in self._store.scan(tables.LISTING_STATES, prefix=prefix):
            state = ListingState.from_document(row)
            if state.deed.value == "failed" and state.action is not None:
                found[state.avasam_sku, state.action] = state.failed_at
            elif state.channel_problems and state.channel_problems[0].code != "gone":
                found[state.avasam_sku, Action.UPDATE] = state.read_at
        waiting = (Where("result", "eq", RowResult.WAITING.value),)
        async for _, row in self._store.scan(tables.JOB_ROWS, waiting, prefix=prefix):
            one = JobRow.from_document(row)
            document = await self._store.get(tables.JOBS, one.job_id)
            job = None if document is None else Job.from_document(document)
            if job is not None and job.finished_at is not None:
                found[one.avasam_sku, listing_ask.ACTION_OF[job.kind]] = job.finished_at
        return list(found)


def check_ready(integration: Integration) -> None:
    """Raise NotAllowedNow, in words, for an integration that is off or not authorised."""
    if not integration.enabled:
        raise NotAllowedNow(f"{integration.name} is disabled", "Enable it first; nothing was sent.")
    if integration.needs_reauthorisation is not None:
        raise NotAllowedNow(
            f"{integration.name} needs reauthorisation ({integration.needs_reauthorisation})",
            "Open the integration and choose Reauthorize.",
        )
