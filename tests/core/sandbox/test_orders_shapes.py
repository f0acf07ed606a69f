"""Orders: every shape, what they take from stock, what may be set by hand."""

import random
from collections import Counter
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.sandbox import stock
from core.sandbox.merchant import build_world
from core.sandbox.model import Shop, ShopOrder, World
from core.sandbox.orders import SHAPES, STATUSES, new_order

NOW = 1_800_000_000


@pytest.fixture
def world() -> World:
    return build_world(seed=11, products=120, orders=0, now=NOW)


def order_of(world: World, shape: str | None, place: int = 0, seed: int = 1, **overrides: Any) -> ShopOrder:
    shop = world.shops()[place]
    return new_order(world, shop, now=NOW, rng=random.Random(seed), shape=shape, **overrides)


def total(shop: Shop) -> int:
    """Everything that is for sale or committed."""
    return sum(
        sum(sku.quantity.values()) + sum(sku.committed.values())
        for product in shop.products.values()
        for sku in product.skus
    )


def committed(shop: Shop) -> int:
    return sum(sum(sku.committed.values()) for product in shop.products.values() for sku in product.skus)


def is_mapped(world: World, order: ShopOrder) -> list[bool]:
    return [line.seller_sku in world.avasam_products for line in order.lines]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_every_shape_can_be_made_in_every_shop_and_written_as_json(
    world: World, shape: str, place: int
) -> None:
    shop = world.shops()[place]
    order = order_of(world, shape, place)
    assert shop.orders[order.id] is order
    assert order.lines
    assert order.currency == shop.currency
    assert order.recipient["region_code"] == shop.region
    assert all(shop.by_sku[line.sku_id] == line.product_id for line in order.lines)
    assert orjson.loads(orjson.dumps(order))["id"] == order.id


def test_a_shape_by_chance_is_the_same_for_the_same_dice() -> None:
    pair = [
        [order_of(build_world(seed=2, products=60, orders=0, now=NOW), None, seed=s) for s in range(3)]
        for _ in range(2)
    ]
    assert pair[0] == pair[1]


def test_units_are_line_items_of_their_own(world: World) -> None:
    order = order_of(world, "multi_unit")
    assert len(order.lines) == len({line.id for line in order.lines}) == 3
    assert len({line.sku_id for line in order.lines}) == 1
    assert sorted(Counter(line.sku_id for line in order_of(world, "several_skus").lines).values()) == [
        1,
        1,
        2,
    ]


def test_mapped_shop_only_and_mixed_orders(world: World) -> None:
    assert is_mapped(world, order_of(world, "single")) == [True]
    assert is_mapped(world, order_of(world, "shop_only")) == [False]
    assert is_mapped(world, order_of(world, "mixed")) == [True, True, False]


@pytest.mark.parametrize(
    ("shape", "flag"),
    [
        ("sample", "is_sample_order"),
        ("replacement", "is_replacement_order"),
        ("exchange", "is_exchange_order"),
        ("cancel_requested", "is_buyer_request_cancel"),
    ],
)
def test_flagged_orders_carry_their_flag_and_what_goes_with_it(world: World, shape: str, flag: str) -> None:
    before = order_of(world, "single")
    order = order_of(world, shape)
    assert order.extra[flag] is True
    named = {"replacement": "replaced_order_id", "exchange": "exchange_source_order_id"}
    if shape in named:
        assert order.extra[named[shape]] == before.id
    if shape == "cancel_requested":
        assert order.extra["request_cancel_time"] > order.create_time


