"""Runs one kind of sync for one integration and writes down how it went, whatever happens."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import structlog

from core import tables
from core.channel.errors import ChannelError, NeedsReauthorisation, Retryable
from core.channel.port import Channel, Fulfilment, Logistics
from core.clock import Clock
from core.inventory.errors import InventoryError, InventoryThrottled
from core.inventory.orders import OrderDesk
from core.inventory.port import Inventory
from core.models.integration import Integration, SyncKind, SyncState
from core.models.job import Job, Severity
from core.settings import Settings
from core.store import Lease, Store
from core.sync import timers
from core.sync.catalogue import download_catalogue
from core.sync.context import Outcome, Progress, SyncContext, SyncRefused, guard_limits, no_progress
from core.sync.fulfil import fulfil
from core.sync.fulfil_order import Outlets
from core.sync.inventory import take_products, take_stock
from core.sync.jobs import note_activity
from core.sync.listing_context import ListingContext, ListingTools
from core.sync.listing_reviews import read_reviews
from core.sync.listing_standing import look_at_refused, note_standing
from core.sync.metrics import Metrics
from core.sync.orders import sync_orders
from core.sync.problems import note_problem, solve_problem
from core.sync.push import sync_prices, sync_stock
from core.sync.verify import verify_stock
from core.vault import VaultError

_log = structlog.get_logger(__name__)

REAUTHORISE: Final = "needs-reauthorisation"
Failure = ChannelError | InventoryError | SyncRefused | VaultError
_PUSHES: Final = frozenset({SyncKind.STOCK, SyncKind.PRICE})
_FAILURES: Final = (ChannelError, InventoryError, SyncRefused, VaultError)


@dataclass(frozen=True, slots=True)
class Sources:
    """What the runner reads from and writes to."""

    store: Store
    clock: Clock
    settings: Settings
    channel_for: Callable[[Integration], Channel]
    inventory: Inventory | None
    fulfilment_for: Callable[[Integration], Fulfilment] | None = None
    logistics_for: Callable[[Integration], Logistics] | None = None
    listing_tools_for: Callable[[Integration], ListingTools] | None = None
    desk: OrderDesk | None = None
    """Where orders go; None while no Avasam account is set up."""
    metrics: Metrics = field(default_factory=Metrics)

    def outlets(self, integration: Integration) -> Outlets | None:
        """What an integration's orders go through; None where the shop offers no such thing."""
        if self.fulfilment_for is None or self.logistics_for is None:
            return None
        return Outlets(self.desk, self.fulfilment_for(integration), self.logistics_for(integration))

    def listing(
        self, integration: Integration, lease: Lease, job: Job | None = None
    ) -> ListingContext | None:
        """What the work on an integration's listings is handed; None where there is no such work."""
        if self.listing_tools_for is None:
            return None
        return ListingContext(
            store=self.store,
            clock=self.clock,
            settings=self.settings,
            channel=self.channel_for(integration),
            tools=self.listing_tools_for(integration),
            integration=integration,
            lease=lease,
            job_id="" if job is None else job.id,
            asked_by="" if job is None else job.requested_by,
        )


@dataclass(frozen=True, slots=True)
class Ran:
    """How one sync went: its outcome, or the error with its cure."""

    kind: SyncKind
    outcome: Outcome | None = None
    error: str | None = None
    cure: str | None = None

    @property
    def ok(self) -> bool:
        """Whether it finished and the guard did not stop it."""
        return self.outcome is not None and self.outcome.stopped is None


async def run_kind(
    sources: Sources,
    integration: Integration,
    kind: SyncKind,
    lease: Lease,
    *,
    confirmed: bool = False,
    progress: Progress = no_progress,
) -> Ran:
    """One sync of an enabled, authorised integration. LeaseLost alone is raised: another worker is at it."""
    store, clock = sources.store, sources.clock
    state = await timers.load(store, integration.id, kind)
    started = clock.now()
    if kind in _PUSHES:
        progress = sources.metrics.pushing(integration.id, progress)
    try:
        ctx = SyncContext(
            store=store,
            clock=clock,
            channel=sources.channel_for(integration),
            integration=integration,
            lease=lease,
            settings=sources.settings,
            confirmed=confirmed,
            progress=progress,
        )
        outcome, state = await _work(
            ctx, kind, state, sources.outlets(integration), sources.listing(integration, lease)
        )
    except NeedsReauthorisation as error:
        await pause_integration(sources, integration, error, lease)
        return await _note_failure(sources, state, started, error, lease)
    except _FAILURES as error:
        return await _note_failure(sources, state, started, error, lease)
    return await _note_success(sources, state, started, outcome, lease)


async def _work(
    ctx: SyncContext,
    kind: SyncKind,
    state: SyncState,
    outlets: Outlets | None,
    listing: ListingContext | None,
) -> tuple[Outcome, SyncState]:
    match kind:
        case SyncKind.ORDERS:
            shop = None if outlets is None else outlets.fulfilment
            outcome, watermark = await sync_orders(ctx, state, shop)
            return outcome, state.model_copy(update={"watermark": watermark})
        case SyncKind.FULFIL:
            if outlets is None:
                return Outcome(), state
            outcome, watermark = await fulfil(ctx, outlets, state)
            return outcome, state.model_copy(update={"watermark": watermark})
        case SyncKind.REVIEWS:
            return Outcome() if listing is None else await read_reviews(listing), state
        case SyncKind.STOCK | SyncKind.PRICE:
            outcome = await (sync_stock(ctx) if kind is SyncKind.STOCK else sync_prices(ctx))
            if listing is not None:
                await look_at_refused(listing, outcome)
            return outcome, state
        case SyncKind.VERIFY | SyncKind.CATALOGUE:
            is_download = kind is SyncKind.CATALOGUE
            outcome = await (download_catalogue(ctx) if is_download else verify_stock(ctx))
            if listing is not None:
                await note_standing(listing, fresh=is_download)
            return outcome, state
        case _:
            raise AssertionError(f"{kind} belongs to no integration")


