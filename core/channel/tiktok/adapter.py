"""One TikTok shop as a `Channel`: pages, windows and batches in, models out."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Final

from core.channel.errors import ChannelError
from core.channel.port import CataloguePage, LiveStock, OrdersPage, Refusals, Unreadable, Warehouse
from core.channel.tiktok import operations, wire
from core.channel.tiktok.client import TikTokClient
from core.channel.tiktok.drafts import amount_body
from core.channel.tiktok.logistics import read_warehouses
from core.channel.tiktok.paging import pages
from core.channel.tiktok.reading import orders_page, read_refusals, read_skus
from core.clock import Clock
from core.models.base import Money
from core.models.integration import Shop
from core.portions import portions
from core.text import clean_line

PAGE: Final = 100
SEARCH_CAP: Final = 10_000
"""The product search stops counting here (12052180): larger shops are read in windows of creation time."""
STOCK_BATCH: Final = 600
_TOO_MANY: Final = 12052180


class TikTokShop:
    """The `Channel` of one shop."""

    def __init__(self, client: TikTokClient, *, integration_id: str, clock: Clock) -> None:
        self._client = client
        self._integration_id = integration_id
        self._clock = clock

    async def orders(self, *, since: datetime | None, until: datetime) -> AsyncIterator[OrdersPage]:
        """See Channel.orders. The upper bound is fixed, so that pages of one read belong together (§8)."""
        body = wire.OrderSearch(
            update_time_ge=None if since is None else int(since.timestamp()),
            update_time_lt=int(until.timestamp()),
        )
        query = {"page_size": str(PAGE), "sort_field": "update_time", "sort_order": "ASC"}
        found = pages(self._client, operations.SEARCH_ORDERS, wire.OrdersPage, query=query, body=body)
        async for page in found:
            yield orders_page(page.orders, total=page.total_count)

    async def catalogue(self, *, until: datetime) -> AsyncIterator[CataloguePage]:
        """See Channel.catalogue. A window that holds more than the search can show is halved."""
        windows: list[tuple[int, int]] = [(0, int(until.timestamp()))]
        while windows:
            start, end = windows.pop()
            body = wire.ProductSearch(status="ALL", create_time_ge=start or None, create_time_le=end)
            query = {"page_size": str(PAGE)}
            found = pages(self._client, operations.SEARCH_PRODUCTS, wire.ProductsPage, query=query, body=body)
            try:
                async with aclosing(found):
                    async for page in found:
                        if page.total_count >= SEARCH_CAP and end > start:
                            windows.extend(_halves(start, end))
                            break
                        yield self._catalogue_page(page)
            except ChannelError as error:
                if error.code != _TOO_MANY or end <= start:
                    raise
                windows.extend(_halves(start, end))

    def _catalogue_page(self, page: wire.ProductsPage) -> CataloguePage:
        now = self._clock.now()
        read = [read_skus(row, integration_id=self._integration_id, read_at=now) for row in page.products]
        return CataloguePage(
            skus=[sku for skus in read if not isinstance(skus, Unreadable) for sku in skus],
            unreadable=[row for row in read if isinstance(row, Unreadable)],
            total=page.total_count,
        )

    async def live_stock(self, sku_ids: Sequence[str]) -> AsyncIterator[Sequence[LiveStock]]:
        """See Channel.live_stock; 600 SKUs a call."""
        for portion in portions(sku_ids, STOCK_BATCH):
            body = wire.InventorySearch(sku_ids=tuple(portion))
            found = await self._client.call(operations.SEARCH_INVENTORY, wire.InventoryFound, body=body)
            yield [_live(product, sku) for product in found.inventory for sku in product.skus]

    async def warehouses(self) -> Sequence[Warehouse]:
        """See Channel.warehouses."""
        return await read_warehouses(self._client)

    async def push_stock(self, product_id: str, quantities: Mapping[str, Mapping[str, int]]) -> Refusals:
        """See Channel.push_stock."""
        body = wire.InventoryUpdate(
            skus=tuple(
                wire.SkuInventory(
                    id=sku_id,
                    inventory=tuple(
                        wire.WarehouseQuantity(warehouse_id=warehouse, quantity=quantity)
                        for warehouse, quantity in per_warehouse.items()
                    ),
                )
                for sku_id, per_warehouse in quantities.items()
            )
        )
        return await self._push(operations.UPDATE_INVENTORY, product_id, body, tuple(quantities), "inventory")

    async def push_prices(self, product_id: str, prices: Mapping[str, Money]) -> Refusals:
        """See Channel.push_prices."""
        body = wire.PriceUpdate(
            skus=tuple(wire.SkuPrice(id=sku_id, price=amount_body(price)) for sku_id, price in prices.items())
        )
        return await self._push(operations.UPDATE_PRICE, product_id, body, tuple(prices), "price")

    async def _push(
        self,
        operation: operations.Operation,
        product_id: str,
        body: wire.Body,
        sku_ids: tuple[str, ...],
        area: str,
    ) -> Refusals:
        result = await self._client.call(
            operation, wire.BatchResult, path={"product_id": product_id}, body=body
        )
        return read_refusals(result, sku_ids, area=area)


class TikTokAuthoriser:
    """The `Authoriser` over a client without a cipher."""

    def __init__(self, client: TikTokClient) -> None:
        self._client = client

    async def shops(self) -> Sequence[Shop]:
        """See Authoriser.shops."""
        found = await self._client.call(operations.AUTHORISED_SHOPS, wire.AuthorisedShops)
        return [
            Shop(
                id=clean_line(row.id, 64),
                name=clean_line(row.name, 200),
                region=clean_line(row.region, 10),
                cipher=row.cipher,
                code=clean_line(row.code, 60),
                seller_type=clean_line(row.seller_type, 40),
            )
            for row in found.shops
        ]


def _live(product: wire.ProductStockWire, sku: wire.SkuStockWire) -> LiveStock:
    return LiveStock(
        product_id=clean_line(product.product_id, 64),
        sku_id=clean_line(sku.id, 64),
        quantities={
            clean_line(row.warehouse_id, 64): row.available_quantity
            for row in sku.warehouse_inventory
            if row.warehouse_id
        },
        committed=sku.total_committed_quantity,
    )


def _halves(start: int, end: int) -> list[tuple[int, int]]:
    """Two windows instead of one. The start of TikTok Shop stands in for "from the beginning"."""
    floor = start or int(datetime(2018, 1, 1, tzinfo=UTC).timestamp())
    if floor >= end:
        return [(end, end)]
    middle = (floor + end) // 2
    return [(start, middle), (middle + 1, end)]
