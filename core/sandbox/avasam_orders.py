"""Avasam's orders: taken without asking whether they were sent before, listed with their tracking."""

import random
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from core.sandbox.avasam_fields import Body, Refused, digits, text, whole
from core.sandbox.life import schedule_dispatch
from core.sandbox.model import AvasamOrder, World

STATUSES: Final = (
    "QUEUE", "AWAITING_PAYMENT", "DRAFT", "CREATED", "ERROR", "CANCELLED_REQUEST", "CANCELLED",
    "DISPATCH_QUEUE", "DISPATCH", "RETURN_REQUEST", "RETURN",
)  # fmt: skip
CREATED: Final = STATUSES.index("CREATED")
DELIVERY: Final = ("Name", "Address", "City", "Country", "PostCode", "PhoneNo")


class AvasamSandbox(Protocol):
    """What Avasam's side needs of the sandbox: its world, its clock in Unix seconds, its keys and tokens."""

    world: World
    rng: random.Random
    consumer_key: str
    secret_key: str
    avasam_tokens: dict[str, int]

    @property
    def avasam_token_lifetime(self) -> int:
        """How long a token lives, in seconds."""

    def now(self) -> int:
        """The time in Unix seconds."""


def create_order(sandbox: AvasamSandbox, body: Body) -> dict[str, Any]:
    """Take an order (§1.6): `id` is always 0, a mistake is told with HTTP 200 and ErrorCode 1.

    The same ReferenceNumber twice makes two orders. Stock falls, but not below zero.
    """
    try:
        items = _checked(sandbox.world, body)
    except Refused as refused:
        return {"ErrorCode": 1, "Message": refused.message, "id": 0}
    world, now = sandbox.world, sandbox.now()
    for sku, units in items:
        product = world.avasam_products[sku]
        if product.stock is not None:
            product.stock = max(0, product.stock - units)
    order = AvasamOrder(
        number=f"AV{len(world.avasam_orders) + 1:08d}",
        seller_ref=body["ReferenceNumber"],
        status=CREATED,
        created_at=now,
        body=body,
    )
    world.avasam_orders.append(order)
    schedule_dispatch(world, order, now + sandbox.rng.randint(120, 600))
    return {"ErrorCode": 0, "Message": "Order created successfully", "id": 0}


def list_orders(sandbox: AvasamSandbox, body: Body) -> dict[str, Any]:
    """The orders of a window of time (§1.8), both ends within it; `DateDispaly` must be there, no more."""
    start, end = _moment(body, "FromDate"), _moment(body, "ToDate")
    for name in ("DateDispaly", "Sortby"):
        text(body, name)
    wanted, direction = text(body, "OrderStatus"), text(body, "SortStatus")
    if direction not in ("up", "down"):
        raise Refused(400, "The field SortStatus must be up or down.")
    limit, page = digits(body, "limit"), whole(body, "page")
    search = str(body.get("Customer") or "").casefold()
    found = [
        order
        for order in sandbox.world.avasam_orders
        if start <= order.created_at <= end
        and (wanted == "All" or _plain(STATUSES[order.status]) == _plain(wanted))
        and (not search or search in _searchable(order))
    ]
    if body.get("PaymentStatus") == "UnPaid":
        found = []
    if direction == "down":
        found.reverse()
    return {
        "data": [_row(order) for order in found[page * limit : (page + 1) * limit]],
        "Total": len(found),
        "Authkey": "",
        "OrderTicket": [],
        "ProcessedOn": _iso(sandbox.now()),
    }


def _checked(world: World, body: Body) -> list[tuple[str, int]]:
    """(SKU, units) of an order that may be taken. Refused with what is missing or wrong."""
    for name in ("Authkey", "ReferenceNumber", "ShippingServiceName"):
        text(body, name)
    items = body.get("Itemlist")
    if not isinstance(items, list) or not items:
        raise Refused(400, "The field Itemlist is required.")
    delivery = body.get("DeliveryInfo")
    if not isinstance(delivery, dict):
        raise Refused(400, "The field DeliveryInfo is required.")
    for name in DELIVERY:
        text(delivery, name)
    checked = []
    for item in items:
        if not isinstance(item, dict):
            raise Refused(400, "An entry of Itemlist is not an object.")
        sku, units = text(item, "SKU"), whole(item, "Stock", least=1)
        product = world.avasam_products.get(sku)
        if product is None or product.has_variations:
            raise Refused(400, f"SKU {sku} does not exist.")
        checked.append((sku, units))
    return checked


def _row(order: AvasamOrder) -> dict[str, Any]:
    """An order as listed: every other one writes its status as a name, and tracking lies deep within."""
    number = int(order.number[2:])
    delivery = order.body["DeliveryInfo"]
    return {
        "_id": f"{number:024x}",
        "Number": order.number,
        "SellerRef": order.seller_ref,
        "SellerOrderId": "",
        "SellerOtherRef": "",
        "IsChild": False,
        "IsParent": False,
        "Status": order.status if number % 2 else STATUSES[order.status],
        "PaymentStatus": "Paid",
        "Channel": "API",
        "ChRecdDate": _iso(order.created_at),
        "Items": [{"SKU": item["SKU"], "Quantity": item["Stock"]} for item in order.body["Itemlist"]],
        "Address": {name: delivery[name] for name in DELIVERY},
        "ShippingData": {
            "ServiceName": order.body["ShippingServiceName"],
            "Parcels": [{"Carrier": order.carrier, "TrackingNumber": order.tracking_number}],
        },
        "IsReturnRequest": False,
    }


def _moment(body: Body, name: str) -> float:
    value = text(body, name)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise Refused(400, f"The field {name} is not an ISO 8601 date.") from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _iso(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _plain(status: str) -> str:
    return status.replace("_", "").replace(" ", "").casefold()


def _searchable(order: AvasamOrder) -> str:
    skus = " ".join(item["SKU"] for item in order.body["Itemlist"])
    return f"{order.number} {order.seller_ref} {order.body['DeliveryInfo']['Name']} {skus}".casefold()
