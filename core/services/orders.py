"""Orders as people see them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core import tables
from core.backend import Backend
from core.models.integration import Integration
from core.models.order import Order, OrderLine, OrderState
from core.services.errors import NotFound
from core.services.order_book import OrderBook, haystack
from core.services.order_cures import Cure, cause_of, cure
from core.store import Json, Where
from core.text import words_of


@dataclass(frozen=True, slots=True)
class Group:
    """The lines of one SKU: a line is one unit, so `units` counts them (domain.md, Which orders)."""

    line: OrderLine
    units: int
    total: Decimal | None


@dataclass(frozen=True, slots=True)
class OrderDetail:
    """Everything about one order that a person may see; `integration` is None once it was removed."""

    order: Order
    integration: Integration | None
    groups: tuple[Group, ...]
    cure: Cure | None


class OrderService:
    """The use cases around orders."""

    def __init__(self, backend: Backend) -> None:
        self._store = backend.store

    def book(self, words: Mapping[OrderState, str] | None = None) -> OrderBook:
        """The list for a screen; call its `refresh` before the first look and after each change.

        `words` are what the screen calls the states.
        """
        return OrderBook(self._store, words)

    async def search(
        self,
        *,
        integration_id: str | None = None,
        states: Sequence[OrderState] = (),
        text: str = "",
        limit: int | None = None,
    ) -> tuple[Sequence[Order], int]:
        """Orders, newest first, that hold every word of `text`, and how many match (`haystack` has what is
        looked through).
        """
        where = (Where("state", "in", tuple(state.value for state in states)),) if states else ()
        prefix = "" if integration_id is None else tables.prefix(integration_id)
        words = words_of(text)
        found = [
            order
            async for _, row in self._store.scan(tables.ORDERS, where, prefix=prefix)
            for order in (Order.from_document(row),)
            if all(word in _haystack(order) for word in words)
        ]
        found.sort(key=lambda order: (order.source.created_at, order.source.id), reverse=True)
        return found[:limit], len(found)

    async def by_keys(self, keys: Sequence[str]) -> list[Order]:
        """These orders, in this order; ones that are gone by now are left out."""
        rows = [await self._store.get(tables.ORDERS, key) for key in keys]
        return [Order.from_document(row) for row in rows if row is not None]

    async def detail(self, key: str) -> OrderDetail | None:
        """One order by its key; None once it is gone."""
        document = await self._store.get(tables.ORDERS, key)
        if document is None:
            return None
        order = Order.from_document(document)
        shop = await self._store.get(tables.INTEGRATIONS, order.integration_id)
        integration = None if shop is None else Integration.from_document(shop)
        return OrderDetail(order, integration, grouped(order.source.lines), cure(order, integration))

    async def find(self, order_id: str, *, integration_id: str | None = None) -> OrderDetail:
        """One order by TikTok's id. Raises NotFound."""
        where = (Where("source.id", "eq", order_id.strip()),)
        prefix = "" if integration_id is None else tables.prefix(integration_id)
        async for key, _ in self._store.scan(tables.ORDERS, where, prefix=prefix):
            found = await self.detail(key)
            if found is not None:
                return found
        raise NotFound(
            f"There is no order {order_id!r} here",
            "Orders that were hidden, deleted after 72 hours or not downloaded yet are not kept.",
        )


def grouped(lines: Sequence[OrderLine]) -> tuple[Group, ...]:
    """Lines of one SKU, mapping and status together, counted."""
    alike = Counter((line.sku_id, line.avasam_sku, line.status) for line in lines)
    first: dict[tuple[str, str | None, str], OrderLine] = {}
    totals: dict[tuple[str, str | None, str], Decimal | None] = {}
    for line in lines:
        kind = (line.sku_id, line.avasam_sku, line.status)
        first.setdefault(kind, line)
        so_far = totals.get(kind, Decimal(0))
        totals[kind] = None if so_far is None or line.price is None else so_far + line.price
    return tuple(Group(line, alike[kind], totals[kind]) for kind, line in first.items())


def _haystack(order: Order) -> str:
    source = order.source
    lines: list[Json] = [line.to_document() for line in source.lines]
    found = cause_of(order)
    return haystack(
        source.id,
        lines,
        (order.state, order.kind, source.status),
        (order.held_reason or "", str(found or ""), order.allocated_service or ""),
    )
