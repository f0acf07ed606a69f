"""Carries a plan out: the intent is stored, the call made, the result stored, one product after another.

A kill between any two of these loses nothing: values are absolute, so what was sent but not confirmed is
planned and sent again.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Final

from core import tables
from core.channel.errors import (
    ChannelError,
    ClientBug,
    ClockSkew,
    DataRefused,
    Refused,
    ServerFault,
    StaleState,
    UnreadableReply,
)
from core.channel.port import Refusals
from core.models.base import Money
from core.models.listing import ListingSync, PushRecord, PushState
from core.portions import portions
from core.sync.context import SyncContext
from core.sync.plan import HOLD_AFTER, Aspect, Change, Plan

AT_ONCE: Final = 8
"""Products pushed at the same time; the pace, not this, limits the calls a second."""
_SETTLE_AT_ONCE: Final = 500

_OF_ONE_PRODUCT: Final = (DataRefused, StaleState, Refused)
"""Refusals that say nothing about other products."""

_PASSING: Final = (ServerFault, UnreadableReply)
"""Faults that may be gone next time: they never hold a SKU."""

_STRIKES: Final = 3
"""Doubtful faults in a row after which they are taken for the shop's, not for these products'."""

_Step = Callable[[PushRecord, Change], PushRecord]


@dataclass(slots=True)
class _Doubts:
    """Faults of which only the other products can tell whether they concern the whole shop."""

    in_a_row: int = 0
    last: ChannelError | None = None
    answered: bool = False

    def note(self, doubt: ChannelError | None) -> None:
        """Take one product's answer, or the fault that came instead; raised when it is the shop's."""
        if doubt is None:
            self.in_a_row, self.answered = 0, True
            return
        self.in_a_row, self.last = self.in_a_row + 1, doubt
        if self.in_a_row >= _STRIKES:
            raise doubt

    def conclude(self) -> None:
        """Raise the fault of a pass in which no product was answered."""
        if self.last is not None and not self.answered:
            raise self.last


async def apply_plan(ctx: SyncContext, plan: Plan) -> Counter[str]:
    """Push every change; how many SKUs were pushed and how many refused.

    A fault that may be one product's alone ends the pass only when others have it too, so that no product
    keeps the rest waiting. Raises the error that concerns the whole shop (no network, no authorisation) once
    the calls under way have ended; what was confirmed until then stays confirmed.
    """
    counts: Counter[str] = Counter()
    doubts = _Doubts()
    waiting = list(reversed(plan.by_product().items()))
    home = await _home_warehouse(ctx, plan)
    await _settle(ctx, plan)

    async def work() -> None:
        try:
            while waiting:
                product_id, changes = waiting.pop()
                pushed, doubt = await _push(ctx, plan.aspect, product_id, changes, home)
                counts.update(pushed)
                doubts.note(doubt)
                await ctx.progress(counts["pushed"] + counts["refused"], len(plan.changes))
        except BaseException:
            waiting.clear()
            raise

    workers = [work() for _ in range(min(AT_ONCE, len(waiting)))]
    for failure in await asyncio.gather(*workers, return_exceptions=True):
        if isinstance(failure, BaseException):
            raise failure
    doubts.conclude()
    return counts


async def _push(
    ctx: SyncContext, aspect: Aspect, product_id: str, changes: Sequence[Change], home: str | None
) -> tuple[Counter[str], ChannelError | None]:
    """How many SKUs of one product were pushed and refused, and a fault that may be the whole shop's."""
    await _note(ctx, aspect, changes, partial(_sending, at=ctx.clock.now()))
    refusals: Refusals
    doubt: ChannelError | None = None
    try:
        refusals = await _call(ctx, aspect, product_id, changes, home)
    except ChannelError as error:
        if not isinstance(error, _OF_ONE_PRODUCT):
            if not _is_doubtful(error):
                await _note(ctx, aspect, changes, partial(_interrupted, error=error))
                raise
            doubt = error
        refusals = {change.sku_id: error for change in changes}
    at = ctx.clock.now()
    await _note(ctx, aspect, changes, partial(_answered, refusals=refusals, at=at))
    refused = sum(change.sku_id in refusals for change in changes)
    return Counter(pushed=len(changes) - refused, refused=refused), doubt


def _is_doubtful(error: ChannelError) -> bool:
    return isinstance(error, (*_PASSING, ClientBug)) and not isinstance(error, ClockSkew)


