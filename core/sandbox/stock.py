"""How orders take stock: what is sold moves from quantity to committed, and leaves when it is shipped.

`quantity + committed + shipped` of a SKU stays what it was: nothing is committed that was not there.
"""

from typing import Final

from core.sandbox.model import Shop, ShopOrder, ShopSku

TAKEN: Final = "_taken"
"""Key in an order's extra: [sku id, warehouse id, units] of what it holds committed; never on the wire."""


def find_sku(shop: Shop, sku_id: str) -> ShopSku | None:
    """A SKU of the shop, deleted ones not among them."""
    product = shop.products.get(shop.by_sku.get(sku_id, ""))
    return None if product is None else next((sku for sku in product.skus if sku.id == sku_id), None)


def commit(shop: Shop, order: ShopOrder) -> None:
    """Take the order's units, first from its warehouse, then from wherever there are any."""
    taken: dict[tuple[str, str], int] = {}
    for line in order.lines:
        sku = find_sku(shop, line.sku_id)
        if sku is None:
            continue
        places = sorted(sku.quantity, key=lambda place: place != order.warehouse_id)
        place = next((place for place in places if sku.quantity[place] > 0), None)
        if place is not None:
            sku.quantity[place] -= 1
            sku.committed[place] = sku.committed.get(place, 0) + 1
            taken[sku.id, place] = taken.get((sku.id, place), 0) + 1
    order.extra[TAKEN] = [[sku_id, place, units] for (sku_id, place), units in taken.items()]


def ship(shop: Shop, order: ShopOrder) -> None:
    """The committed units leave the house; a second call changes nothing."""
    _settle(shop, order, back=False)


def put_back(shop: Shop, order: ShopOrder) -> None:
    """A cancelled order's committed units are for sale again; a second call changes nothing."""
    _settle(shop, order, back=True)


def _settle(shop: Shop, order: ShopOrder, *, back: bool) -> None:
    for sku_id, place, units in order.extra.pop(TAKEN, ()):
        sku = find_sku(shop, sku_id)
        if sku is None:
            continue
        sku.committed[place] = max(0, sku.committed.get(place, 0) - units)
        if back:
            sku.quantity[place] = sku.quantity.get(place, 0) + units
