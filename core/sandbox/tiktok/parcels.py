"""Parcels before and after they leave: split, made, shipped, delivered (tiktok-shop-api §9).

A parcel that is made or split off is planned: it has an id, and leaves with Ship Package. Every order here is
shipped by its seller to one buyer, so TikTok has no label, no slot and nothing to combine.
"""

from collections import Counter
from typing import Any

from core.sandbox import life
from core.sandbox.calls import TABLE, Call
from core.sandbox.ids import new_id
from core.sandbox.model import OrderLine, ShopOrder
from core.sandbox.tiktok.fulfilment import SCOPE, hand_over, open_lines, package_of
from core.sandbox.tiktok.orders import order_of
from core.sandbox.wire import Refusal

JSON = dict[str, Any]
PLANNED = "_planned"
"""Key in an order's extra: package id -> ids of the lines that are to leave in it; never on the wire."""


@TABLE.operation("confirmOrderSplit", scope=SCOPE)
def split(call: Call) -> JSON:
    """Plan a parcel for each group; the groups hold every line that is left, each once."""
    order = order_of(call, call.path["order_id"])
    groups = call.body["splittable_groups"]
    counted = Counter(line_id for group in groups for line_id in group["order_line_item_ids"])
    left = {line.id for line in open_lines(order, [])}
    names = {group["id"] for group in groups}
    if len(groups) < 2 or len(names) < len(groups) or not all(one["order_line_item_ids"] for one in groups):
        raise Refusal(98001004, "Invalid 'splittable_groups' parameter: two groups or more, each named once")
    if counted.keys() != left or max(counted.values()) > 1:
        raise Refusal(98001004, "Invalid 'order_line_item_ids' parameter: every line that is left, each once")
    order.extra[PLANNED] = {}
    planned = [(group["id"], _plan(call, order, group["order_line_item_ids"])) for group in groups]
    return {"packages": [{"splittable_group_id": name, "id": package_id} for name, package_id in planned]}


@TABLE.operation("createPackages", scope=SCOPE)
def create(call: Call) -> JSON:
    """Plan a parcel of an order, or of some of its lines; TikTok's own services are not for it."""
    order = order_of(call, call.body.get("order_id", ""))
    wanted = [entry.get("order_line_id", "") for entry in call.body.get("order_line_item", ())]
    if call.body.get("shipping_service_id"):
        raise Refusal(98001004, "Invalid 'shipping_service_id' parameter: the seller ships the order")
    lines = [line.id for line in open_lines(order, wanted)]
    made = _plan(call, order, lines)
    echoed = {name: call.body[name] for name in ("dimension", "weight") if call.body.get(name)}
    return {"package_id": made, "create_time": call.sandbox.now(), **echoed}


@TABLE.operation("getEligibleShippingServices", scope=SCOPE)
def services(call: Call) -> JSON:
    """TikTok's services for an order: none for what its seller ships."""
    order = order_of(call, call.path["order_id"])
    wanted = call.body.get("order_line_item_ids") or [line.id for line in order.lines]
    echoed = {name: call.body[name] for name in ("dimension", "weight") if call.body.get(name)}
    return {"order_id": order.id, "order_line_id": wanted, "shipping_services": [], **echoed}


@TABLE.operation("shipPackage", scope=SCOPE)
def ship(call: Call) -> JSON:
    """A planned parcel leaves with the seller's own carrier."""
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


@TABLE.operation("getPackageHandoverTimeSlots", scope=SCOPE)
def slots(call: Call) -> JSON:
    """When TikTok's carrier would come: it does not, the seller ships."""
    _known(call, call.path["package_id"])
    return {"can_pickup": False, "can_drop_off": False, "can_van_collection": False, "pickup_slots": []}


@TABLE.operation("getPackageShippingDocument", scope=SCOPE)
def document(call: Call) -> JSON:
    """TikTok's label: there is none for what the seller ships. Refusal 21011029."""
    _known(call, call.path["package_id"])
    raise Refusal(21011029, "The package is shipped by its seller: TikTok has no document for it")


@TABLE.operation("combinePackage", scope=SCOPE)
def combine(call: Call) -> JSON:
    """No parcels can be one (Search Combinable Packages finds none): each fails for itself."""
    message = "The package does not exist, or cannot be combined"
    wrong = [_error(21011001, message, one["id"]) for one in call.body["combinable_packages"]]
    return {"packages": [], "errors": wrong}


@TABLE.operation("uncombinePackages", scope=SCOPE)
def uncombine(call: Call) -> JSON:
    """Nothing here was combined. Refusal 10007014."""
    _known(call, call.path["package_id"])
    raise Refusal(10007014, "Fulfillment is not allowed: the package holds one order")


def _plan(call: Call, order: ShopOrder, lines: list[str]) -> str:
    """A new parcel of these lines, which leave any other that they were planned for."""
    planned: dict[str, list[str]] = order.extra.setdefault(PLANNED, {})
    for package_id, others in list(planned.items()):
        planned[package_id] = [line for line in others if line not in lines]
        if not planned[package_id]:
            del planned[package_id]
    made = new_id(call.sandbox.world, "package")
    planned[made] = list(lines)
    call.sandbox.revision += 1
    return made


def _planned(call: Call, package_id: str) -> tuple[ShopOrder, list[str]] | None:
    for order in call.shop.orders.values():
        lines = order.extra.get(PLANNED, {}).get(package_id)
        if lines is not None:
            return order, lines
    return None


def _known(call: Call, package_id: str) -> None:
    if _planned(call, package_id) is None:
        package_of(call, package_id)


def _ship(call: Call, package_id: str, body: JSON) -> None:
    found = _planned(call, package_id)
    if found is None:
        package_of(call, package_id)
        raise Refusal(21011006, "The package is already shipped")
    order, lines = found
    if not body.get("self_shipment"):
        raise Refusal(21001001, "Missing 'self_shipment': the seller ships the order")
    hand_over(call, order, package_id, lines, [body["self_shipment"]])
    del order.extra[PLANNED][package_id]


def _deliver(call: Call, package_id: str, body: JSON) -> None:
    order, lines = package_of(call, package_id)
    if body["delivery_type"] == "DELIVERY_FAILED":
        if not body.get("fail_delivery_reason"):
            raise Refusal(21001001, "Missing 'fail_delivery_reason'")
        return
    if body["delivery_type"] == "UPDATE_POD" or all(_is_delivered(line) for line in lines):
        return
    now = call.sandbox.now()
    for line in lines:
        line.display_status, line.package_status = "DELIVERED", life.PACKAGE_STATUS["DELIVERED"]
    if all(_is_delivered(line) or line.display_status == "CANCELLED" for line in order.lines):
        order.status = "DELIVERED"
        order.extra["delivery_time"] = now
        life.schedule_next(call.sandbox.world, call.shop, order, now)
    order.update_time = now
    call.sandbox.touch_order(call.shop, order)


def _is_delivered(line: OrderLine) -> bool:
    return line.display_status in {"DELIVERED", "COMPLETED"}


def _each(call: Call, work: Any) -> list[JSON]:
    errors = []
    for one in call.body["packages"]:
        try:
            work(call, one["id"], one)
        except Refusal as refusal:
            errors.append(_error(refusal.code, refusal.message, one["id"]))
    return errors


def _error(code: int, message: str, package_id: str) -> JSON:
    return {"code": code, "message": message, "detail": {"package_id": package_id}}