@pytest.mark.parametrize(
    ("shape", "status"),
    [
        ("on_hold", "ON_HOLD"),
        ("unpaid", "UNPAID"),
        ("cancelled", "CANCELLED"),
        ("partially_shipping", "PARTIALLY_SHIPPING"),
        ("awaiting_collection", "AWAITING_COLLECTION"),
        ("in_transit", "IN_TRANSIT"),
        ("delivered", "DELIVERED"),
        ("completed", "COMPLETED"),
    ],
)
def test_states_and_what_lines_show_of_them(world: World, shape: str, status: str) -> None:
    order = order_of(world, shape)
    assert order.status == status
    shown = {line.display_status for line in order.lines}
    assert not shown & {"ON_HOLD", "PARTIALLY_SHIPPING"}
    assert ("paid_time" in order.extra) is (status != "UNPAID")
    sent = [line for line in order.lines if line.tracking_number]
    assert all(line.package_id and line.shipping_provider_name for line in sent)
    wanted = {
        "AWAITING_COLLECTION": 1,
        "IN_TRANSIT": 1,
        "DELIVERED": 1,
        "COMPLETED": 1,
        "PARTIALLY_SHIPPING": 1,
    }
    assert len(sent) == wanted.get(status, 0)
    assert all(line.package_id is None for line in order.lines if line not in sent)


def test_an_order_on_hold_is_released_after_an_hour(world: World) -> None:
    assert order_of(world, "on_hold", created=NOW - 600).next_step_at == NOW + 3_000


def test_orders_that_tiktok_fulfils_take_nothing_from_stock(world: World) -> None:
    shop = world.shops()[0]
    before = total(shop)
    order = order_of(world, "fulfilled_by_tiktok")
    assert order.fulfillment_type == "FULFILLMENT_BY_TIKTOK"
    assert (total(shop), committed(shop)) == (before, 0)


def test_an_address_is_masked_when_the_platform_ships_and_believable_when_the_seller_does(
    world: World,
) -> None:
    masked, plain = order_of(world, "masked"), order_of(world, "single")
    assert masked.shipping_type == "TIKTOK"
    assert all("*" in masked.recipient[field] for field in ("name", "phone_number", "address_line1"))
    assert plain.shipping_type == "SELLER"
    assert "*" not in orjson.dumps(plain.recipient).decode()
    assert plain.recipient["phone_number"].startswith("(+44)7700900")
    assert order_of(world, "single", 2).recipient["phone_number"].startswith("(+1)21255501")
    assert plain.extra["buyer_email"].endswith("@example.com")
    levels = [place["address_level"] for place in plain.recipient["district_info"]]
    assert levels == ["L0", "L1", "L2", "L3"]


def test_hostile_titles_hold_what_breaks_a_trusting_program(world: World) -> None:
    titles = {
        shape: order_of(world, shape).lines[0].product_name
        for shape in SHAPES
        if shape.startswith("hostile_")
    }
    assert "\x1b[31m" in titles["hostile_ansi"]
    assert "[red]" in titles["hostile_markup"]
    assert "\u202e" in titles["hostile_bidi"]
    assert "\u200b" in titles["hostile_zero_width"]
    assert len(titles["hostile_long"]) == 10_000
    assert "\n" in titles["hostile_newlines"]


def test_gifts_lotteries_and_orders_without_a_delivery_option(world: World) -> None:
    assert order_of(world, "gift").lines[0].extra["is_gift"] is True
    lottery = order_of(world, "zero_lottery")
    assert lottery.extra["order_type"] == "ZERO_LOTTERY"
    assert lottery.extra["payment"]["total_amount"] == "0.00"
    bare = order_of(world, "no_delivery_option")
    assert (bare.delivery_option_id, bare.delivery_option_name) == ("", "")


@pytest.mark.parametrize("shape", SHAPES)
def test_payments_add_up(world: World, shape: str) -> None:
    for place in (0, 2):
        order = order_of(world, shape, place)
        payment = order.extra["payment"]
        amounts = {name: Decimal(value) for name, value in payment.items() if name != "currency"}
        assert amounts["sub_total"] == sum(Decimal(line.price) for line in order.lines)
        assert amounts["original_total_product_price"] - amounts["seller_discount"] == amounts["sub_total"]
        parts = amounts["sub_total"] + amounts["shipping_fee"] + amounts["tax"]
        assert amounts["total_amount"] == parts


