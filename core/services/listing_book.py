"""The rows of one shop in memory: read once in portions, then only what anybody commits (A18)."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from core import tables
from core.models.category import CategoryTree
from core.portions import portions
from core.services.breath import Breath
from core.services.listing_goods import Inventory
from core.services.listing_parts import (
    DRAFT_FIELDS,
    MISSING,
    PARENT,
    RULE,
    STATE_FIELDS,
    Part,
    draft_of,
    picked,
    state_of,
    with_edits,
)
from core.services.listing_prices import Kids, Rules, in_force
from core.services.listing_rows import Facts, ListingRow, make_facts, make_row
from core.store import Changes, Json, Store
from core.sync.listing_candidate import rules_of

NO_EDITS: Final[Mapping[str, Mapping[str, Json]]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What may read differently now: these SKUs and what depends on them, or everything."""

    skus: frozenset[str] = frozenset()
    everything: bool = False

    def __bool__(self) -> bool:
        return self.everything or bool(self.skus)


class ListingBook:
    """Keeps light parts of every row and makes a row when it is asked for; 100,000 rows wait as tuples.

    Rows are all products that the inventory has or the shop sells. Several shops share one `inventory`.
    """

    def __init__(self, store: Store, integration_id: str, inventory: Inventory | None = None) -> None:
        self.inventory = Inventory(store) if inventory is None else inventory
        self._store = store
        self._id, self._prefix = integration_id, tables.prefix(integration_id)
        self._tree_key = tables.key(integration_id, "tree")
        self._seq: int | None = None
        self._drafts: dict[str, Part] = {}
        self._states: dict[str, Part] = {}
        self._links: dict[str, str] = {}
        self._linked: Counter[str] = Counter()
        self._names: dict[str, str] = {}
        self._rules: Rules = {}

    async def refresh(self) -> Refreshed:
        """Take in what was committed since the last call; everything the first time."""
        changes = await self._store.changes(-1 if self._seq is None else self._seq)
        await self.inventory.refresh()
        if self._seq is None or changes.reset:
            await self._load()
            self._seq = changes.seq
            return Refreshed(everything=True)
        refreshed = await self._take(changes)
        self._seq = changes.seq
        return refreshed

    def row(
        self, key: str, edits: Mapping[str, Mapping[str, Json]] = NO_EDITS, *, priced: bool = True
    ) -> ListingRow | None:
        """The row of a SKU, or None once it is gone; `edits` are fields of drafts by SKU, not saved yet.

        Unless it is `priced`, what a pricing rule makes of it is left out: that takes longer than the rest.
        """
        if not self.exists(key):
            return None
        goods = self.inventory.products[key]
        return make_row(
            key,
            goods,
            self._draft(key, edits),
            kids=self._kids(key, edits),
            state=self._states.get(str(goods[PARENT] or key)),
            names=self._names,
            linked=self._is_linked(key),
            rules=self._rules,
            priced=priced,
        )

    def facts(self, sku: str) -> Facts:
        """What the row is found by; it must exist."""
        goods = self.inventory.products[sku]
        state = self._states.get(str(goods[PARENT] or sku))
        linked = self._is_linked(sku)
        kids = self._kids(sku, NO_EDITS)
        return make_facts(sku, goods, self._drafts.get(sku), kids, state=state, linked=linked)

    def rows(self) -> Iterator[ListingRow]:
        """Every row by SKU; variants follow their own SKU, not their parent."""
        for sku in sorted(self.inventory.products):
            row = self.row(sku)
            if row is not None:
                yield row

    def exists(self, sku: str) -> bool:
        """Whether there is such a row: one that the inventory has lost stays while the shop sells it."""
        goods = self.inventory.products.get(sku)
        return goods is not None and (not goods[MISSING] or self._is_linked(sku))

    def front_of(self, sku: str) -> str:
        """The SKU of the row that it belongs to: its parent, or itself where there is no such parent."""
        parent = self._parent_of(sku)
        return sku if parent is None or self._parent_of(parent) is not None else parent

    def children(self, sku: str) -> list[str]:
        """The SKUs of its variants, in order."""
        named = self.inventory.children.get(sku)
        if not named or self._parent_of(sku) is not None:
            return []
        return [child for child in named if child != sku and self.exists(child)]

    def is_auto(self, sku: str) -> bool:
        """Whether a pricing rule in force makes its price (A24)."""
        return in_force(self._drafts.get(sku), self._rules) is not None

    def _kids(self, sku: str, edits: Mapping[str, Mapping[str, Json]]) -> Kids:
        if sku not in self.inventory.children:
            return ()
        products = self.inventory.products
        return [(products[kid], self._draft(kid, edits)) for kid in self.children(sku)]

    def _draft(self, sku: str, edits: Mapping[str, Mapping[str, Json]]) -> Part | None:
        draft = self._drafts.get(sku)
        return with_edits(draft, edits[sku]) if sku in edits else draft

    def _parent_of(self, sku: str) -> str | None:
        goods = self.inventory.products.get(sku)
        if goods is None or goods[PARENT] is None:
            return None
        parent = goods[PARENT]
        return parent if isinstance(parent, str) and parent != sku and self.exists(parent) else None

    def _is_linked(self, sku: str) -> bool:
        linked = self._linked
        if linked.get(sku, 0) > 0:
            return True
        named = self.inventory.children.get(sku)
        return named is not None and any(linked.get(child, 0) > 0 for child in named)

    async def _load(self) -> None:
        drafts = await self._read(tables.LISTINGS, DRAFT_FIELDS, draft_of)
        states = await self._read(tables.LISTING_STATES, STATE_FIELDS, state_of)
        links: dict[str, str] = {}
        async for chunk in self._store.columns(tables.SKU_MAPPINGS, ("avasam_sku",), prefix=self._prefix):
            links.update((key, str(sku)) for key, (sku,) in chunk)
        self._drafts, self._states = drafts, states
        self._links, self._linked = links, Counter(links.values())
        self._names, self._rules = await self._read_names(), await rules_of(self._store, self._id)

    async def _read(
        self, table: str, fields: tuple[str, ...], part: Callable[[Part], Part]
    ) -> dict[str, Part]:
        """By SKU: the first field."""
        found: dict[str, Part] = {}
        breath = Breath()
        async for chunk in self._store.columns(table, fields, prefix=self._prefix):
            for portion in portions(chunk, _AT_ONCE):
                found.update((str(row[0]), part(row)) for _, row in portion)
                if breath.is_due():
                    await breath.take()
        return found

    async def _take(self, changes: Changes) -> Refreshed:
        keys = {
            table: [key for key in changed if key.startswith(self._prefix)]
            for table, changed in changes.keys.items()
        }
        skus = set(changes.keys.get(tables.PRODUCTS, ()))
        for table, fields, part, mine in (
            (tables.LISTINGS, DRAFT_FIELDS, draft_of, self._drafts),
            (tables.LISTING_STATES, STATE_FIELDS, state_of, self._states),
        ):
            for key in keys.get(table, ()):
                sku = key.removeprefix(self._prefix)
                document = await self._store.get(table, key)
                if document is None:
                    mine.pop(sku, None)
                else:
                    mine[sku] = part(picked(document, fields))
                skus.add(sku)
        for key in keys.get(tables.SKU_MAPPINGS, ()):
            skus |= await self._relink(key)
        skus |= await self._rules_changed(bool(keys.get(tables.PRICING_RULES)))
        names_changed = self._tree_key in keys.get(tables.CATEGORY_TREES, ()) and await self._names_changed()
        return Refreshed(frozenset(skus), everything=names_changed)

    async def _relink(self, key: str) -> set[str]:
        """A mapping came, went, or names another SKU now."""
        document = await self._store.get(tables.SKU_MAPPINGS, key)
        before = self._links.pop(key, None)
        after = None if document is None else str(document["avasam_sku"])
        if before is not None:
            self._linked[before] -= 1
        if after is not None:
            self._links[key] = after
            self._linked[after] += 1
        return {sku for sku in (before, after) if sku is not None}

    async def _rules_changed(self, changed: bool) -> set[str]:
        if not changed:
            return set()
        before, self._rules = self._rules, await rules_of(self._store, self._id)
        turned = {one for one in {**before, **self._rules} if before.get(one) != self._rules.get(one)}
        return {sku for sku, draft in self._drafts.items() if draft[RULE] in turned}

    async def _names_changed(self) -> bool:
        before, self._names = self._names, await self._read_names()
        return before != self._names

    async def _read_names(self) -> dict[str, str]:
        document = await self._store.get(tables.CATEGORY_TREES, self._tree_key)
        if document is None:
            return {}
        return {node.id: node.name for node in CategoryTree.from_document(document).nodes}


_AT_ONCE: Final = 50
