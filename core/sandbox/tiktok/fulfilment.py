"""Parcels: marking them as shipped, changing their tracking, finding them (tiktok-shop-api §9)."""

import re
from collections import Counter
from typing import Any

from core.sandbox import life, stock
from core.sandbox.calls import TABLE, Call
from core.sandbox.ids import new_id
from core.sandbox.model import OrderLine, ShopOrder
from core.sandbox.paging import Place, fingerprint, place_of, token_at
from core.sandbox.tiktok.logistics import provider_name
from core.sandbox.tiktok.orders import order_of
from core.sandbox.tiktok.searching import bounds
from core.sandbox.wire import Refusal

JSON = dict[str, Any]
SCOPE = "seller.fulfillment.basic"
SHIPPABLE = frozenset({"AWAITING_SHIPMENT", "PARTIALLY_SHIPPING"})
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
    return hand_over(call, order, new_id(call.sandbox.world, "package"), wanted, shipping_info)


def hand_over(
    call: Call, order: ShopOrder, package_id: str, wanted: list[str], shipping_info: list[JSON]
) -> JSON:
    """Lines of an order leave as this package; all that are left when none is named."""
    lines = open_lines(order, wanted)
    provider_id, name, tracking = _shipping_info(call, shipping_info)
    now = call.sandbox.now()
    for line in lines:
        line.package_id, line.tracking_number = package_id, tracking
        line.shipping_provider_id, line.shipping_provider_name = provider_id, name
        line.display_status, line.package_status = "AWAITING_COLLECTION", "PROCESSING"
        line.extra["rts_time"] = now
    order.extra.setdefault("rts_time", now)
    order.extra.setdefault("_packages", {})[package_id] = {"create_time": now, "update_time": now}
    order.update_time = now
    if all(line.package_id or line.display_status == "CANCELLED" for line in order.lines):
        order.status = "AWAITING_COLLECTION"
        stock.ship(call.shop, order)
        life.schedule_next(call.sandbox.world, call.shop, order, now)
    else:
        order.status = "PARTIALLY_SHIPPING"
    call.sandbox.touch_order(call.shop, order)
    return {
        "order_id": order.id,
        "order_line_item_ids": [line.id for line in lines],
        "package_id": package_id,
    }


@TABLE.operation("updatePackageShippingInfo", scope=SCOPE)
def update_shipping_info(call: Call) -> JSON:
    """Another carrier or tracking number, within 72 hours of shipping."""
    change_tracking(call, call.path["package_id"], call.body["shipping_info_list"])
    return {}


def change_tracking(call: Call, package_id: str, given: list[JSON]) -> None:
    """Set the carrier and tracking number of a package. Refusals 21011001, 21001001 and 21011022."""
    order, lines = package_of(call, package_id)
    times = _times(order, package_id)
    if call.sandbox.now() - times["create_time"] > EDITABLE_FOR:
        raise Refusal(21001001, "The tracking number can no longer be changed: 72 hours have passed")
    provider_id, name, tracking = _shipping_info(call, given)
    for line in lines:
        line.tracking_number = tracking
        line.shipping_provider_id, line.shipping_provider_name = provider_id, name
    order.update_time = times["update_time"] = call.sandbox.now()
    order.extra.setdefault("_packages", {})[package_id] = times
    call.sandbox.touch_order(call.shop, order)


@TABLE.operation("searchPackage", scope=SCOPE)
def search_packages(call: Call) -> JSON:
    """A page of the shop's packages, the oldest first."""
    status = call.body.get("package_status")
    (made_from, made_to), (moved_from, moved_to) = (
        bounds(call.body, "create_time"),
        bounds(call.body, "update_time"),
    )
    found = []
    for order in call.shop.orders.values():
        for package_id in dict.fromkeys(line.package_id for line in order.lines if line.package_id):
            times, lines = _times(order, package_id), _lines_of(order, package_id)
            if (
                made_from <= times["create_time"] < made_to
                and moved_from <= times["update_time"] < moved_to
                and status in {None, lines[0].package_status}
            ):
                found.append((times["create_time"], package_id, order))
    found.sort(key=lambda item: item[:2], reverse=call.query.get("sort_order") == "DESC")
    query = fingerprint(call.operation.id, call.shop.id, call.body, call.query.get("sort_order"))
    begin = place_of(call.query.get("page_token", ""), query).passed
    end = begin + int(call.query["page_size"])
    return {
        "packages": [_package_row(order, package_id) for _, package_id, order in found[begin:end]],
        "total_count": len(found),
        "next_page_token": token_at(Place((0, ""), end), query) if end < len(found) else "",
    }


