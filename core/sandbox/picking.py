"""Which SKUs somebody buys: live ones that are in stock, Avasam's or the shop's own."""

import random
from collections.abc import Callable, Sequence
from typing import Final

from core.sandbox.listing import OWN_SKU
from core.sandbox.model import Shop, ShopSku, World
from core.sandbox.stock import find_sku

TRIES: Final = 60


class Picker:
    """Picks SKUs of one shop; made once for many orders, because listing 100,000 SKUs takes time."""

    def __init__(self, world: World, shop: Shop) -> None:
        self._world = world
        self._shop = shop
        self._sku_ids = list(shop.by_sku)
        self._own: list[str] | None = None

    def pick(self, rng: random.Random, goods: Sequence[tuple[str, int]]) -> list[ShopSku]:
        """For each (avasam | own, units) another SKU if there is one, as often as units are bought.

        ValueError when the shop has nothing at all to sell.
        """
        chosen: list[ShopSku] = []
        for kind, units in goods:
            sku = self._own_sku(rng) if kind == "own" else self._avasam_sku(rng, chosen, units)
            chosen.extend([sku] * units)
        return chosen

    def _avasam_sku(self, rng: random.Random, chosen: list[ShopSku], units: int) -> ShopSku:
        """A SKU that Avasam has too; among the best that chance and then a search come across."""
        taken = {sku.id for sku in chosen}
        products = self._world.avasam_products

        def best(sku: ShopSku) -> bool:
            known = sku.seller_sku in products and sku.id not in taken
            return known and sum(sku.quantity.values()) >= units and self._is_live(sku)

        wishes: tuple[Callable[[ShopSku], bool], ...] = (
            best,
            lambda sku: sku.seller_sku in products and sku.id not in taken and self._is_live(sku),
            lambda sku: sku.seller_sku in products,
            lambda sku: bool(sku.id),
        )
        for _ in range(TRIES if self._sku_ids else 0):
            sku = find_sku(self._shop, rng.choice(self._sku_ids))
            if sku is not None and best(sku):
                return sku
        for wish in wishes:
            for sku_id in self._sku_ids:
                sku = find_sku(self._shop, sku_id)
                if sku is not None and wish(sku):
                    return sku
        raise ValueError(f"{self._shop.name} has nothing to sell")

    def _own_sku(self, rng: random.Random) -> ShopSku:
        if self._own is None:
            self._own = [
                sku.id
                for product in self._shop.products.values()
                for sku in product.skus
                if sku.seller_sku.startswith(OWN_SKU) and product.status == "ACTIVATE"
            ]
        sku = find_sku(self._shop, rng.choice(self._own)) if self._own else None
        return sku or self._avasam_sku(rng, [], 1)

    def _is_live(self, sku: ShopSku) -> bool:
        return self._shop.products[self._shop.by_sku[sku.id]].status == "ACTIVATE"
