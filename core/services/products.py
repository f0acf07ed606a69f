"""The inventory as people see it: import a file, list what there is (A18 begins here)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from core import tables
from core.backend import Backend
from core.inventory.errors import InventoryError
from core.inventory.port import Rejected
from core.models.product import Product
from core.rules.guard import GuardVerdict
from core.services.errors import NotAllowedNow, NotFound, ServiceError
from core.store import Reader, Where
from core.sync.context import guard_limits
from core.sync.inventory import take_products
from core.sync.leases import INVENTORY
from core.text import words_of

_IMPORT_TTL: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did; `stopped` is the guard's question, then nothing was changed."""

    counts: dict[str, int]
    rejected: Sequence[Rejected]
    stopped: GuardVerdict | None = None


async def load_product(store: Reader, sku: str) -> Product:
    """The product of a SKU. Raises NotFound."""
    document = await store.get(tables.PRODUCTS, sku)
    if document is None:
        raise no_product(sku)
    return Product.from_document(document)


def no_product(sku: str) -> NotFound:
    """The error for a SKU that the inventory does not have."""
    return NotFound(f"There is no product {sku!r}", "Read the inventory, then try again.")


class ProductService:
    """The use cases around Avasam products."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._store = backend.store

    async def import_file(self, path: Path, *, confirmed: bool = False) -> Imported:
        """Take a CSV or JSON file in: good rows are kept, refused ones reported row by row."""
        try:
            read = await self._backend.inventory_file(path).read_products()
        except InventoryError as error:
            raise ServiceError(f"{error.what} {error.why}".rstrip("."), error.cure) from error
        lease = await self._store.lease(INVENTORY, owner=self._backend.owner, ttl=_IMPORT_TTL)
        if lease is None:
            raise NotAllowedNow("The inventory is being read by the worker", "Try again in a few seconds.")
        try:
            outcome = await take_products(
                self._store,
                self._backend.clock,
                read,
                guard_limits(self._backend.settings),
                lease=lease,
                confirmed=confirmed,
            )
        finally:
            await self._store.release(lease)
        return Imported(outcome.counts, read.rejected, outcome.stopped)

    async def search(self, text: str = "", *, limit: int | None = None) -> tuple[Sequence[Product], int]:
        """Products of which SKU or title holds every word of `text`, by SKU; and how many match in all."""
        words = words_of(text)
        keys: list[str] = []
        async for chunk in self._store.columns(tables.PRODUCTS, ("title",)):
            for sku, (title,) in chunk:
                heap = f"{sku}\n{title}".casefold()
                if all(word in heap for word in words):
                    keys.append(sku)
        keys.sort()
        rows = [await self._store.get(tables.PRODUCTS, key) for key in keys[:limit]]
        return [Product.from_document(row) for row in rows if row is not None], len(keys)

    async def counts(self) -> dict[str, int]:
        """How many products there are, and of how many the stock is unknown."""
        return {
            "products": await self._store.count(tables.PRODUCTS),
            "missing": await self._store.count(tables.PRODUCTS, (Where("missing", "eq", True),)),
        }
