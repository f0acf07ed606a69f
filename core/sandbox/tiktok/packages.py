"""Packages as the wire shows them: the search and one in full (tiktok-shop-api §9)."""

from collections import Counter
from typing import Any, Final

from core.sandbox.calls import TABLE, Call
from core.sandbox.model import OrderLine, ShopOrder, Warehouse
from core.sandbox.parcels import Parcel, parcels_in
from core.sandbox.tiktok.fulfilment import SCOPE, package_of
from core.sandbox.tiktok.searching import bounds, listed
from core.sandbox.wire import Refusal

JSON = dict[str, Any]
ADDRESS: Final = frozenset(
    {"full_address", "phone_number", "name", "postal_code", "address_detail", "region_code"}
    | {f"address_line{n}" for n in range(1, 5)}
)
KEPT: Final = ("handover_method", "pickup_slot", "weight", "dimension")
"""What Create Packages and Ship Package were told of a package, and its details show."""


@TABLE.operation("searchPackage", scope=SCOPE)
def search_packages(call: Call) -> JSON:
    """A page of the shop's packages, planned ones among them; `_ge` inclusive, `_lt` exclusive."""
    status = call.body.get("package_status")
    ranges = {name: bounds(call.body, name) for name in ("create_time", "update_time")}
    for name, (start, end) in ranges.items():
        if start > end:
            raise Refusal(98001004, f"Invalid '{name}_ge' parameter: it is after '{name}_lt'")
    field = call.query.get("sort_field", "create_time")
    found = [
        ((_sort_key(parcel, field), parcel.id), parcel)
        for parcel in parcels_in(call.shop.orders.values())
        if status in {None, parcel.status}
        and all(start <= parcel.notes[name] < end for name, (start, end) in ranges.items())
    ]
    descending = call.query.get("sort_order") == "DESC"
    page = listed(call, found, size=int(call.query["page_size"]), descending=descending)
    return {
        "packages": [{"id": parcel.id, "status": parcel.status, **_facts(parcel)} for parcel in page.rows],
        "total_count": page.total,
        "next_page_token": page.next_token,
    }


@TABLE.operation("getPackageDetail", scope=SCOPE)
def package_detail(call: Call) -> JSON:
    """One package of the shop."""
    parcel = package_of(call, call.path["package_id"])
    order, notes = parcel.order, parcel.notes
    home = next((one for one in call.shop.warehouses if one.id == order.warehouse_id), None)
    return {
        "package_id": parcel.id,
        "package_status": parcel.status,
        "split_and_combine_tag": _tag(parcel),
        "has_multi_skus": len({line.sku_id for line in parcel.lines}) > 1,
        "shipping_type": order.shipping_type,
        "delivery_option_id": order.delivery_option_id,
        "delivery_option_name": order.delivery_option_name,
        "warehouse_id": order.warehouse_id,
        "recipient_address": {key: value for key, value in order.recipient.items() if key in ADDRESS},
        "sender_address": _sender(home),
        **{name: notes[name] for name in KEPT if name in notes},
        **_facts(parcel),
    }


def _sort_key(parcel: Parcel, field: str) -> int:
    """Seconds to sort by; a package is paid for with its order."""
    if field == "order_pay_time":
        return int(parcel.order.extra.get("paid_time", parcel.order.create_time))
    return int(parcel.notes[field])


def _tag(parcel: Parcel) -> str:
    if len(parcel.parts) > 1:
        return "COMBINED"
    whole = sum(line.display_status != "CANCELLED" for line in parcel.order.lines)
    return "SPLIT" if len(parcel.lines) < whole else "NONE"


def _facts(parcel: Parcel) -> JSON:
    first, notes = parcel.lines[0], parcel.notes
    return {
        "orders": [_order_row(order, lines) for order, lines in parcel.parts],
        "create_time": notes["create_time"],
        "update_time": notes["update_time"],
        "tracking_number": first.tracking_number,
        "shipping_provider_id": first.shipping_provider_id,
        "shipping_provider_name": first.shipping_provider_name,
        "order_line_item_ids": [line.id for line in parcel.lines],
    }


def _order_row(order: ShopOrder, lines: list[OrderLine]) -> JSON:
    units = Counter(line.sku_id for line in lines)
    names = {line.sku_id: line.sku_name for line in lines}
    return {
        "id": order.id,
        "skus": [{"id": sku, "name": names[sku], "quantity": count} for sku, count in units.items()],
    }


def _sender(home: Warehouse | None) -> JSON:
    if home is None:
        return {}
    shown = {key: value for key, value in home.address.items() if key in ADDRESS}
    return {"name": home.address.get("contact_person", ""), **shown}
