"""Looks through Avasam's orders: before anything is sent, and for what became of what was sent."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from core import tables
from core.inventory.orders import OrderDesk
from core.models.order import Order, OrderState
from core.models.part import OrderPart, PartState, Sighting
from core.models.shipping import ShippingService
from core.rules.dispatch import follow
from core.store import Reader
from core.sync.context import SyncContext
from core.sync.fulfil_order import Change, change_all, with_parts

MARGIN: Final = timedelta(hours=2)
"""Added on both sides of a window: clocks differ, and summer time is easily forgotten."""

EARLIEST: Final = datetime(2018, 1, 1, tzinfo=UTC)
"""Before TikTok Shop there were no orders."""

Window = tuple[datetime, datetime]


@dataclass(slots=True)
class Seen:
    """Avasam's orders by our reference, within the windows that were asked for.

    `began` is when the reading began: what was tried long before it and is not here was not taken.
    """

    began: datetime
    windows: Sequence[Window] = ()
    rows: dict[str, list[Sighting]] = field(default_factory=dict)

    def of(self, reference: str) -> Sequence[Sighting]:
        """The orders with exactly this reference."""
        return self.rows.get(reference, ())

    def covers(self, since: datetime) -> bool:
        """Whether an order made between then and the reading would have been seen."""
        return any(start <= max(since, EARLIEST) and self.began <= end for start, end in self.windows)


def windows(orders: Iterable[Order], now: datetime, *, returned_too: bool) -> list[Window]:
    """The stretches of time in which the Avasam orders of these orders were made, or may have been.

    Of an order that is about to be sent that is all its life: another program, or this one before its store
    was restored from a copy, may have sent it already. One that was found so is never asked for by us, so
    that it lies between its placing and its finding.
    """
    wanted: list[Window] = []
    for order in orders:
        if order.state is OrderState.READY:
            wanted.append((order.source.created_at, now))
        for part in order.parts:
            if part.is_returned and not returned_too:
                continue
            if part.first_tried_at is not None:
                wanted.append((part.first_tried_at, part.last_tried_at or part.first_tried_at))
            elif part.state is PartState.TAKEN:
                wanted.append((order.source.created_at, order.given_at or now))
    merged: list[Window] = []
    for start, end in sorted((max(start, EARLIEST) - MARGIN, end + MARGIN) for start, end in wanted):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


async def look(desk: OrderDesk, spans: Sequence[Window], now: datetime) -> Seen:
    """Everything that Avasam has in these windows: all of it, or an InventoryError."""
    seen = Seen(began=now, windows=spans)
    for since, until in spans:
        async for page in desk.orders(since=since, until=until):
            for row in page:
                # Rows move between pages: the same order read twice is one order.
                known = seen.rows.setdefault(row.reference, [])
                known[:] = [one for one in known if not row.number or one.number != row.number]
                known.append(row)
    seen.rows.pop("", None)
    return seen


async def take_over(ctx: SyncContext, orders: Iterable[Order], seen: Seen) -> Counter[str]:
    """Bring orders that went to Avasam up to date with what it shows of them."""
    changes = [
        (order, _followed(seen)) for order in orders if any(seen.of(part.reference) for part in order.parts)
    ]
    counts: Counter[str] = Counter()
    for before, after in await change_all(ctx, changes):
        was, now = ({part.reference: part for part in order.parts} for order in (before, after))
        counts["taken"] += sum(
            part.state is PartState.TAKEN and was[name].state is not PartState.TAKEN
            for name, part in now.items()
        )
        counts["dispatched"] += before.state is not after.state is OrderState.DISPATCHED
        counts["flagged"] += before.state is not after.state is OrderState.FLAGGED
    return counts


async def keep_services(ctx: SyncContext, seen: Seen) -> None:
    """Names of shipping services that came with Avasam's orders join the kept list (avasam-api §1.9)."""
    names = {row.service for rows in seen.rows.values() for row in rows if row.service}
    unknown = [name for name in sorted(names) if await _unknown(ctx.store, name)]
    if not unknown:
        return
    async with ctx.store.transaction(fence=ctx.lease) as tx:
        for name in unknown:
            if await _unknown(tx, name):
                row = ShippingService(name=name, seen=True)
                await tx.put(tables.SHIPPING_SERVICES, name.casefold(), row.to_document())


async def _unknown(store: Reader, name: str) -> bool:
    return await store.get(tables.SHIPPING_SERVICES, name.casefold()) is None


def _followed(seen: Seen) -> Change:
    def change(order: Order, now: datetime) -> Order:
        parts = tuple(follow(part, seen.of(part.reference)) for part in order.parts)
        return with_parts(order, parts, now, *_said(order, parts))

    return change


def _said(order: Order, parts: Sequence[OrderPart]) -> list[str]:
    said: list[str] = []
    for before, after in zip(order.parts, parts, strict=True):
        if before.state is not after.state:
            said.append(f"found at Avasam: {after.number or after.reference}")
        if before.status != after.status:
            said.append(f"Avasam: {before.status or '(new)'} -> {after.status}")
        if before.tracking_number != after.tracking_number:
            said.append(f"tracking {after.tracking_number} {after.carrier}".rstrip())
    return said
