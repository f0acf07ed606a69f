"""The list of orders as a screen needs it: searched, filtered and sorted while somebody types (A48)."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Final

from core import tables
from core.models.order import OrderKind, OrderState
from core.services.book import Book, Values, moment, text
from core.services.order_cures import Cause, cause
from core.store import Json, Store
from core.text import words_of

OPEN: Final = frozenset(
    {
        OrderState.HELD,
        OrderState.READY,
        OrderState.SENDING,
        OrderState.SENT,
        OrderState.FLAGGED,
        OrderState.NON_AVASAM,
    }
)
"""States in which somebody still has to ship it, so that its deadline counts."""

SOON: Final = timedelta(hours=24)
_NEVER: Final = datetime.max.replace(tzinfo=UTC)


class Due(StrEnum):
    """How near the moment is by which an order must be shipped."""

    OVERDUE = "overdue"
    SOON = "within 24 h"
    LATER = "later"
    NONE = "no deadline"


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order, as light as a list needs it. It holds nothing about the buyer."""

    key: str
    integration_id: str
    id: str
    status: str
    state: OrderState
    kind: OrderKind
    reason: str
    cause: Cause | None
    units: int
    skus: tuple[tuple[str, int], ...]
    """Seller SKU (or its id) and how many of it, in the order of the lines."""
    placed: datetime
    ship_by: datetime | None
    purge_at: datetime | None
    service: str | None
    haystack: str
    """What a search looks through, casefolded."""

    def due(self, now: datetime) -> Due:
        """Its deadline, seen from `now`."""
        if self.ship_by is None or self.state not in OPEN:
            return Due.NONE
        if self.ship_by <= now:
            return Due.OVERDUE
        return Due.SOON if self.ship_by - now <= SOON else Due.LATER


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """What is looked for: all of it must hold. None and empty mean any."""

    text: str = ""
    state: OrderState | None = None
    cause: Cause | None = None
    kind: OrderKind | None = None
    due: Due | None = None
    integration_id: str | None = None

    def is_empty(self) -> bool:
        """Whether every order matches."""
        return self == OrderFilter()

    def toggled(self, facet: str, name: str) -> "OrderFilter":
        """With this value of a facet, or without it when it was there already."""
        value = VALUES[facet](name)
        chosen: dict[str, Any] = {facet: None if getattr(self, facet) is value else value}
        return replace(self, **chosen)


FACETS: Final = ("state", "cause", "kind", "due")
"""The fields of OrderFilter that a person picks from a list."""

Sort = tuple[str, bool]
"""Column and whether the greatest comes first."""
NEWEST: Final[Sort] = ("placed", True)


class OrderBook(Book[OrderRow]):
    """All orders of all shops."""

    FIELDS: ClassVar = {
        tables.ORDERS: (
            *("integration_id", "source.id", "source.status", "state", "kind", "held_reason"),
            *("source.lines", "source.created_at", "source.ship_by", "purge_at", "allocated_service"),
            *("source.is_on_hold", "source.cancel_requested", "source.address.masked"),
        )
    }

    def __init__(self, store: Store, words: Mapping[OrderState, str] | None = None) -> None:
        """`words` are what a screen calls the states: they are found too."""
        super().__init__(store)
        self._words = words or {}
        self.shops: Mapping[str, str] = {}
        """Id -> name of the integrations, for a search by shop."""
        self._asked: tuple[int, Sort] | None = None
        self._in_order: list[OrderRow] = []

    def make(self, table: str, key: str, values: Values) -> OrderRow:
        """One row."""
        shop, name, status, state, kind, reason, lines, placed, ship_by, purge_at, service, *facts = values
        on_hold, cancel_asked, masked = map(bool, facts)
        stands, allocated = OrderState(text(state)), text(service) or None
        found = cause(
            stands,
            status=text(status),
            on_hold=on_hold,
            cancel_asked=cancel_asked,
            masked=masked,
            service=allocated,
            reason=text(reason),
        )
        return OrderRow(
            key=key,
            integration_id=text(shop),
            id=text(name),
            status=text(status),
            state=stands,
            kind=OrderKind(text(kind)),
            reason=text(reason),
            cause=found,
            units=len(lines) if isinstance(lines, list) else 0,
            skus=tuple(Counter(_named(line) for line in _lines(lines)).items()),
            placed=moment(placed) or _NEVER,
            ship_by=moment(ship_by),
            purge_at=moment(purge_at),
            service=allocated,
            haystack=haystack(
                text(name),
                lines,
                (*(stands, self._words.get(stands, "")), text(kind), text(status)),
                (text(reason), str(found or ""), text(service)),
            ),
        )

    def view(self, wanted: OrderFilter, now: datetime, sort: Sort = NEWEST) -> list[str]:
        """The keys of the orders that match, in order; equal ones newest first."""
        return [row.key for row in _matching(self._ordered(sort), wanted, now, self.shops)]

    def choices(self, wanted: OrderFilter, facet: str, now: datetime) -> dict[StrEnum, int]:
        """Each value of a facet, and how many orders the rest of the filter leaves for it."""
        others = OrderFilter(
            **{one.name: getattr(wanted, one.name) for one in fields(wanted) if one.name != facet}
        )
        value_of = _value_of(facet, now)
        found = Counter(value_of(row) for row in _matching(self.rows(), others, now, self.shops))
        return {
            value: found[value] for value in VALUES[facet] if found[value] or value == getattr(wanted, facet)
        }

    def _ordered(self, sort: Sort) -> list[OrderRow]:
        """All rows in order, sorted again only when the rows or the order changed."""
        asked = (self.revision, sort)
        if self._asked != asked:
            column, descending = sort
            rows = sorted(self.rows(), key=lambda row: (row.placed, row.id), reverse=True)
            if sort != NEWEST:
                rows.sort(key=SORTS[column], reverse=descending)
            self._asked, self._in_order = asked, rows
        return self._in_order


