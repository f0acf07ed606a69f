"""TikTok's rows as our models. This is the door: every text is cleaned here, every amount is exact."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from pydantic import ValidationError

from core.channel.errors import ChannelError, DataRefused
from core.channel.port import OrdersPage, Refusals, Unreadable
from core.channel.tiktok.errors import error_for
from core.channel.tiktok.wire import (
    AddressWire,
    BatchResult,
    ItemError,
    LineItemWire,
    OrderWire,
    ProductWire,
    SkuWire,
    when,
)
from core.models.listing import ChannelSku
from core.models.order import Address, ChannelOrder, OrderLine
from core.text import clean_line, clean_text

_ID: Final = 64
_NAME: Final = 200
_DECIMAL: Final = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,10})?")
_CHECK_FAILED: Final = 12052990
"""A wrapper: the reason is in `detail.extra_errors`."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_CITY_LEVELS: Final = ("town", "city", "post town", "district")


def read_order(row: object) -> ChannelOrder | Unreadable:
    """One order, or why it cannot be read."""
    try:
        order = OrderWire.model_validate(row)
    except ValidationError as error:
        return _unreadable(row, error)
    order_id = clean_line(order.id, _ID)
    if not order_id:
        return Unreadable(id="without an id", why="id: is empty")
    return ChannelOrder(
        id=order_id,
        status=clean_line(order.status, _ID),
        fulfilment_type=clean_line(order.fulfillment_type, _ID),
        shipping_type=clean_line(order.shipping_type, _ID),
        created_at=when(order.create_time) or _EPOCH,
        updated_at=when(order.update_time) or when(order.create_time) or _EPOCH,
        lines=tuple(_line(line) for line in order.line_items),
        address=_address(order.recipient_address, order.buyer_email),
        delivery_option_id=clean_line(order.delivery_option_id, _ID),
        delivery_option_name=clean_line(order.delivery_option_name, _NAME),
        warehouse_id=clean_line(order.warehouse_id, _ID),
        currency=clean_line(order.payment.currency, 8),
        total=_amount(order.payment.total_amount),
        is_sample=order.is_sample_order,
        is_replacement=order.is_replacement_order,
        is_exchange=order.is_exchange_order,
        is_on_hold=order.is_on_hold_order or order.status == "ON_HOLD",
        order_type=clean_line(order.order_type, _ID),
        cancel_requested=order.is_buyer_request_cancel,
        cancel_reason=clean_line(order.cancel_reason, _NAME),
        buyer_message=clean_text(order.buyer_message, 2_000),
        ship_by=when(order.tts_sla_time or order.shipping_due_time or order.rts_sla_time),
        cancel_by=when(order.cancel_order_sla_time),
        package_ids=tuple(clean_line(package.id, _ID) for package in order.packages),
        tracking_number=clean_line(order.tracking_number, 60),
    )


def orders_page(rows: Sequence[object], *, total: int) -> OrdersPage:
    """A page of orders, each read on its own: a bad row must not hide the others."""
    read = [read_order(row) for row in rows]
    return OrdersPage(
        orders=[row for row in read if not isinstance(row, Unreadable)],
        unreadable=[row for row in read if isinstance(row, Unreadable)],
        total=total,
    )


def read_skus(row: object, *, integration_id: str, read_at: datetime) -> list[ChannelSku] | Unreadable:
    """Every SKU of one product, or why the product cannot be read."""
    try:
        product = ProductWire.model_validate(row)
    except ValidationError as error:
        return _unreadable(row, error)
    if not clean_line(product.id, _ID) or not all(clean_line(sku.id, _ID) for sku in product.skus):
        return Unreadable(id=clean_line(product.id, _ID) or "without an id", why="id: one is empty")
    return skus_of(product, integration_id=integration_id, read_at=read_at)


def skus_of(product: ProductWire, *, integration_id: str, read_at: datetime) -> list[ChannelSku]:
    """Every SKU of a product that was read."""
    return [_sku(product, sku, integration_id, read_at) for sku in product.skus]


