"""Which rows of a shop are listed, in which order, with which parents open (A19, A21)."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from core.services.breath import Breath
from core.services.listing_book import ListingBook, Refreshed
from core.services.listing_order import Line, Order
from core.services.listing_rows import FACETS, PROBLEMS, Facets, Facts, RowFilter, holds, sort_line

Sort = tuple[str, bool]
"""A column of SORTS and whether the greatest comes first."""
BY_SKU: Final[Sort] = ("sku", False)

_KEPT_ORDERS: Final = 3
_ANEW: Final = 2_000
"""More changed products than this are sorted anew: moving each to its place would take longer."""


@dataclass(frozen=True, slots=True)
class Listed:
    """The rows to show, and how many products they are: variants on show are not counted."""

    keys: Sequence[str]
    products: int


class ListingView:
    """Follows a book: after `take` only changed products were looked at again.

    A product matches when it and its variants together hold every word and one wanted value of each facet.
    """

    def __init__(self, book: ListingBook) -> None:
        self._book = book
        self._facts: dict[str, Facts] = {}
        """Of each product."""
        self._home: dict[str, str] = {}
        """Variant -> the product that it was last seen under."""
        self._family: dict[str, dict[str, Facts]] = {}
        """Product -> its variants, of those that have some."""
        self._texts: dict[str, str] = {}
        """Product -> its own text and those of its variants."""
        self._filed = {name: defaultdict[str, set[str]](set) for name in (*FACETS, PROBLEMS)}
        """Facet -> value -> products that have it, themselves or by a variant."""
        self._orders: dict[str, Order] = {}
        self._found: tuple[tuple[Sort, str], Sequence[str], Sequence[str]] | None = None
        self._changing = asyncio.Lock()
        self.expanded: set[str] = set()

    def __len__(self) -> int:
        return len(self._texts)

    @property
    def parents(self) -> Collection[str]:
        """Products that have variants."""
        return self._family.keys()

    async def take(self, refreshed: Refreshed) -> None:
        """Look again at what changed, a portion at a time; the view can be asked meanwhile."""
        async with self._changing:
            if refreshed.everything:
                await self._look_at_all()
            else:
                await self._look_at_some(refreshed.skus)

    async def _look_at_some(self, skus: Collection[str]) -> None:
        named = self._book.inventory.children
        fronts = {self._home.get(sku, sku) for sku in skus}
        # Children may have become products of their own, or the other way round.
        kids = (kid for sku in (*skus, *fronts) for kid in (*self._family.get(sku, ()), *named.get(sku, ())))
        fronts |= {self._book.front_of(sku) for sku in (*skus, *kids)}
        breath = Breath()
        many = len(fronts) > _ANEW
        for front in sorted(fronts):
            self._look_at(front)
            if not many:
                self._place(front)
            if breath.is_due():
                await breath.take()
        if many:
            self._orders.clear()

    async def sort(self, sort: Sort) -> None:
        """Make ready to list by a column; what is ready already costs nothing."""
        async with self._changing:
            column = sort[0]
            order = self._orders.pop(column, None)
            if order is None:
                texts = self._texts
                order = await Order.of((self._line(front, column), text) for front, text in texts.items())
            self._orders[column] = order
            while len(self._orders) > _KEPT_ORDERS:
                del self._orders[next(iter(self._orders))]

    def is_ready(self, sort: Sort) -> bool:
        """Whether `keys` can be asked in this order."""
        return sort[0] in self._orders

    def listed(
        self, wanted: RowFilter, sort: Sort = BY_SKU, *, only: Collection[str] | None = None
    ) -> Listed:
        """Rows in order; open parents are followed by their variants. `only` leaves rows with these SKUs.

        A parent of which only a variant matches is open and shows those that do.
        """
        fronts = self._matching(wanted, sort, only)
        words, facets = wanted.words, wanted.facets()
        opened: dict[str, Collection[str]] = {}
        if words or facets or only is not None:
            opened = {
                front: self._kids_that_match(front, words, facets, only)
                for front in fronts
                if front in self._family
                and not _matches(front, self._facts[front], words, facets, only, above="")
            }
        return Listed(self._with_children(fronts, opened), len(fronts))

    def choices(self, facet: str) -> dict[str, tuple[str, int]]:
        """Every value of a facet: as it is written, and how many products have it, or a variant of theirs."""
        found = sorted((value, fronts) for value, fronts in self._filed[facet].items() if fronts)
        return {
            value: (self._written(facet, value, next(iter(fronts))), len(fronts)) for value, fronts in found
        }

    def having(self, facet: str, value: str) -> int:
        """How many products have this value of a facet, or a variant of theirs has."""
        return len(self._filed[facet].get(value, ()))

    def _written(self, facet: str, value: str, front: str) -> str:
        """A casefolded value as one of its rows writes it."""
        for sku in (front, *self._family.get(front, ())) if facet in {"category", "collection"} else ():
            row = self._book.row(sku, priced=False)
            own = "" if row is None else row.category if facet == "category" else row.collection
            if own.casefold() == value:
                return own
        return value

    def _matching(self, wanted: RowFilter, sort: Sort, only: Collection[str] | None) -> Sequence[str]:
        skus = self._with_words(" ".join(wanted.words), sort)
        for name, values in wanted.facets():
            filed = self._filed[name]
            allowed = set[str]().union(*(filed.get(value, ()) for value in values))
            skus = [sku for sku in skus if sku in allowed]
        if only is not None:
            homes = {self._home.get(sku, sku) for sku in only}
            skus = [sku for sku in skus if sku in homes]
        return skus

    def _with_words(self, words: str, sort: Sort) -> Sequence[str]:
        """Products that hold every word; adding letters searches only what was found before."""
        narrowed = (
            self._found is not None
            and words
            and self._found[0][0] == sort
            and words.startswith(self._found[0][1])
        )
        if self._found is not None and narrowed:
            _, skus, texts = self._found
        else:
            skus, texts = self._orders[sort[0]].seen(descending=sort[1])
        if not words:
            self._found = None
            return skus
        for word in words.split():
            places = [place for place, text in enumerate(texts) if word in text]
            skus, texts = [skus[place] for place in places], [texts[place] for place in places]
        self._found = ((sort, words), skus, texts)
        return skus

    def _kids_that_match(
        self,
        front: str,
        words: Sequence[str],
        facets: Facets,
        only: Collection[str] | None,
    ) -> Collection[str]:
        kids, above = self._family[front], self._facts[front][0]
        some = [kid for kid, facts in kids.items() if _matches(kid, facts, words, facets, only, above=above)]
        return some or kids

    def _with_children(self, fronts: Sequence[str], opened: dict[str, Collection[str]]) -> Sequence[str]:
        """An expanded parent shows all of its variants, whatever the filter opened."""
        shown = opened | {front: self._family[front] for front in self.expanded if front in self._family}
        if not shown:
            return list(fronts)
        keys: list[str] = []
        for front in fronts:
            keys.append(front)
            if front in shown:
                keys += shown[front]
        return keys

    async def _look_at_all(self) -> None:
        breath = Breath()
        book = self._book
        self._orders.clear()
        self._facts, self._home, self._family, self._texts = {}, {}, {}, {}
        for filed in self._filed.values():
            filed.clear()
        for sku in list(book.inventory.products):
            if book.exists(sku) and book.front_of(sku) == sku:
                self._file(sku)
            if breath.is_due():
                await breath.take()

    def _look_at(self, front: str) -> None:
        """File a product anew, with its variants; a SKU that is none any more is forgotten."""
        self._forget(front)
        if self._book.exists(front) and self._book.front_of(front) == front:
            self._file(front)

    def _file(self, front: str) -> None:
        self._found = None
        book = self._book
        facts = self._facts[front] = book.facts(front)
        kids = {kid: book.facts(kid) for kid in book.children(front)}
        if not kids:
            self._texts[front] = facts[0]
        else:
            for kid in kids.keys() & self._texts.keys():  # it was a product of its own
                self._forget(kid)
                for order in self._orders.values():
                    order.drop(kid)
            self._texts[front] = "\n".join([facts[0], *(one[0] for one in kids.values())])
            self._family[front] = kids
            self._home.update(dict.fromkeys(kids, front))
        for one in (facts, *kids.values()):
            for filed in self._places(one):
                filed.add(front)

    def _forget(self, front: str) -> None:
        self._found = None
        if self._texts.pop(front, None) is None:
            return
        kids = self._family.pop(front, {})
        for kid in kids:
            if self._home.get(kid) == front:
                del self._home[kid]
        for one in (self._facts.pop(front), *kids.values()):
            for filed in self._places(one):
                filed.discard(front)

    def _places(self, facts: Facts) -> list[set[str]]:
        """Where a product with these facts is filed."""
        found = [self._filed[name][value] for name, value in zip(FACETS, facts[1:5], strict=True) if value]
        found += [self._filed[PROBLEMS][code] for code in facts[5]]
        return found

    def _place(self, front: str) -> None:
        for column, order in self._orders.items():
            if front in self._texts:
                order.put(self._line(front, column), self._texts[front])
            else:
                order.drop(front)

    def _line(self, front: str, column: str) -> Line:
        if column == "sku":
            return False, front, front
        row = self._book.row(front, priced=column == "price")
        return (True, "", front) if row is None else sort_line(row, column)


def _matches(
    sku: str,
    facts: Facts,
    words: Sequence[str],
    facets: Facets,
    only: Collection[str] | None,
    *,
    above: str,
) -> bool:
    """Whether a row for itself does; a variant may find words in the text `above`, its parent's."""
    text = f"{facts[0]}\n{above}"
    return all(word in text for word in words) and holds(facts, facets) and (only is None or sku in only)
