"""The inventory read from the Avasam Seller API (avasam-api §1)."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from typing import Final

import httpx
import stamina

from core.clock import Clock
from core.inventory.avasam_connection import AvasamConnection, JsonBody
from core.inventory.avasam_rows import Gathered
from core.inventory.avasam_wire import Row, rows_of, unreadable
from core.inventory.errors import InventoryThrottled, InventoryUnreachable, InventoryUnreadable
from core.inventory.port import ProductRead, StockRead

PRODUCTS: Final = "/apiseeker/Products/GetSellerProductList"
STOCK: Final = "/apiseeker/Products/SellerStockList"
INVENTORY: Final = "/apiseeker/ProductModule/GetInventoryListWithFilter"

PAGE_SIZE: Final = 200
"""Rows a call: what people use, and with descriptions well under a megabyte of JSON."""
PAGES_AT_MOST: Final = 10_000
TRIES: Final = 5
LONGEST_WAIT: Final = 60.0
"""Seconds; a longer Retry-After is handed to the timer instead of being slept through."""

_EVERYTHING: Final[JsonBody] = {
    "ProductType": [],
    "Supplier": "",
    "Sortby": "SKU",
    "SortStatus": "up",
    "PriceDelimeter": "0",
    "PriceValue": 0,
    "StockValue": "0",
    "Stock": 0,
    "Category": "",
    "CategoryName": "",
    "IsMapped": "",
}
"""A filter that leaves nothing out, in Avasam's own spelling (avasam-api §1.4)."""
_CHILDREN: Final[JsonBody] = {"Variation": "true", "Showchild": "true"}


class AvasamClient:
    """An Inventory over the Seller API. Reads are repeated after passing failures; nothing is written."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        *,
        base_url: str,
        consumer_key: str,
        secret_key: str,
        clock: Clock,
        page_size: int = PAGE_SIZE,
    ) -> None:
        self._connection = AvasamConnection(
            http, base_url=base_url, consumer_key=consumer_key, secret_key=secret_key, clock=clock
        )
        self._page_size = page_size

    @property
    def connection(self) -> AvasamConnection:
        """The connection itself: whoever calls Avasam beside these reads shares its token."""
        return self._connection

    async def read_products(self) -> ProductRead:
        """Every sourced product: the inventory's two views, the product list and the stock list, merged.

        A failure on any page fails the whole read: half an inventory looks like one that was sold out.
        """
        gathered = Gathered()
        async for rows in self._pages(INVENTORY, _EVERYTHING):
            gathered.add_inventory(rows)
        async for rows in self._pages(INVENTORY, {**_EVERYTHING, **_CHILDREN}):
            gathered.add_inventory(rows)
        async for rows in self._pages(PRODUCTS, {}, page="Page", limit="Limit"):
            gathered.add_catalogue(rows)
        async for rows in self._pages(STOCK, {}):
            gathered.add_stock(rows)
        return await asyncio.to_thread(gathered.products)

    async def read_stock(self) -> StockRead:
        """The stock list alone: one call for every page of SKUs."""
        gathered = Gathered()
        async for rows in self._pages(STOCK, {}):
            gathered.add_stock(rows)
        return StockRead(gathered.stock, tuple(gathered.rejected))

    async def _pages(
        self, path: str, body: JsonBody, *, page: str = "page", limit: str = "limit"
    ) -> AsyncIterator[list[Row]]:
        """Pages from 0 on, until one is short.

        A server may give fewer rows than asked: a first page that is short but round is taken for such a
        limit, and the next is asked for. A page that came before means that the server passes over the page
        number, which would never end.
        """
        full, before = self._page_size, set[bytes]()
        for number in range(PAGES_AT_MOST):
            rows = await self._read(path, {**body, page: number, limit: self._page_size})
            print_of_page = _fingerprint(rows)
            if rows and print_of_page in before:
                if len(rows) == self._page_size:
                    raise unreadable(f"Page {number} of {path} is the same as one before.")
                return
            before.add(print_of_page)
            yield rows
            if number == 0 and 0 < len(rows) < full and len(rows) % 5 == 0:
                full = len(rows)
            elif len(rows) < full:
                return
        raise unreadable(f"{path} goes on for more than {PAGES_AT_MOST} pages.")

    async def _read(self, path: str, body: JsonBody) -> list[Row]:
        """One page, asked for again after what passes: failures, throttling, answers that were cut short."""
        async for attempt in again():
            with attempt:
                return rows_of(await self._connection.call(path, body))
        raise AssertionError("stamina always returns or raises")


def again() -> AsyncIterator[stamina.Attempt]:
    """The attempts of one read, with the pauses between them."""
    return aiter(
        stamina.retry_context(
            on=back_off,
            attempts=TRIES,
            timeout=None,
            wait_initial=1.0,
            wait_max=LONGEST_WAIT,
            wait_jitter=0.5,
        )
    )


def back_off(error: Exception) -> bool | float:
    """The back-off hook of stamina: whether to repeat, and after how many seconds if Avasam said so."""
    if isinstance(error, InventoryThrottled) and error.retry_after is not None:
        return error.retry_after if error.retry_after <= LONGEST_WAIT else False
    return isinstance(error, InventoryThrottled | InventoryUnreachable | InventoryUnreadable)


def _fingerprint(rows: Sequence[Row]) -> bytes:
    names = "\0".join(f"{row.get('Number')}\0{row.get('SKU')}" for row in rows)
    return hashlib.sha256(names.encode("utf-8", "replace")).digest()
