"""What Avasam is asked for, and where an order stands by what Avasam and TikTok made of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from core.models.order import ChannelOrder, Order, OrderLine, OrderState
from core.models.part import OrderPart, PartItem, PartState, Sighting
from core.rules.order_import import Phase, phase_of
from core.rules.order_state import Standing, cancelled_late, wish_too_late

GONE: Final = frozenset({"CANCELLED", "CANCEL"})
_BAD: Final = {
    "CANCELLED": "Avasam cancelled it",
    "CART_CANCEL": "Avasam cancelled it",
    "CANCELLED_REQUEST": "somebody asked Avasam to cancel it",
    "ERROR": "Avasam has an error with it",
    "DISPATCH_ERROR": "Avasam could not dispatch it",
    "RETURN": "it came back to Avasam's supplier",
}
"""Statuses that ask for a person, by what they mean (avasam-api §1.8)."""
_CANCELLED: Final = frozenset({"CANCELLED", "CART_CANCEL"})
_LEFT: Final = frozenset({"DISPATCH", "RETURN_REQUEST", "RETURN"})


EDITABLE_FOR: Final = timedelta(hours=72)
"""How long TikTok lets a tracking number be corrected (tiktok-shop-api §6)."""


def reference(order_id: str, place: int) -> str:
    """What Avasam shows as SellerRef: the order id for the first part, `<id>-2` for the second."""
    return order_id if place == 0 else f"{order_id}-{place + 1}"


def sendable(order: ChannelOrder) -> list[OrderLine]:
    """The lines that Avasam ships: mapped, not cancelled, not on their way already."""
    return [
        line
        for line in order.lines
        if line.avasam_sku is not None and line.status not in GONE and not line.tracking_number
    ]


def plan_parts(order: ChannelOrder, supplier_keys: Mapping[str, str]) -> tuple[OrderPart, ...]:
    """One part a supplier, in the order of their first lines; units of one SKU are counted.

    `supplier_keys` is Avasam SKU -> the supplier's key, which CreateSellerOrder asks for as Authkey.
    """
    lines: dict[str, list[OrderLine]] = {}
    for line in sendable(order):
        lines.setdefault(supplier_keys[line.avasam_sku or ""], []).append(line)
    parts: list[OrderPart] = []
    for place, (key, theirs) in enumerate(lines.items()):
        units = Counter(line.avasam_sku or "" for line in theirs)
        parts.append(
            OrderPart(
                reference=reference(order.id, place),
                supplier_key=key,
                items=tuple(PartItem(sku=sku, units=count) for sku, count in units.items()),
                line_ids=tuple(line.line_id for line in theirs),
            )
        )
    return tuple(parts)


def follow(part: OrderPart, rows: Sequence[Sighting]) -> OrderPart:
    """A part as the orders with its reference show it; one that is not shown stays as it was.

    Avasam may divide an order into children that bear the same reference: they are no second order.
    """
    whole = [row for row in rows if not row.is_child] or list(rows)
    if not whole:
        return part
    alive = [row for row in whole if row.status not in _CANCELLED]
    main = (alive or whole)[0]
    with_parcel = next((row for row in (main, *rows) if row.tracking_number), None)
    parcel = part if part.corrected else with_parcel or main
    return part.model_copy(
        update={
            "state": PartState.TAKEN,
            "unclear": False,
            "refusal": None,
            "number": main.number,
            "status": main.status,
            "twice": len(alive) > 1,
            "tracking_number": parcel.tracking_number or part.tracking_number,
            "carrier": parcel.carrier or part.carrier,
        }
    )


def progress(order: Order) -> Standing:
    """Where an order that was given to Avasam stands, by its parts alone."""
    parts = order.parts
    returned = [part for part in parts if part.is_returned]
    wish = wish_too_late(order.answer_cancel_by) if order.source.cancel_requested else None
    if phase_of(order.source) is Phase.CANCELLED:
        return Standing(
            OrderState.FLAGGED, cancelled_late(shipped=bool(returned) and len(returned) == len(parts))
        )
    if bad := _asks_for_a_person(parts):
        return Standing(OrderState.FLAGGED, bad)
    if any(part.state is PartState.SENDING for part in parts):
        return Standing(OrderState.SENDING, _unclear(parts) or wish)
    if any(part.state is PartState.PLANNED for part in parts):
        return Standing(OrderState.READY)
    if len(returned) == len(parts):
        late = next((part.obstacle for part in parts if part.obstacle), None)
        elsewhere = any(part.elsewhere for part in parts)
        return Standing(
            OrderState.TRACKING_RETURNED,
            late or ("somebody else marked it as shipped" if elsewhere else None),
        )
    if all(part.tracking_number or part.status in _LEFT for part in parts):
        obstacle = next((part.obstacle for part in parts if part.obstacle), None)
        missing = None if all(part.tracking_number for part in parts) else "no tracking number yet"
        return Standing(OrderState.DISPATCHED, obstacle or missing)
    return Standing(OrderState.SENT, next((part.obstacle for part in parts if part.obstacle), wish))


def follow_until(parts: Sequence[OrderPart]) -> datetime | None:
    """How long an order whose tracking TikTok has is looked at again: as long as it may be corrected."""
    moments = [part.returned_at for part in parts if part.returned_at is not None]
    return max(moments) + EDITABLE_FOR if moments else None


def known_to_channel(order: ChannelOrder, part: OrderPart) -> tuple[bool, str, str] | None:
    """(whether it is ours, the tracking number, the package id) when TikTok says that all its lines left.

    A package id alone says nothing: TikTok may plan packages before anything is shipped.
    """
    lines = [line for line in order.lines if line.line_id in part.line_ids and line.status not in GONE]
    if not lines or not all(line.tracking_number for line in lines):
        return None
    first = lines[0]
    ours = {"".join(number.split()) for number in (part.tracking_number, part.returned_tracking) if number}
    mine = all(line.tracking_number in ours for line in lines)
    return mine, first.tracking_number, first.package_id


def _asks_for_a_person(parts: tuple[OrderPart, ...]) -> str | None:
    for part in parts:
        if part.state is PartState.REFUSED:
            return f"Avasam took a part of it, and refused {part.reference}: {part.refusal}"
        if part.twice:
            return f"Avasam has {part.reference} more than once: cancel all but {part.number} there"
        if not part.is_returned and part.status in _BAD:
            return f"{_BAD[part.status]} ({part.number or part.reference}): look there"
    return None


def _unclear(parts: tuple[OrderPart, ...]) -> str | None:
    unclear = any(part.state is PartState.SENDING and part.unclear for part in parts)
    return "no clear answer yet: Avasam is looked through before anything is sent again" if unclear else None
