"""Where Avasam products come from: the Seller API or a file, behind one port."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from core.models.product import Product


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row, or one of its values, that was not taken, and why; for the row-by-row report."""

    row: int | str
    """The row's number as a spreadsheet counts it, or the SKU where rows have no numbers."""
    field: str
    value: str
    """What stood there, cleaned and cut short."""
    why: str
    kept: bool = False
    """The row was taken without this value, which stays unknown."""


@dataclass(frozen=True, slots=True)
class ProductRead:
    """Every product that the inventory holds, each SKU once, and what was refused."""

    products: tuple[Product, ...]
    rejected: tuple[Rejected, ...] = ()


@dataclass(frozen=True, slots=True)
class StockRead:
    """Units by Avasam SKU. A SKU whose stock is unknown is not in it, which is not the same as 0."""

    stock: Mapping[str, int]
    rejected: tuple[Rejected, ...] = ()


class Inventory(Protocol):
    """The merchant's inventory. Both reads are whole reads, or raise an InventoryError and change nothing."""

    async def read_products(self) -> ProductRead:
        """Every product with everything that is known of it."""
        ...

    async def read_stock(self) -> StockRead:
        """The stock alone, as cheaply as the source can tell it."""
        ...
