"""Where an imported order stands (domain.md, What happens to an imported Avasam order)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.models.decision import Decision
from core.models.order import ChannelOrder, OrderKind, OrderState, Verdict
from core.rules.order_import import ImportResult, Phase

SETTLED: Final = {Verdict.LEAVE: OrderState.CLOSED, Verdict.DROP: OrderState.CANCELLED}
"""Decisions that end it here, and where it stands then."""
CANCELLED_LATE: Final = "cancelled on TikTok after it went to Avasam: cancel it there"
CANCELLED_SHIPPED: Final = "cancelled on TikTok after it was shipped: see what becomes of the parcel"
_LATE: Final = (CANCELLED_LATE, CANCELLED_SHIPPED)
_TOO_LATE: Final = "the buyer asks to cancel, but Avasam has it: "


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
    obstacle: str | None = None,
    verdict: Verdict | None = None,
    answer_by: datetime | None = None,
) -> Decision[Standing]:
    """The state of an imported order.

    `service` is the Avasam shipping service that its delivery option is mapped to, `before` where it stood,
    `given` whether Avasam has it or may have it. What was given stays given: only a cancellation still
    changes it, and then a person decides. `obstacle` is why Avasam could not be asked or said no, `verdict`
    what a person decided, `answer_by` until when the buyer's wish to cancel must be answered.
    """
    if verdict in SETTLED:
        reason = before.reason if before is not None and before.state is SETTLED[verdict] else None
        return _stands(order, SETTLED[verdict], reason or f"a person decided: {verdict.value}")
    if given and before is not None:
        if result.phase is Phase.CANCELLED:
            shipped = before.state is OrderState.TRACKING_RETURNED
            late = before.reason if before.reason in _LATE else cancelled_late(shipped=shipped)
            return _stands(order, OrderState.FLAGGED, late)
        if order.cancel_requested and before.state in (OrderState.SENDING, OrderState.SENT):
            return _stands(order, before.state, wish_too_late(answer_by))
        withdrawn = before.reason is not None and before.reason.startswith(_TOO_LATE)
        return _stands(order, before.state, None if withdrawn else before.reason)
    if result.phase is Phase.CANCELLED:
        because = f" ({order.cancel_reason})" if order.cancel_reason else ""
        return _stands(order, OrderState.CANCELLED, f"cancelled before it went to Avasam{because}")
    if result.kind is OrderKind.NON_AVASAM and order.lines:
        return _stands(order, OrderState.NON_AVASAM)
    if result.phase is Phase.SHIPPED:
        return _stands(order, OrderState.CLOSED, "already shipped on TikTok: Avasam is not asked again")
    if result.attention is not None and verdict is not Verdict.SHIP:
        return _stands(order, OrderState.FLAGGED, result.attention)
    if result.on_hold:
        return _stands(
            order, OrderState.HELD, "TikTok holds it for about an hour: the buyer may still cancel"
        )
    if result.flags and verdict is not Verdict.SHIP:
        named = " and ".join(result.flags)
        return _stands(order, OrderState.FLAGGED, f"{named} order: a person decides whether Avasam ships it")
    if order.cancel_requested:
        return _stands(order, OrderState.HELD, f"the buyer asks to cancel: {_answer(answer_by)}")
    if order.address.masked:
        return _stands(order, OrderState.HELD, "the address is masked: TikTok ships it itself, Avasam cannot")
    if service is None:
        option = order.delivery_option_name or order.delivery_option_id or "without a name"
        return _stands(order, OrderState.HELD, f"no shipping mapping for the delivery option {option!r}")
    if obstacle is not None:
        return _stands(order, OrderState.HELD, obstacle)
    return Decision(Standing(OrderState.READY), (f"TikTok {order.status}", f"service {service}", "ready"))


def _stands(order: ChannelOrder, state: OrderState, reason: str | None = None) -> Decision[Standing]:
    steps = (f"TikTok {order.status}", *((reason,) if reason else ()), state.value)
    return Decision(Standing(state, reason), steps)


def cancelled_late(*, shipped: bool) -> str:
    """What a person is told of an order that was cancelled on TikTok after Avasam got it."""
    return CANCELLED_SHIPPED if shipped else CANCELLED_LATE


def wish_too_late(answer_by: datetime | None) -> str:
    """What is said of an order whose buyer asks to cancel after it went to Avasam."""
    return f"{_TOO_LATE}{_answer(answer_by)}"


def _answer(by: datetime | None) -> str:
    until = "" if by is None else f" until {by:%d %b %H:%M} UTC"
    return f"answer in TikTok's Seller Center{until}"
