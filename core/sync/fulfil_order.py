"""Changing one order on its way to Avasam and back, always from what the store holds at that moment."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

from core import tables
from core.channel.port import Fulfilment, Logistics
from core.inventory.orders import OrderDesk
from core.models.base import iso
from core.models.order import Order, OrderEvent, OrderState
from core.models.part import OrderPart
from core.rules.dispatch import follow_until, progress
from core.rules.order_state import Standing
from core.store import Transaction, Where
from core.sync.context import SyncContext

AT_ONCE: Final = 4
"""Calls under way at the same time: enough to hide the network, few enough to look through after a kill."""
UNCLEAR_IN_A_ROW: Final = 3
"""After so many calls without a clear answer the rest waits for the next run: the other side is unwell."""
A_COMMIT: Final = 200
OPEN: Final = (
    OrderState.READY, OrderState.SENDING, OrderState.SENT, OrderState.DISPATCHED, OrderState.FLAGGED,
    OrderState.HELD,
)  # fmt: skip

Change = Callable[[Order, datetime], Order]


@dataclass(frozen=True, slots=True)
class Outlets:
    """Where orders go to and what is told of them; `desk` is None while no Avasam account is set up."""

    desk: OrderDesk | None
    fulfilment: Fulfilment
    logistics: Logistics


async def open_orders(ctx: SyncContext) -> AsyncIterator[Order]:
    """Orders of this integration with which something may still have to be done."""
    prefix = tables.prefix(ctx.integration.id)
    under_way = (Where("state", "in", tuple(state.value for state in OPEN)),)
    async for _, row in ctx.store.scan(tables.ORDERS, under_way, prefix=prefix):
        yield Order.from_document(row)
    correctable = (Where("follow_until", "gt", str(iso(ctx.clock.now()))),)
    async for _, row in ctx.store.scan(tables.ORDERS, correctable, prefix=prefix):
        if row["state"] == OrderState.TRACKING_RETURNED.value:
            yield Order.from_document(row)


async def load(tx: Transaction, order: Order) -> Order | None:
    """The order as it stands now."""
    document = await tx.get(tables.ORDERS, _key(order))
    return None if document is None else Order.from_document(document)


async def save(tx: Transaction, order: Order) -> None:
    """Write an order back."""
    await tx.put(tables.ORDERS, _key(order), order.to_document())


async def change_all(ctx: SyncContext, changes: Iterable[tuple[Order, Change]]) -> list[tuple[Order, Order]]:
    """Apply changes to the orders as they stand now; (before, after) of those that did change."""
    done: list[tuple[Order, Order]] = []
    todo = iter(changes)
    while chunk := list(islice(todo, A_COMMIT)):
        async with ctx.store.transaction(fence=ctx.lease) as tx:
            now = ctx.clock.now()
            for order, change in chunk:
                before = await load(tx, order)
                after = None if before is None else change(before, now)
                if before is not None and after is not None and after != before:
                    await save(tx, after)
                    done.append((before, after))
    return done


def with_parts(order: Order, parts: Sequence[OrderPart], now: datetime, *said: str) -> Order:
    """The order with these parts and the state that follows from them; settled orders stay settled."""
    changed = order.model_copy(update={"parts": tuple(parts)})
    if changed == order:
        return order
    if order.state is OrderState.CLOSED:
        return changed
    done = stands(changed, progress(changed), now, *said)
    if done.state is OrderState.TRACKING_RETURNED:
        return done.model_copy(update={"follow_until": follow_until(done.parts)})
    return done


def stands(order: Order, standing: Standing, now: datetime, *said: str) -> Order:
    """The order in another state, with what was done and how the state changed in its timeline."""
    events = [OrderEvent(at=now, text=text) for text in said]
    if standing.state is not order.state:
        because = f": {standing.reason}" if standing.reason else ""
        events.append(OrderEvent(at=now, text=f"{order.state.value} -> {standing.state.value}{because}"))
    return order.model_copy(
        update={
            "state": standing.state,
            "held_reason": standing.reason,
            "timeline": (*order.timeline, *events),
        }
    )


def replaced(parts: Iterable[OrderPart], part: OrderPart) -> tuple[OrderPart, ...]:
    """The parts with the one of the same reference replaced."""
    return tuple(part if one.reference == part.reference else one for one in parts)


def part_of(order: Order, reference: str) -> OrderPart:
    """The part with this reference."""
    return next(part for part in order.parts if part.reference == reference)


def _key(order: Order) -> str:
    return tables.key(order.integration_id, order.source.id)
