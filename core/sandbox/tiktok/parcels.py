"""Parcels before and after they leave: split, made, shipped, delivered (tiktok-shop-api §9).

A parcel that is made or split off is planned: it has an id, and leaves with Ship Package. What TikTok ships
leaves with the label that Create Packages buys.
"""

from collections import Counter
from typing import Any

from core.sandbox import life
from core.sandbox.calls import TABLE, Call
from core.sandbox.model import OrderLine, ShopOrder
from core.sandbox.parcels import PLANNED, plan
from core.sandbox.tiktok.combining import combinable
from core.sandbox.tiktok.fulfilment import SCOPE, carrier_of, hand_over, open_lines, package_of, touch_orders
from core.sandbox.tiktok.labels import handover, service_for, service_view, services_of
from core.sandbox.tiktok.orders import order_of
from core.sandbox.wire import Refusal

JSON = dict[str, Any]
WHOLE, PART, COMBINED = "1", "2", "3"


@TABLE.operation("confirmOrderSplit", scope=SCOPE)
def split(call: Call) -> JSON:
    """Plan a parcel for each group; the groups hold every line that is left, each once."""
    order = order_of(call, call.path["order_id"])
    groups = call.body["splittable_groups"]
    counted = Counter(line_id for group in groups for line_id in group["order_line_item_ids"])
    left = {line.id for line in open_lines(order, [], by_platform=True)}
    names = {group["id"] for group in groups}
    if len(groups) < 2 or len(names) < len(groups) or not all(one["order_line_item_ids"] for one in groups):
        raise Refusal(98001004, "Invalid 'splittable_groups' parameter: two groups or more, each named once")
    if counted.keys() != left or max(counted.values()) > 1:
        raise Refusal(98001004, "Invalid 'order_line_item_ids' parameter: every line that is left, each once")
    order.extra[PLANNED] = {}
    now, world = call.sandbox.now(), call.sandbox.world
    made = [(group["id"], plan(world, [(order, group["order_line_item_ids"])], now)) for group in groups]
    touch_orders(call, [order])
    return {"packages": [{"splittable_group_id": name, "id": package_id} for name, package_id in made]}


@TABLE.operation("createPackages", scope=SCOPE)
def create(call: Call) -> JSON:
    """A parcel of an order, of some of its lines, or of several orders of one buyer.

    What the seller ships is planned, what TikTok ships is bought its label and leaves.
    """
    parts = _wanted(call)
    orders = [order for order, _ in parts]
    facts = {name: call.body[name] for name in ("dimension", "weight") if call.body.get(name)}
    by_platform = orders[0].shipping_type == "TIKTOK"
    if call.body.get("shipping_service_id") and not by_platform:
        raise Refusal(98001004, "Invalid 'shipping_service_id' parameter: the seller ships the order")
    service = service_for(call, call.body) if by_platform else None
    now = call.sandbox.now()
    made = plan(
        call.sandbox.world, [(order, [line.id for line in lines]) for order, lines in parts], now, **facts
    )
    if service is not None:
        for order, lines in parts:
            hand_over(call, order, made, lines, service.carrier(made), handover_method="DROP_OFF")
        facts["shipping_service_info"] = service_view(call, service)
    touch_orders(call, orders)
    return {"package_id": made, "create_time": now, **facts}


@TABLE.operation("shipPackage", scope=SCOPE)
def ship(call: Call) -> JSON:
    """A planned parcel leaves, with the seller's own carrier or with TikTok's."""
    _ship(call, call.path["package_id"], call.body)
    return {}


@TABLE.operation("batchShipPackages", scope=SCOPE)
def ship_many(call: Call) -> JSON:
    """The same for several; each fails for itself."""
    return {"errors": _each(call, _ship)}


@TABLE.operation("updatePackageDeliveryStatus", scope=SCOPE)
def deliver(call: Call) -> JSON:
    """The seller's carrier says how delivering went; an order is delivered with the last of its parcels."""
    return {"errors": _each(call, _deliver)}


def _wanted(call: Call) -> list[tuple[ShopOrder, list[OrderLine]]]:
    """The orders and lines that Create Packages means. Refusals of `open_lines`, and 98001004."""
    body, kind = call.body, call.body["ship_type"]
    if kind == COMBINED:
        orders = [order_of(call, order_id) for order_id in dict.fromkeys(body.get("order_list_ids", ()))]
        if len(orders) < 2 or len({combinable(order) for order in orders}) > 1 or not combinable(orders[0]):
            raise Refusal(98001004, "Invalid 'order_list_ids' parameter: orders that can be combined")
        return [(order, open_lines(order, [], by_platform=True)) for order in orders]
    if kind not in {WHOLE, PART}:
        raise Refusal(98001004, "Invalid 'ship_type' parameter: '1' whole order, '2' part of it, '3' several")
    order = order_of(call, body.get("order_id", ""))
    named = [entry.get("order_line_id", "") for entry in body.get("order_line_item", ())]
    if kind == PART and not named:
        raise Refusal(98001004, "Missing 'order_line_item' parameter: which part of the order")
    return [(order, open_lines(order, named if kind == PART else [], by_platform=True))]


def _ship(call: Call, package_id: str, body: JSON) -> None:
    parcel = package_of(call, package_id)
    if parcel.has_left:
        raise Refusal(21011006, "The package is already shipped")
    if parcel.by_platform:
        facts = handover(call, body)
        carrier = services_of(call.shop)[0].carrier(package_id)
    elif body.get("self_shipment"):
        facts, carrier = {}, carrier_of(call, [body["self_shipment"]])
    else:
        raise Refusal(21001001, "Missing 'self_shipment': the seller ships the order")
    for order, lines in parcel.parts:
        hand_over(call, order, package_id, lines, carrier, **facts)
        order.extra.get(PLANNED, {}).pop(package_id, None)


def _deliver(call: Call, package_id: str, body: JSON) -> None:
    parcel = package_of(call, package_id)
    if not parcel.has_left:
        raise Refusal(21001001, "The package is not shipped yet")
    if parcel.by_platform:
        raise Refusal(21011029, "The package is not shipped by the seller")
    if body["delivery_type"] == "DELIVERY_FAILED":
        if not body.get("fail_delivery_reason"):
            raise Refusal(21001001, "Missing 'fail_delivery_reason'")
        return
    if body["delivery_type"] == "UPDATE_POD" or all(_is_delivered(line) for line in parcel.lines):
        return
    now = call.sandbox.now()
    for line in parcel.lines:
        line.display_status, line.package_status = "DELIVERED", life.PACKAGE_STATUS["DELIVERED"]
    for order, _ in parcel.parts:
        if all(_is_delivered(line) or line.display_status == "CANCELLED" for line in order.lines):
            order.status = "DELIVERED"
            order.extra["delivery_time"] = now
            life.schedule_next(call.sandbox.world, call.shop, order, now)
    parcel.note(update_time=now)
    touch_orders(call, [order for order, _ in parcel.parts])


def _is_delivered(line: OrderLine) -> bool:
    return line.display_status in {"DELIVERED", "COMPLETED"}


def _each(call: Call, work: Any) -> list[JSON]:
    errors = []
    for one in call.body["packages"]:
        try:
            work(call, one["id"], one)
        except Refusal as refusal:
            errors.append(package_error(refusal, one["id"]))
    return errors


def package_error(refusal: Refusal, package_id: str) -> JSON:
    """What is wrong with one package of several."""
    return {"code": refusal.code, "message": refusal.message, "detail": {"package_id": package_id}}
