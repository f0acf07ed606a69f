"""When each kind of sync runs next, kept in the store so that any worker can go on (domain.md A52)."""

from datetime import datetime, timedelta
from typing import Final

from core import tables
from core.models.integration import SyncKind, SyncState
from core.settings import Settings
from core.store import Lease, Reader, Store

LONGEST_BACKOFF: Final = timedelta(minutes=15)
NEVER_AGAIN: Final = timedelta(days=36_500)


async def load(store: Reader, integration_id: str | None, kind: SyncKind) -> SyncState:
    """The state of one timer; a timer that never ran is due at once."""
    document = await store.get(tables.SYNC_STATES, tables.key(integration_id, kind.value))
    if document is None:
        return SyncState(integration_id=integration_id or tables.EVERYWHERE, kind=kind)
    return SyncState.from_document(document)


async def save(store: Store, state: SyncState, lease: Lease) -> None:
    """Write a timer back under the worker's lease."""
    async with store.transaction(fence=lease) as tx:
        key = tables.key(state.integration_id, state.kind.value)
        await tx.put(tables.SYNC_STATES, key, state.to_document())


def is_due(state: SyncState, now: datetime) -> bool:
    """Whether it is time; after downtime everything overdue simply is."""
    return state.next_run_at is None or state.next_run_at <= now


def is_armed(state: SyncState) -> bool:
    """Whether it runs at all: reviews are looked at from the first listing that was sent on."""
    return state.kind is not SyncKind.REVIEWS or state.next_run_at is not None


def interval(kind: SyncKind, settings: Settings) -> timedelta:
    """How long after a good sync the next one runs."""
    seconds = {
        SyncKind.ORDERS: settings.orders_seconds,
        SyncKind.FULFIL: settings.orders_seconds,
        SyncKind.STOCK: settings.stock_seconds,
        SyncKind.PRICE: settings.stock_seconds,
        SyncKind.STOCK_READ: settings.stock_seconds,
        SyncKind.VERIFY: settings.verify_seconds,
        SyncKind.REVIEWS: settings.stock_seconds,
        SyncKind.PRODUCTS: settings.products_seconds,
    }.get(kind)
    return NEVER_AGAIN if seconds is None else timedelta(seconds=seconds)


def finished(
    state: SyncState, started: datetime, now: datetime, settings: Settings, counts: dict[str, int]
) -> SyncState:
    """After a good sync: the next one an interval after this one's start, so that timers do not drift."""
    return state.model_copy(
        update={
            "last_finished_at": now,
            "last_attempt_at": started,
            "next_run_at": max(started + interval(state.kind, settings), now),
            "failures": 0,
            "last_error": None,
            "counts": {name: count for name, count in counts.items() if count},
        }
    )


def failed(
    state: SyncState,
    started: datetime,
    now: datetime,
    settings: Settings,
    error: str,
    retry_after: float | None = None,
) -> SyncState:
    """After a failure: twice the pause each time, at most 15 minutes, never less than the shop asked for."""
    pause = min(interval(state.kind, settings), timedelta(minutes=1)) * 2 ** min(state.failures, 10)
    pause = min(pause, LONGEST_BACKOFF)
    if retry_after is not None:
        pause = max(pause, timedelta(seconds=retry_after))
    return state.model_copy(
        update={
            "last_attempt_at": started,
            "next_run_at": now + pause,
            "failures": state.failures + 1,
            "last_error": error,
        }
    )
