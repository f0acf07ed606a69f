"""The rows of the Listing Manager: every Avasam product with its state on one shop (A18 to A21, A30)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from core import tables
from core.models.category import CategoryTree
from core.models.listing_state import ListingState
from core.models.product import ProductKind
from core.rules.listing_status import ListingStatus, StatusShown, is_shown_by, listing_status
from core.store import Json, Reader


class StockFilter(StrEnum):
    """By stock: some, none, or not known."""

    IN = "in"
    OUT = "out"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ListingRow:
    """One row: the columns of the grid. `price` is None while it is unknown or follows a rule (`auto`)."""

    sku: str
    kind: ProductKind
    parent_sku: str | None
    image: str
    variants: int
    title: str
    description: str
    category: str
    stock: int | None
    cost: Decimal | None
    shipping: Decimal | None
    price: Decimal | None
    currency: str
    rule_id: str | None
    product_type: str
    collection: str
    status: StatusShown
    problems: tuple[str, ...]
    """Codes of its problems."""

    @property
    def is_front(self) -> bool:
        """Whether it is listed as a product of its own: variants are listed with their parent."""
        return self.kind is not ProductKind.CHILD


@dataclass(frozen=True, slots=True)
class RowFilter:
    """What is looked for: all of it must hold. None and empty mean any."""

    text: str = ""
    status: ListingStatus | None = None
    category: str | None = None
    stock: StockFilter | None = None
    problem: str | None = None
    collection: str | None = None
    variants: bool = False
    """Also the children of variation parents."""

    def shows(self, row: ListingRow) -> bool:
        """Whether a row is among them."""
        if not self.variants and not row.is_front:
            return False
        if self.status is not None and not is_shown_by(self.status, row.status):
            return False
        if self.category is not None and row.category.casefold() != self.category.casefold():
            return False
        if self.collection is not None and row.collection.casefold() != self.collection.casefold():
            return False
        if self.problem is not None and self.problem not in row.problems:
            return False
        if self.stock is not None and _stock_of(row) is not self.stock:
            return False
        haystack = f"{row.sku}\n{row.title}".casefold()
        return all(word in haystack for word in self.text.casefold().split())


SORTS: Final[Mapping[str, Callable[[ListingRow], tuple[bool, object]]]] = {
    "sku": lambda row: (False, row.sku),
    "title": lambda row: (False, row.title.casefold()),
    "category": lambda row: (not row.category, row.category.casefold()),
    "stock": lambda row: (row.stock is None, row.stock or 0),
    "cost": lambda row: (row.cost is None, row.cost or 0),
    "shipping": lambda row: (row.shipping is None, row.shipping or 0),
    "price": lambda row: (row.price is None, row.price or 0),
    "type": lambda row: (not row.product_type, row.product_type.casefold()),
    "collection": lambda row: (not row.collection, row.collection.casefold()),
    "status": lambda row: (False, row.status.status.value),
}
"""Column -> key; what is unknown comes last."""

_PRODUCT: Final = (
    *("kind", "parent_sku", "title", "description", "category", "stock", "cost_ex", "shipping_ex"),
    *("selling_price", "currency", "images", "missing"),
)
_DRAFT: Final = (
    *("avasam_sku", "title", "typed_price", "shipping_ex", "rule_id", "collection", "listed_here"),
    "description",
)


async def read_rows(store: Reader, integration_id: str) -> list[ListingRow]:
    """Every product that the inventory has or the shop sells, by SKU; variants follow their own SKU."""
    prefix = tables.prefix(integration_id)
    drafts: dict[str, tuple[Json, ...]] = {}
    async for chunk in store.columns(tables.LISTINGS, _DRAFT, prefix=prefix):
        drafts.update((str(values[0]), values) for _, values in chunk)
    linked: set[str] = set()
    async for chunk in store.columns(tables.SKU_MAPPINGS, ("avasam_sku",), prefix=prefix):
        linked.update(str(sku) for _, (sku,) in chunk)
    states = {
        state.avasam_sku: state
        async for _, row in store.scan(tables.LISTING_STATES, prefix=prefix)
        for state in (ListingState.from_document(row),)
    }
    names = await _category_names(store, integration_id)
    found: dict[str, tuple[Json, ...]] = {}
    children: dict[str, list[str]] = {}
    async for chunk in store.columns(tables.PRODUCTS, _PRODUCT):
        for sku, values in chunk:
            found[sku] = values
            if isinstance(values[1], str) and not values[11]:
                children.setdefault(values[1], []).append(sku)
    rows: list[ListingRow] = []
    for sku in sorted(found):
        is_linked = sku in linked or any(child in linked for child in children.get(sku, ()))
        if found[sku][11] and not is_linked:
            continue
        state = states.get(str(found[sku][1])) if found[sku][1] else states.get(sku)
        rows.append(_row(sku, found[sku], drafts.get(sku), children.get(sku, ()), state, names, is_linked))
    return rows


def _row(
    sku: str,
    product: tuple[Json, ...],
    draft: tuple[Json, ...] | None,
    children: Sequence[str],
    state: ListingState | None,
    names: Mapping[str, str],
    linked: bool,
) -> ListingRow:
    kind, parent, title, description, category, stock, cost, shipping, own, currency, images, _ = product
    _, typed_title, typed, typed_shipping, rule_id, collection, here, text = draft or (None,) * 8
    price = None if rule_id else _amount(typed) or _amount(own)
    problems = () if state is None else state.every_problem()
    return ListingRow(
        sku=sku,
        kind=ProductKind(str(kind)),
        parent_sku=None if parent is None else str(parent),
        image=str(images[0]) if isinstance(images, list) and images else "",
        variants=len(children),
        title=str(typed_title if typed_title is not None else title),
        description=str(text if text is not None else description),
        category=str(category or ""),
        stock=stock if isinstance(stock, int) else None,
        cost=_amount(cost),
        shipping=_amount(typed_shipping) if typed_shipping is not None else _amount(shipping),
        price=price,
        currency=str(currency or ""),
        rule_id=None if rule_id is None else str(rule_id),
        product_type=names.get(state.category_id, "") if state is not None and linked else "",
        collection=str(collection or ""),
        status=listing_status(linked=linked, listed_here=bool(here), state=state),
        problems=tuple(
            dict.fromkeys(one.code for one in problems if not one.sku or one.sku == sku or children)
        ),
    )


async def _category_names(store: Reader, integration_id: str) -> dict[str, str]:
    document = await store.get(tables.CATEGORY_TREES, tables.key(integration_id, "tree"))
    if document is None:
        return {}
    return {node.id: node.name for node in CategoryTree.from_document(document).nodes}


def _stock_of(row: ListingRow) -> StockFilter:
    if row.stock is None:
        return StockFilter.UNKNOWN
    return StockFilter.IN if row.stock > 0 else StockFilter.OUT


def _amount(value: Json) -> Decimal | None:
    return None if value is None else Decimal(str(value))