@TABLE.operation("getPackageDetail", scope=SCOPE)
def package_detail(call: Call) -> JSON:
    """One package of the shop."""
    package_id = call.path["package_id"]
    order, lines = package_of(call, package_id)
    row = _package_row(order, package_id)
    address = {key: value for key, value in order.recipient.items() if key in ADDRESS}
    return {
        "package_id": package_id,
        "package_status": row["status"],
        "has_multi_skus": len({line.sku_id for line in lines}) > 1,
        "shipping_type": order.shipping_type,
        "delivery_option_id": order.delivery_option_id,
        "delivery_option_name": order.delivery_option_name,
        "warehouse_id": order.warehouse_id,
        "recipient_address": address,
        **{key: value for key, value in row.items() if key not in {"id", "status"}},
    }


ADDRESS = frozenset(
    {"full_address", "phone_number", "name", "postal_code", "address_detail", "region_code"}
    | {f"address_line{n}" for n in range(1, 5)}
)


def open_lines(order: ShopOrder, wanted: list[str]) -> list[OrderLine]:
    """The lines to ship. Refusal 10007014 before release, 21011006 when they are shipped already."""
    if order.status in UNRELEASED or order.status == "CANCELLED":
        raise Refusal(10007014, f"Fulfillment is not allowed: the order is {order.status}")
    if order.shipping_type != "SELLER" or order.fulfillment_type != "FULFILLMENT_BY_SELLER":
        raise Refusal(21011029, "The order is not shipped by the seller")
    known = {line.id: line for line in order.lines}
    if not known.keys() >= set(wanted):
        raise Refusal(21001001, "Invalid 'order_line_id': it is not of this order")
    named = [known[line_id] for line_id in dict.fromkeys(wanted)] if wanted else order.lines
    shipped = [line for line in named if line.package_id]
    if order.status not in SHIPPABLE or (wanted and shipped) or len(shipped) == len(named):
        raise Refusal(21011006, "The order or its lines are already shipped")
    left = [line for line in named if not line.package_id and line.display_status != "CANCELLED"]
    if not left:
        raise Refusal(10007014, "Fulfillment is not allowed: the lines are cancelled")
    return left


def _shipping_info(call: Call, given: list[JSON]) -> tuple[str, str, str]:
    """Provider id, provider name and tracking number. Refusals 21001001 and 21011022."""
    if len(given) != 1:
        raise Refusal(21001001, "Invalid 'shipping_info_list': exactly one entry is expected")
    provider_id, tracking = given[0].get("shipping_provider_id", ""), given[0].get("tracking_number", "")
    name = provider_name(call.shop, provider_id)
    if name is None:
        raise Refusal(21011022, "Invalid 'shipping_provider_id'")
    if not TRACKING.fullmatch(tracking):
        raise Refusal(21001001, "Invalid 'tracking_number': 4 to 50 letters, digits and - _ . /")
    return provider_id, name, tracking


def package_of(call: Call, package_id: str) -> tuple[ShopOrder, list[OrderLine]]:
    """The order of a package that has left, and its lines. Refusal 21011001."""
    for order in call.shop.orders.values():
        lines = _lines_of(order, package_id)
        if lines:
            return order, lines
    raise Refusal(21011001, "The package does not exist")


def _lines_of(order: ShopOrder, package_id: str) -> list[OrderLine]:
    return [line for line in order.lines if line.package_id == package_id]


def _times(order: ShopOrder, package_id: str) -> dict[str, int]:
    """When a package was made and changed; of one that was there from the start, when its order was."""
    default = {"create_time": order.create_time, "update_time": order.update_time}
    found: dict[str, int] = order.extra.get("_packages", {}).get(package_id, default)
    return found


def _package_row(order: ShopOrder, package_id: str) -> JSON:
    lines = _lines_of(order, package_id)
    units = Counter(line.sku_id for line in lines)
    names = {line.sku_id: line.sku_name for line in lines}
    return {
        "id": package_id,
        "orders": [
            {
                "id": order.id,
                "skus": [{"id": sku, "name": names[sku], "quantity": count} for sku, count in units.items()],
            }
        ],
        **_times(order, package_id),
        "status": lines[0].package_status,
        "tracking_number": lines[0].tracking_number,
        "shipping_provider_id": lines[0].shipping_provider_id,
        "shipping_provider_name": lines[0].shipping_provider_name,
        "order_line_item_ids": [line.id for line in lines],
    }
