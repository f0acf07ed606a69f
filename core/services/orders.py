"""Orders as people see them."""

from collections.abc import Sequence

from core import tables
from core.backend import Backend
from core.models.order import Order, OrderState
from core.store import Where


class OrderService:
    """The use cases around orders."""

    def __init__(self, backend: Backend) -> None:
        self._store = backend.store

    async def search(
        self,
        *,
        integration_id: str | None = None,
        states: Sequence[OrderState] = (),
        text: str = "",
        limit: int | None = None,
    ) -> tuple[Sequence[Order], int]:
        """Orders, newest first, whose id, SKUs or titles hold every word of `text`; and how many match."""
        where = (Where("state", "in", tuple(state.value for state in states)),) if states else ()
        prefix = "" if integration_id is None else tables.prefix(integration_id)
        words = text.casefold().split()
        found = [
            order
            async for _, row in self._store.scan(tables.ORDERS, where, prefix=prefix)
            for order in (Order.from_document(row),)
            if all(word in _haystack(order) for word in words)
        ]
        found.sort(key=lambda order: (order.source.created_at, order.source.id), reverse=True)
        return found[:limit], len(found)


def _haystack(order: Order) -> str:
    parts = [order.source.id]
    for line in order.source.lines:
        parts += [line.seller_sku, line.avasam_sku or "", line.title, line.sku_id]
    return "\n".join(parts).casefold()
