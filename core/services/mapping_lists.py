"""Both sides of SKU Mapping, held light in memory so that a key press can search 100,000 rows (A33)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final, cast

from core import tables
from core.models.integration import SyncKind
from core.services.mapping_edits import Edits
from core.store import Json, Reader, Store, Where

_CHANNEL: Final = (
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
_PRODUCT: Final = ("title", "stock", "cost_ex", "currency", "kind", "missing")
_MAPPING: Final = ("sku_id", "avasam_sku", "seller_sku", "mapped_by")


class Show(StrEnum):
    """Which channel SKUs are on show."""

    ALL = "all"
    UNMAPPED = "unmapped"
    MAPPED = "mapped"
    PENDING = "pending"
    GONE = "gone"
    """No longer listed on TikTok, or listed under another seller SKU than the one that was mapped."""


class Mark(StrEnum):
    """Where a channel SKU stands, one word each; screens give it a symbol and a colour as well."""

    UNMAPPED = "unmapped"
    MAPPED = "mapped"
    TO_MAP = "to map"
    TO_UNLINK = "to unlink"
    GONE = "gone"
    RENAMED = "renamed"


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


@dataclass(frozen=True, slots=True)
class Counts:
    """How many channel SKUs there are of each sort, pending edits taken as made."""

    total: int = 0
    unmapped: int = 0
    pending: int = 0
    gone: int = 0


@dataclass(slots=True)
class MappingLists:
    """The channel SKUs of one integration by id, and all Avasam SKUs; read once, then kept up to date."""

    integration_id: str
    channel: dict[str, ChannelRow] = field(default_factory=dict)
    products: dict[str, ProductRow] = field(default_factory=dict)
    as_of: datetime | None = None
    """When the shop was last downloaded (A34)."""
    _seq: int = -1

    async def refresh(self, store: Store) -> bool:
        """Read what was committed since; everything the first time. Whether anything here changed."""
        changes = await store.changes(self._seq)
        if changes.seq == self._seq:
            return False
        first, self._seq = self._seq < 0, changes.seq
        if first or changes.reset:
            await self._read_all(store)
            return True
        own = {table: changes.keys.get(table, frozenset()) for table in _TABLES}
        if not any(own.values()):
            return False
        await self._read_some(store, own)
        return True

    def channel_keys(self, text: str, show: Show, edits: Edits) -> list[str]:
        """Channel SKU ids whose SKU or title holds every word, by seller SKU and title; those shown only."""
        wanted = self._shown(show, edits)
        words = text.casefold().split()
        rows = [
            row for row in self.channel.values() if wanted(row) and all(word in row.text for word in words)
        ]
        rows.sort(key=_by_name)
        return [row.sku_id for row in rows]

    def product_keys(self, text: str) -> list[str]:
        """Avasam SKUs of which SKU or title holds every word, by SKU."""
        words = text.casefold().split()
        return sorted(sku for sku, row in self.products.items() if all(word in row.text for word in words))

    def mark(self, row: ChannelRow, edits: Edits) -> Mark:
        """Where a channel SKU stands."""
        edit = edits.by_sku.get(row.sku_id)
        if edit is not None:
            return Mark.TO_UNLINK if edit.avasam_sku is None else Mark.TO_MAP
        if row.deleted:
            return Mark.GONE
        if row.renamed_from is not None:
            return Mark.RENAMED
        return Mark.UNMAPPED if row.partner is None else Mark.MAPPED

    def counts(self, edits: Edits) -> Counts:
        """What the heading says."""
        unmapped = gone = 0
        for row in self.channel.values():
            if edits.partner(row.sku_id, row.partner.avasam_sku if row.partner else None) is None:
                unmapped += not row.deleted
            elif row.deleted or row.renamed_from is not None:
                gone += 1
        return Counts(len(self.channel), unmapped, len(edits), gone)

    def partner_of(self, sku_id: str) -> str | None:
        """The Avasam SKU that a channel SKU is mapped to, as saved."""
        row = self.channel.get(sku_id)
        return None if row is None or row.partner is None else row.partner.avasam_sku

    def serves(self, avasam_sku: str) -> list[str]:
        """The channel SKU ids that are mapped to an Avasam SKU, as saved."""
        return [
            row.sku_id
            for row in self.channel.values()
            if row.partner is not None and row.partner.avasam_sku == avasam_sku
        ]

    def _shown(self, show: Show, edits: Edits) -> Callable[[ChannelRow], bool]:
        """A SKU that is gone from TikTok and has no partner is of no use to anybody: it is never shown."""
        if show is Show.PENDING:
            return lambda row: row.sku_id in edits
        if show is Show.GONE:
            return lambda row: row.partner is not None and (row.deleted or row.renamed_from is not None)
        if show is Show.UNMAPPED:
            return lambda row: (
                not row.deleted
                and (
                    row.partner is None
                    if row.sku_id not in edits
                    else edits.by_sku[row.sku_id].avasam_sku is None
                )
            )
        if show is Show.MAPPED:
            return lambda row: row.partner is not None
        return lambda row: row.partner is not None or not row.deleted

    async def _read_all(self, store: Reader) -> None:
        prefix = tables.prefix(self.integration_id)
        partners: dict[str, Partner] = {}
        async for chunk in store.columns(tables.SKU_MAPPINGS, _MAPPING, prefix=prefix):
            partners.update(_partner(row) for _, row in chunk)
        channel: dict[str, ChannelRow] = {}
        async for chunk in store.columns(tables.CHANNEL_SKUS, _CHANNEL, prefix=prefix):
            channel.update(_with_partner(_channel_row(row), partners) for _, row in chunk)
        products: dict[str, ProductRow] = {}
        sellable = (Where("kind", "ne", "parent"),)
        async for chunk in store.columns(tables.PRODUCTS, _PRODUCT, sellable):
            products.update((sku, _product_row(sku, row)) for sku, row in chunk)
        self.channel, self.products = channel, products
        self.as_of = await self._downloaded_at(store)

    async def _read_some(self, store: Reader, own: dict[str, frozenset[str]]) -> None:
        prefix = tables.prefix(self.integration_id)
        for key in own[tables.CHANNEL_SKUS] | own[tables.SKU_MAPPINGS]:
            if key.startswith(prefix):
                await self._read_channel(store, key)
        for sku in own[tables.PRODUCTS]:
            document = await store.get(tables.PRODUCTS, sku)
            if document is None or document.get("kind") == "parent":
                self.products.pop(sku, None)
            else:
                self.products[sku] = _product_row(sku, tuple(document.get(name) for name in _PRODUCT))
        self.as_of = await self._downloaded_at(store)

    async def _read_channel(self, store: Reader, key: str) -> None:
        document = await store.get(tables.CHANNEL_SKUS, key)
        mapping = await store.get(tables.SKU_MAPPINGS, key)
        if document is None:
            self.channel.pop(key.removeprefix(tables.prefix(self.integration_id)), None)
            return
        row = _channel_row(tuple(document.get(name) for name in _CHANNEL))
        partners = dict([_partner(tuple(mapping.get(name) for name in _MAPPING))] if mapping else ())
        self.channel.update([_with_partner(row, partners)])

    async def _downloaded_at(self, store: Reader) -> datetime | None:
        state = await store.get(tables.SYNC_STATES, tables.key(self.integration_id, SyncKind.CATALOGUE.value))
        finished = None if state is None else state["last_finished_at"]
        return None if finished is None else datetime.fromisoformat(str(finished))


_TABLES: Final = (tables.CHANNEL_SKUS, tables.SKU_MAPPINGS, tables.PRODUCTS, tables.SYNC_STATES)


def _by_name(row: ChannelRow) -> tuple[bool, str, str, str]:
    """By seller SKU, those without one last by their title."""
    return not row.seller_sku, row.seller_sku, row.title, row.sku_id


def _partner(row: Sequence[Json]) -> tuple[str, Partner]:
    sku_id, avasam_sku, seller_sku, by = row
    return str(sku_id), Partner(str(avasam_sku), str(seller_sku or ""), str(by or ""))


def _with_partner(row: ChannelRow, partners: dict[str, Partner]) -> tuple[str, ChannelRow]:
    partner = partners.get(row.sku_id)
    return row.sku_id, row if partner is None else replace(row, partner=partner)


def _channel_row(row: Sequence[Json]) -> ChannelRow:
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


def _product_row(sku: str, row: Sequence[Json]) -> ProductRow:
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
