"""What the grid is narrowed by, in words, and the values of each list (A19)."""

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Final

from core.rules.listing_status import ListingStatus
from core.services.listing_rows import RowFilter, StockFilter
from core.services.listing_view import ListingView
from tui.screens.choose import Choice
from tui.words.listings import SIGNS

ANY: Final = "any:"
"""The choice that takes a filter away."""


class Facet(StrEnum):
    """One list to choose from."""

    STATUS = "Status"
    CATEGORY = "Category"
    STOCK = "Stock"
    PROBLEM = "Problem"
    COLLECTION = "Collection"
    UNSAVED = "Unsaved"


_STOCKS: Final = {StockFilter.IN: "in stock", StockFilter.OUT: "none left", StockFilter.UNKNOWN: "unknown"}
_FILED: Final = {
    Facet.STATUS: "status",
    Facet.CATEGORY: "category",
    Facet.STOCK: "stock",
    Facet.PROBLEM: "problems",
    Facet.COLLECTION: "collection",
}


def facets(wanted: RowFilter, *, only_unsaved: bool) -> list[tuple[str, str | None]]:
    """(name, chosen value or None) of each list."""
    return [
        (Facet.STATUS, None if wanted.status is None else wanted.status.word),
        (Facet.CATEGORY, wanted.category),
        (Facet.STOCK, None if wanted.stock is None else _STOCKS[wanted.stock]),
        (Facet.PROBLEM, wanted.problem),
        (Facet.COLLECTION, wanted.collection),
        (Facet.UNSAVED, "only" if only_unsaved else None),
    ]


def values(view: ListingView, facet: Facet) -> Sequence[Choice]:
    """Every value that a product has, with how many products; Listed counts both linked states."""
    found = view.choices(_FILED[facet])
    lines: list[tuple[str, str, int]]
    if facet is Facet.STATUS:
        linked = found.get(ListingStatus.LINKED, (None, 0))[1]
        lines = [
            (
                one.value,
                SIGNS[one].text,
                found.get(one, (None, 0))[1] + linked * (one is ListingStatus.LISTED),
            )
            for one in ListingStatus
        ]
    elif facet is Facet.STOCK:
        lines = [(one.value, words, found.get(one, (None, 0))[1]) for one, words in _STOCKS.items()]
    else:
        lines = [(value, shown, count) for value, (shown, count) in found.items()]
    return [(ANY, "any"), *((f"={value}", f"{words:<40} {count:>9,}") for value, words, count in lines)]


def narrowed(wanted: RowFilter, facet: Facet, chosen: str) -> RowFilter:
    """The filter with a value that was chosen from `values`."""
    value = None if chosen == ANY else chosen.removeprefix("=")
    if facet is Facet.STATUS:
        return replace(wanted, status=None if value is None else ListingStatus(value))
    if facet is Facet.STOCK:
        return replace(wanted, stock=None if value is None else StockFilter(value))
    if facet is Facet.CATEGORY:
        return replace(wanted, category=value)
    return replace(wanted, problem=value) if facet is Facet.PROBLEM else replace(wanted, collection=value)
