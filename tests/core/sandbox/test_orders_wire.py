"""Orders on the wire: windows, pages that shift, what is shown and what is hidden."""

import base64
from typing import Any

import pytest

from tests.core.sandbox.conftest import SEARCH_ORDERS, Caller

DETAIL = "/order/202507/orders"


def pages(caller: Caller, body: dict[str, Any], **query: Any) -> list[list[str]]:
    """The ids of every page of a search."""
    found, token = [], ""
    while True:
        wanted = {**query, **({"page_token": token} if token else {})}
        data = caller.data("POST", SEARCH_ORDERS, body, **wanted)
        found.append([order["id"] for order in data["orders"]])
        token = data["next_page_token"]
        if not token:
            return found


def make(caller: Caller, shape: str, **wishes: Any) -> str:
    made: list[str] = caller.control("POST", "/orders", {"shape": shape, **wishes})["ids"]
    return made[0]


def detail(caller: Caller, *order_ids: str, path: str = DETAIL) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = caller.data("GET", path, ids=",".join(order_ids))["orders"]
    return found


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
@pytest.mark.parametrize("field", ["create_time", "update_time"])
def test_the_pages_of_a_search_hold_every_order_once_in_order(
    caller: Caller, field: str, direction: str
) -> None:
    orders = caller.sandbox.world.sellers[0].shops[0].orders
    found = pages(caller, {}, page_size=7, sort_field=field, sort_order=direction)
    ids = [order_id for page in found for order_id in page]
    expected = sorted(
        orders, key=lambda each: (getattr(orders[each], field), each), reverse=direction == "DESC"
    )
    assert ids == expected
    assert {len(page) for page in found[:-1]} == {7}


def test_the_window_takes_its_start_and_leaves_its_end(caller: Caller) -> None:
    first = make(caller, "single", created=1_700_000_000)
    second = make(caller, "single", created=1_700_000_100)
    for window, expected in (
        ({"create_time_ge": 1_700_000_000, "create_time_lt": 1_700_000_100}, [first]),
        ({"create_time_ge": 1_700_000_001, "create_time_lt": 1_700_000_101}, [second]),
        ({"create_time_lt": 1_700_000_000}, []),
    ):
        data = caller.data("POST", SEARCH_ORDERS, window, page_size=10)
        assert [order["id"] for order in data["orders"]] == expected
        assert data["total_count"] == len(expected)


def test_a_window_that_ends_before_it_starts_is_refused(caller: Caller) -> None:
    window = {"update_time_ge": 20, "update_time_lt": 10}
    assert caller.call("POST", SEARCH_ORDERS, window, page_size=1)["code"] == 98001004


def test_filters_combine(caller: Caller) -> None:
    asked = make(caller, "cancel_requested")
    plain = make(caller, "single")
    buyer = detail(caller, plain)[0]["user_id"]
    for body, yes, no in (
        ({"is_buyer_request_cancel": True, "order_status": "AWAITING_SHIPMENT"}, asked, plain),
        ({"buyer_user_id": buyer}, plain, asked),
    ):
        ids = [order["id"] for order in caller.data("POST", SEARCH_ORDERS, body, page_size=100)["orders"]]
        assert yes in ids
        assert no not in ids


def test_a_page_token_is_opaque_awkward_and_good_for_its_own_query_alone(caller: Caller) -> None:
    token = caller.data("POST", SEARCH_ORDERS, {}, page_size=5)["next_page_token"]
    assert all(character in token for character in "+/=")
    assert base64.b64decode(token, validate=True)
    assert caller.call("POST", SEARCH_ORDERS, {}, page_size=9, page_token=token)["code"] == 0
    other = {"order_status": "AWAITING_SHIPMENT"}
    assert caller.call("POST", SEARCH_ORDERS, other, page_size=5, page_token=token)["code"] == 98001004
    for wrong in ("abc", token[:-4], token.replace("+", " ")):
        assert caller.call("POST", SEARCH_ORDERS, {}, page_size=5, page_token=wrong)["code"] == 98001004


