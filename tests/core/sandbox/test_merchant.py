"""The world that a seed makes."""

import re
import resource
import time
from decimal import Decimal

import orjson
import pytest

from core.sandbox.catalogue import MANGLED_BARCODE, ean13
from core.sandbox.ids import PREFIXES, new_id
from core.sandbox.merchant import build_world
from core.sandbox.model import Shop, ShopProduct, ShopSku, World
from core.sandbox.warehouses import selling

NOW = 1_800_000_000
MONEY = re.compile(r"\d+\.\d\d")


def make(products: int = 400, orders: int = 60, seed: int = 7) -> World:
    return build_world(seed=seed, products=products, orders=orders, now=NOW)


def skus(shop: Shop) -> list[tuple[ShopProduct, ShopSku]]:
    return [(product, sku) for product in shop.products.values() for sku in product.skus]


@pytest.fixture(scope="module")
def world() -> World:
    return make(2000, 200)


def every_id(world: World) -> list[str]:
    ids = []
    options = set()
    for shop in world.shops():
        ids += [shop.id, *shop.products, *shop.orders]
        ids += [warehouse.id for warehouse in shop.warehouses]
        ids += [sku.id for _, sku in skus(shop)]
        ids += [line.id for order in shop.orders.values() for line in order.lines]
        for warehouse in shop.warehouses:
            options |= {option.id for option in warehouse.options}
            options |= {one["id"] for option in warehouse.options for one in option.providers}
    return [*ids, *options]


def test_equal_arguments_make_equal_worlds_and_another_seed_another() -> None:
    assert make() == make()
    assert make().avasam_products != make(seed=8).avasam_products


@pytest.mark.parametrize("products", [10, 11, 57, 400])
def test_products_counts_avasam_rows_and_orders_those_of_all_shops(products: int) -> None:
    world = make(products, 30)
    assert len(world.avasam_products) == products
    assert sum(len(shop.orders) for shop in world.shops()) == 30


def test_the_smallest_world_still_has_a_single_and_a_family_that_sell_in_the_first_shop() -> None:
    for seed in range(20):
        world = make(10, 0, seed)
        first, *_ = world.shops()
        mapped = [sku for product, sku in skus(first) if sku.seller_sku in world.avasam_products]
        assert len(mapped) >= 4
        assert all(sum(sku.quantity.values()) > 0 for sku in mapped[:4])
        assert all(shop.products for shop in world.shops())


def test_three_sellers_with_a_shop_each(world: World) -> None:
    assert [(s.name, s.region, s.shops[0].currency, s.shops[0].seller_type) for s in world.sellers] == [
        ("Sandbox Shop GB", "GB", "GBP", "LOCAL"),
        ("Harbour & Hill", "GB", "GBP", "LOCAL"),
        ("Sandbox Shop US", "US", "USD", "LOCAL"),
    ]
    assert len({shop.cipher for shop in world.shops()}) == len({s.open_id for s in world.sellers}) == 3
    assert all(sku.currency == shop.currency for shop in world.shops() for _, sku in skus(shop))


def test_ids_are_19_digits_beyond_a_double_and_unique(world: World) -> None:
    ids = every_id(world)
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"\d{19}", one) and int(one) > 2**53 for one in ids)


def test_a_new_id_is_never_one_of_those_given_before(world: World) -> None:
    fresh = make(50, 10)
    known = set(every_id(fresh))
    assert all(new_id(fresh, kind) not in known for kind in PREFIXES for _ in range(50))


def test_the_first_shop_lists_most_of_the_goods_and_the_others_a_tenth(world: World) -> None:
    sellable = sum(not product.has_variations for product in world.avasam_products.values())
    shares = [len(shop.by_sku) / sellable for shop in world.shops()]
    assert 0.78 < shares[0] < 0.92
    assert all(0.05 < share < 0.16 for share in shares[1:])


def test_seven_of_ten_shop_skus_are_avasams_and_the_rest_hint_at_it_or_are_the_shops_own(
    world: World,
) -> None:
    sold = skus(world.shops()[0])
    same = [sku for _, sku in sold if sku.seller_sku in world.avasam_products]
    assert 0.62 < len(same) / len(sold) < 0.78
    barcodes = {product.barcode for product in world.avasam_products.values()} - {None, MANGLED_BARCODE}
    titles = {product.title for product in world.avasam_products.values()}
    others = [(p, sku) for p, sku in sold if sku.seller_sku not in world.avasam_products]
    assert any(sku.seller_sku in barcodes for _, sku in others)
    assert any(sku.seller_sku == "" for _, sku in others)
    own = [product for product, sku in others if sku.seller_sku.startswith("OWN-")]
    assert own
    assert all(product.title not in titles for product in own)
    assert all(product.title in titles for product, _ in others if product not in own)


def test_families_have_a_parent_without_stock_and_different_children(world: World) -> None:
    rows = world.avasam_products
    parents = {sku for sku, row in rows.items() if row.has_variations}
    children = [row for row in rows.values() if row.parent_sku]
    assert parents == {child.parent_sku for child in children}
    assert all(rows[sku].stock is None for sku in parents)
    looks = {(child.parent_sku, tuple(child.attributes.items())) for child in children}
    assert len(looks) == len(children)
    assert {len(child.attributes) for child in children} == {1, 2, 3}
    assert len({row.number for row in rows.values()}) == len(rows)


