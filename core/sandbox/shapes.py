"""The shapes in which an order can come: what is bought, in which state, with which oddity."""

from dataclasses import dataclass, field
from typing import Any, Final

from core.sandbox.hostile import TITLES

ONE: Final = (("avasam", 1),)


@dataclass(frozen=True, slots=True)
class Shape:
    """`goods` are (avasam | own, units) per SKU: Avasam never heard of own ones. `extra` goes to the wire."""

    goods: tuple[tuple[str, int], ...] = ONE
    status: str = "AWAITING_SHIPMENT"
    weight: int = 1
    extra: dict[str, Any] = field(default_factory=dict)
    line: dict[str, Any] = field(default_factory=dict)
    fulfilment: str = "FULFILLMENT_BY_SELLER"
    platform_ships: bool = False
    free: bool = False
    option: bool = True
    title: str | None = None


SHAPES: Final[dict[str, Shape]] = {
    "single": Shape(weight=40),
    "multi_unit": Shape((("avasam", 3),), weight=16),
    "several_skus": Shape((("avasam", 1), ("avasam", 2), ("avasam", 1)), weight=14),
    "shop_only": Shape((("own", 1),), weight=6),
    "mixed": Shape((("avasam", 2), ("own", 1)), weight=6),
    "sample": Shape(free=True, extra={"is_sample_order": True}),
    "replacement": Shape(free=True, extra={"is_replacement_order": True}),
    "exchange": Shape(extra={"is_exchange_order": True}),
    "on_hold": Shape(status="ON_HOLD", weight=6),
    "unpaid": Shape(status="UNPAID", weight=2),
    "cancelled": Shape(status="CANCELLED", weight=3),
    "cancel_requested": Shape(extra={"is_buyer_request_cancel": True}, weight=2),
    "partially_shipping": Shape((("avasam", 1), ("avasam", 1)), status="PARTIALLY_SHIPPING"),
    "awaiting_collection": Shape(status="AWAITING_COLLECTION", weight=2),
    "in_transit": Shape(status="IN_TRANSIT", weight=4),
    "delivered": Shape(status="DELIVERED", weight=4),
    "completed": Shape(status="COMPLETED", weight=4),
    "fulfilled_by_tiktok": Shape(fulfilment="FULFILLMENT_BY_TIKTOK", platform_ships=True, weight=2),
    "masked": Shape(platform_ships=True, weight=3),
    "gift": Shape(line={"is_gift": True}),
    "zero_lottery": Shape(free=True, extra={"order_type": "ZERO_LOTTERY"}),
    "no_delivery_option": Shape(option=False),
    **{f"hostile_{name}": Shape(title=title) for name, title in TITLES.items()},
}
"""Every shape by name, the everyday ones first."""