def test_an_order_that_changes_between_pages_moves_to_where_it_now_belongs(caller: Caller) -> None:
    query: dict[str, Any] = {"page_size": 5, "sort_field": "update_time", "sort_order": "ASC"}
    first = caller.data("POST", SEARCH_ORDERS, {}, **query)
    moved = next(order["id"] for order in first["orders"] if order["id"])
    shop = caller.sandbox.world.sellers[0].shops[0]
    shop.orders[moved].update_time = caller.sandbox.now() + 5
    caller.sandbox.touch_order(shop, shop.orders[moved])
    rest = caller.data(
        "POST", SEARCH_ORDERS, {}, **{**query, "page_token": first["next_page_token"], "page_size": 100}
    )
    assert rest["orders"][-1]["id"] == moved


def test_three_units_are_three_line_items(caller: Caller) -> None:
    sku_id = next(iter(caller.sandbox.world.sellers[0].shops[0].products.values())).skus[0].id
    (order,) = detail(caller, make(caller, "single", sku_ids=[sku_id] * 3))
    assert [line["sku_id"] for line in order["line_items"]] == [sku_id] * 3
    assert len({line["id"] for line in order["line_items"]}) == 3


@pytest.mark.parametrize(("shape", "shown"), [("unpaid", False), ("on_hold", False), ("single", True)])
def test_districts_are_hidden_until_the_order_is_released(caller: Caller, shape: str, shown: bool) -> None:
    (order,) = detail(caller, make(caller, shape))
    assert ("district_info" in order["recipient_address"]) is shown
    assert order["is_on_hold_order"] is (shape == "on_hold")


def test_details_come_in_the_order_asked_for_at_both_versions_and_never_of_another_shop(
    caller: Caller,
) -> None:
    mine = [make(caller, "single"), make(caller, "mixed")]
    other = make(caller, "single", shop="Harbour & Hill")
    for path in (DETAIL, "/order/202309/orders"):
        assert [order["id"] for order in detail(caller, *reversed(mine), other, path=path)] == mine[::-1]


def test_fifty_details_at_once_are_the_most(caller: Caller) -> None:
    assert caller.call("GET", DETAIL, ids=",".join(str(n) for n in range(50)))["code"] == 0
    assert caller.call("GET", DETAIL, ids=",".join(str(n) for n in range(51)))["code"] == 98001004
    assert caller.call("GET", DETAIL, ids="")["code"] == 98001004


def test_nothing_private_to_the_sandbox_is_on_the_wire(caller: Caller) -> None:
    data = caller.data("POST", SEARCH_ORDERS, {}, page_size=100)
    assert not [key for order in data["orders"] for key in order if key.startswith("_")]


