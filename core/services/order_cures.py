"""Why an order waits, and what gets it going again (domain.md A47, A48)."""

import shlex
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from core.models.integration import Integration
from core.models.order import Order, OrderState
from core.rules.carrier import NO_CARRIER

HOLD_LASTS: Final = timedelta(hours=1)
"""How long TikTok holds an ordinary order after it was placed (tiktok-shop-api §8)."""

_PRE_ORDER: Final = "PRE_ORDER"


class Cause(StrEnum):
    """What an order waits for; the filter by held reason."""

    TIKTOK_HOLD = "TikTok's hold"
    BUYER = "buyer asks to cancel"
    MASKED = "address masked"
    NO_SERVICE = "no shipping mapping"
    UNMAPPED = "SKU not mapped"
    PERSON = "a person decides"
    CARRIER = "TikTok's carrier to be chosen"
    """Avasam names a carrier that means none, or several, of TikTok's: the tracking waits."""
    OBSTACLE = "Avasam or address"
    """Avasam said no, or the address lacks what Avasam asks for."""


@dataclass(frozen=True, slots=True)
class Cure:
    """What happened, what to do now, and the way there: a screen of this program, or a command."""

    what: str
    now: str
    mode: str | None = None
    """The screen that does it."""
    command: str | None = None
    """The command that does it."""
    expected: datetime | None = None
    """When it is expected to end by itself."""


def cause(
    state: OrderState,
    *,
    status: str,
    on_hold: bool,
    cancel_asked: bool,
    masked: bool,
    service: str | None,
    reason: str = "",
) -> Cause | None:
    """What an order waits for, in the order in which the rule asks (core.rules.order_state)."""
    if state is OrderState.NON_AVASAM:
        return Cause.UNMAPPED
    if state is OrderState.FLAGGED:
        return Cause.PERSON
    if state is not OrderState.HELD:
        return Cause.CARRIER if reason.startswith(NO_CARRIER) else None
    if status == "ON_HOLD" or (status == "AWAITING_SHIPMENT" and on_hold):
        return Cause.TIKTOK_HOLD
    if cancel_asked:
        return Cause.BUYER
    if masked:
        return Cause.MASKED
    return Cause.NO_SERVICE if service is None else Cause.OBSTACLE


def cause_of(order: Order) -> Cause | None:
    """The same of a whole order."""
    return cause(
        order.state,
        status=order.source.status,
        on_hold=order.source.is_on_hold,
        cancel_asked=order.source.cancel_requested,
        masked=order.source.address.masked,
        service=order.allocated_service,
        reason=order.held_reason or "",
    )


def cure(order: Order, integration: Integration | None) -> Cure | None:
    """What unblocks an order; None when nothing holds it.

    A shop that was removed, or that needs reauthorisation, comes before everything about the order itself.
    """
    found = cause_of(order)
    waits = found is not None or order.state in {OrderState.READY, OrderState.SENDING}
    if waits and integration is None:
        return Cure(
            "its shop was removed", "Its history is kept to be read; nothing is sent for it any more."
        )
    if waits and integration is not None and integration.needs_reauthorisation is not None:
        return Cure(
            f"{integration.name} needs reauthorisation: {integration.needs_reauthorisation}",
            "Open the integration and choose Reauthorize. Its orders go on by themselves afterwards.",
            mode="integrations",
        )
    if waits and integration is not None and not integration.enabled:
        return Cure(
            f"{integration.name} is disabled",
            "Enable it on the Integrations screen. What was missed is caught up.",
            mode="integrations",
        )
    return None if found is None else _CURES[found](order)


def unknown_carrier(order: Order) -> str:
    """The name that a carrier is chosen for: Avasam's carrier, else the service that the order goes by."""
    named = next((part.carrier for part in order.parts if part.obstacle and part.carrier), "")
    return named or order.allocated_service or ""


def _tiktok_hold(order: Order) -> Cure:
    if order.source.order_type == _PRE_ORDER:
        return Cure(_what(order), "It is a pre-order: TikTok says when it is released. Nothing to do.")
    return Cure(
        _what(order),
        "Nothing to do: TikTok releases it about an hour after it was placed, and the next sync sees that.",
        expected=order.source.created_at + HOLD_LASTS,
    )


def _buyer(order: Order) -> Cure:
    return Cure(
        _what(order),
        "Answer the request in TikTok's Seller Center. Unanswered, TikTok cancels the order at its deadline.",
        expected=order.answer_cancel_by or order.source.cancel_by,
    )


def _masked(order: Order) -> Cure:
    return Cure(
        _what(order),
        "TikTok's own carrier ships it: print its label in Seller Center, or have TikTok switch the shop to "
        "shipping by the seller.",
    )


def _no_service(order: Order) -> Cure:
    if not (order.source.delivery_option_id or order.source.delivery_option_name):
        return Cure(
            "TikTok names no delivery option for it",
            "No mapping can cure that: ship it from TikTok's Seller Center and settle it as dealt with, or "
            "drop it.",
            command=f"avasam orders settle {order.source.id} --as dealt-with|drop",
        )
    return Cure(
        _what(order),
        "Map its delivery option to an Avasam shipping service, then release the order.",
        mode="shipping_mapping",
        command="avasam shipping check",
    )


def _unmapped(order: Order) -> Cure:
    left = "" if order.purge_at is None else " Unmapped, it is deleted here (not on TikTok) after 72 hours."
    return Cure(
        "no SKU of it is mapped to an Avasam SKU",
        f"Map one of its SKUs and it becomes an Avasam order with the next sync.{left}",
        mode="sku_mapping",
        command="avasam mappings suggest",
    )


def _person(order: Order) -> Cure:
    return Cure(
        _what(order),
        "Look at its timeline, then settle it: ship it anyway, dealt with, or drop it, with a note.",
        command=f"avasam orders settle {order.source.id} --as ship|dealt-with|drop",
    )


def _carrier(order: Order) -> Cure:
    return Cure(
        _what(order),
        "Choose TikTok's carrier for it. It is remembered for every parcel of this carrier.",
        command=f"avasam shipping carrier {shlex.quote(unknown_carrier(order))} PROVIDER",
    )


def _obstacle(order: Order) -> Cure:
    return Cure(
        _what(order),
        "Put right what the reason names, then release the order: it is sent with the next sync.",
        command=f"avasam orders release {order.source.id}",
    )


def _what(order: Order) -> str:
    return order.held_reason or "it waits"


_CURES: Final = {
    Cause.TIKTOK_HOLD: _tiktok_hold,
    Cause.BUYER: _buyer,
    Cause.MASKED: _masked,
    Cause.NO_SERVICE: _no_service,
    Cause.UNMAPPED: _unmapped,
    Cause.PERSON: _person,
    Cause.CARRIER: _carrier,
    Cause.OBSTACLE: _obstacle,
}
