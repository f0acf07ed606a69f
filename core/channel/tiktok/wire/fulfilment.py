"""Telling TikTok that parcels left, and what buyers and sellers cancelled."""

from typing import Annotated

from core.channel.tiktok.wire.base import EACH, LOOSE, Body, Id, Page, Reply


class ShippedLine(Body):
    """One line item of a package."""

    order_line_id: str


class ShippingInfo(Body):
    """A parcel's tracking."""

    tracking_number: str
    shipping_provider_id: str


class MarkShipped(Body):
    """POST /fulfillment/202610/orders/{order_id}/packages."""

    order_line_list: tuple[ShippedLine, ...]
    shipping_info_list: tuple[ShippingInfo, ...]


class ShippingUpdate(Body):
    """POST /fulfillment/202610/packages/{package_id}/shipping_info/update."""

    shipping_info_list: tuple[ShippingInfo, ...]


class WarningWire(Reply):
    """What TikTok wants to be known although it did what was asked."""

    message: Annotated[str, LOOSE] = ""


class ShippedPackage(Reply):
    """The package that marking as shipped made."""

    order_id: Annotated[Id, LOOSE] = ""
    package_id: Annotated[Id, LOOSE] = ""
    warning: Annotated[WarningWire, LOOSE] = WarningWire()


class CancellationSearch(Body):
    """Filters of the cancellation search: `_ge` is inclusive, `_lt` exclusive, Unix seconds."""

    update_time_ge: int | None = None
    update_time_lt: int | None = None
    order_ids: tuple[str, ...] | None = None


class CancelledLine(Reply):
    """A line item that a cancellation speaks of."""

    order_line_item_id: Id = ""


class NextAction(Reply):
    """What the seller is expected to do, and until when."""

    action: Annotated[str, LOOSE] = ""
    deadline: int = 0


class CancellationWire(Reply):
    """One cancellation or the request for one."""

    cancel_id: Id
    order_id: Id
    cancel_type: Annotated[str, LOOSE] = ""
    cancel_status: Annotated[str, LOOSE] = ""
    role: Annotated[str, LOOSE] = ""
    cancel_reason_text: Annotated[str, LOOSE] = ""
    create_time: Annotated[int, LOOSE] = 0
    update_time: Annotated[int, LOOSE] = 0
    cancel_line_items: Annotated[tuple[CancelledLine, ...], EACH, LOOSE] = ()
    seller_next_action_response: Annotated[tuple[NextAction, ...], EACH, LOOSE] = ()


class CancellationsPage(Page):
    """POST /return_refund/202602/cancellations/search."""

    cancellations: Annotated[tuple[CancellationWire, ...], EACH] = ()
