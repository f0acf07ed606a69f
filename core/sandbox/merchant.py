"""The simulated merchant: one Avasam account and three TikTok shops that sell from it, made from a seed."""

import random
from decimal import Decimal
from typing import Final

from core.sandbox.bulk import collector_paused
from core.sandbox.catalogue import make_ranges
from core.sandbox.categories import plant_categories
from core.sandbox.ids import new_id
from core.sandbox.listing import list_range, list_shop_only
from core.sandbox.model import Seller, Shop, World
from core.sandbox.orders import seed_orders
from core.sandbox.tree import BRANDS
from core.sandbox.warehouses import open_warehouses

__all__ = ["build_world"]

SELLERS: Final = (
    ("Sandbox Shop GB", "GB", "GBP", Decimal(1)),
    ("Harbour & Hill", "GB", "GBP", Decimal(1)),
    ("Sandbox Shop US", "US", "USD", Decimal("1.3")),
)
LISTED_SHARE: Final = 0.85
SMALL_SHARE: Final = 0.1


@collector_paused()
def build_world(*, seed: int, products: int, orders: int, now: int) -> World:
    """A whole world, equal for equal arguments: `products` counts Avasam rows, `orders` those of all shops.

    The first shop sells about 85 % of the rows that can be sold, the others a tenth each; a few products
    of every shop exist nowhere in Avasam.
    """
    rng = random.Random(f"{seed}/{products}/{orders}")
    world = World(seed=seed, sellers=[])
    leaves = plant_categories(world)
    world.brands = [{"id": new_id(world, "brand"), "name": name} for name in BRANDS]
    shops = [_open_shop(world, name, region, currency) for name, region, currency, _ in SELLERS]
    brands = {brand["name"]: brand["id"] for brand in world.brands}
    for place, found in enumerate(make_ranges(rng, products)):
        for row in found.rows:
            world.avasam_products[row.sku] = row
        for shop, rate in _sold_in(rng, shops, place):
            list_range(world, shop, found, leaves[found.leaf.name], brands[found.brand], rate, rng, now)
    for shop in shops:
        for _ in range(max(2, products // 250)):
            list_shop_only(world, shop, leaves["Mugs"], rng, now)
    seed_orders(world, shops, orders, rng, now)
    return world


def _open_shop(world: World, name: str, region: str, currency: str) -> Shop:
    number = new_id(world, "shop")
    shop = Shop(
        id=number,
        name=name,
        region=region,
        currency=currency,
        seller_type="LOCAL",
        cipher=f"GCP_{number[-12:]}{world.seed:x}",
        code=f"{region}LC{number[-8:]}",
        warehouses=open_warehouses(world, region),
    )
    world.sellers.append(Seller(open_id=f"open-{number[-12:]}", name=name, region=region, shops=[shop]))
    return shop


def _sold_in(rng: random.Random, shops: list[Shop], place: int) -> list[tuple[Shop, Decimal]]:
    """Which shops list the range at that place; the first two are sure to be found in the small shops too."""
    shares = (LISTED_SHARE, SMALL_SHARE, SMALL_SHARE)
    sure = (place < 2, place == 0, place == 1)
    return [
        (shop, rate)
        for shop, (_, _, _, rate), share, always in zip(shops, SELLERS, shares, sure, strict=True)
        if rng.random() < share or always
    ]
