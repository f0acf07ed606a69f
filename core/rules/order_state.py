"""Where an imported order stands, from what TikTok says and what is mapped (domain.md, imported Avasam orders)."""

from dataclasses import dataclass
from typing import Final

from core.models.decision import Decision
from core.models.order import ChannelOrder, OrderKind, OrderState

ON_HOLD: Final = "ON_HOLD"
CANCELLED: Final = "CANCELLED"
AWAITING_SHIPMENT: Final = "AWAITING_SHIPMENT"
SHIPPED: Final = frozenset(
    {"PARTIALLY_SHIPPING", "AWAITING_COLLECTION", "IN_TRANSIT", "DELIVERED", "COMPLETED"}
)

_GIVEN_TO_AVASAM: Final = frozenset({OrderState.SENDING, OrderState.SENT, OrderState.DISPATCHED})


@dataclass(frozen=True, slots=True)
class Standing:
    """A state and, where somebody has to wait or to act, the reason in words."""

    state: OrderState
    reason: str | None = None


def standing(
    order: ChannelOrder, kind: OrderKind, *, service: str | None, before: OrderState | None = None
) -> Decision[Standing]:
    """The state of an imported order; `service` is its mapped Avasam service, `before` its state so far.

    What was given to Avasam stays given: only a cancellation changes it here, and then a person decides.
    """
    status = order.status or "no status"
    if before in _GIVEN_TO_AVASAM or before is OrderState.TRACKING_RETURNED:
        if order.status == CANCELLED and before is not OrderState.TRACKING_RETURNED:
            return _decided(
                OrderState.FLAGGED, "cancelled on TikTok after it went to Avasam: cancel it there", status
            )
        return _decided(before, None, status)
    if before is OrderState.FLAGGED:
        return _decided(before, _flag_reason(order), status)
    if order.status == CANCELLED:
        because = f" ({order.cancel_reason})" if order.cancel_reason else ""
        return _decided(
            OrderState.CANCELLED, f"cancelled on TikTok before it went to Avasam{because}", status
        )
    if kind is OrderKind.NON_AVASAM:
        return _decided(OrderState.NON_AVASAM, None, status)
    if order.status in SHIPPED:
        return _decided(OrderState.CLOSED, "already shipped on TikTok: Avasam is not asked again", status)
    if order.status == ON_HOLD or order.is_on_hold:
        return _held("TikTok holds it while the buyer may cancel freely, for about an hour", status)
    if order.status != AWAITING_SHIPMENT:
        return _held(
            f"TikTok reports the status {status!r}, which is not known here: look in Seller Center", status
        )
    if order.flags():
        return _decided(OrderState.FLAGGED, _flag_reason(order), status)
    if order.cancel_requested:
        return _held("the buyer asked to cancel: answer in Seller Center", status)
    if order.address.masked:
        return _held("the address is masked: TikTok ships it itself, Avasam cannot", status)
    if service is None:
        option = order.delivery_option_name or order.delivery_option_id or "without a name"
        return _held(f"no shipping mapping for the delivery option {option!r}", status)
    return _decided(OrderState.READY, None, status, f"shipping service {service}")


def _flag_reason(order: ChannelOrder) -> str:
    return f"{' and '.join(order.flags()) or 'special'} order: a person decides whether Avasam ships it"


def _held(reason: str, status: str) -> Decision[Standing]:
    return _decided(OrderState.HELD, reason, status)


def _decided(state: OrderState, reason: str | None, status: str, *steps: str) -> Decision[Standing]:
    shown = (f"TikTok status {status}", *steps, *([reason] if reason else []), state.value)
    return Decision(Standing(state, reason), shown)