class TestShipping:
    """Marking packages as shipped, and what refuses it."""

    @pytest.fixture
    def info(self, caller: Caller) -> dict[str, str]:
        shop = caller.sandbox.world.sellers[0].shops[0]
        provider = next(option.providers for option in shop.warehouses[0].options if option.providers)[0]
        return {"shipping_provider_id": provider["id"], "tracking_number": "RM123456785GB"}

    def ship(self, caller: Caller, order_id: str, info: dict[str, str], *lines: str) -> dict[str, Any]:
        body: dict[str, Any] = {"shipping_info_list": [info]}
        if lines:
            body["order_line_list"] = [{"order_line_id": line} for line in lines]
        return caller.call("POST", f"/fulfillment/202610/orders/{order_id}/packages", body)

    def test_a_shipped_order_shows_its_parcel(self, caller: Caller, info: dict[str, str]) -> None:
        order_id = make(caller, "multi_unit")
        made = self.ship(caller, order_id, info)["data"]
        (order,) = detail(caller, order_id)
        assert order["status"] == "AWAITING_COLLECTION"
        assert order["packages"] == [{"id": made["package_id"]}]
        assert {line["tracking_number"] for line in order["line_items"]} == {"RM123456785GB"}
        assert made["order_line_item_ids"] == [line["id"] for line in order["line_items"]]
        package = caller.data("GET", f"/fulfillment/202309/packages/{made['package_id']}")
        assert package["tracking_number"] == "RM123456785GB"
        assert self.ship(caller, order_id, info)["code"] == 21011006

    def test_some_lines_first_then_the_rest(self, caller: Caller, info: dict[str, str]) -> None:
        order_id = make(caller, "several_skus")
        lines = [line["id"] for line in detail(caller, order_id)[0]["line_items"]]
        assert self.ship(caller, order_id, info, lines[0])["code"] == 0
        assert detail(caller, order_id)[0]["status"] == "PARTIALLY_SHIPPING"
        assert self.ship(caller, order_id, info, lines[0])["code"] == 21011006
        rest = self.ship(caller, order_id, info)["data"]
        assert rest["order_line_item_ids"] == lines[1:]
        assert detail(caller, order_id)[0]["status"] == "AWAITING_COLLECTION"

    def test_what_cannot_be_shipped_is_refused(self, caller: Caller, info: dict[str, str]) -> None:
        assert self.ship(caller, make(caller, "on_hold"), info)["code"] == 10007014
        assert self.ship(caller, make(caller, "cancelled"), info)["code"] == 10007014
        assert self.ship(caller, make(caller, "in_transit"), info)["code"] == 21011006
        assert self.ship(caller, make(caller, "masked"), info)["code"] == 21011029
        order_id = make(caller, "single")
        assert self.ship(caller, order_id, {**info, "shipping_provider_id": "1"})["code"] == 21011022
        assert self.ship(caller, order_id, {**info, "tracking_number": "a b"})["code"] == 21001001
        assert self.ship(caller, order_id, info, "1")["code"] == 21001001
        assert self.ship(caller, "1", info)["code"] == 21008111

    def test_tracking_can_be_corrected_for_three_days(self, caller: Caller, info: dict[str, str]) -> None:
        order_id = make(caller, "single")
        package_id = self.ship(caller, order_id, info)["data"]["package_id"]
        path = f"/fulfillment/202610/packages/{package_id}/shipping_info/update"
        better = {"shipping_info_list": [{**info, "tracking_number": "RM000000001GB"}]}
        assert caller.call("POST", path, better)["code"] == 0
        assert detail(caller, order_id)[0]["tracking_number"] == "RM000000001GB"
        caller.control("POST", "/clock", {"advance": 72 * 3600 + 1})
        assert caller.call("POST", path, better)["code"] == 21001001


def test_a_buyers_wish_to_cancel_can_be_granted_or_refused(caller: Caller) -> None:
    search = "/return_refund/202602/cancellations/search"
    granted, refused = make(caller, "cancel_requested"), make(caller, "cancel_requested")
    found = caller.data("POST", search, {"order_ids": [granted, refused]}, page_size=10)["cancellations"]
    ids = {case["order_id"]: case["cancel_id"] for case in found}
    assert {case["cancel_status"] for case in found} == {"CANCELLATION_REQUEST_PENDING"}
    assert caller.call("POST", f"/return_refund/202309/cancellations/{ids[granted]}/approve")["code"] == 0
    reason = caller.data("GET", "/return_refund/202309/reject_reasons", return_or_cancel_id=ids[refused])
    body = {"reject_reason": reason["reasons"][0]["name"]}
    path = f"/return_refund/202309/cancellations/{ids[refused]}/reject"
    assert caller.call("POST", path, {"reject_reason": "because"})["code"] == 98001004
    assert caller.call("POST", path, body)["code"] == 0
    assert caller.call("POST", path, body)["code"] == 25011014
    first, second = detail(caller, granted, refused)
    assert (first["status"], second["status"]) == ("CANCELLED", "AWAITING_SHIPMENT")
    assert second["is_buyer_request_cancel"] is False


def test_an_hour_later_a_held_order_is_released_with_a_new_update_time(caller: Caller) -> None:
    order_id = make(caller, "on_hold")
    before = detail(caller, order_id)[0]
    caller.control("POST", "/clock", {"advance": 3601})
    after = detail(caller, order_id)[0]
    assert (before["status"], after["status"]) == ("ON_HOLD", "AWAITING_SHIPMENT")
    window = {"update_time_ge": before["update_time"] + 1, "order_status": "AWAITING_SHIPMENT"}
    data = caller.data("POST", SEARCH_ORDERS, window, page_size=100, sort_field="update_time")
    assert order_id in [order["id"] for order in data["orders"]]
