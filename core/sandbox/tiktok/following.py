"""Following orders: where their parcels are, how they are called elsewhere, what may be done with them."""

from typing import Any

from core.sandbox.calls import TABLE, Call
from core.sandbox.model import ShopOrder
from core.sandbox.tiktok.fulfilment import SCOPE as FULFIL
from core.sandbox.tiktok.fulfilment import change_tracking
from core.sandbox.tiktok.orders import MAX_IDS, order_of
from core.sandbox.tiktok.orders import SCOPE as READ
from core.sandbox.wire import Refusal

JSON = dict[str, Any]
RETURNS = "seller.return_refund.basic"
STOPS = (("rts_time", "Handed over"), ("collection_time", "Collected"), ("delivery_time", "Delivered"))
"""What an order notes of its journey, and how the carrier says it."""


@TABLE.operation("updateOrderShippingInfo", scope=FULFIL)
def update_order_shipping_info(call: Call) -> JSON:
    """Another carrier or tracking number of an order that left as one parcel (tiktok-shop-api §9)."""
    order = order_of(call, call.path["order_id"])
    packages = _packages(order)
    if not packages:
        raise Refusal(21011001, "The package does not exist: the order is not shipped yet")
    if len(packages) > 1:
        raise Refusal(21011048, "The order has several packages: name the package")
    change_tracking(call, packages[0], [call.body])
    return {}


@TABLE.operation("getOrderTracking", scope=FULFIL)
def order_tracking(call: Call) -> JSON:
    """What the carrier has said of an order so far, the newest first."""
    return {"tracking": _journey(order_of(call, call.path["order_id"]))}


@TABLE.operation("getLogisticsTracking", scope=FULFIL)
def logistics_tracking(call: Call) -> JSON:
    """The same, parcel by parcel."""
    order = order_of(call, call.path["order_id"])
    details = []
    for package_id in _packages(order):
        line = next(line for line in order.lines if line.package_id == package_id)
        number = line.tracking_number
        details.append(
            {
                "newest_tracking_no": number,
                "carrier_name": line.shipping_provider_name,
                "track_list": [{**stop, "tracking_no": number} for stop in _journey(order)],
            }
        )
    return {"order_id": order.id, "logistics_details": details}


@TABLE.operation("getOrderSplitAttributes", scope=FULFIL)
def split_attributes(call: Call) -> JSON:
    """Whether orders may leave in several parcels: those of several units that wait to be shipped."""
    orders = [order_of(call, order_id) for order_id in _ids(call)]
    return {
        "split_attributes": [
            {
                "order_id": order.id,
                "can_split": order.status == "AWAITING_SHIPMENT" and len(order.lines) > 1,
                "must_split": False,
                "must_split_reasons": [],
            }
            for order in orders
        ]
    }


@TABLE.operation("searchReturns", scope=RETURNS)
def search_returns(call: Call) -> JSON:
    """Returns: nobody here sends anything back."""
    return {"return_orders": [], "next_page_token": "", "total_count": 0}


@TABLE.operation("approveReturn", scope=RETURNS)
def approve_return(call: Call) -> JSON:
    """There is no return to approve. Refusal 98001004."""
    raise _no_return(call)


@TABLE.operation("rejectReturn", scope=RETURNS)
def reject_return(call: Call) -> JSON:
    """Nor one to reject."""
    raise _no_return(call)


@TABLE.operation("getReturnRecords", scope=RETURNS)
def return_records(call: Call) -> JSON:
    """Nor one to read about."""
    raise _no_return(call)


@TABLE.operation("searchAftersalesRequests", scope=RETURNS)
def search_aftersales(call: Call) -> JSON:
    """Requests after the sale: nor asks for a refund."""
    return {"aftersales_requests": []}


@TABLE.operation("addExternalOrderReferences", scope=READ)
def add_references(call: Call) -> JSON:
    """What orders are called in another system; each fails for itself. Here the code of a failure is text."""
    errors = []
    for entry in call.body["orders"]:
        reference = entry["external_order"]
        order = call.shop.orders.get(entry["id"])
        if order is None:
            named = {"id": reference["id"], "platform": reference["platform"]}
            detail = {"order_id": entry["id"], "external_order": named}
            errors.append({"code": "21008111", "message": "The order is not this seller's", "detail": detail})
            continue
        known: JSON = order.extra.setdefault("_references", {})
        known[reference["platform"]] = [
            *(one for one in known.get(reference["platform"], ()) if one["id"] != reference["id"]),
            {name: reference[name] for name in ("id", "platform", "line_items")},
        ]
    call.sandbox.revision += 1
    return {"errors": errors}


@TABLE.operation("getExternalOrderReferences", scope=READ)
def references(call: Call) -> JSON:
    """What an order is called in another system."""
    order = order_of(call, call.path["order_id"])
    return {"external_orders": _references(order, call.query["platform"])}


@TABLE.operation("searchOrdersByExternalOrderReference", scope=READ)
def find_by_reference(call: Call) -> JSON:
    """The orders that another system calls so."""
    wanted = call.query["external_order_id"]
    found = [
        {"id": order.id, "external_order": reference}
        for order in call.shop.orders.values()
        for reference in _references(order, call.query["platform"])
        if reference["id"] == wanted
    ]
    return {"orders": found}


def _no_return(call: Call) -> Refusal:
    shown = call.path["return_id"][:40]
    return Refusal(98001004, f"Invalid 'return_id' parameter: the shop has no return {shown}")


def _ids(call: Call) -> list[str]:
    ids = call.ids("order_ids")
    if not 1 <= len(ids) <= MAX_IDS:
        raise Refusal(98001004, f"Invalid 'order_ids' parameter: 1 to {MAX_IDS} order ids")
    return ids


def _references(order: ShopOrder, platform: str) -> list[JSON]:
    found: list[JSON] = order.extra.get("_references", {}).get(platform, [])
    return found


def _packages(order: ShopOrder) -> list[str]:
    return list(dict.fromkeys(line.package_id for line in order.lines if line.package_id))


def _journey(order: ShopOrder) -> list[JSON]:
    stops = [(order.extra.get(name), words, code) for code, (name, words) in enumerate(STOPS, start=1)]
    return [
        {"description": words, "update_time_millis": at * 1000, "action_code": code}
        for at, words, code in reversed(stops)
        if at
    ]
