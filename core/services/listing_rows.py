"""The rows of the Listing Manager: every Avasam product with its state on one shop (A18 to A21, A30)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from core.models.product import ProductKind
from core.rules.listing_status import ListingStatus, StatusShown
from core.services import listing_parts as parts
from core.services.listing_parts import (
    CATEGORY,
    CHANNEL_CATEGORY,
    NO_DRAFT,
    STOCK,
    TITLE,
    Part,
    amount,
)
from core.services.listing_prices import Kids, Rules, price_of, range_of
from core.store import Json
from core.text import words_of


class StockFilter(StrEnum):
    """By stock: some, none, or not known."""

    IN = "in"
    OUT = "out"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ListingRow:
    """One row: the columns of the grid. `price` is None while it is unknown; `auto` is that of a rule.

    A variation parent shows the stock of its variants together and the range of their prices.
    """

    sku: str
    kind: ProductKind
    parent_sku: str | None
    image: str
    variants: int
    title: str
    description: str
    """Its beginning, on one line."""
    category: str
    stock: int | None
    cost: Decimal | None
    shipping: Decimal | None
    price: Decimal | None
    highest: Decimal | None
    """The price of a parent's dearest variant; `price` for any other row."""
    currency: str
    rule_id: str | None
    """The rule in force: one that is paused leaves the typed or own price."""
    price_why: str
    """How that rule came to the price, or why there is none."""
    product_type: str
    collection: str
    status: StatusShown
    problems: tuple[str, ...]
    """Codes of its problems."""

    @property
    def is_front(self) -> bool:
        """Whether it is listed as a product of its own: variants are listed with their parent."""
        return self.kind is not ProductKind.CHILD


Facts = tuple[str, str, str, str, str, tuple[str, ...]]
"""What a row is searched and filtered by: casefolded text, status, stock, category, collection, problems.

A bare tuple of strings, for the collector passes over such: a list of 100,000 rows holds one of each.
"""
FACETS: Final = ("status", "stock", "category", "collection")
"""The fields after the text, of which a row has one value each; empty means none."""
PROBLEMS: Final = "problems"


def facts_of(row: ListingRow) -> Facts:
    """What filters look at."""
    return (
        _haystack(row.sku, row.title),
        row.status.status.value,
        _stock_word(row.stock),
        row.category.casefold(),
        row.collection.casefold(),
        row.problems,
    )


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
    """Also the children of variation parents, each for itself."""

    @property
    def words(self) -> list[str]:
        """What is searched for, casefolded."""
        return words_of(self.text)

    def facets(self) -> "Facets":
        """Each facet that is chosen, with the values that will do: Listed covers Linked."""
        chosen = {
            "status": self.status,
            "stock": self.stock,
            "category": None if self.category is None else self.category.casefold(),
            "collection": None if self.collection is None else self.collection.casefold(),
            PROBLEMS: self.problem,
        }
        return [
            (name, _LISTED if value is ListingStatus.LISTED else frozenset({str(value)}))
            for name, value in chosen.items()
            if value is not None
        ]

    def shows(self, row: ListingRow) -> bool:
        """Whether a row for itself is among them."""
        if not self.variants and not row.is_front:
            return False
        facts = facts_of(row)
        return holds(facts, self.facets()) and all(word in facts[0] for word in self.words)


Facets = Sequence[tuple[str, frozenset[str]]]
"""(name, the values of which one is wanted) of each facet that is chosen."""


def holds(facts: Facts, facets: Facets) -> bool:
    """Whether a row has one of the wanted values of every facet."""
    return all(not wanted.isdisjoint(values_of(facts, name)) for name, wanted in facets)


def values_of(facts: Facts, name: str) -> Sequence[str]:
    """The values of a facet: a row may have several problems, and one of anything else."""
    return facts[5] if name == PROBLEMS else (str(facts[_PLACE[name]]),)


SORTS: Final[Mapping[str, Callable[[ListingRow], tuple[bool, Any]]]] = {
    "sku": lambda row: (False, row.sku),
    "image": lambda row: (not row.image, row.image),
    "variation": lambda row: (not row.variants, row.variants),
    "title": lambda row: (False, row.title.casefold()),
    "description": lambda row: (not row.description, row.description.casefold()),
    "category": lambda row: (not row.category, row.category.casefold()),
    "stock": lambda row: (row.stock is None, row.stock or 0),
    "cost": lambda row: (row.cost is None, row.cost or 0),
    "shipping": lambda row: (row.shipping is None, row.shipping or 0),
    "price": lambda row: (row.price is None, row.price or 0),
    "type": lambda row: (not row.product_type, row.product_type.casefold()),
    "collection": lambda row: (not row.collection, row.collection.casefold()),
    "status": lambda row: (False, row.status.status.value),
}
"""Column -> key; what is unknown comes last, whichever way round."""


