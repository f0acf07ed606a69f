"""Where an imported order stands (domain.md, What happens to an imported Avasam order)."""

from dataclasses import dataclass
from typing import Final

from core.models.decision import Decision
from core.models.order import ChannelOrder, OrderKind, OrderState
from core.rules.order_import import ImportResult, Phase

GIVEN: Final = frozenset(
    {OrderState.SENDING, OrderState.SENT, OrderState.DISPATCHED, OrderState.TRACKING_RETURNED}
)
"""States in which Avasam has the order, or may have it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A state and, where somebody has to wait or to act, the reason in words."""

    state: OrderState
    reason: str | None = None


def standing(
    order: ChannelOrder,
    result: ImportResult,
    *,
    service: str | None,
    before: Standing | None = None,
    given: bool = False,
) -> Decision[Standing]:
    """The state of an imported order.

    `service` is the Avasam shipping service that its delivery option is mapped to, `before` where it stood,
    `given` whether it ever went to Avasam. What was given stays given: only a cancellation still changes
    it, and then a person decides.
    """
    if given and before is not None:
        if result.phase is Phase.CANCELLED and before.state is not OrderState.TRACKING_RETURNED:
            return _stands(
                order, OrderState.FLAGGED, "cancelled on TikTok after it went to Avasam: cancel it there"
            )
        return _stands(order, before.state, before.reason)
    if result.phase is Phase.CANCELLED:
        because = f" ({order.cancel_reason})" if order.cancel_reason else ""
        return _stands(order, OrderState.CANCELLED, f"cancelled before it went to Avasam{because}")
    if result.kind is OrderKind.NON_AVASAM and order.lines:
        return _stands(order, OrderState.NON_AVASAM)
    if result.phase is Phase.SHIPPED:
        return _stands(order, OrderState.CLOSED, "already shipped on TikTok: Avasam is not asked again")
    if result.attention is not None:
        return _stands(order, OrderState.FLAGGED, result.attention)
    if result.on_hold:
        return _stands(
            order, OrderState.HELD, "TikTok holds it for about an hour: the buyer may still cancel"
        )
    if result.flags:
        named = " and ".join(result.flags)
        return _stands(order, OrderState.FLAGGED, f"{named} order: a person decides whether Avasam ships it")
    if order.cancel_requested:
        return _stands(order, OrderState.HELD, "the buyer asks to cancel: answer in TikTok's Seller Center")
    if order.address.masked:
        return _stands(order, OrderState.HELD, "the address is masked: TikTok ships it itself, Avasam cannot")
    if service is None:
        option = order.delivery_option_name or order.delivery_option_id or "without a name"
        return _stands(order, OrderState.HELD, f"no shipping mapping for the delivery option {option!r}")
    return Decision(Standing(OrderState.READY), (f"TikTok {order.status}", f"service {service}", "ready"))


def _stands(order: ChannelOrder, state: OrderState, reason: str | None = None) -> Decision[Standing]:
    steps = (f"TikTok {order.status}", *((reason,) if reason else ()), state.value)
    return Decision(Standing(state, reason), steps)
