"""Both sides of SKU Mapping, held light in memory so that a key press can search 100,000 rows (A33)."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from core import tables
from core.models.integration import SyncKind
from core.services.mapping_edits import Edit, Edits
from core.services.mapping_order import Ordered
from core.services.mapping_rows import (
    CHANNEL_FIELDS,
    CHANNEL_SORTS,
    MAPPING_FIELDS,
    PRODUCT_FIELDS,
    PRODUCT_SORTS,
    ChannelRow,
    Partner,
    ProductRow,
    channel_row,
    partner_of,
    product_row,
    with_partner,
)
from core.store import Reader, Store, Where


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
    served: Counter[str] = field(default_factory=Counter)
    """Avasam SKU -> how many channel SKUs are mapped to it, as saved."""
    _counted: Counter[Mark | None] | None = None
    """How many of each sort there are as saved: looking at 100,000 rows with every key would be felt."""
    _listable: int | None = None
    _seq: int = -1
    _sorted: dict[tuple[str, bool], Ordered] = field(default_factory=dict)
    _products_sorted: dict[tuple[str, bool], Ordered] = field(default_factory=dict)

    async def refresh(self, store: Store) -> bool:
        """Read what was committed since; everything the first time. Whether anything here changed.

        Cancelled half-way, it begins anew the next time.
        """
        changes = await store.changes(self._seq)
        if changes.seq == self._seq:
            return False
        own = {table: changes.keys.get(table, frozenset()) for table in _TABLES}
        before = self.as_of
        self.as_of = await self._downloaded_at(store)
        whole = self._seq < 0 or changes.reset
        if whole:
            await self._read_all(store)
        else:
            await self._read_some(store, own)
        self._seq = changes.seq
        self._counted = self._listable = None
        if not whole and not any(own.values()):
            return self.as_of != before
        self.served = Counter(row.partner.avasam_sku for row in self.channel.values() if row.partner)
        return True

    def channel_keys(
        self, text: str, show: Show, edits: Edits, sort: tuple[str, bool] = ("sku", False)
    ) -> list[str]:
        """Channel SKU ids whose SKU or title holds every word, of those on show.

        `sort` is a name of CHANNEL_SORTS and whether the greatest comes first.
        """
        if sort not in self._sorted:
            rows = sorted(self.channel.values(), key=CHANNEL_SORTS[sort[0]], reverse=sort[1])
            self._sorted[sort] = Ordered.of((row.sku_id, row.text, _flag(row)) for row in rows)
        found = self._sorted[sort]
        if show is Show.PENDING:
            return [key for key in found.search(text) if key in edits]
        instead = None
        if show is Show.UNMAPPED:
            instead = {edit.sku_id: self._flag_with(edit) for edit in edits}
        return found.search_among(text, _WANTED[show], instead)

    def product_keys(self, text: str, sort: tuple[str, bool] = ("sku", False)) -> list[str]:
        """Avasam SKUs of which SKU or title holds every word; `sort` as above, of PRODUCT_SORTS or `used`."""
        if sort not in self._products_sorted:
            key = PRODUCT_SORTS.get(sort[0], self._use)
            rows = sorted(self.products.values(), key=key, reverse=sort[1])
            self._products_sorted[sort] = Ordered.of((row.sku, row.text, 0) for row in rows)
        return self._products_sorted[sort].search(text)

    def row(self, avasam_sku: str) -> ProductRow | None:
        """A line of the right list; None once that SKU is gone."""
        return self.products.get(avasam_sku)

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

    @property
    def listable(self) -> int:
        """How many channel SKUs there are to list: one that is gone and has no partner is of no use."""
        if self._listable is None:
            rows = self.channel.values()
            self._listable = sum(not row.deleted or row.partner is not None for row in rows)
        return self._listable

    def counts(self, edits: Edits) -> Counts:
        """What the heading says."""
        if self._counted is None:
            self._counted = Counter(_sort(row, _partner_sku(row)) for row in self.channel.values())
        found = self._counted.copy()
        for edit in edits:
            row = self.channel.get(edit.sku_id)
            if row is not None:
                found[_sort(row, _partner_sku(row))] -= 1
                found[_sort(row, edit.avasam_sku)] += 1
        return Counts(len(self.channel), found[Mark.UNMAPPED], len(edits), found[Mark.GONE])

    def partner_of(self, sku_id: str) -> str | None:
        """The Avasam SKU that a channel SKU is mapped to, as saved."""
        row = self.channel.get(sku_id)
        return None if row is None else _partner_sku(row)

    def _use(self, row: ProductRow) -> tuple[int, str]:
        return self.served[row.sku], row.sku

    def _flag_with(self, edit: Edit) -> int:
        """Where a SKU stands once this edit is saved."""
        row = self.channel.get(edit.sku_id)
        listed = _LISTED if row is not None and not row.deleted else 0
        return listed | (0 if edit.avasam_sku is None else _MAPPED)

    async def _read_all(self, store: Reader) -> None:
        prefix = tables.prefix(self.integration_id)
        partners: dict[str, Partner] = {}
        async for chunk in store.columns(tables.SKU_MAPPINGS, MAPPING_FIELDS, prefix=prefix):
            partners.update(partner_of(row) for _, row in chunk)
        channel: dict[str, ChannelRow] = {}
        async for chunk in store.columns(tables.CHANNEL_SKUS, CHANNEL_FIELDS, prefix=prefix):
            channel.update(with_partner(channel_row(row), partners) for _, row in chunk)
        products: dict[str, ProductRow] = {}
        sellable = (Where("kind", "ne", "parent"),)
        async for chunk in store.columns(tables.PRODUCTS, PRODUCT_FIELDS, sellable):
            products.update((sku, product_row(sku, row)) for sku, row in chunk)
        self.channel, self.products = channel, products
        self._sorted.clear()
        self._products_sorted.clear()

    async def _read_some(self, store: Reader, own: dict[str, frozenset[str]]) -> None:
        prefix = tables.prefix(self.integration_id)
        for key in own[tables.CHANNEL_SKUS] | own[tables.SKU_MAPPINGS]:
            if key.startswith(prefix):
                await self._read_channel(store, key)
        for sku in own[tables.PRODUCTS]:
            document = await store.get(tables.PRODUCTS, sku)
            before = self.products.pop(sku, None)
            after = None
            if document is not None and document.get("kind") != "parent":
                after = product_row(sku, tuple(document.get(name) for name in PRODUCT_FIELDS))
                self.products[sku] = after
            same = before is not None and after is not None and before.text == after.text
            _drop_stale(self._products_sorted, keep=_STEADY if same else frozenset())

    async def _read_channel(self, store: Reader, key: str) -> None:
        sku_id = key.removeprefix(tables.prefix(self.integration_id))
        document = await store.get(tables.CHANNEL_SKUS, key)
        mapping = await store.get(tables.SKU_MAPPINGS, key)
        before, after = self.channel.pop(sku_id, None), None
        if document is not None:
            row = channel_row(tuple(document.get(name) for name in CHANNEL_FIELDS))
            partners = dict(
                [partner_of(tuple(mapping.get(name) for name in MAPPING_FIELDS))] if mapping else ()
            )
            sku_id, after = with_partner(row, partners)
            self.channel[sku_id] = after
        same = (
            before is not None
            and after is not None
            and (before.text, _flag(before)) == (after.text, _flag(after))
        )
        _drop_stale(self._sorted, keep=_STEADY if same else frozenset())
        _drop_stale(self._products_sorted, keep=_STEADY)

    async def _downloaded_at(self, store: Reader) -> datetime | None:
        state = await store.get(tables.SYNC_STATES, tables.key(self.integration_id, SyncKind.CATALOGUE.value))
        finished = None if state is None else state["last_finished_at"]
        return None if finished is None else datetime.fromisoformat(str(finished))


_TABLES: Final = (tables.CHANNEL_SKUS, tables.SKU_MAPPINGS, tables.PRODUCTS)

_LISTED, _MAPPED, _RENAMED = 1, 2, 4
_GONE: Final = frozenset({_MAPPED, _LISTED | _MAPPED | _RENAMED})
"""Mapped, and deleted or renamed."""
_WANTED: Final = {
    Show.ALL: frozenset({_LISTED, _MAPPED, _LISTED | _MAPPED, *_GONE}),
    Show.UNMAPPED: frozenset({_LISTED}),
    Show.MAPPED: frozenset({_LISTED | _MAPPED, *_GONE}),
    Show.GONE: _GONE,
}
"""A SKU that is gone from TikTok and has no partner is of no use to anybody: it is never shown."""


_STEADY: Final = frozenset({"sku", "title"})
"""Orders that stay as they are while texts and flags do: stock and prices move all the time."""


def _drop_stale(orders: dict[tuple[str, bool], Ordered], *, keep: frozenset[str]) -> None:
    for sort in [sort for sort in orders if sort[0] not in keep]:
        del orders[sort]


def _flag(row: ChannelRow) -> int:
    listed = 0 if row.deleted else _LISTED
    return listed | (_MAPPED if row.partner else 0) | (_RENAMED if row.renamed_from is not None else 0)


def _sort(row: ChannelRow, partner: str | None) -> Mark | None:
    """What `counts` counts it as when this is its partner."""
    if partner is None:
        return None if row.deleted else Mark.UNMAPPED
    return Mark.GONE if row.deleted or row.renamed_from is not None else None


def _partner_sku(row: ChannelRow) -> str | None:
    return None if row.partner is None else row.partner.avasam_sku
