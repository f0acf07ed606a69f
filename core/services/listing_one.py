"""One row of the Listing Manager read by itself, for whoever looks at a single product."""

from core import tables
from core.models.category import CategoryTree
from core.services.listing_parts import (
    DRAFT_FIELDS,
    GOODS_FIELDS,
    MISSING,
    PARENT,
    STATE_FIELDS,
    Part,
    draft_of,
    goods_of,
    picked,
    state_of,
)
from core.services.listing_rows import ListingRow, make_row
from core.store import Reader, Where
from core.sync.listing_candidate import rules_of


async def read_row(store: Reader, integration_id: str, sku: str) -> ListingRow | None:
    """The row as the grid shows it; None when the inventory has it not and the shop sells it not."""
    goods = await _goods(store, sku)
    if goods is None:
        return None
    prefix = tables.prefix(integration_id)
    children: list[str] = []
    async for chunk in store.columns(tables.PRODUCTS, ("missing",), (Where("parent_sku", "eq", sku),)):
        children += [child for child, _ in chunk]
    family = (Where("avasam_sku", "in", (sku, *children)),)
    linked: set[str] = set()
    async for chunk in store.columns(tables.SKU_MAPPINGS, ("avasam_sku",), family, prefix=prefix):
        linked.update(str(mapped) for _, (mapped,) in chunk)
    if goods[MISSING] and not linked:
        return None
    kids: list[tuple[Part, Part | None]] = []
    for child in sorted(children):
        of_child = await _goods(store, child)
        if of_child is not None and (not of_child[MISSING] or child in linked):
            kids.append((of_child, await _draft(store, integration_id, child)))
    state = await store.get(tables.LISTING_STATES, tables.key(integration_id, str(goods[PARENT] or sku)))
    tree = await store.get(tables.CATEGORY_TREES, tables.key(integration_id, "tree"))
    nodes = () if tree is None else CategoryTree.from_document(tree).nodes
    return make_row(
        sku,
        goods,
        await _draft(store, integration_id, sku),
        kids=kids,
        state=None if state is None else state_of(picked(state, STATE_FIELDS)),
        names={node.id: node.name for node in nodes},
        linked=bool(linked),
        rules=await rules_of(store, integration_id),
    )


async def _goods(store: Reader, sku: str) -> Part | None:
    document = await store.get(tables.PRODUCTS, sku)
    return None if document is None else goods_of(picked(document, GOODS_FIELDS), {})


async def _draft(store: Reader, integration_id: str, sku: str) -> Part | None:
    document = await store.get(tables.LISTINGS, tables.key(integration_id, sku))
    return None if document is None else draft_of(picked(document, DRAFT_FIELDS))