def sort_rows(rows: Iterable[ListingRow], column: str, *, descending: bool = False) -> list[ListingRow]:
    """In order of a column of SORTS, equal ones by SKU."""
    lines = sorted((*sort_line(row, column), row) for row in rows)
    known = [line for line in lines if not line[0]]
    return [line[3] for line in (*(reversed(known) if descending else known), *lines[len(known) :])]


def sort_line(row: ListingRow, column: str) -> tuple[bool, Any, str]:
    """Whether it is unknown, what is compared, and the SKU where that is equal."""
    is_unknown, value = SORTS[column](row)
    return is_unknown, value, row.sku


def make_row(
    sku: str,
    goods: Part,
    draft: Part | None,
    *,
    kids: Kids,
    state: Part | None,
    names: Mapping[str, str],
    linked: bool,
    rules: Rules,
    priced: bool = True,
) -> ListingRow:
    """A row from its parts; unless it is `priced`, the price of a pricing rule is left out."""
    kind, parent, title, description, category, stock, cost, shipping, _, currency, image, *_ = goods
    _, typed_title, _, typed_shipping, _, collection, here, text = draft or NO_DRAFT
    price = (
        range_of(kids, rules, worked_out=priced) if kids else price_of(goods, draft, rules, worked_out=priced)
    )
    return ListingRow(
        sku=sku,
        kind=_KINDS[str(kind)],
        parent_sku=None if parent is None else str(parent),
        image=str(image or ""),
        variants=len(kids),
        title=str(typed_title if typed_title is not None else title),
        description=str(text if text is not None else description),
        category=str(category or ""),
        stock=_stock(stock, kids),
        cost=amount(cost),
        shipping=amount(typed_shipping) if typed_shipping is not None else amount(shipping),
        price=price.amount,
        highest=price.highest,
        currency=str(currency or ""),
        rule_id=price.rule_id,
        price_why=price.why,
        product_type=names.get(str(state[CHANNEL_CATEGORY]), "") if state is not None and linked else "",
        collection=str(collection or ""),
        status=parts.status_of(state, linked=linked, listed_here=bool(here)),
        problems=_problems(sku, state, kids),
    )


def make_facts(
    sku: str, goods: Part, draft: Part | None, kids: Kids, *, state: Part | None, linked: bool
) -> Facts:
    """The facts of the row that `make_row` would make, without making it."""
    _, typed_title, _, _, _, collection, here, _ = draft or NO_DRAFT
    status = parts.status_of(state, linked=linked, listed_here=bool(here)).status.value
    return (
        _haystack(sku, str(typed_title if typed_title is not None else goods[TITLE])),
        status,
        _stock_word(_stock(goods[STOCK], kids)),
        str(goods[CATEGORY] or "").casefold(),
        str(collection or "").casefold(),
        _problems(sku, state, kids),
    )


def _haystack(sku: str, title: str) -> str:
    return f"{sku}\n{title}".casefold()


def _stock(own: Json, kids: Kids) -> int | None:
    """That of a parent is what its variants have together."""
    known = [units for one, _ in kids if isinstance(units := one[STOCK], int)] if kids else ()
    if known:
        return sum(known)
    return own if isinstance(own, int) else None


def _stock_word(stock: int | None) -> str:
    if stock is None:
        return StockFilter.UNKNOWN.value
    return StockFilter.IN.value if stock > 0 else StockFilter.OUT.value


def _problems(sku: str, state: Part | None, kids: Kids) -> tuple[str, ...]:
    found = parts.problems_of(state)
    return tuple(dict.fromkeys([code for code, of in found if not of or of == sku or kids])) if found else ()


_KINDS: Final = {kind.value: kind for kind in ProductKind}
_LISTED: Final = frozenset({ListingStatus.LISTED.value, ListingStatus.LINKED.value})
_PLACE: Final = {name: place for place, name in enumerate(FACETS, 1)}
