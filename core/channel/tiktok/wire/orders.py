"""Orders: the search, the detail."""

from typing import Annotated

from core.channel.tiktok.wire.base import EACH, LOOSE, Body, Id, Page, Reply, Rows


class LineItemWire(Reply):
    """One unit of one SKU."""

    id: Id
    sku_id: Id = ""
    product_id: Id = ""
    seller_sku: str = ""
    product_name: Annotated[str, LOOSE] = ""
    sku_name: Annotated[str, LOOSE] = ""
    sale_price: Id = ""
    currency: str = ""
    display_status: str = ""
    package_id: Id = ""
    tracking_number: str = ""


class DistrictWire(Reply):
    """One level of an address, L0 the country."""

    address_level: str = ""
    address_level_name: str = ""
    address_name: str = ""


class AddressWire(Reply):
    """Where an order goes; name and phone may be masked."""

    name: str = ""
    phone_number: Id = ""
    full_address: str = ""
    address_detail: str = ""
    address_line1: str = ""
    address_line2: str = ""
    address_line3: str = ""
    address_line4: str = ""
    district_info: Annotated[tuple[DistrictWire, ...], EACH, LOOSE] = ()
    post_town: str = ""
    postal_code: Id = ""
    region_code: str = ""


class PaymentWire(Reply):
    """Money of an order, as decimal strings. The parts need not add up (§8)."""

    currency: Annotated[str, LOOSE] = ""
    total_amount: Annotated[Id, LOOSE] = ""


class PackageRef(Reply):
    """A package by id."""

    id: Id


class OrderWire(Reply):
    """One order of the list or the detail call."""

    id: Id
    status: str = ""
    create_time: int = 0
    update_time: int = 0
    fulfillment_type: str = ""
    shipping_type: str = ""
    delivery_option_id: Id = ""
    delivery_option_name: str = ""
    warehouse_id: Id = ""
    line_items: tuple[LineItemWire, ...] = ()
    payment: Annotated[PaymentWire, LOOSE] = PaymentWire()
    recipient_address: AddressWire = AddressWire()
    packages: Annotated[tuple[PackageRef, ...], EACH, LOOSE] = ()
    buyer_email: Annotated[str, LOOSE] = ""
    buyer_message: Annotated[str, LOOSE] = ""
    cancel_reason: Annotated[str, LOOSE] = ""
    order_type: str = ""
    tracking_number: str = ""
    is_sample_order: bool = False
    is_replacement_order: bool = False
    is_exchange_order: bool = False
    is_on_hold_order: bool = False
    is_buyer_request_cancel: bool = False
    rts_sla_time: Annotated[int, LOOSE] = 0
    tts_sla_time: Annotated[int, LOOSE] = 0
    shipping_due_time: Annotated[int, LOOSE] = 0
    cancel_order_sla_time: Annotated[int, LOOSE] = 0


class OrdersPage(Page):
    """POST /order/202309/orders/search. Orders are parsed one by one: one bad row must not hide a page."""

    orders: Rows = ()


class OrderSearch(Body):
    """Filters of the order search: `_ge` is inclusive, `_lt` exclusive, Unix seconds."""

    update_time_ge: int | None = None
    update_time_lt: int | None = None
    order_status: str | None = None
