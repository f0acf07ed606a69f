"""Single orders, parcels and cancellations of one TikTok shop (tiktok-shop-api §8 and §9)."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Final

from core.channel.port import Cancellation, OrdersPage, Parcel, Shipped
from core.channel.tiktok import operations, wire
from core.channel.tiktok.client import TikTokClient
from core.channel.tiktok.paging import pages
from core.channel.tiktok.reading import orders_page
from core.portions import portions
from core.text import clean_line

DETAIL_BATCH: Final = 50
_PAGE: Final = 50
_ID: Final = 64
_REASON: Final = 200


class TikTokFulfilment:
    """The `Fulfilment` of one shop."""

    def __init__(self, client: TikTokClient) -> None:
        self._client = client

    async def order_details(self, ids: Sequence[str]) -> AsyncIterator[OrdersPage]:
        """See Fulfilment.order_details; 50 orders a call."""
        for portion in portions(ids, DETAIL_BATCH):
            asked = ",".join(portion)
            found = await self._client.call(operations.ORDER_DETAIL, wire.OrdersPage, query={"ids": asked})
            yield orders_page(found.orders, total=len(found.orders))

    async def mark_shipped(self, order_id: str, parcel: Parcel) -> Shipped:
        """See Fulfilment.mark_shipped."""
        body = wire.MarkShipped(
            order_line_list=tuple(wire.ShippedLine(order_line_id=line) for line in parcel.line_ids),
            shipping_info_list=(_tracking(parcel.tracking_number, parcel.carrier_id),),
        )
        made = await self._client.call(
            operations.MARK_SHIPPED, wire.ShippedPackage, path={"order_id": order_id}, body=body
        )
        return Shipped(
            package_id=clean_line(made.package_id, _ID), warning=clean_line(made.warning.message, _REASON)
        )

    async def update_tracking(self, package_id: str, *, tracking_number: str, carrier_id: str) -> None:
        """See Fulfilment.update_tracking."""
        await self._client.call(
            operations.UPDATE_SHIPPING_INFO,
            wire.Reply,
            path={"package_id": package_id},
            body=wire.ShippingUpdate(shipping_info_list=(_tracking(tracking_number, carrier_id),)),
        )

    async def cancellations(
        self, *, since: datetime, until: datetime
    ) -> AsyncIterator[Sequence[Cancellation]]:
        """See Fulfilment.cancellations."""
        body = wire.CancellationSearch(
            update_time_ge=int(since.timestamp()), update_time_lt=int(until.timestamp())
        )
        query = {"page_size": str(_PAGE), "sort_field": "update_time", "sort_order": "ASC"}
        found = pages(
            self._client, operations.SEARCH_CANCELLATIONS, wire.CancellationsPage, query=query, body=body
        )
        async for page in found:
            yield [_cancellation(row) for row in page.cancellations]


def _tracking(number: str, carrier_id: str) -> wire.ShippingInfo:
    return wire.ShippingInfo(tracking_number=number, shipping_provider_id=carrier_id)


def _cancellation(row: wire.CancellationWire) -> Cancellation:
    return Cancellation(
        id=clean_line(row.cancel_id, _ID),
        order_id=clean_line(row.order_id, _ID),
        kind=clean_line(row.cancel_type, _ID),
        status=clean_line(row.cancel_status, _ID),
        by=clean_line(row.role, _ID),
        reason=clean_line(row.cancel_reason_text, _REASON),
        created_at=wire.when(row.create_time),
        updated_at=wire.when(row.update_time),
        line_ids=tuple(clean_line(line.order_line_item_id, _ID) for line in row.cancel_line_items),
        respond_by=min(_deadlines(row), default=None),
    )


def _deadlines(row: wire.CancellationWire) -> list[datetime]:
    moments = (wire.when(step.deadline) for step in row.seller_next_action_response)
    return [moment for moment in moments if moment is not None]