async def read_inventory(
    sources: Sources, kind: SyncKind, lease: Lease, *, confirmed: bool = False
) -> Ran | None:
    """Read all products (PRODUCTS) or stock alone (STOCK_READ); None when no inventory is set up."""
    if sources.inventory is None:
        return None
    state = await timers.load(sources.store, None, kind)
    started = sources.clock.now()
    limits = guard_limits(sources.settings)
    try:
        if kind is SyncKind.PRODUCTS:
            products = await sources.inventory.read_products()
            outcome = await take_products(
                sources.store, sources.clock, products, limits, lease=lease, confirmed=confirmed
            )
            if outcome.stopped is None:
                # Stock came with the products: its own timer need not ask again so soon.
                stock_timer = await timers.load(sources.store, None, SyncKind.STOCK_READ)
                now = sources.clock.now()
                await timers.save(
                    sources.store, timers.finished(stock_timer, started, now, sources.settings, {}), lease
                )
        else:
            stock = await sources.inventory.read_stock()
            outcome = await take_stock(sources.store, stock, limits, lease=lease, confirmed=confirmed)
    except _FAILURES as error:
        return await _note_failure(sources, state, started, error, lease)
    return await _note_success(sources, state, started, outcome, lease)


async def _note_success(
    sources: Sources, state: SyncState, started: datetime, outcome: Outcome, lease: Lease
) -> Ran:
    now = sources.clock.now()
    owner = _owner(state)
    stopped = outcome.stopped
    code = f"sync-{state.kind}"
    if stopped is not None:
        await timers.save(
            sources.store, timers.failed(state, started, now, sources.settings, stopped.what), lease
        )
        async with sources.store.transaction(fence=lease) as tx:
            await note_problem(
                tx, sources.clock, owner, code, what=stopped.what, why=stopped.why, cure=stopped.cure
            )
        return Ran(state.kind, outcome, stopped.what, stopped.cure)
    after = timers.finished(state, started, now, sources.settings, outcome.counts)
    if outcome.idle:
        after = after.model_copy(update={"last_finished_at": state.last_finished_at})
    await timers.save(sources.store, after, lease)
    async with sources.store.transaction(fence=lease) as tx:
        await solve_problem(tx, owner, code)
    if outcome.changed():
        await note_activity(
            sources.store,
            lease,
            integration_id=owner,
            kind=state.kind.value,
            started_at=started,
            finished_at=now,
            ok=True,
            counts=outcome.counts,
            text=outcome.text,
        )
    return Ran(state.kind, outcome)


async def _note_failure(
    sources: Sources,
    state: SyncState,
    started: datetime,
    error: Failure,
    lease: Lease,
) -> Ran:
    now = sources.clock.now()
    what, why, cure = _told(error)
    _log.warning("sync failed", kind=state.kind.value, integration=_owner(state), what=what)
    retry_after = error.retry_after if isinstance(error, Retryable | InventoryThrottled) else None
    await timers.save(
        sources.store, timers.failed(state, started, now, sources.settings, what, retry_after), lease
    )
    async with sources.store.transaction(fence=lease) as tx:
        await note_problem(
            tx,
            sources.clock,
            _owner(state),
            f"sync-{state.kind}",
            what=what,
            why=why,
            cure=cure,
            severity=Severity.WARNING if isinstance(error, Retryable) else Severity.ERROR,
            request_id=error.request_id if isinstance(error, ChannelError) else None,
        )
    await note_activity(
        sources.store,
        lease,
        integration_id=_owner(state),
        kind=state.kind.value,
        started_at=started,
        finished_at=now,
        ok=False,
        counts={},
        text=what,
    )
    return Ran(state.kind, None, what, cure)


async def pause_integration(
    sources: Sources, integration: Integration, error: NeedsReauthorisation, lease: Lease
) -> None:
    """Mark it, so that its timers and jobs wait without failing until somebody reauthorises (A16)."""
    async with sources.store.transaction(fence=lease) as tx:
        document = await tx.get(tables.INTEGRATIONS, integration.id)
        if document is None:
            return
        await tx.put(tables.INTEGRATIONS, integration.id, {**document, "needs_reauthorisation": error.what})
        await note_problem(
            tx,
            sources.clock,
            integration.id,
            REAUTHORISE,
            what=f"{integration.name} needs reauthorisation",
            why=error.what,
            cure=error.cure,
            request_id=error.request_id,
        )


def _told(error: Failure) -> tuple[str, str, str]:
    if isinstance(error, InventoryError):
        return error.what, error.why, error.cure
    if isinstance(error, VaultError):
        return (
            str(error),
            "The tokens of this shop are sealed with a key.",
            "Give the key back, or reauthorise.",
        )
    why = f"TikTok's code is {error.code}." if isinstance(error, ChannelError) and error.code else ""
    return error.what, why, error.cure


def _owner(state: SyncState) -> str | None:
    return None if state.integration_id == tables.EVERYWHERE else state.integration_id