def test_what_is_ordered_moves_from_quantity_to_committed(world: World) -> None:
    shop = world.shops()[0]
    before = total(shop)
    order = order_of(world, "several_skus")
    assert committed(shop) == len(order.lines) == 4
    assert total(shop) == before


@given(
    choices=st.lists(
        st.tuples(st.sampled_from(SHAPES), st.sampled_from(["keep", "ship", "cancel"])), max_size=25
    )
)
def test_stock_is_conserved_whatever_is_ordered_shipped_and_cancelled(choices: list[tuple[str, str]]) -> None:
    world = build_world(seed=5, products=30, orders=0, now=NOW)
    shop = world.shops()[0]
    before, left = total(shop), 0
    for number, (shape, fate) in enumerate(choices):
        held = total(shop)
        order = order_of(world, shape, seed=number)
        left += held - total(shop)
        held = total(shop)
        settle = {"keep": None, "ship": stock.ship, "cancel": stock.put_back}[fate]
        for _ in range(2):
            if settle is not None:
                settle(shop, order)
        left += held - total(shop)
    assert total(shop) + left == before
    assert all(
        units >= 0
        for product in shop.products.values()
        for sku in product.skus
        for units in (*sku.quantity.values(), *sku.committed.values())
    )


def test_an_order_that_is_forced_beyond_the_stock_commits_only_what_is_there(world: World) -> None:
    shop = world.shops()[0]
    sku = stock.find_sku(shop, order_of(world, "single").lines[0].sku_id)
    assert sku is not None
    for place in sku.quantity:
        sku.quantity[place] = 0
    first = next(iter(sku.quantity))
    sku.quantity[first] = 1
    before = sum(sku.committed.values())
    order = order_of(world, "single", sku_ids=[sku.id] * 3)
    assert len(order.lines) == 3
    assert sum(sku.quantity.values()) == 0
    assert sum(sku.committed.values()) == before + 1


def test_status_skus_option_time_and_buyer_can_be_set(world: World) -> None:
    shop = world.shops()[0]
    chosen = next(iter(shop.by_sku))
    option = shop.warehouses[0].options[1]
    order = order_of(
        world,
        "single",
        status="ON_HOLD",
        sku_ids=[chosen, chosen],
        delivery_option_id=option.id,
        created=NOW - 77,
        name="Ada Example",
        buyer_message="ring twice",
        is_sample_order=True,
    )
    assert (order.status, order.create_time) == ("ON_HOLD", NOW - 77)
    assert [line.sku_id for line in order.lines] == [chosen, chosen]
    assert order.delivery_option_name == option.name
    assert (order.recipient["name"], order.extra["buyer_message"]) == ("Ada Example", "ring twice")
    assert order.extra["is_sample_order"] is True
    assert order_of(world, "single", delivery_option_id="").delivery_option_id == ""


@pytest.mark.parametrize("status", STATUSES)
def test_any_shape_can_be_given_any_status(world: World, status: str) -> None:
    assert order_of(world, "several_skus", status=status).status == status


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "LOST"},
        {"sku_ids": ["1"]},
        {"delivery_option_id": "1"},
        {"colour": "red"},
        {"shape": "round"},
    ],
)
def test_what_cannot_be_set_is_refused_in_words_and_leaves_no_order(
    world: World, wrong: dict[str, Any]
) -> None:
    shape = wrong.pop("shape", "single")
    with pytest.raises(ValueError, match=r"no order|has no"):
        order_of(world, shape, **wrong)
    assert not world.shops()[0].orders


def test_seeded_orders_stand_in_order_of_time_and_mostly_in_the_first_shop() -> None:
    world = build_world(seed=1, products=200, orders=400, now=NOW)
    first, *others = world.shops()
    assert len(first.orders) > sum(len(shop.orders) for shop in others) > 0
    times = [order.create_time for order in first.orders.values()]
    assert times == sorted(times)
    assert times[-1] <= NOW
    assert all(order.update_time <= NOW for order in first.orders.values())
    assert {order.status for order in first.orders.values()} >= {"AWAITING_SHIPMENT", "ON_HOLD", "COMPLETED"}
