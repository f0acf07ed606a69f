"""Orders as the wire shows them: search, detail, price detail (tiktok-shop-api §8)."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from core.sandbox.calls import TABLE, Call
from core.sandbox.index import Window
from core.sandbox.model import OrderLine, ShopOrder
from core.sandbox.parcels import shown_packages
from core.sandbox.tiktok.searching import bounds, search
from core.sandbox.wire import Refusal

SCOPE = "seller.order.info"
ADDRESS_HIDDEN = frozenset({"UNPAID", "ON_HOLD"})
MAX_IDS = 50


@TABLE.operation("getOrderList", scope=SCOPE)
def search_orders(call: Call) -> dict[str, Any]:
    """A page of orders: `_ge` inclusive, `_lt` exclusive, by create or update time."""
    field = call.query.get("sort_field", "create_time")
    for name in ("create_time", "update_time"):
        start, end = bounds(call.body, name)
        if start > end:
            raise Refusal(98001004, f"Invalid '{name}_ge' parameter: it is after '{name}_lt'")
    page = search(
        call,
        call.sandbox.orders(call.shop),
        Window(call.body.get("order_status"), field, *bounds(call.body, field)),
        size=int(call.query["page_size"]),
        fits=_filter(call.body, field),
        descending=call.query.get("sort_order", "ASC") == "DESC",
    )
    return {
        "next_page_token": page.next_token,
        "total_count": page.total,
        "orders": [order_view(order) for order in page.rows],
    }


@TABLE.operation("getOrderDetail", scope=SCOPE, siblings=("/order/202309/orders",))
def order_detail(call: Call) -> dict[str, Any]:
    """Up to 50 orders by id; those of other shops are left out."""
    ids = call.ids("ids")
    if not 1 <= len(ids) <= MAX_IDS:
        raise Refusal(98001004, f"Invalid 'ids' parameter: 1 to {MAX_IDS} order ids, not {len(ids)}")
    found = (call.shop.orders.get(order_id) for order_id in ids)
    return {"orders": [order_view(order) for order in found if order is not None]}


@TABLE.operation("getOrderPriceDetails", scope=SCOPE)
def price_detail(call: Call) -> dict[str, Any]:
    """What one order cost, line by line."""
    order = order_of(call, call.path["order_id"])
    lines = [
        {
            "id": line.id,
            "currency": order.currency,
            "total": line.price,
            "payment": line.price,
            "sku_list_price": line.extra.get("original_price", line.price),
            "sku_sale_price": line.price,
            "subtotal": line.price,
        }
        for line in order.lines
    ]
    payment = order_view(order)["payment"]
    return {
        "currency": order.currency,
        "total": payment["total_amount"],
        "payment": payment["total_amount"],
        "sku_sale_price": payment["sub_total"],
        "subtotal": payment["sub_total"],
        "shipping_sale_price": payment["shipping_fee"],
        "line_items": lines,
    }


def order_of(call: Call, order_id: str) -> ShopOrder:
    """An order of the call's shop. Refusal 21008111 for one of somebody else."""
    order = call.shop.orders.get(order_id)
    if order is None:
        raise Refusal(21008111, "The order does not belong to this seller")
    return order


def order_view(order: ShopOrder) -> dict[str, Any]:
    """The order as search and detail show it; the address has districts only once the order is released."""
    address = order.recipient
    if order.status in ADDRESS_HIDDEN:
        address = {key: value for key, value in address.items() if key != "district_info"}
    packages = shown_packages(order)
    return {
        "id": order.id,
        "status": order.status,
        "create_time": order.create_time,
        "update_time": order.update_time,
        "commerce_platform": "TIKTOK_SHOP",
        "order_type": "NORMAL",
        "delivery_type": "HOME_DELIVERY",
        "fulfillment_type": order.fulfillment_type,
        "shipping_type": order.shipping_type,
        "warehouse_id": order.warehouse_id,
        "delivery_option_id": order.delivery_option_id,
        "delivery_option_name": order.delivery_option_name,
        "is_on_hold_order": order.status == "ON_HOLD",
        "is_cod": False,
        "is_sample_order": False,
        "is_replacement_order": False,
        "is_exchange_order": False,
        "recipient_address": address,
        "payment": _payment(order),
        "packages": [{"id": package_id} for package_id in dict.fromkeys(one for one, _ in packages.values())],
        "line_items": [
            _line_view(line, order.currency, *packages.get(line.id, ("", line.package_status)))
            for line in order.lines
        ],
        **_first_parcel(order),
        **{key: value for key, value in order.extra.items() if not key.startswith("_")},
    }


def _filter(body: dict[str, Any], field: str) -> Callable[[ShopOrder], bool] | None:
    other = "create_time" if field == "update_time" else "update_time"
    start, end = bounds(body, other)
    shipping = body.get("shipping_type")
    buyer = body.get("buyer_user_id")
    asked = body.get("is_buyer_request_cancel")
    warehouses = set(body.get("warehouse_ids", ()))
    if not any((start, end < 2**62, shipping, buyer, asked is not None, warehouses)):
        return None

    def fits(order: ShopOrder) -> bool:
        return (
            start <= getattr(order, other) < end
            and (not shipping or order.shipping_type == shipping)
            and (not buyer or order.extra.get("user_id") == buyer)
            and (asked is None or bool(order.extra.get("is_buyer_request_cancel")) == asked)
            and (not warehouses or order.warehouse_id in warehouses)
        )

    return fits


def _payment(order: ShopOrder) -> dict[str, Any]:
    total = str(sum((Decimal(line.price) for line in order.lines), Decimal("0.00")))
    return {
        "currency": order.currency,
        "sub_total": total,
        "original_total_product_price": total,
        "seller_discount": "0.00",
        "platform_discount": "0.00",
        "original_shipping_fee": "0.00",
        "shipping_fee": "0.00",
        "tax": "0.00",
        "total_amount": total,
    }


def _first_parcel(order: ShopOrder) -> dict[str, str]:
    line = next((line for line in order.lines if line.tracking_number), None)
    if line is None:
        return {}
    return {
        "tracking_number": line.tracking_number,
        "shipping_provider": line.shipping_provider_name,
        "shipping_provider_id": line.shipping_provider_id,
    }


def _line_view(line: OrderLine, currency: str, package_id: str, package_status: str) -> dict[str, Any]:
    view: dict[str, Any] = {
        "id": line.id,
        "sku_id": line.sku_id,
        "product_id": line.product_id,
        "seller_sku": line.seller_sku,
        "product_name": line.product_name,
        "sku_name": line.sku_name,
        "sku_type": "NORMAL",
        "display_status": line.display_status,
        "currency": currency,
        "sale_price": line.price,
        "original_price": line.price,
        "seller_discount": "0.00",
        "platform_discount": "0.00",
        "is_gift": False,
    }
    parcel = {
        "package_id": package_id,
        "package_status": package_status,
        "tracking_number": line.tracking_number,
        "shipping_provider_id": line.shipping_provider_id,
        "shipping_provider_name": line.shipping_provider_name,
    }
    return {**view, **{key: value for key, value in parcel.items() if value}, **line.extra}