def _matching(
    rows: Iterable[OrderRow], wanted: OrderFilter, now: datetime, shops: Mapping[str, str]
) -> Iterable[OrderRow]:
    if wanted.integration_id is not None:
        rows = [row for row in rows if row.integration_id == wanted.integration_id]
    for facet in FACETS:
        value = getattr(wanted, facet)
        if value is not None:
            value_of = _value_of(facet, now)
            rows = [row for row in rows if value_of(row) is value]
    for word in words_of(wanted.text):
        of_shops = {key for key, name in shops.items() if word in name.casefold()}
        rows = [row for row in rows if word in row.haystack or row.integration_id in of_shops]
    return rows


def _value_of(facet: str, now: datetime) -> Callable[[OrderRow], StrEnum | None]:
    values: Mapping[str, Callable[[OrderRow], StrEnum | None]] = {
        "state": lambda row: row.state,
        "cause": lambda row: row.cause,
        "kind": lambda row: row.kind,
        "due": lambda row: row.due(now),
    }
    return values[facet]


VALUES: Final[Mapping[str, type[StrEnum]]] = {
    "state": OrderState,
    "cause": Cause,
    "kind": OrderKind,
    "due": Due,
}
"""What a facet can be."""

SORTS: Final[Mapping[str, Callable[[OrderRow], Any]]] = {
    "state": lambda row: row.state.value,
    "id": lambda row: row.id,
    "placed": lambda row: row.placed,
    "ship_by": lambda row: row.ship_by or _NEVER,
    "kind": lambda row: row.kind.value,
    "units": lambda row: row.units,
    "skus": lambda row: row.skus,
    "why": lambda row: row.reason,
    "status": lambda row: row.status,
    "purge": lambda row: row.purge_at or _NEVER,
    "service": lambda row: row.service or "",
    "shop": lambda row: row.integration_id,
}
"""Column -> what it is sorted by."""


def _lines(lines: Json) -> list[dict[str, Json]]:
    return [line for line in lines if isinstance(line, dict)] if isinstance(lines, list) else []


def _named(line: dict[str, Json]) -> str:
    return text(line.get("seller_sku")) or text(line.get("sku_id")) or "(no SKU)"


def haystack(name: str, lines: Json, codes: Sequence[str], said: Sequence[str]) -> str:
    """What a search looks through: what stands in the row, and the titles. Nothing about the buyer.

    `codes` such as NON_AVASAM are found as they are spelled and as words.
    """
    found = dict.fromkeys((name, *said, *codes, *(code.replace("_", " ") for code in codes)))
    for line in _lines(lines):
        found |= dict.fromkeys(
            text(line.get(field)) for field in ("seller_sku", "avasam_sku", "title", "sku_id")
        )
    return "\n".join(found).casefold()
