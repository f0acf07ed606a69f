"""What TikTok ships, over the wire: planned, collected and labelled; and parcels of several orders."""

from typing import Any

import pytest

from core.sandbox.model import Shop
from tests.core.sandbox.conftest import Caller

PACKAGES = "/fulfillment/202309/packages"
CREATE = "/fulfillment/202512/packages"


@pytest.fixture
def shop(caller: Caller) -> Shop:
    """The caller's shop."""
    return caller.sandbox.world.sellers[0].shops[0]


def ordered(caller: Caller, shape: str, **wishes: Any) -> str:
    made: list[str] = caller.control("POST", "/orders", {"shape": shape, **wishes})["ids"]
    return made[0]


def shown(caller: Caller, order_id: str) -> dict[str, Any]:
    (order,) = caller.data("GET", "/order/202507/orders", ids=order_id)["orders"]
    found: dict[str, Any] = order
    return found


def test_a_parcel_that_tiktok_ships_is_planned_collected_and_labelled(caller: Caller) -> None:
    order_id = ordered(caller, "masked")
    before = shown(caller, order_id)
    package_id = before["packages"][0]["id"]
    assert {line["package_id"] for line in before["line_items"]} == {package_id}
    assert {line["package_status"] for line in before["line_items"]} == {"TO_FULFILL"}
    path = f"{PACKAGES}/{package_id}"
    document: dict[str, Any] = {"document_type": "SHIPPING_LABEL"}
    assert caller.call("GET", f"{path}/shipping_documents", **document)["code"] == 21001001, "not yet"
    slots = caller.data("GET", f"{path}/handover_time_slots")["pickup_slots"]
    assert all(slot.pop("avaliable") for slot in slots)
    wrong = {"handover_method": "PICKUP", "pickup_slot": {"start_time": 1, "end_time": 2}}
    assert caller.call("POST", f"{path}/ship", wrong)["code"] == 21001001
    assert caller.data("POST", f"{path}/ship", {**wrong, "pickup_slot": slots[0]}) == {}
    detail = caller.data("GET", path)
    assert (detail["handover_method"], detail["pickup_slot"]) == ("PICKUP", slots[0])
    after = shown(caller, order_id)
    assert after["status"] == "AWAITING_COLLECTION"
    assert after["tracking_number"] == detail["tracking_number"].strip() != ""
    found = caller.data("GET", f"{path}/shipping_documents", **document)
    assert found["tracking_number"] == detail["tracking_number"]
    assert caller.http.get(found["doc_url"]).content.startswith(b"%PDF-1.4")
    label = caller.data("GET", f"{path}/shipping_documents", **document, document_format="ZPL")
    assert detail["tracking_number"] in caller.http.get(label["doc_url"]).text
    assert caller.http.get(label["doc_url"].replace(package_id, "1")).status_code == 404
    assert caller.call("GET", f"{path}/shipping_documents", document_type="X")["code"] == 98001004
    said = [{"id": package_id, "delivery_type": "DELIVERY_SUCCESS"}]
    (error,) = caller.data("POST", f"{PACKAGES}/deliver", {"packages": said})["errors"]
    assert error["code"] == 21011029, "its carrier says that"


def test_a_label_is_bought_for_a_service_that_takes_the_weight(caller: Caller) -> None:
    order_id = ordered(caller, "masked")
    path = f"/fulfillment/202309/orders/{order_id}/shipping_services/query"
    first, second = caller.data("POST", path, {})["shipping_services"]
    assert (first["is_default"], second["is_default"]) == (True, False)
    heavy = {"value": "30.1", "unit": "GRAM"}
    assert len(caller.data("POST", path, {"weight": heavy})["shipping_services"]) == 2
    heavy["value"] = "30001"
    assert caller.data("POST", path, {"weight": heavy})["shipping_services"] == []
    body = {"ship_type": "1", "order_id": order_id, "shipping_service_id": second["id"]}
    for change, code in (
        ({"weight": heavy}, 21011037),
        ({"weight": {"value": "-1", "unit": "GRAM"}}, 98001004),
        ({"shipping_service_id": "1"}, 98001004),
        ({"ship_type": "9"}, 98001004),
        ({"ship_type": "2"}, 98001004),
        ({"order_id": "1"}, 21008111),
    ):
        assert caller.call("POST", CREATE, {**body, **change})["code"] == code, change
    made = caller.data("POST", CREATE, body)
    assert made["shipping_service_info"]["id"] == second["id"]
    assert shown(caller, order_id)["shipping_provider"] == second["shipping_provider_name"]
    assert caller.call("POST", CREATE, body)["code"] == 21011006
    seller = f"/fulfillment/202309/orders/{ordered(caller, 'single')}/shipping_services/query"
    assert caller.data("POST", seller, {})["shipping_services"] == []
    assert caller.call("POST", seller, {"order_line_item_ids": ["1"]})["code"] == 21001001


