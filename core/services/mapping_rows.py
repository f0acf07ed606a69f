"""The rows of SKU Mapping: a SKU of the shop, an Avasam SKU, and how each is read from the store."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final, cast

from core.store import Json

CHANNEL_FIELDS: Final = (
    "sku_id",
    "product_id",
    "seller_sku",
    "title",
    "variation",
    "status",
    "live_price",
    "currency",
    "quantities",
    "deleted",
)
PRODUCT_FIELDS: Final = ("title", "stock", "cost_ex", "currency", "kind", "missing")
MAPPING_FIELDS: Final = ("sku_id", "avasam_sku", "seller_sku", "mapped_by")


@dataclass(frozen=True, slots=True)
class Partner:
    """What a channel SKU is mapped to, under which seller SKU that was decided, and by whom."""

    avasam_sku: str
    seller_sku: str
    by: str


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """One channel SKU. `quantity` is over all warehouses; `price` of the shop's currency or None."""

    sku_id: str
    product_id: str
    seller_sku: str
    title: str
    status: str
    price: Decimal | None
    currency: str
    quantity: int
    deleted: bool
    text: str
    """What is searched: casefolded."""
    partner: Partner | None = None

    @property
    def renamed_from(self) -> str | None:
        """The seller SKU that it had when it was mapped, if TikTok shows another one now."""
        was = "" if self.partner is None else self.partner.seller_sku
        return was if was and was != self.seller_sku and not self.deleted else None


@dataclass(frozen=True, slots=True)
class ProductRow:
    """One Avasam SKU that can be sold: a single or a child."""

    sku: str
    title: str
    stock: int | None
    cost: Decimal | None
    currency: str
    missing: bool
    text: str


CHANNEL_SORTS: Final[Mapping[str, Callable[[ChannelRow], tuple[Any, ...]]]] = {
    "sku": lambda row: (not row.seller_sku, row.seller_sku, row.title, row.sku_id),
    "title": lambda row: (row.title.casefold(), row.sku_id),
    "partner": lambda row: (row.partner is None, row.partner.avasam_sku if row.partner else "", row.sku_id),
    "price": lambda row: (row.price is not None, row.price or 0, row.sku_id),
    "live": lambda row: (row.quantity, row.sku_id),
}
"""By what channel SKUs can be sorted; those without a seller SKU come last."""
PRODUCT_SORTS: Final[Mapping[str, Callable[[ProductRow], Any]]] = {
    "sku": lambda row: row.sku,
    "title": lambda row: (row.title.casefold(), row.sku),
    "stock": lambda row: (row.stock is not None, row.stock or 0, row.sku),
    "cost": lambda row: (row.cost is not None, row.cost or 0, row.sku),
}


def partner_of(row: Sequence[Json]) -> tuple[str, Partner]:
    """Channel SKU id and partner from MAPPING_FIELDS."""
    sku_id, avasam_sku, seller_sku, by = row
    return str(sku_id), Partner(str(avasam_sku), str(seller_sku or ""), str(by or ""))


def with_partner(row: ChannelRow, partners: dict[str, Partner]) -> tuple[str, ChannelRow]:
    """Channel SKU id and row, with its partner if it has one."""
    partner = partners.get(row.sku_id)
    return row.sku_id, row if partner is None else replace(row, partner=partner)


def channel_row(row: Sequence[Json]) -> ChannelRow:
    """A row from CHANNEL_FIELDS."""
    sku_id, product_id, seller_sku, title, variation, status, price, currency, quantities, deleted = row
    named = _joined((title, variation), ", ")
    return ChannelRow(
        sku_id=str(sku_id),
        product_id=str(product_id),
        seller_sku=str(seller_sku or ""),
        title=named,
        status=str(status or ""),
        price=None if price is None else Decimal(str(price)),
        currency=str(currency or ""),
        quantity=sum(cast("dict[str, int]", quantities or {}).values()),
        deleted=bool(deleted),
        text=_joined((seller_sku, named, sku_id), "\n").casefold(),
    )


def product_row(sku: str, row: Sequence[Json]) -> ProductRow:
    """A row from PRODUCT_FIELDS."""
    title, stock, cost, currency, _, missing = row
    return ProductRow(
        sku=sku,
        title=str(title or ""),
        stock=cast("int | None", stock),
        cost=None if cost is None else Decimal(str(cost)),
        currency=str(currency or ""),
        missing=bool(missing),
        text=f"{sku}\n{title or ''}".casefold(),
    )


def _joined(parts: Iterable[Json], by: str) -> str:
    return by.join(str(part) for part in parts if part)
