"""What a worker does for one integration while it holds its lease: jobs first, then whatever is due."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog

from core import tables
from core.channel.errors import NeedsReauthorisation
from core.models.integration import Integration, SyncKind
from core.models.job import Job, JobState
from core.store import Lease, LeaseLost, StoreError
from core.sync import jobs, timers
from core.sync.context import Progress, no_progress
from core.sync.leases import INVENTORY, Leases
from core.sync.listing_context import ListingContext
from core.sync.listing_run import is_listing_job, run_listing_job
from core.sync.problems import note_problem, solve_problem
from core.sync.runner import Ran, Sources, pause_integration, read_inventory, run_kind

_log = structlog.get_logger(__name__)

ORDER: Final = (
    SyncKind.ORDERS, SyncKind.FULFIL, SyncKind.VERIFY, SyncKind.STOCK, SyncKind.PRICE, SyncKind.CATALOGUE,
    SyncKind.REVIEWS,
)  # fmt: skip
"""Orders first and on to Avasam, then stock and price; what the shop shows is read before it is corrected."""

_FAULT: Final = "fault"
_PUSHES: Final = frozenset({SyncKind.STOCK, SyncKind.PRICE})
_PROGRESS_EVERY: Final = timedelta(seconds=0.5)
_STORE_REST: Final = timedelta(seconds=15)
"""How long an integration waits when the store refused: nothing notes then that the shop was just asked."""


class Execution:
    """Runs syncs and jobs; the inventory is read by one program at a time."""

    def __init__(self, sources: Sources, leases: Leases) -> None:
        self._sources = sources
        self._store = sources.store
        self._clock = sources.clock
        self._leases = leases
        self._reading = asyncio.Lock()
        self._resting: dict[str, datetime] = {}

    async def has_work(self, integration: Integration) -> bool:
        """Whether a job waits or a timer is due, and the store took what came of the last one."""
        rests_until = self._resting.get(integration.id)
        if rests_until is not None and self._clock.now() < rests_until:
            return False
        if await jobs.waiting(self._store, integration.id):
            return True
        return bool(await self.due(integration))

    async def due(self, integration: Integration) -> list[SyncKind]:
        """The kinds whose time has come, in the order they run."""
        now = self._clock.now()
        states = {kind: await timers.load(self._store, integration.id, kind) for kind in ORDER}
        due = {kind for kind, state in states.items() if timers.is_armed(state) and timers.is_due(state, now)}
        if SyncKind.ORDERS in due and not states[SyncKind.FULFIL].failures:
            # What was just downloaded goes on at once, unless Avasam asked for a pause.
            due.add(SyncKind.FULFIL)
        return [kind for kind in ORDER if kind in due]

    async def work(self, integration: Integration, lease: Lease) -> None:
        """Every waiting job, then every due timer. A fault of this program ends only this round."""
        try:
            for job in await jobs.waiting(self._store, integration.id):
                await self.job(integration, job, lease)
            await self.run(integration, await self.due(integration), lease)
            await self._forget_fault(integration, lease)
        except (LeaseLost, asyncio.CancelledError):
            raise
        except StoreError as error:
            self._resting[integration.id] = self._clock.now() + _STORE_REST
            _log.error("the store refused", integration=integration.id, what=str(error))
        except Exception as error:  # noqa: BLE001 - the worker outlives any fault, and says so
            _log.exception("fault in a sync", integration=integration.id)
            await self._note_fault(integration, error, lease)

    async def run(
        self,
        integration: Integration,
        kinds: Sequence[SyncKind],
        lease: Lease,
        *,
        forced: bool = False,
        confirmed: bool = False,
        progress: Progress = no_progress,
    ) -> list[Ran]:
        """These kinds in order, the inventory read before the first push.

        `forced` reads the inventory whatever its timer says. A shop that needs reauthorisation ends the run.
        """
        ran: list[Ran] = []
        read = False
        for kind in kinds:
            if kind in _PUSHES and not read:
                prices = forced and SyncKind.PRICE in kinds and integration.settings.price_update
                ran.extend(await self.read_inventory(forced=forced, prices=prices, confirmed=confirmed))
                read = True
            current = await self._integration(integration.id)
            if current is None or not current.enabled or current.needs_reauthorisation is not None:
                break
            ran.append(
                await run_kind(self._sources, current, kind, lease, confirmed=confirmed, progress=progress)
            )
        return ran

    async def read_inventory(
        self, *, forced: bool = False, prices: bool = False, confirmed: bool = False
    ) -> list[Ran]:
        """All products when due or `prices` asks, stock when due or `forced`; nothing while another reads."""
        async with self._reading:
            lent = self._leases.held(INVENTORY) is not None
            lease = await self._leases.hold(INVENTORY)
            if lease is None:
                return []
            try:
                async with self._leases.kept(INVENTORY):
                    ran = await self._read_inventory(lease, forced, prices, confirmed)
            finally:
                if not lent:
                    await self._leases.release(INVENTORY)
        return ran

    async def _read_inventory(self, lease: Lease, forced: bool, prices: bool, confirmed: bool) -> list[Ran]:
        ran: list[Ran] = []
        for kind, asked in ((SyncKind.PRODUCTS, prices), (SyncKind.STOCK_READ, forced)):
            state = await timers.load(self._store, None, kind)
            if asked or timers.is_due(state, self._clock.now()):
                one = await read_inventory(self._sources, kind, lease, confirmed=confirmed)
                if one is not None:
                    ran.append(one)
                    if one.ok and kind is SyncKind.PRODUCTS:
                        break
        return ran

    async def job(self, integration: Integration, job: Job, lease: Lease) -> Job:
        """One job of an integration, from claim to result; one that is over by now stays as it is."""
        claimed = await self._begin(job, lease)
        if claimed is None or claimed.state is JobState.FAILED:
            return claimed or job
        job = claimed
        if is_listing_job(job) and (ctx := self._sources.listing(integration, lease, job)) is not None:
            return await self._listing_job(ctx, job)
        told: datetime = self._clock.now()

        async def progress(done: int, total: int | None) -> None:
            nonlocal job, told
            now = self._clock.now()
            if now - told >= _PROGRESS_EVERY:
                told = now
                job = await jobs.save(
                    self._store, job.model_copy(update={"done": done, "total": total}), lease
                )

        ran = await self.run(
            integration, jobs.KINDS[job.kind], lease, forced=True, confirmed=job.confirmed, progress=progress
        )
        current = await self._integration(integration.id)
        if current is not None and current.needs_reauthorisation is not None:
            # Paused, not failed (A16): it goes on once somebody has reauthorised.
            waiting = {"state": JobState.QUEUED, "attempts": 0, "error": current.needs_reauthorisation}
            return await jobs.save(self._store, job.model_copy(update=waiting), lease)
        if current is None or not current.enabled:
            what = f"{integration.name} was {'removed' if current is None else 'disabled'} meanwhile"
            cure = "Nothing more was sent." if current is None else "Enable it: what was missed is caught up."
            return await self._end(job, lease, JobState.CANCELLED, error=what, cure=cure)
        return await self._conclude(job, ran, lease)

    async def _listing_job(self, ctx: ListingContext, job: Job) -> Job:
        try:
            return await run_listing_job(ctx, job)
        except NeedsReauthorisation as error:
            await pause_integration(self._sources, ctx.integration, error, ctx.lease)
            return await jobs.get(self._store, job.id) or job

    async def orphan(self, job: Job, lease: Lease) -> Job:
        """A job whose integration was removed."""
        return await self._end(
            job, lease, JobState.CANCELLED, error="the integration was removed", cure="Nothing was sent."
        )

    async def inventory_job(self, job: Job, lease: Lease) -> Job:
        """The job of reading the inventory, which belongs to no integration."""
        claimed = await self._begin(job, lease)
        if claimed is None or claimed.state is JobState.FAILED:
            return claimed or job
        job = claimed
        ran = await self.read_inventory(forced=True, prices=True, confirmed=job.confirmed)
        if self._sources.inventory is None:
            return await self._end(
                job,
                lease,
                JobState.FAILED,
                error="no inventory is set up",
                cure="Set AVASAM_CONSUMER_KEY and AVASAM_SECRET_KEY, or AVASAM_INVENTORY_FILE.",
            )
        return await self._conclude(job, ran, lease)

    async def _begin(self, job: Job, lease: Lease) -> Job | None:
        """The job begun once more, or FAILED when that was often enough; None when it is over."""
        begun = await jobs.claim(self._store, job, self._clock.now(), lease)
        if begun is None or begun.attempts <= jobs.GIVE_UP_AFTER:
            return begun
        return await self._end(
            begun,
            lease,
            JobState.FAILED,
            error=f"{jobs.GIVE_UP_AFTER} workers began it and none finished",
            cure="Look at the log of the worker, then ask again.",
        )

    async def _conclude(self, job: Job, ran: Sequence[Ran], lease: Lease) -> Job:
        counts: dict[str, int] = {}
        for one in ran:
            for name, count in (one.outcome.counts if one.outcome else {}).items():
                counts[f"{one.kind}.{name}"] = counts.get(f"{one.kind}.{name}", 0) + count
        bad = next((one for one in ran if not one.ok), None)
        if bad is None:
            return await self._end(job, lease, JobState.DONE, counts=counts)
        asks = bad.outcome is not None and bad.outcome.stopped is not None
        state = JobState.NEEDS_CONFIRMATION if asks else JobState.FAILED
        return await self._end(job, lease, state, counts=counts, error=bad.error, cure=bad.cure)

    async def _end(
        self,
        job: Job,
        lease: Lease,
        state: JobState,
        *,
        counts: dict[str, int] | None = None,
        error: str | None = None,
        cure: str | None = None,
    ) -> Job:
        ended = {
            "state": state,
            "finished_at": self._clock.now(),
            "counts": counts or {},
            "error": error,
            "cure": cure,
        }
        return await jobs.save(self._store, job.model_copy(update=ended), lease)

    async def _integration(self, integration_id: str) -> Integration | None:
        document = await self._store.get(tables.INTEGRATIONS, integration_id)
        return None if document is None else Integration.from_document(document)

    async def _forget_fault(self, integration: Integration, lease: Lease) -> None:
        if await self._store.get(tables.PROBLEMS, tables.key(integration.id, _FAULT)) is not None:
            async with self._store.transaction(fence=lease) as tx:
                await solve_problem(tx, integration.id, _FAULT)

    async def _note_fault(self, integration: Integration, error: Exception, lease: Lease) -> None:
        """Nobody foresaw this: pause this integration's due timers, so that it does not spin, and say so."""
        now = self._clock.now()
        for kind in await self.due(integration):
            state = await timers.load(self._store, integration.id, kind)
            await timers.save(
                self._store,
                timers.failed(state, now, now, self._sources.settings, f"fault: {type(error).__name__}"),
                lease,
            )
        async with self._store.transaction(fence=lease) as tx:
            await note_problem(
                tx,
                self._clock,
                integration.id,
                _FAULT,
                what=f"{integration.name}: this program made a mistake ({type(error).__name__})",
                why="Something happened that nobody had foreseen; the log has the details.",
                cure="Send the log to the maintainers. The sync is tried again by itself.",
            )
