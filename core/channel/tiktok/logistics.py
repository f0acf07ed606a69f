"""Warehouses, delivery options and carriers of one TikTok shop (tiktok-shop-api §9)."""

from collections.abc import Sequence
from typing import Final

from core.channel.errors import ChannelError, ClientBug, DataRefused, Refused, StaleState
from core.channel.port import Carrier, DeliveryOption, Warehouse
from core.channel.tiktok import operations, wire
from core.channel.tiktok.client import TikTokClient
from core.text import clean_line

SALES_WAREHOUSE: Final = "SALES_WAREHOUSE"
_ENABLED: Final = "ENABLED"
_BAD_PARAMETER: Final = 98001004
_ID: Final = 64
_NAME: Final = 200


async def read_warehouses(client: TikTokClient) -> Sequence[Warehouse]:
    """All warehouses of the shop."""
    found = await client.call(operations.WAREHOUSES, wire.Warehouses)
    return [
        Warehouse(
            id=clean_line(row.id, _ID),
            name=clean_line(row.name, 100),
            is_sales=row.type == SALES_WAREHOUSE,
            is_enabled=row.effect_status == _ENABLED,
            is_default=row.is_default,
        )
        for row in found.warehouses
    ]


class TikTokLogistics:
    """The `Logistics` of one shop."""

    def __init__(self, client: TikTokClient) -> None:
        self._client = client

    async def delivery_options(self) -> Sequence[DeliveryOption]:
        """See Logistics.delivery_options. A warehouse that is switched off may refuse the question."""
        rows: dict[str, wire.DeliveryOptionWire] = {}
        offered: dict[str, list[str]] = {}
        for warehouse in await read_warehouses(self._client):
            if not warehouse.is_sales:
                continue
            try:
                found = await self._client.call(
                    operations.DELIVERY_OPTIONS, wire.DeliveryOptions, path={"warehouse_id": warehouse.id}
                )
            except ChannelError as error:
                if warehouse.is_enabled or not _says_no(error):
                    raise
                continue
            for row in found.delivery_options:
                rows.setdefault(row.id, row)
                offered.setdefault(row.id, []).append(warehouse.id)
        return [
            DeliveryOption(
                id=clean_line(row.id, _ID),
                name=clean_line(row.name, _NAME),
                kind=clean_line(row.type, _ID),
                warehouse_ids=tuple(offered[row.id]),
            )
            for row in rows.values()
        ]

    async def carriers(self, delivery_option_id: str) -> Sequence[Carrier]:
        """See Logistics.carriers. For an option that TikTok runs the answer is a refusal, not a list (§9)."""
        try:
            found = await self._client.call(
                operations.SHIPPING_PROVIDERS,
                wire.ShippingProviders,
                path={"delivery_option_id": delivery_option_id},
            )
        except ChannelError as error:
            if _says_no(error):
                return ()
            raise
        return [
            Carrier(id=clean_line(row.id, _ID), name=clean_line(row.name, _NAME))
            for row in found.shipping_providers
        ]


def _says_no(error: ChannelError) -> bool:
    """Whether TikTok refused this very question, rather than us, our token or the moment."""
    if isinstance(error, ClientBug):
        return error.code == _BAD_PARAMETER
    return isinstance(error, Refused | DataRefused | StaleState)
