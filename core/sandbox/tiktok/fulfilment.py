"""Shipping orders, and the carrier and number of what left (tiktok-shop-api §9)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from core.sandbox import life, stock
from core.sandbox.calls import TABLE, Call
from core.sandbox.ids import new_id
from core.sandbox.model import OrderLine, ShopOrder
from core.sandbox.parcels import NOTES, SHIPPABLE, Parcel, find_parcel, is_open
from core.sandbox.tiktok.logistics import provider_name
from core.sandbox.tiktok.orders import order_of
from core.sandbox.wire import Refusal

JSON = dict[str, Any]
SCOPE = "seller.fulfillment.basic"
UNRELEASED = frozenset({"UNPAID", "ON_HOLD"})
TRACKING = re.compile(r"[A-Za-z0-9_./-]{4,50}")
EDITABLE_FOR = 72 * 3600
OLDER = "/fulfillment/202309/orders/{order_id}/packages"
OLDER_BODY = {
    "type": "object",
    "required": ["tracking_number", "shipping_provider_id"],
    "properties": {
        "tracking_number": {"type": "string"},
        "shipping_provider_id": {"type": "string"},
        "order_line_item_ids": {"type": "array", "items": {"type": "string"}},
    },
}


@dataclass(frozen=True, slots=True)
class Carrier:
    """Who carries a package, and under which number."""

    id: str
    name: str
    tracking_number: str


@TABLE.operation("markPackageAsShipped", scope=SCOPE)
def mark_as_shipped(call: Call) -> JSON:
    """The seller ships lines of an order (all that are left when none is named) as one package."""
    wanted = [entry.get("order_line_id", "") for entry in call.body.get("order_line_list", ())]
    return _ship(call, wanted, call.body.get("shipping_info_list", []))


@TABLE.older("markPackageAsShipped", OLDER, scope=SCOPE, body=OLDER_BODY)
def mark_as_shipped_202309(call: Call) -> JSON:
    """The same as older clients call it."""
    return _ship(call, call.body.get("order_line_item_ids", []), [call.body])


def _ship(call: Call, wanted: list[str], shipping_info: list[JSON]) -> JSON:
    order = order_of(call, call.path["order_id"])
    lines = open_lines(order, wanted)
    carrier = carrier_of(call, shipping_info)
    package_id = new_id(call.sandbox.world, "package")
    hand_over(call, order, package_id, lines, carrier)
    return {
        "order_id": order.id,
        "order_line_item_ids": [line.id for line in lines],
        "package_id": package_id,
    }


def hand_over(
    call: Call, order: ShopOrder, package_id: str, lines: list[OrderLine], carrier: Carrier, **facts: Any
) -> None:
    """Lines of an order leave as this package with this carrier; `facts` are kept of the package."""
    now = call.sandbox.now()
    for line in lines:
        line.package_id, line.tracking_number = package_id, carrier.tracking_number
        line.shipping_provider_id, line.shipping_provider_name = carrier.id, carrier.name
        line.display_status, line.package_status = "AWAITING_COLLECTION", "PROCESSING"
        line.extra["rts_time"] = now
    order.extra.setdefault("rts_time", now)
    notes = order.extra.setdefault(NOTES, {})
    notes[package_id] = {"create_time": now, **notes.get(package_id, {}), **facts, "update_time": now}
    notes[package_id]["shipped_time"] = now
    order.update_time = now
    if any(is_open(line) for line in order.lines):
        order.status = "PARTIALLY_SHIPPING"
    else:
        order.status = "AWAITING_COLLECTION"
        stock.ship(call.shop, order)
        life.schedule_next(call.sandbox.world, call.shop, order, now)
    call.sandbox.touch_order(call.shop, order)


@TABLE.operation("updatePackageShippingInfo", scope=SCOPE)
def update_shipping_info(call: Call) -> JSON:
    """Another carrier or tracking number, within 72 hours of shipping."""
    change_tracking(call, call.path["package_id"], call.body["shipping_info_list"])
    return {}


def change_tracking(call: Call, package_id: str, given: list[JSON]) -> None:
    """Set the carrier and tracking number of a package. Refusals 21011001, 21011029, 21001001, 21011022."""
    parcel = package_of(call, package_id)
    if not parcel.has_left:
        raise Refusal(21001001, "The package is not shipped yet: Ship Package takes its tracking number")
    if parcel.by_platform:
        raise Refusal(21011029, "The package is not shipped by the seller")
    now, notes = call.sandbox.now(), parcel.notes
    shipped: int = notes.get("shipped_time") or notes["create_time"]
    if now - shipped > EDITABLE_FOR:
        raise Refusal(21001001, "The tracking number can no longer be changed: 72 hours have passed")
    carrier = carrier_of(call, given)
    for line in parcel.lines:
        line.tracking_number = carrier.tracking_number
        line.shipping_provider_id, line.shipping_provider_name = carrier.id, carrier.name
    parcel.note(update_time=now)
    touch_orders(call, [order for order, _ in parcel.parts])


def open_lines(order: ShopOrder, wanted: list[str], *, by_platform: bool = False) -> list[OrderLine]:
    """The lines to ship, all that are left when none is named.

    Refusal 10007014 before release, 21011006 when they are shipped already, 21011029 for the other's to ship.
    """
    if order.status in UNRELEASED or order.status == "CANCELLED":
        raise Refusal(10007014, f"Fulfillment is not allowed: the order is {order.status}")
    theirs = order.shipping_type == "TIKTOK"
    if order.fulfillment_type != "FULFILLMENT_BY_SELLER" or (theirs and not by_platform):
        raise Refusal(21011029, "The order is not shipped by the seller")
    known = {line.id: line for line in order.lines}
    if not known.keys() >= set(wanted):
        raise Refusal(21001001, "Invalid 'order_line_id': it is not of this order")
    named = [known[line_id] for line_id in dict.fromkeys(wanted)] if wanted else order.lines
    shipped = [line for line in named if line.package_id]
    if order.status not in SHIPPABLE or (wanted and shipped) or len(shipped) == len(named):
        raise Refusal(21011006, "The order or its lines are already shipped")
    left = [line for line in named if is_open(line)]
    if not left:
        raise Refusal(10007014, "Fulfillment is not allowed: the lines are cancelled")
    return left


def carrier_of(call: Call, given: list[JSON]) -> Carrier:
    """The seller's carrier and its number. Refusals 21001001 and 21011022."""
    if len(given) != 1:
        raise Refusal(21001001, "Invalid 'shipping_info_list': exactly one entry is expected")
    provider_id, tracking = given[0].get("shipping_provider_id", ""), given[0].get("tracking_number", "")
    name = provider_name(call.shop, provider_id)
    if name is None:
        raise Refusal(21011022, "Invalid 'shipping_provider_id'")
    if not TRACKING.fullmatch(tracking):
        raise Refusal(21001001, "Invalid 'tracking_number': 4 to 50 letters, digits and - _ . /")
    return Carrier(provider_id, name, tracking)


def package_of(call: Call, package_id: str) -> Parcel:
    """A parcel of the shop, planned or gone. Refusal 21011001."""
    parcel = find_parcel(call.shop, package_id)
    if parcel is None:
        raise Refusal(21011001, "The package does not exist")
    return parcel


def touch_orders(call: Call, orders: Iterable[ShopOrder]) -> None:
    """Note that these orders changed just now."""
    for order in orders:
        order.update_time = call.sandbox.now()
        call.sandbox.touch_order(call.shop, order)
