"""Until when a buyer's wish to cancel must be answered: people see it, and nothing is sent meanwhile."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from core.channel.errors import PermissionNeeded, Refused, ServerFault, UnreadableReply
from core.models.order import Order, OrderState
from core.sync.context import SyncContext
from core.sync.fulfil_order import Change, Outlets, change_all

_log = structlog.get_logger(__name__)

_AHEAD = timedelta(minutes=5)
_OF_CANCELLATIONS = (PermissionNeeded, UnreadableReply, ServerFault, Refused)


async def note_deadlines(ctx: SyncContext, outlets: Outlets, orders: Sequence[Order]) -> None:
    """Ask TikTok for the deadlines of wishes that came without one, all in one search.

    Orders go out without them where the app lacks the scope for cancellations or TikTok's answer is no use.
    """
    asking = {order.source.id: order for order in orders if _asks(order)}
    if not asking:
        return
    since = min(order.source.created_at for order in asking.values())
    until = ctx.clock.now() + _AHEAD
    deadlines: dict[str, datetime] = {}
    try:
        async for page in outlets.fulfilment.cancellations(since=since, until=until):
            for row in page:
                if row.respond_by is not None and row.order_id in asking:
                    deadlines[row.order_id] = row.respond_by
    except _OF_CANCELLATIONS as error:
        _log.warning("cancellations cannot be read", what=error.what)
    changes = [(asking[order_id], _with_deadline(moment)) for order_id, moment in deadlines.items()]
    await change_all(ctx, changes)


def _asks(order: Order) -> bool:
    open_still = order.state in (OrderState.HELD, OrderState.SENDING, OrderState.SENT)
    return order.source.cancel_requested and open_still and order.answer_cancel_by is None


def _with_deadline(moment: datetime) -> Change:
    def change(order: Order, _now: datetime) -> Order:
        reason = order.held_reason or ""
        told = f"{reason} until {moment:%d %b %H:%M} UTC" if reason.endswith("Seller Center") else reason
        return order.model_copy(update={"answer_cancel_by": moment, "held_reason": told or None})

    return change
