"""What happens by itself as time goes by: releases, journeys, reviews, and Avasam's dispatch.

Whatever falls due stands in the world's agenda, a heap by time, so that a quiet moment costs nothing however
large the world is. An entry whose item has since been given another date is passed over.
"""

import random
from bisect import bisect_left
from heapq import heappop, heappush
from typing import Final

from core.sandbox import stock
from core.sandbox.model import AvasamOrder, OrderLine, Shop, ShopOrder, ShopProduct, World
from core.sandbox.reviews import end_review

__all__ = ["advance", "end_review", "schedule_dispatch", "schedule_next", "schedule_order", "schedule_review"]

HOUR: Final = 3_600
DAY: Final = 24 * HOUR
STEPS: Final = {
    "ON_HOLD": (HOUR, "AWAITING_SHIPMENT"),
    "AWAITING_COLLECTION": (6 * HOUR, "IN_TRANSIT"),
    "IN_TRANSIT": (2 * DAY, "DELIVERED"),
    "DELIVERED": (4 * DAY, "COMPLETED"),
}
"""Status -> (seconds until, next status): how an order goes on when nobody does anything."""
PACKAGE_STATUS: Final = {
    "AWAITING_SHIPMENT": "TO_FULFILL",
    "AWAITING_COLLECTION": "PROCESSING",
    "IN_TRANSIT": "FULFILLING",
    "DELIVERED": "COMPLETED",
    "COMPLETED": "COMPLETED",
    "CANCELLED": "CANCELLED",
}
TIMES: Final = {"IN_TRANSIT": "collection_time", "DELIVERED": "delivery_time"}
CARRIERS: Final = ("Royal Mail", "Evri", "DPD")
DISPATCHED: Final = 8
"""Avasam's status DISPATCH (avasam-api §1.8)."""


def schedule_review(world: World, shop: Shop, product: ShopProduct, at: int) -> None:
    """Have a product, or its edited version, reviewed at that Unix second."""
    product.review_due = at
    heappush(world.agenda, (at, "product", shop.id, product.id))


def schedule_order(world: World, shop: Shop, order: ShopOrder, at: int | None) -> None:
    """Have an order take its next step at that Unix second, or no step at all."""
    order.next_step_at = at
    if at is not None:
        heappush(world.agenda, (at, "order", shop.id, order.id))


def schedule_next(world: World, shop: Shop, order: ShopOrder, now: int) -> None:
    """Schedule whatever comes after the order's present state; nothing comes after some."""
    step = STEPS.get(order.status)
    schedule_order(world, shop, order, None if step is None else now + step[0])


def schedule_dispatch(world: World, order: AvasamOrder, at: int) -> None:
    """Have Avasam dispatch an order at that Unix second; the world's orders ascend by number."""
    order.next_step_at = at
    heappush(world.agenda, (at, "avasam", "", order.number))


def advance(world: World, now: int, rng: random.Random) -> int:
    """Move everything that is due by that Unix second, step by step: how many steps were taken."""
    moved = 0
    while world.agenda and world.agenda[0][0] <= now:
        at, kind, shop_id, item_id = heappop(world.agenda)
        if kind == "avasam":
            moved += _dispatch(world, item_id, at, rng)
            continue
        shop = next((shop for shop in world.shops() if shop.id == shop_id), None)
        if shop is None:
            continue
        moved += _step(world, shop, item_id, at) if kind == "order" else _review(shop, item_id, at)
    return moved


def _step(world: World, shop: Shop, order_id: str, at: int) -> int:
    order = shop.orders.get(order_id)
    if order is None or order.next_step_at != at:
        return 0
    step = STEPS.get(order.status)
    if step is None:
        order.next_step_at = None
        return 0
    order.status, order.update_time = step[1], at
    if order.status in TIMES:
        order.extra[TIMES[order.status]] = at
    for line in order.lines:
        _follow(line, order.status)
    if order.status == "IN_TRANSIT":
        stock.ship(shop, order)
    schedule_next(world, shop, order, at)
    return 1


def _follow(line: OrderLine, status: str) -> None:
    """A line goes on with its order, unless it was cancelled by itself."""
    if line.display_status != "CANCELLED":
        line.display_status = status
        line.package_status = PACKAGE_STATUS[status]


def _review(shop: Shop, product_id: str, at: int) -> int:
    product = shop.products.get(product_id)
    if product is None or product.review_due != at:
        return 0
    end_review(shop, product, at)
    return 1


def _dispatch(world: World, number: str, at: int, rng: random.Random) -> int:
    place = bisect_left(world.avasam_orders, number, key=lambda order: order.number)
    order = world.avasam_orders[place] if place < len(world.avasam_orders) else None
    if order is None or order.number != number or order.next_step_at != at:
        return 0
    order.next_step_at = None
    order.status = DISPATCHED
    order.carrier = rng.choice(CARRIERS)
    order.tracking_number = f"AV{rng.randrange(10**9):09d}GB"
    return 1
