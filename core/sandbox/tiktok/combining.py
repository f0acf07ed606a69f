"""Several orders of one buyer that leave as one parcel, and its undoing (tiktok-shop-api §9)."""

import zlib
from typing import Any

from core.sandbox.calls import TABLE, Call
from core.sandbox.model import ShopOrder
from core.sandbox.parcels import PLANNED, is_open, plan
from core.sandbox.tiktok.fulfilment import SCOPE, package_of, touch_orders
from core.sandbox.tiktok.searching import listed
from core.sandbox.wire import Refusal

JSON = dict[str, Any]


@TABLE.operation("searchCombinablePackages", scope=SCOPE)
def search_combinable(call: Call) -> JSON:
    """A page of what could be one parcel: orders of one buyer that wait to leave for one address."""
    groups = _groups(call)
    first = {name: min(order.create_time for order in orders) for name, orders in groups.items()}
    found = [((first[name], name), (name, orders)) for name, orders in groups.items()]
    page = listed(call, found, size=_size(call))
    return {
        "combinable_packages": [_row(name, orders) for name, orders in page.rows],
        "next_page_token": page.next_token,
        "total_count": page.total,
    }


@TABLE.operation("combinePackage", scope=SCOPE)
def combine(call: Call) -> JSON:
    """Plan one parcel for each group that was found, or for some of its orders; each fails for itself."""
    groups, made, errors = _groups(call), [], []
    for wish in call.body["combinable_packages"]:
        known = {order.id: order for order in groups.pop(wish["id"], ())}
        ids = list(dict.fromkeys(wish.get("order_ids") or known))
        if len(ids) < 2 or not known.keys() >= set(ids):
            message = "The package does not exist, or cannot be combined"
            errors.append({"code": 21001001, "message": message, "detail": {"package_id": wish["id"]}})
            continue
        orders = [known[order_id] for order_id in ids]
        parts = [(order, [line.id for line in order.lines if is_open(line)]) for order in orders]
        made.append(_row(plan(call.sandbox.world, parts, call.sandbox.now()), orders))
        touch_orders(call, orders)
    return {"packages": made, "errors": errors}


@TABLE.operation("uncombinePackages", scope=SCOPE)
def uncombine(call: Call) -> JSON:
    """Orders leave a combined parcel for one of their own: those named, else all. Refusal 10007014."""
    parcel = package_of(call, call.path["package_id"])
    if parcel.has_left or len(parcel.parts) < 2:
        raise Refusal(10007014, "Fulfillment is not allowed: the package holds one order, or has left")
    held = {order.id: (order, [line.id for line in lines]) for order, lines in parcel.parts}
    wanted = list(dict.fromkeys(call.body.get("order_ids") or held))
    if not held.keys() >= set(wanted):
        raise Refusal(98001004, "Invalid 'order_ids' parameter: they are not in the package")
    now, world = call.sandbox.now(), call.sandbox.world
    made = [_row(plan(world, [held[order_id]], now), [held[order_id][0]]) for order_id in wanted]
    touch_orders(call, [order for order, _ in parcel.parts])
    return {"packages": made}


def combinable(order: ShopOrder) -> tuple[str, ...]:
    """What orders that can be one parcel have in common; empty for one that cannot be combined."""
    ready = order.status == "AWAITING_SHIPMENT" and order.fulfillment_type == "FULFILLMENT_BY_SELLER"
    if not ready or order.extra.get(PLANNED) or not order.extra.get("user_id"):
        return ()
    address = order.recipient.get("full_address", "")
    return (
        order.extra["user_id"],
        address,
        order.warehouse_id,
        order.delivery_option_id,
        order.shipping_type,
    )


def _groups(call: Call) -> dict[str, list[ShopOrder]]:
    """Group id -> its orders, two or more. The id stays the same while there is something to combine."""
    found: dict[tuple[str, ...], list[ShopOrder]] = {}
    for order in call.shop.orders.values():
        common = combinable(order)
        if common:
            found.setdefault(common, []).append(order)
    return {
        f"1154{zlib.crc32('/'.join(common).encode('utf-8', 'replace')):015d}": orders
        for common, orders in found.items()
        if len(orders) > 1
    }


def _row(package_id: str, orders: list[ShopOrder]) -> JSON:
    return {"id": package_id, "order_ids": [order.id for order in orders]}


def _size(call: Call) -> int:
    size = int(call.query["page_size"])
    if not 1 <= size <= 50:
        raise Refusal(98001004, "Invalid 'page_size' parameter: 1 to 50")
    return size
