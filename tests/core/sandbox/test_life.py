"""What happens by itself as the sandbox's clock goes on."""

import random
import time
from dataclasses import replace
from typing import Any

import pytest

from core.sandbox.life import advance, end_review, schedule_dispatch, schedule_order, schedule_review
from core.sandbox.merchant import build_world
from core.sandbox.model import AvasamOrder, SalesAttribute, Shop, ShopOrder, ShopProduct, ShopSku, World
from core.sandbox.orders import new_order

NOW = 1_800_000_000
HOUR = 3_600
DAY = 24 * HOUR


@pytest.fixture
def world() -> World:
    """A world in which nothing of its own is due."""
    world = build_world(seed=4, products=80, orders=0, now=NOW)
    world.agenda.clear()
    return world


@pytest.fixture
def shop(world: World) -> Shop:
    return world.shops()[0]


def pass_time(world: World, seconds: int) -> int:
    return advance(world, NOW + seconds, random.Random(1))


def order_of(world: World, shape: str, **overrides: Any) -> ShopOrder:
    return new_order(world, world.shops()[0], now=NOW, rng=random.Random(1), shape=shape, **overrides)


def live_product(shop: Shop) -> ShopProduct:
    return next(product for product in shop.products.values() if product.status == "ACTIVATE")


def committed(shop: Shop) -> int:
    return sum(sum(sku.committed.values()) for product in shop.products.values() for sku in product.skus)


def test_an_order_on_hold_is_released_after_the_hour_and_not_a_second_before(world: World) -> None:
    order = order_of(world, "on_hold")
    assert (pass_time(world, HOUR - 1), order.status) == (0, "ON_HOLD")
    assert (pass_time(world, HOUR), order.status) == (1, "AWAITING_SHIPMENT")
    assert order.update_time == NOW + HOUR
    assert order.lines[0].package_status == "TO_FULFILL"
    assert order.next_step_at is None


def test_a_shipped_order_travels_arrives_and_is_completed(world: World, shop: Shop) -> None:
    order = order_of(world, "awaiting_collection")
    seen: list[str] = []
    for hour in range(0, 24 * 9, 6):
        pass_time(world, hour * HOUR)
        if not seen or seen[-1] != order.status:
            seen.append(order.status)
    assert seen == ["AWAITING_COLLECTION", "IN_TRANSIT", "DELIVERED", "COMPLETED"]
    assert order.lines[0].display_status == "COMPLETED"
    assert order.extra["collection_time"] < order.extra["delivery_time"] < order.update_time
    assert committed(shop) == 0


def test_one_long_leap_goes_through_every_step_at_its_own_time(world: World) -> None:
    order = order_of(world, "awaiting_collection")
    assert pass_time(world, 30 * DAY) == 3
    assert order.update_time == NOW + 6 * HOUR + 2 * DAY + 4 * DAY


def test_a_line_that_was_cancelled_stays_so_while_its_order_goes_on(world: World) -> None:
    order = order_of(world, "several_skus", status="AWAITING_COLLECTION")
    order.lines[0].display_status = "CANCELLED"
    pass_time(world, DAY)
    assert [line.display_status for line in order.lines] == ["CANCELLED", *["IN_TRANSIT"] * 3]


def test_orders_that_wait_for_the_seller_wait_for_good(world: World) -> None:
    orders = [order_of(world, shape) for shape in ("single", "unpaid", "cancelled", "partially_shipping")]
    before = [order.status for order in orders]
    pass_time(world, 60 * DAY)
    assert [order.status for order in orders] == before


def test_an_order_that_was_cancelled_meanwhile_is_not_released(world: World, shop: Shop) -> None:
    order = order_of(world, "on_hold")
    order.status = "CANCELLED"
    schedule_order(world, shop, order, None)
    assert pass_time(world, DAY) == 0
    assert order.status == "CANCELLED"


def test_a_date_that_was_moved_counts_and_the_old_one_does_not(world: World, shop: Shop) -> None:
    order = order_of(world, "on_hold")
    schedule_order(world, shop, order, NOW + 3 * HOUR)
    assert (pass_time(world, 2 * HOUR), order.status) == (0, "ON_HOLD")
    assert (pass_time(world, 3 * HOUR), order.status) == (1, "AWAITING_SHIPMENT")


def test_a_new_product_passes_its_review_and_goes_live(world: World, shop: Shop) -> None:
    product = live_product(shop)
    product.status, product.audit_status = "PENDING", "AUDITING"
    schedule_review(world, shop, product, NOW + 30)
    pass_time(world, 29)
    assert product.status == "PENDING"
    pass_time(world, 30)
    assert (product.status, product.audit_status) == ("ACTIVATE", "APPROVED")
    assert product.review_due is None
    assert product.update_time == NOW + 30


