"""Changing one order because a person asks for it: read it, write it, say it in its timeline."""

from datetime import datetime

from core import tables
from core.models.integration import Integration
from core.models.order import Order, OrderEvent
from core.services.errors import NotAllowedNow, NotFound
from core.store import Reader, Transaction


async def load_order(tx: Reader, integration: Integration, order_id: str) -> Order:
    """The order as it stands now. Raises NotFound, also for orders of a shop that was removed."""
    if await tx.get(tables.INTEGRATIONS, integration.id) is None:
        raise NotFound("This integration is gone", "Its orders are kept to be read, not to be changed.")
    document = await tx.get(tables.ORDERS, tables.key(integration.id, order_id))
    if document is None:
        raise NotFound(f"{integration.name} has no order {order_id!r}", "See: avasam orders list")
    return Order.from_document(document)


async def save_order(tx: Transaction, order: Order) -> None:
    """Write it back."""
    await tx.put(tables.ORDERS, tables.key(order.integration_id, order.source.id), order.to_document())


def said(order: Order, now: datetime, text: str) -> Order:
    """The order with one more line in its timeline."""
    return order.model_copy(update={"timeline": (*order.timeline, OrderEvent(at=now, text=text))})


def not_now(order: Order, what: str, cure: str) -> NotAllowedNow:
    """What to raise when the state of an order forbids something."""
    state = order.state.value.replace("_", " ")
    return NotAllowedNow(f"Order {order.source.id} is {state} and is not {what}", cure)
