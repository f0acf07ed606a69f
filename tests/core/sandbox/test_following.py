"""Following orders over the wire: tracking, other systems' names for them, parcels that are corrected."""

import pytest

from core.sandbox.model import Shop
from tests.core.sandbox.conftest import Caller


@pytest.fixture
def shop(caller: Caller) -> Shop:
    """The caller's shop."""
    return caller.sandbox.world.sellers[0].shops[0]


def ship(caller: Caller, shop: Shop, order_id: str, lines: list[str] | None = None) -> dict[str, str]:
    """Ship an order, or some of its lines; the carrier and number that were told."""
    carrier = next(one for option in shop.warehouses[0].options for one in option.providers)
    info = {"shipping_provider_id": carrier["id"], "tracking_number": "AB123456789GB"}
    body = {"shipping_info_list": [info], "order_line_list": [{"order_line_id": one} for one in lines or ()]}
    caller.data("POST", f"/fulfillment/202610/orders/{order_id}/packages", body)
    return info


def test_an_orders_tracking_is_corrected_while_it_is_one_parcel(caller: Caller, shop: Shop) -> None:
    (order_id,) = caller.control("POST", "/orders", {"shape": "multi_unit"})["ids"]
    path = f"/fulfillment/202309/orders/{order_id}/shipping_info/update"
    lines = [line.id for line in shop.orders[order_id].lines]
    info = {"shipping_provider_id": "x", "tracking_number": "CD123456789GB"}
    assert caller.call("POST", path, info)["code"] == 21011001
    told = ship(caller, shop, order_id, lines[:1])
    assert caller.call("POST", path, info)["code"] == 21011022
    assert caller.data("POST", path, {**told, "tracking_number": "CD123456789GB"}) == {}
    assert shop.orders[order_id].lines[0].tracking_number == "CD123456789GB"
    ship(caller, shop, order_id)
    assert caller.call("POST", path, told)["code"] == 21011048


def test_the_journey_is_told_the_newest_stop_first(caller: Caller, shop: Shop) -> None:
    (order_id,) = caller.control("POST", "/orders", {"shape": "single"})["ids"]
    path = f"/fulfillment/202309/orders/{order_id}/tracking"
    assert caller.data("GET", path) == {"tracking": []}
    ship(caller, shop, order_id)
    caller.control("POST", "/clock", {"advance": 7 * 3600})
    stops = caller.data("GET", path)["tracking"]
    assert [stop["description"] for stop in stops] == ["Collected", "Handed over"]
    (parcel,) = caller.data("GET", f"/logistics/202604/orders/{order_id}/tracking")["logistics_details"]
    assert parcel["newest_tracking_no"] == "AB123456789GB"
    assert [stop["update_time_millis"] for stop in parcel["track_list"]] == [
        stop["update_time_millis"] for stop in stops
    ]


def test_another_systems_name_for_an_order_finds_it_again(caller: Caller) -> None:
    (order_id,) = caller.control("POST", "/orders", {"shape": "single"})["ids"]
    lines = [{"id": "1", "origin_id": "2"}]
    name = {"id": "AV00000042", "platform": "ERP_SYSTEM", "line_items": lines}
    orders = [{"id": order_id, "external_order": name}, {"id": "1", "external_order": name}]
    for _ in range(2):
        (error,) = caller.data("POST", "/order/202406/orders/external_orders", {"orders": orders})["errors"]
        assert error["detail"]["order_id"] == "1"
    path = "/order/202406/orders/external_order_search"
    found = caller.data("POST", path, {}, platform="ERP_SYSTEM", external_order_id="AV00000042")
    assert found == {"orders": [{"id": order_id, "external_order": name}]}
    shown = caller.data("GET", f"/order/202406/orders/{order_id}/external_orders", platform="SHOPIFY")
    assert shown == {"external_orders": []}


def test_one_order_of_several_units_may_be_divided_until_it_leaves(caller: Caller, shop: Shop) -> None:
    ids = [
        caller.control("POST", "/orders", {"shape": shape})["ids"][0] for shape in ("multi_unit", "single")
    ]
    path = "/fulfillment/202309/orders/split_attributes"

    def divisible() -> list[bool]:
        rows = caller.data("GET", path, order_ids=",".join(ids))["split_attributes"]
        return [row["can_split"] for row in rows]

    assert divisible() == [True, False]
    ship(caller, shop, ids[0])
    assert divisible() == [False, False]
    assert caller.call("GET", path, order_ids="1")["code"] == 21008111