def read_refusals(result: BatchResult, ids: Sequence[str], *, area: str) -> Refusals:
    """Which of `ids` (SKUs, or products where the call takes those) a batch refused, and why.

    An error that names none of them may mean any: none may count as accepted.
    """
    refusals: dict[str, ChannelError] = {}
    for item in result.errors:
        named = next((name for name in (item.detail.sku_id, item.detail.product_id) if name in ids), None)
        for refused in (named,) if named else ids:
            refusals.setdefault(refused, _item_error(item, area))
    return refusals


def _item_error(item: ItemError, area: str) -> ChannelError:
    """Why one item was refused; a wrapper's first inner reason says more than the wrapper."""
    inner = item.detail.extra_errors[0] if item.detail.extra_errors else None
    cause = inner if inner and item.code in {0, _CHECK_FAILED} else item
    error = error_for(cause.code, cause.message)
    where = f" (warehouse {clean_line(inner.warehouse_id, _ID)})" if inner and inner.warehouse_id else ""
    if not error.code:
        return DataRefused(f"{error.what}{where}", area=area)
    if where and isinstance(error, DataRefused):
        return DataRefused(f"{error.what}{where}", area=error.area, code=error.code)
    return error


def _sku(product: ProductWire, sku: SkuWire, integration_id: str, read_at: datetime) -> ChannelSku:
    price = sku.price.sale_price or sku.price.tax_exclusive_price
    return ChannelSku(
        integration_id=integration_id,
        product_id=clean_line(product.id, _ID),
        sku_id=clean_line(sku.id, _ID),
        seller_sku=clean_line(sku.seller_sku, 120),
        title=clean_line(product.title),
        variation=clean_line(", ".join(side.value_name for side in sku.sales_attributes), _NAME),
        status=clean_line(product.status, _ID),
        currency=clean_line(sku.price.currency, 8),
        live_price=_amount(price),
        quantities={
            clean_line(stock.warehouse_id, _ID): stock.quantity
            for stock in sku.inventory
            if stock.warehouse_id
        },
        read_at=read_at,
        deleted=product.status == "DELETED",
    )


def _line(line: LineItemWire) -> OrderLine:
    return OrderLine(
        line_id=clean_line(line.id, _ID),
        sku_id=clean_line(line.sku_id, _ID),
        product_id=clean_line(line.product_id, _ID),
        seller_sku=clean_line(line.seller_sku, 120),
        title=clean_line(line.product_name),
        variation=clean_line(line.sku_name, _NAME),
        price=_amount(line.sale_price),
        currency=clean_line(line.currency, 8),
        status=clean_line(line.display_status, _ID),
        package_id=clean_line(line.package_id, _ID),
        tracking_number=clean_line(line.tracking_number, 60),
    )


def _address(address: AddressWire, email: str) -> Address:
    streets = (address.address_line1, address.address_line2, address.address_line3, address.address_line4)
    line = ", ".join(part for part in (clean_line(street, _NAME) for street in streets) if part)
    levels = {level.address_level_name.casefold(): level.address_name for level in address.district_info}
    city = address.post_town or next((levels[name] for name in _CITY_LEVELS if levels.get(name)), "")
    country = next((d.address_name for d in address.district_info if d.address_level == "L0"), "")
    where = line or clean_line(address.address_detail or address.full_address, 500)
    return Address(
        name=clean_line(address.name, _NAME),
        phone=clean_line(address.phone_number, 40),
        line=where,
        city=clean_line(city, _NAME),
        region=clean_line(levels.get("state", "") or levels.get("county", ""), _NAME),
        postcode=clean_line(address.postal_code, 20),
        country=clean_line(country or address.region_code, 60),
        email=clean_line(email, _NAME),
        masked="*" in address.name or "*" in address.phone_number or "***" in f"{where} {city}",
    )


def _amount(text: str) -> Decimal | None:
    """A decimal string as it stands; anything else is no amount."""
    text = text.strip()
    return Decimal(text) if _DECIMAL.fullmatch(text) else None


def _unreadable(row: object, error: ValidationError) -> Unreadable:
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    named = row.get("id") if isinstance(row, Mapping) else None
    known = clean_line(str(named), _ID) if isinstance(named, str | int) else "without an id"
    return Unreadable(id=known, why=f"{where}: {first['msg']}" if where else first["msg"])