def test_a_title_that_asks_for_it_is_rejected_with_position_reason_and_suggestion(
    world: World, shop: Shop
) -> None:
    product = live_product(shop)
    product.status, product.audit_status, product.title = "PENDING", "AUDITING", "Mug reject-me"
    schedule_review(world, shop, product, NOW + 30)
    pass_time(world, 30)
    assert (product.status, product.audit_status) == ("FAILED", "FAILED")
    (failure,) = product.audit_failed_reasons
    assert (failure["listing_platform"], failure["position"]) == ("TIKTOK_SHOP", "title")
    assert failure["reasons"]
    assert failure["suggestions"]


def test_about_one_review_in_ten_fails_and_always_the_same_ones() -> None:
    def failed() -> set[str]:
        world = build_world(seed=6, products=3000, orders=0, now=NOW)
        shop = world.shops()[0]
        for product in shop.products.values():
            schedule_review(world, shop, product, NOW + 5)
        pass_time(world, 5)
        return {product.id for product in shop.products.values() if product.audit_status == "FAILED"}

    share = len(failed()) / 1150
    assert 0.05 < share < 0.15
    assert failed() == failed()


def edit(world: World, shop: Shop, title: str) -> tuple[ShopProduct, ShopSku]:
    """Put an edited version of a live product, without its last SKU and with a new one, under review."""
    product = next(p for p in shop.products.values() if len(p.skus) > 1 and p.status == "ACTIVATE")
    kept = [
        replace(sku, seller_sku="NEW", price="1.00", quantity={}, committed={}) for sku in product.skus[:-1]
    ]
    teal = SalesAttribute("100000", "Colour", "1", "Teal")
    new = replace(kept[0], id="1730000000000000001", sales_attributes=[teal])
    product.pending = {"title": title, "skus": [*kept, new]}
    schedule_review(world, shop, product, NOW + 30)
    return product, new


def test_an_edit_that_passes_takes_the_place_of_the_old_version_but_not_its_stock(
    world: World, shop: Shop
) -> None:
    product, new = edit(world, shop, "A better title")
    old = {sku.id: (sku.quantity, sku.price) for sku in product.skus}
    gone = product.skus[-1].id
    end_review(shop, product, NOW + 9, passed=True)
    assert (product.title, product.status, product.audit_status) == ("A better title", "ACTIVATE", "APPROVED")
    assert product.pending is None
    assert [sku.seller_sku for sku in product.skus] == ["NEW"] * len(old)
    assert all((sku.quantity, sku.price) == old[sku.id] for sku in product.skus[:-1])
    assert product.skus[-1].sales_attributes[0].value_name == "Teal"
    assert shop.by_sku[new.id] == product.id
    assert gone not in shop.by_sku
    assert pass_time(world, 30) == 0


def test_an_edit_that_fails_leaves_the_old_version_live_and_says_why(world: World, shop: Shop) -> None:
    product, _ = edit(world, shop, "reject-me")
    before = (product.title, list(product.skus), dict(shop.by_sku))
    pass_time(world, 30)
    assert (product.title, product.skus, shop.by_sku) == before
    assert (product.status, product.audit_status, product.pending) == ("ACTIVATE", "FAILED", None)
    assert product.audit_failed_reasons


def test_a_review_can_be_ended_by_hand_with_reasons_of_ones_own(world: World, shop: Shop) -> None:
    product = live_product(shop)
    product.status = "PENDING"
    assert end_review(shop, product, NOW, passed=False, reasons=["Too blue"]) is False
    assert product.audit_failed_reasons[0]["reasons"] == ["Too blue"]
    assert product.status == "FAILED"


def test_avasam_dispatches_an_order_with_a_tracking_number_once(world: World) -> None:
    orders = [AvasamOrder(f"AV{n:08d}", f"ref-{n}", 3, NOW, {}) for n in range(1, 4)]
    world.avasam_orders.extend(orders)
    for order in orders:
        schedule_dispatch(world, order, NOW + 300)
    assert (pass_time(world, 299), {order.status for order in orders}) == (0, {3})
    assert (pass_time(world, 300), {order.status for order in orders}) == (3, {8})
    assert len({order.tracking_number for order in orders}) == 3
    assert pass_time(world, DAY) == 0


def test_an_agenda_that_names_what_is_gone_is_passed_over(world: World, shop: Shop) -> None:
    order = order_of(world, "on_hold")
    del shop.orders[order.id]
    world.agenda += [(NOW, "product", shop.id, "1"), (NOW, "order", "no such shop", "1")]
    world.agenda += [(NOW, "avasam", "", "AV00000009")]
    assert pass_time(world, 2 * HOUR) == 0
    assert world.agenda == []


def test_a_quiet_moment_costs_the_same_in_a_world_of_any_size() -> None:
    small, large = (build_world(seed=1, products=n, orders=0, now=NOW) for n in (10, 20_000))

    def cost(world: World) -> float:
        world.agenda.clear()
        start = time.perf_counter()
        for _ in range(2_000):
            advance(world, NOW, random.Random(1))
        return time.perf_counter() - start

    assert min(cost(large) for _ in range(3)) < 10 * min(cost(small) for _ in range(3))
