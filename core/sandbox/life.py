"""What happens by itself as time goes by: releases, journeys, reviews, and Avasam's dispatch."""

from heapq import heappush

from core.sandbox.model import AvasamOrder, Shop, ShopOrder, ShopProduct, World


def schedule_review(world: World, shop: Shop, product: ShopProduct, at: int) -> None:
    """Have a product, or its edited version, reviewed at that Unix second."""
    product.review_due = at
    heappush(world.agenda, (at, "product", shop.id, product.id))


def schedule_order(world: World, shop: Shop, order: ShopOrder, at: int | None) -> None:
    """Have an order take its next step at that Unix second, or no step at all."""
    order.next_step_at = at
    if at is not None:
        heappush(world.agenda, (at, "order", shop.id, order.id))


def schedule_dispatch(world: World, order: AvasamOrder, at: int) -> None:
    """Have Avasam dispatch an order at that Unix second; the order is already among the world's."""
    order.next_step_at = at
    heappush(world.agenda, (at, "avasam", "", order.number))
