"""Parcels over the wire: planned, split, shipped one by one, delivered; brands, diagnoses, auto restock."""

from typing import Any

import pytest

from core.sandbox.model import Shop
from tests.core.sandbox.conftest import Caller

PACKAGES = "/fulfillment/202309/packages"


@pytest.fixture
def shop(caller: Caller) -> Shop:
    """The caller's shop."""
    return caller.sandbox.world.sellers[0].shops[0]


def carrier(shop: Shop, number: str) -> dict[str, str]:
    provider = next(one for option in shop.warehouses[0].options for one in option.providers)
    return {"shipping_provider_id": provider["id"], "tracking_number": number}


def ordered(caller: Caller, shape: str = "multi_unit") -> str:
    made: list[str] = caller.control("POST", "/orders", {"shape": shape})["ids"]
    return made[0]


def split(caller: Caller, order_id: str, *groups: list[str]) -> dict[str, Any]:
    named = [{"id": str(place), "order_line_item_ids": lines} for place, lines in enumerate(groups)]
    path = f"/fulfillment/202309/orders/{order_id}/split"
    return caller.call("POST", path, {"splittable_groups": named})


def test_a_split_order_leaves_parcel_by_parcel_and_is_delivered_with_the_last(
    caller: Caller, shop: Shop
) -> None:
    order_id = ordered(caller)
    order = shop.orders[order_id]
    first, *others = [line.id for line in order.lines]
    packages = split(caller, order_id, [first], others)["data"]["packages"]
    one, two = (package["id"] for package in packages)
    path = f"{PACKAGES}/{one}/ship"
    assert caller.call("POST", path, {})["code"] == 21001001, "the seller ships: with what?"
    assert caller.data("GET", f"{PACKAGES}/{one}")["package_status"] == "TO_FULFILL", "it has not left"
    assert caller.data("POST", path, {"self_shipment": carrier(shop, "AB111111111GB")}) == {}
    assert order.status == "PARTIALLY_SHIPPING"
    assert caller.call("POST", path, {"self_shipment": carrier(shop, "AB1")})["code"] == 21011006
    batch = [{"id": two, "self_shipment": carrier(shop, "AB222222222GB")}, {"id": "1"}]
    (error,) = caller.data("POST", f"{PACKAGES}/ship", {"packages": batch})["errors"]
    assert (error["code"], error["detail"]) == (21011001, {"package_id": "1"})
    assert order.status == "AWAITING_COLLECTION"
    assert {line.package_id: line.tracking_number for line in order.lines} == {
        one: "AB111111111GB",
        two: "AB222222222GB",
    }
    for package_id, status in ((one, "AWAITING_COLLECTION"), (two, "DELIVERED")):
        said = [{"id": package_id, "delivery_type": "DELIVERY_SUCCESS"}]
        assert caller.data("POST", f"{PACKAGES}/deliver", {"packages": said}) == {"errors": []}
        assert order.status == status
    failed = [{"id": one, "delivery_type": "DELIVERY_FAILED"}]
    (error,) = caller.data("POST", f"{PACKAGES}/deliver", {"packages": failed})["errors"]
    assert error["code"] == 21001001, "why it failed belongs to it"


def test_a_split_names_every_line_once(caller: Caller, shop: Shop) -> None:
    order_id = ordered(caller)
    lines = [line.id for line in shop.orders[order_id].lines]
    for groups in ([lines], [lines[:1], lines], [lines[:1], []], [lines[:1], ["1"]]):
        assert split(caller, order_id, *groups)["code"] == 98001004
    assert split(caller, ordered(caller, "on_hold"), lines[:1], lines[1:])["code"] == 10007014


def test_a_line_is_planned_for_one_parcel(caller: Caller, shop: Shop) -> None:
    order_id = ordered(caller, "single")
    body = {"ship_type": "1", "order_id": order_id}
    first, second = (
        caller.data("POST", "/fulfillment/202512/packages", body)["package_id"] for _ in range(2)
    )
    info = {"self_shipment": carrier(shop, "AB123456789GB")}
    assert caller.call("POST", f"{PACKAGES}/{first}/ship", info)["code"] == 21011001
    assert caller.data("POST", f"{PACKAGES}/{second}/ship", info) == {}
    assert caller.call("POST", "/fulfillment/202512/packages", body)["code"] == 21011006
    wrong = {**body, "order_id": ordered(caller), "shipping_service_id": "1"}
    assert caller.call("POST", "/fulfillment/202512/packages", wrong)["code"] == 98001004


def test_a_brand_of_ones_own_is_found_and_may_be_sold(caller: Caller) -> None:
    path = "/product/202309/brands"
    made = caller.data("POST", path, {"name": "Ashdown Kiln"}, cipher=False)["id"]
    assert caller.call("POST", path, {"name": " ashdown kiln "}, cipher=False)["code"] == 98001004
    body = {"product_title": "Ashdown Kiln stoneware mug"}
    found = caller.data("POST", "/product/202609/brands/suggest", body)["brands"]
    assert {"id": made, "name": "Ashdown Kiln", "is_authorized": True} in found


def test_a_poor_listing_is_told_what_it_lacks(caller: Caller, shop: Shop) -> None:
    product = next(iter(shop.products.values()))
    product.title, product.image_uris = "Mug", product.image_uris[:1]
    path, both = "/product/202405/products/diagnoses", f"{product.id},1"
    (one,) = caller.data("GET", path, product_ids=both)["products"]
    assert one["listing_quality"]["current_tier"] == "POOR"
    assert {"TITLE", "IMAGE"} <= {found["field"] for found in one["diagnoses"]}
    wrong = {"category_id": "1"}
    assert caller.call("POST", "/product/202411/products/diagnose_optimize", wrong)["code"] == 12052025


def test_auto_restock_is_for_the_sellers_own_skus(caller: Caller, shop: Shop) -> None:
    sku = next(iter(shop.products.values())).skus[0].id
    path = "/product/202608/inventory/operation/settings"
    body = {"seller_id": caller.sandbox.world.sellers[0].open_id, "sku_ids": [sku, "1"]}
    answer = caller.data("POST", path, body)["stock_operation"]
    assert answer == {"success_sku_ids": [sku], "failed_sku_ids": ["1"]}
    assert caller.call("POST", path, {**body, "seller_id": "other"})["code"] == 98001004
