"""What a shop's categories ask for and which warehouses it has: kept with the time of reading.

TikTok advises not to keep categories (tiktok-shop-api §7), so what is older than a day is read anew.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Final, TypeVar

from core import tables
from core.channel.errors import DataRefused, StaleState
from core.channel.listings import Categories
from core.channel.port import Channel
from core.clock import Clock
from core.models.base import Model
from core.models.category import (
    AskedDocument,
    CategoryNode,
    CategoryTree,
    Leaf,
    LeafAttribute,
    ShopFacts,
    ShopWarehouse,
)
from core.models.integration import Integration
from core.rules.candidate import CategoryState
from core.store import Lease, Store

KEPT_FOR: Final = timedelta(days=1)
FACTS_FOR: Final = timedelta(minutes=10)

Kept = TypeVar("Kept", bound=Model)


class ShopKnowledge:
    """Reads through a cache in the store. Every method raises the ChannelError of a read that failed."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        integration: Integration,
        categories: Categories,
        channel: Channel,
        lease: Lease | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._integration = integration
        self._categories = categories
        self._channel = channel
        self._lease = lease
        self._tree: CategoryTree | None = None
        self._nodes: dict[str, CategoryNode] = {}
        self._leaves: dict[str, Leaf | None] = {}
        self._facts: ShopFacts | None = None
        self._asking = asyncio.Lock()
        """Rows under way together ask the shop once."""

    async def tree(self, *, fresh: bool = False) -> CategoryTree:
        """The shop's category tree; `fresh` asks TikTok whatever is kept."""
        async with self._asking:
            if self._tree is None or fresh:
                self._tree = None if fresh else await self._kept_tree()
                if self._tree is None:
                    self._tree = await self._read_tree()
                self._nodes = {node.id: node for node in self._tree.nodes}
            return self._tree

    async def state_of(self, category_id: str | None) -> CategoryState:
        """How a category stands; one that the kept tree does not have is looked for in a fresh one."""
        if not category_id:
            return CategoryState.NONE
        await self.tree()
        if category_id not in self._nodes:
            await self.tree(fresh=self._tree is None or self._tree.read_at < self._clock.now())
        node = self._nodes.get(category_id)
        if node is None:
            return CategoryState.VANISHED
        if not node.is_leaf:
            return CategoryState.NOT_LEAF
        return CategoryState.FINE if node.is_open else CategoryState.CLOSED

    def path_of(self, category_id: str) -> str:
        """The category with those above it: `Home Supplies > Home Decor > Candles`; the tree must be read."""
        names: list[str] = []
        node = self._nodes.get(category_id)
        while node is not None and len(names) < len(self._nodes):
            names.insert(0, node.name)
            node = self._nodes.get(node.parent_id)
        return " > ".join(names)

    async def leaf(self, category_id: str, *, fresh: bool = False) -> Leaf | None:
        """What a leaf asks for; None when TikTok knows no such leaf."""
        async with self._asking:
            if category_id not in self._leaves or fresh:
                kept = None if fresh else await self._kept_leaf(category_id)
                self._leaves[category_id] = kept or await self._read_leaf(category_id)
            return self._leaves[category_id]

    async def facts(self) -> ShopFacts:
        """Warehouses and prerequisites, at most ten minutes old."""
        async with self._asking:
            if self._facts is None:
                key = tables.key(self._integration.id, "facts")
                document = await self._store.get(tables.SHOP_FACTS, key)
                kept = None if document is None else ShopFacts.from_document(document)
                if kept is not None and self._is_young(kept.read_at, FACTS_FOR):
                    self._facts = kept
                else:
                    self._facts = await self._read_facts()
                    await self._keep(tables.SHOP_FACTS, key, self._facts)
            return self._facts

    async def _kept_tree(self) -> CategoryTree | None:
        document = await self._store.get(tables.CATEGORY_TREES, tables.key(self._integration.id, "tree"))
        kept = None if document is None else CategoryTree.from_document(document)
        return kept if kept is not None and self._is_young(kept.read_at, KEPT_FOR) else None

    async def _read_tree(self) -> CategoryTree:
        asked_at = self._clock.now()
        found = await self._categories.categories()
        tree = CategoryTree(
            integration_id=self._integration.id,
            read_at=asked_at,
            nodes=tuple(_as(CategoryNode, one) for one in found),
        )
        await self._keep(tables.CATEGORY_TREES, tables.key(self._integration.id, "tree"), tree)
        return tree

    async def _kept_leaf(self, category_id: str) -> Leaf | None:
        key = tables.key(self._integration.id, category_id)
        document = await self._store.get(tables.CATEGORY_LEAVES, key)
        if document is None or "documents" not in document:
            return None  # of a program that did not keep what documents the leaf asks for
        kept = Leaf.from_document(document)
        return kept if self._is_young(kept.read_at, KEPT_FOR) else None

    async def _read_leaf(self, category_id: str) -> Leaf | None:
        asked_at = self._clock.now()
        try:
            attributes = await self._categories.attributes(category_id)
            rules = await self._categories.rules(category_id)
        except (DataRefused, StaleState):
            return None
        leaf = Leaf(
            integration_id=self._integration.id,
            category_id=category_id,
            read_at=asked_at,
            attributes=tuple(_as(LeafAttribute, one) for one in attributes),
            required=tuple(sorted(rules.required)),
            documents=tuple(_as(AskedDocument, one) for one in rules.documents),
            takes_size_chart=rules.takes_size_chart,
        )
        await self._keep(tables.CATEGORY_LEAVES, tables.key(self._integration.id, category_id), leaf)
        return leaf

    async def _read_facts(self) -> ShopFacts:
        asked_at = self._clock.now()
        asked = await self._categories.prerequisites()
        places = await self._channel.warehouses()
        return ShopFacts(
            integration_id=self._integration.id,
            read_at=asked_at,
            warehouses=tuple(_as(ShopWarehouse, one) for one in places),
            unmet=tuple((one.item, "; ".join(one.reasons)) for one in asked if not one.is_met),
        )

    async def _keep(self, table: str, key: str, row: CategoryTree | Leaf | ShopFacts) -> None:
        """Keep what was read, unless another program asked later and was answered sooner."""
        async with self._store.transaction(fence=self._lease) as tx:
            if await tx.get(tables.INTEGRATIONS, self._integration.id) is None:
                return
            kept = await tx.get(table, key)
            known = None if kept is None else type(row).from_document(kept).read_at
            if known is None or not row.read_at < known <= self._clock.now():
                await tx.put(table, key, row.to_document())

    def _is_young(self, read_at: datetime, limit: timedelta) -> bool:
        return timedelta(0) <= self._clock.now() - read_at < limit


def _as(model: type[Kept], one: object) -> Kept:
    """What the channel told, as it is kept: the fields are called alike."""
    return model.model_validate(one, from_attributes=True)