async def _settle(ctx: SyncContext, plan: Plan) -> None:
    """Forget the failures of SKUs that show what is wanted by now."""
    for portion in portions(plan.settled, _SETTLE_AT_ONCE):
        async with ctx.store.transaction(fence=ctx.lease) as tx:
            for sku_id in portion:
                key = tables.key(ctx.integration.id, sku_id)
                document = await tx.get(tables.LISTING_SYNCS, key)
                if document is not None:
                    known = ListingSync.from_document(document)
                    after = known.model_copy(
                        update={plan.aspect.value: _settled(getattr(known, plan.aspect.value))}
                    )
                    await tx.put(tables.LISTING_SYNCS, key, after.to_document())


async def _call(
    ctx: SyncContext, aspect: Aspect, product_id: str, changes: Sequence[Change], home: str | None
) -> Refusals:
    if aspect is Aspect.PRICE:
        prices = {
            change.sku_id: Money(amount=Decimal(change.desired), currency=change.currency)
            for change in changes
        }
        return await ctx.channel.push_prices(product_id, prices)
    return await ctx.channel.push_stock(
        product_id, {change.sku_id: _spread(change, home) for change in changes}
    )


def _spread(change: Change, home: str | None) -> dict[str, int]:
    """All of it in one warehouse and 0 in the others, so that the sum is what the rules want.

    TikTok refuses an update that leaves out a warehouse (12019028).
    """
    known = change.warehouses or ((home,) if home is not None else ())
    chosen = home if home in known else min(known, default=None)
    return {warehouse: int(change.desired) if warehouse == chosen else 0 for warehouse in known}


async def _home_warehouse(ctx: SyncContext, plan: Plan) -> str | None:
    """The shop's default sales warehouse, asked for only when a SKU leaves the choice open."""
    if plan.aspect is not Aspect.STOCK or all(len(change.warehouses) == 1 for change in plan.changes):
        return None
    usable = [place for place in await ctx.channel.warehouses() if place.is_sales and place.is_enabled]
    usable.sort(key=lambda place: (not place.is_default, place.id))
    return usable[0].id if usable else None


async def _note(ctx: SyncContext, aspect: Aspect, changes: Sequence[Change], step: _Step) -> None:
    """Bring the push records of these SKUs one step on, in one commit."""
    async with ctx.store.transaction(fence=ctx.lease) as tx:
        for change in changes:
            key = tables.key(ctx.integration.id, change.sku_id)
            document = await tx.get(tables.LISTING_SYNCS, key)
            known = (
                ListingSync(integration_id=ctx.integration.id, sku_id=change.sku_id)
                if document is None
                else ListingSync.from_document(document)
            )
            record = step(getattr(known, aspect.value), change)
            after = known.model_copy(update={aspect.value: record})
            await tx.put(tables.LISTING_SYNCS, key, after.to_document())


def _sending(record: PushRecord, change: Change, *, at: datetime) -> PushRecord:
    return record.model_copy(update={"state": PushState.SENDING, "sent": change.desired, "sent_at": at})


def _interrupted(record: PushRecord, _change: Change, *, error: ChannelError) -> PushRecord:
    """Something wrong with the shop as a whole: not this SKU's failure."""
    return record.model_copy(update={"state": PushState.IDLE, "error": str(error)})


def _settled(record: PushRecord) -> PushRecord:
    state = PushState.IDLE if record.value is None else PushState.SENT
    return PushRecord(
        value=record.value,
        sent=record.value,
        sent_at=record.sent_at,
        confirmed_at=record.confirmed_at,
        state=state,
    )


def _answered(record: PushRecord, change: Change, *, refusals: Refusals, at: datetime) -> PushRecord:
    error = refusals.get(change.sku_id)
    if error is None:
        return PushRecord(
            value=change.desired,
            sent=change.desired,
            sent_at=record.sent_at,
            confirmed_at=at,
            state=PushState.SENT,
        )
    code = None if error.code is None else str(error.code)
    if isinstance(error, _PASSING):
        return record.model_copy(
            update={"state": PushState.FAILED, "error_code": code, "error": str(error), "failures": 0}
        )
    again = record.error_code == code and record.failed_input == change.desired
    failures = record.failures + 1 if again else 1
    return record.model_copy(
        update={
            "state": PushState.HELD if failures >= HOLD_AFTER else PushState.FAILED,
            "failures": failures,
            "error_code": code,
            "error": str(error),
            "failed_input": change.desired,
        }
    )