def test_sales_attributes_tell_a_products_skus_apart_and_singles_have_none(world: World) -> None:
    for shop in world.shops():
        for product in shop.products.values():
            looks = {tuple((a.id, a.value_id) for a in sku.sales_attributes) for sku in product.skus}
            assert len(looks) == len(product.skus)
            assert all(bool(sku.sales_attributes) is (len(product.skus) > 1) for sku in product.skus)


def test_prices_are_decimals_with_pennies_and_stock_is_sometimes_unknown_or_none(world: World) -> None:
    rows = world.avasam_products.values()
    assert all(MONEY.fullmatch(row.price) and MONEY.fullmatch(row.retail_price) for row in rows)
    assert all(MONEY.fullmatch(sku.price) for shop in world.shops() for _, sku in skus(shop))
    assert all(Decimal(row.retail_price) > Decimal(row.price) > 0 for row in rows)
    stocks = [row.stock for row in rows if not row.has_variations]
    assert None in stocks
    assert 0 in stocks
    assert any(row.barcode == MANGLED_BARCODE for row in rows)


def test_warehouses_two_sell_one_takes_returns_at_the_same_place_one_is_closed(world: World) -> None:
    for shop in world.shops():
        default, second = selling(shop.warehouses)
        assert [w.is_default for w in (default, second)] == [True, False]
        (returns,) = (w for w in shop.warehouses if w.type == "RETURN_WAREHOUSE")
        assert returns.address == default.address
        assert returns.id != default.id
        assert [w.effect_status for w in shop.warehouses].count("DISABLED") == 1
        held = {place for _, sku in skus(shop) for place in sku.quantity}
        assert held == {default.id, second.id}


def test_delivery_options_have_providers_unless_the_platform_runs_them(world: World) -> None:
    for shop in world.shops():
        for option in selling(shop.warehouses)[0].options:
            assert bool(option.providers) is not option.platform_run
        assert len({option.type for option in selling(shop.warehouses)[0].options}) >= 3


def test_the_category_tree_has_three_levels_and_every_permission(world: World) -> None:
    nodes = {node["id"]: node for node in world.categories}

    def depth(node_id: str) -> int:
        return 0 if node_id == "0" else 1 + depth(nodes[node_id]["parent_id"])

    assert {depth(node["id"]) for node in world.categories if node["is_leaf"]} == {3}
    assert all(depth(node["id"]) < 3 for node in world.categories if not node["is_leaf"])
    permissions = {status for node in world.categories for status in node["permission_statuses"]}
    assert permissions == {"AVAILABLE", "INVITE_ONLY", "NON_MAIN_CATEGORY", "PROHIBITED"}
    assert all(
        nodes[product.category_id]["is_leaf"] for shop in world.shops() for product in shop.products.values()
    )


def test_leaves_say_which_attributes_and_papers_they_want(world: World) -> None:
    leaves = [node for node in world.categories if node["is_leaf"]]
    attributes = [attribute for leaf in leaves for attribute in leaf["attributes"]]
    for flag in ("is_requried", "is_customizable", "is_multiple_selection"):
        assert {attribute[flag] for attribute in attributes} == {True, False}
    assert {attribute["type"] for attribute in attributes} == {"PRODUCT_PROPERTY", "SALES_PROPERTY"}
    rules = [leaf["rules"] for leaf in leaves]
    assert {rule["size_chart"]["is_required"] for rule in rules} == {True, False}
    assert {rule["package_dimension"]["is_required"] for rule in rules} == {True, False}
    assert {bool(rule["product_certifications"]) for rule in rules} == {True, False}


def test_a_products_sales_attributes_are_those_of_its_category(world: World) -> None:
    offered = {
        node["id"]: {
            (attribute["id"], value["id"], value["name"])
            for attribute in node["attributes"]
            for value in attribute["values"]
        }
        for node in world.categories
        if node["is_leaf"]
    }
    for product, sku in skus(world.shops()[0]):
        used = {(a.id, a.value_id, a.value_name) for a in sku.sales_attributes}
        assert used <= offered[product.category_id]


def test_some_products_are_in_every_state_of_a_listing(world: World) -> None:
    products = [product for shop in world.shops() for product in shop.products.values()]
    assert {"ACTIVATE", "DRAFT", "PENDING", "FAILED", "SELLER_DEACTIVATED"} <= {p.status for p in products}
    assert all((p.review_due is not None) is (p.status == "PENDING") for p in products)
    assert all(bool(p.audit_failed_reasons) is (p.status == "FAILED") for p in products)


def test_barcodes_carry_their_check_digit() -> None:
    assert ean13(0) == "5060000000009"
    digits = [int(digit) for digit in ean13(12345678)]
    assert (sum(digits[::2]) + 3 * sum(digits[1::2])) % 10 == 0


def test_a_hundred_thousand_products_are_made_in_time_and_in_memory() -> None:
    start, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    world = build_world(seed=3, products=100_000, orders=500, now=NOW)
    assert time.process_time() - start < 15
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 1_500_000
    assert len(world.avasam_products) == 100_000
    assert len({row.number for row in world.avasam_products.values()}) == 100_000
    first = world.shops()[0]
    assert len({sku.id for _, sku in skus(first)}) == len(first.by_sku) > 60_000
    assert orjson.dumps(first.orders)
