"""Orders of a list, shop by shop, for what is done to each shop's on its own."""

from collections.abc import Mapping, Sequence

from core.models.integration import Integration
from core.models.order import Order


def by_shop(orders: Sequence[Order], shops: Mapping[str, Integration]) -> list[tuple[Integration, list[str]]]:
    """The shops with the ids of their orders. Orders of shops that were removed are history: left out."""
    named: dict[str, list[str]] = {}
    for order in orders:
        named.setdefault(order.integration_id, []).append(order.source.id)
    return [(shops[key], ids) for key, ids in named.items() if key in shops]
