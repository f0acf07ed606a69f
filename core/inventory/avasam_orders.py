"""Avasam's order calls (avasam-api §1.6 and §1.8)."""

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from core.inventory.avasam import again
from core.inventory.avasam_connection import AvasamConnection, JsonBody
from core.inventory.avasam_wire import Row, rows_of, unreadable
from core.inventory.errors import (
    InventoryDeclined,
    InventoryThrottled,
    InventoryUnreachable,
    InventoryUnreadable,
)
from core.inventory.orders import DeskOrder, OrderDeclined, OutcomeUnclear
from core.models.part import Sighting
from core.text import clean_line, clean_text
from core.wording import count_of

CREATE: Final = "/apiseeker/Order/CreateSellerOrder"
LIST: Final = "/apiseeker/OrdersView/SeekerGetOrdersListWithFilter"

STATUSES: Final = (
    "QUEUE", "AWAITING_PAYMENT", "DRAFT", "CREATED", "ERROR", "CANCELLED_REQUEST", "CANCELLED",
    "DISPATCH_QUEUE", "DISPATCH", "RETURN_REQUEST", "RETURN", "QUEUE_EDIT", "AWAITING_PAYMENT_EDIT",
    "UPDATE_PENDING_SUPPLIER", "CREATE_PENDING_SUPPLIER", "DISPATCH_ERROR", "REPAYMENT", "MERGE",
    "INPROCESS", "CANCEL_PARTIAL_ORDER", "AWAITING_CREATE_ORDER_STATUS_SUPPLIER", "CART", "CART_CANCEL",
    "CART_PAYMENT", "CART_HOLD",
)  # fmt: skip
"""Avasam's statuses by number; they come as numbers or as names."""

PAGE: Final = 100
PAGES_AT_MOST: Final = 5_000
_NOTES: Final = 500
_DEPTH: Final = 8
_TRACKING: Final = frozenset({"trackingnumber", "trackingno", "trackingnumbers"})
_CARRIER: Final = frozenset({"carrier", "carriername", "courier", "couriername", "shippingcarrier"})
_SERVICE: Final = frozenset({"servicename", "shippingservicename", "shippingservice"})


class AvasamOrderDesk:
    """The `OrderDesk` over the Seller API."""

    def __init__(self, connection: AvasamConnection) -> None:
        self._connection = connection

    async def create(self, order: DeskOrder) -> None:
        """See OrderDesk.create. `id` is always 0, so nothing but our reference finds the order again."""
        to = order.deliver_to
        items: list[dict[str, str | int]] = [{"SKU": item.sku, "Stock": item.units} for item in order.items]
        body: JsonBody = {
            "Authkey": order.supplier_key,
            "ReferenceNumber": order.reference,
            "ShippingServiceName": order.service,
            "Notes": clean_text(order.notes, _NOTES),
            "Itemlist": items,
            "DeliveryInfo": {
                "Name": to.name,
                "Address": to.address,
                "City": to.city,
                "Country": to.country,
                "PostCode": to.postcode,
                "PhoneNo": to.phone,
                "Email": to.email,
            },
        }
        try:
            answer = await self._connection.call(CREATE, body)
        except InventoryDeclined as error:
            raise OrderDeclined(error.said or "nothing more than no") from None
        except (InventoryUnreachable, InventoryUnreadable, InventoryThrottled) as error:
            raise OutcomeUnclear(error.why) from None
        code = answer.get("ErrorCode") if isinstance(answer, dict) else None
        if str(code).strip() != "0":
            raise OutcomeUnclear("Avasam's answer does not say whether it took the order.")

    async def orders(self, *, since: datetime, until: datetime) -> AsyncIterator[Sequence[Sighting]]:
        """See OrderDesk.orders. A list shorter than its own Total is refused: an order could be missed.

        A row that came before does not count: pages that overlap or repeat must not hide an order either.
        """
        body: JsonBody = {
            "FromDate": _moment(since),
            "ToDate": _moment(until),
            "DateDispaly": "Last 60 days",
            "Customer": "",
            "OrderStatus": "All",
            "PaymentStatus": "All",
            "Sortby": "ChRecdDate",
            "SortStatus": "up",
            "limit": str(PAGE),
        }
        seen: set[str] = set()
        for page in range(PAGES_AT_MOST):
            rows, total = await self._page({**body, "page": page})
            fresh = {name: row for row in rows if (name := _name(row)) not in seen}
            seen.update(fresh)
            if fresh:
                yield [_row(row) for row in fresh.values()]
            if total is not None and len(seen) >= total:
                return
            if not fresh and total is None and len(rows) < PAGE:
                return
            if not fresh:
                what = "ended" if not rows else "repeats itself"
                of = "its orders" if total is None else count_of(total, "order")
                raise unreadable(f"The order list {what} after {len(seen)} of {of}.")
        raise unreadable(f"The order list goes on for more than {PAGES_AT_MOST} pages.")

    async def _page(self, body: JsonBody) -> tuple[list[Row], int | None]:
        async for attempt in again():
            with attempt:
                document = await self._connection.call(LIST, body)
                rows = rows_of(document)
                if not all(rows):
                    raise unreadable("It holds an order of which nothing can be read.")
                return rows, _total(document)
        raise AssertionError("stamina always returns or raises")


def status_name(value: object) -> str:
    """A status by its name, however it came: 8, "8" and "Dispatch" are all DISPATCH."""
    text = clean_line(str(value), 40) if isinstance(value, str | int) else ""
    if text.isdecimal() and int(text) < len(STATUSES):
        return STATUSES[int(text)]
    name = text.upper().replace(" ", "_")
    plain = {known.replace("_", ""): known for known in STATUSES}
    return plain.get(name.replace("_", ""), name)


def _name(row: Row) -> str:
    """What tells a row from the others: its id, else all that it says."""
    return _text(row.get("_id")) or repr(row)


def _row(row: Row) -> Sighting:
    return Sighting(
        reference=_text(row.get("SellerRef")),
        number=_text(row.get("Number")),
        status=status_name(row.get("Status")),
        tracking_number=next(_found(row, _TRACKING), ""),
        carrier=next(_found(row, _CARRIER), ""),
        service=next(_found(row, _SERVICE), ""),
        is_child=row.get("IsChild") is True,
    )


def _found(value: object, names: frozenset[str], depth: int = 0) -> Iterator[str]:
    """Every text under one of these keys, however deep: where tracking lies is documented nowhere."""
    if depth > _DEPTH:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            if str(key).casefold() in names and (text := _text(inner)):
                yield text
        for inner in value.values():
            yield from _found(inner, names, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _found(inner, names, depth + 1)


def _text(value: object) -> str:
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return clean_line(str(value), 120)


def _total(document: object) -> int | None:
    """How many orders there are in all, wherever the wrapper puts it; None when it does not say."""
    inner = document.get("body", document) if isinstance(document, dict) else None
    if not isinstance(inner, dict):
        return None
    total = inner.get("Total", inner.get("total"))
    if isinstance(total, bool):
        return None
    if isinstance(total, int):
        return total
    return int(total) if isinstance(total, str) and total.isdecimal() else None


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