def test_orders_of_one_buyer_leave_as_one_parcel_unless_they_are_parted_again(
    caller: Caller, shop: Shop
) -> None:
    option = shop.warehouses[0].options[0]
    buyer = {"user_id": "72", "full_address": "2 Quill Street", "delivery_option_id": option.id}
    ids = [ordered(caller, "single", **buyer) for _ in range(3)]
    path = "/fulfillment/202309/combinable_packages/search"
    groups = caller.data("GET", path, page_size=50)["combinable_packages"]
    group = next(one for one in groups if set(one["order_ids"]) == set(ids))
    body = {"combinable_packages": [{**group, "order_ids": ids}, {"id": group["id"], "order_ids": ids}]}
    made = caller.data("POST", f"{PACKAGES}/combine", body)
    ((one,), (error,)) = made["packages"], made["errors"]
    assert (one["order_ids"], error["code"]) == (ids, 21001001)
    detail = caller.data("GET", f"{PACKAGES}/{one['id']}")
    assert [order["id"] for order in detail["orders"]] == ids
    assert detail["split_and_combine_tag"] == "COMBINED"
    left = caller.data("POST", f"{PACKAGES}/{one['id']}/uncombine", {"order_ids": ids[2:]})["packages"]
    assert [package["order_ids"] for package in left] == [ids[2:]]
    wrong = f"{PACKAGES}/{one['id']}/uncombine"
    assert caller.call("POST", wrong, {"order_ids": ids[2:]})["code"] == 98001004
    info = {"shipping_provider_id": option.providers[0]["id"], "tracking_number": "AB123456789GB"}
    caller.data("POST", f"{PACKAGES}/{one['id']}/ship", {"self_shipment": info})
    assert [shop.orders[order_id].status for order_id in ids] == [
        "AWAITING_COLLECTION",
        "AWAITING_COLLECTION",
        "AWAITING_SHIPMENT",
    ]
    assert caller.call("POST", wrong, {})["code"] == 10007014, "it has left"
    together = {"ship_type": "3", "order_list_ids": ids}
    assert caller.call("POST", CREATE, together)["code"] == 98001004


def test_a_page_of_packages_begins_where_the_last_one_ended_while_more_are_made(
    caller: Caller, shop: Shop
) -> None:
    for _ in range(3):
        ordered(caller, "masked")
    query: dict[str, Any] = {"sort_order": "DESC", "sort_field": "create_time", "page_size": 2}
    path, body = f"{PACKAGES}/search", {"package_status": "TO_FULFILL"}
    seen: list[str] = []
    token, pages = "", 0
    while pages == 0 or token:
        page = caller.data("POST", path, body, **query, page_token=token)
        seen += [package["id"] for package in page["packages"]]
        token, pages = page["next_page_token"], pages + 1
        if pages == 1:
            caller.control("POST", "/clock", {"advance": 5})
            ordered(caller, "masked")
            assert caller.call("POST", path, {}, **query, page_token=token)["code"] == 98001004
    assert len(seen) == len(set(seen)) >= 3
    total = caller.data("POST", path, body, **query)["total_count"]
    assert total == len(seen) + 1, "the one that came meanwhile is on a page that was read"
    backwards = {"create_time_ge": 5, "create_time_lt": 4}
    assert caller.call("POST", path, backwards, page_size=1)["code"] == 98001004
