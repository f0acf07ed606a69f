"""What other people's clients may send by mistake or in anger is refused, and never breaks the sandbox."""

import dataclasses
from typing import Any

import pytest

from core.sandbox import app
from core.sandbox.model import Shop
from core.sandbox.tiktok import OPERATIONS
from tests.core.sandbox.conftest import SEARCH_ORDERS, Caller
from tests.core.sandbox.listings import CREATE, a_listing, create, live, read

FILTERED = "/apiseeker/ProductModule/GetInventoryListWithFilter"


@pytest.fixture
def shop(caller: Caller) -> Shop:
    """The caller's shop."""
    return caller.sandbox.world.sellers[0].shops[0]


@pytest.mark.parametrize("name", ["seller_sku", "sales_attributes", "external_sku_id"])
def test_a_null_deep_in_a_body_counts_as_absent(caller: Caller, name: str) -> None:
    listing = a_listing(caller)
    listing["skus"][0][name] = None
    assert caller.call("POST", f"{CREATE}/listing_check", listing)["data"]["check_result"] == "PASS"
    assert caller.call("POST", CREATE, listing)["code"] == 0


def test_a_null_in_place_of_a_quantity_a_tracking_number_or_a_side_is_no_breakdown(
    caller: Caller, shop: Shop
) -> None:
    listing = a_listing(caller)
    listing["skus"][0]["inventory"][0]["quantity"] = None
    listing["skus"][0]["sales_attributes"] = [{"name": None}, {"name": "Size", "value_name": "M"}]
    assert caller.call("POST", f"{CREATE}/listing_check", listing)["code"] == 0
    (order,) = caller.control("POST", "/orders", {"shape": "single"})["ids"]
    body = {"shipping_info_list": [{"tracking_number": None, "shipping_provider_id": "1"}]}
    assert caller.call("POST", f"/fulfillment/202610/orders/{order}/packages", body)["code"] == 21011022


@pytest.mark.parametrize("media", ["application/json", "Application/JSON", "application/json ; q=1"])
def test_json_is_json_however_its_media_type_is_written(caller: Caller, media: str) -> None:
    headers = {"content-type": media}
    caller.send("POST", SEARCH_ORDERS, query=[("page_size", "1")], body=b"{}", headers=headers)
    assert caller.last.json()["code"] == 0


@pytest.mark.parametrize("size", ["9" * 5000, "0", "51", "٣", "-1", ""])
def test_a_page_size_that_comes_as_text_is_checked_all_the_same(caller: Caller, size: str) -> None:
    path = "/return_refund/202602/cancellations/search"
    assert caller.call("POST", path, {}, page_size=size)["code"] == 98001004


@pytest.mark.parametrize("amount", ["1E1", "1_0", "１２", " 9.99", "+9.99", "9.", ".99", "9.999", "NaN", ""])
def test_an_amount_is_a_plain_decimal(caller: Caller, shop: Shop, amount: str) -> None:
    product = shop.products[live(caller)]
    sku = product.skus[0]
    body = {"skus": [{"id": sku.id, "price": {"amount": amount, "currency": shop.currency}}]}
    path = f"/product/202309/products/{product.id}/prices/update"
    assert caller.call("POST", path, body)["code"] in {12052012, 12052571}
    assert sku.price == "9.99"


def test_a_parcel_of_nothing_is_not_made(caller: Caller, shop: Shop) -> None:
    (order_id,) = caller.control("POST", "/orders", {"shape": "multi_unit"})["ids"]
    order = shop.orders[order_id]
    order.lines[0].display_status = "CANCELLED"
    carrier = next(one for option in shop.warehouses[0].options for one in option.providers)
    body = {
        "order_line_list": [{"order_line_id": order.lines[0].id}],
        "shipping_info_list": [{"tracking_number": "AB123456", "shipping_provider_id": carrier["id"]}],
    }
    path = f"/fulfillment/202610/orders/{order_id}/packages"
    assert caller.call("POST", path, body)["code"] == 10007014
    assert order.status == "AWAITING_SHIPMENT"


def test_a_fault_of_the_sandbox_itself_is_an_envelope_too(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_call: Any) -> Any:
        raise KeyError("a bug")

    operations, _ = OPERATIONS.find(SEARCH_ORDERS) or ({}, {})
    monkeypatch.setitem(operations, "POST", dataclasses.replace(operations["POST"], handler=broken))
    caller.send("POST", SEARCH_ORDERS, query=[("page_size", "1")])
    assert (caller.last.status_code, caller.last.json()["code"]) == (500, 36009003)


def test_a_body_larger_than_any_call_needs_is_read_and_refused(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "MOST_BYTES", 1000)
    caller.send("POST", SEARCH_ORDERS, query=[("page_size", "1")], body=b" " * 200_000)
    assert (caller.last.status_code, caller.last.json()["code"]) == (413, 36009021)
    assert caller.call("POST", SEARCH_ORDERS, {}, page_size=1)["code"] == 0


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/clock", {"set": 2**62}),
        ("/clock", {"advance": -(2**62)}),
        ("/settings", {"avasam_token_lifetime": 2**62}),
        ("/faults", {"path": "/", "status": 1}),
        ("/faults", {"path": "/", "delay_ms": -1}),
        ("/faults", {"path": "/", "delay_ms": 2**62}),
    ],
)
def test_what_would_leave_the_sandbox_unable_to_answer_is_refused(
    caller: Caller, path: str, body: dict[str, Any]
) -> None:
    reply = caller.http.post(f"/control{path}", json=body)
    assert reply.status_code == 400, reply.text
    assert caller.call("POST", SEARCH_ORDERS, {}, page_size=1)["code"] == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"limit": "9" * 5000},
        {"limit": "٣"},
        {"PriceDelimeter": ">", "PriceValue": "NaN"},
        {"PriceDelimeter": ">", "PriceValue": "sNaN"},
        {"StockValue": "<", "Stock": "Infinity"},
        {"PriceDelimeter": "~", "PriceValue": 1},
    ],
)
def test_avasams_side_refuses_numbers_that_are_none(anonymous: Caller, wrong: dict[str, Any]) -> None:
    keys = {"consumer_key": anonymous.sandbox.consumer_key, "secret_key": anonymous.sandbox.secret_key}
    token = anonymous.http.post("/api/auth/request-token", json=keys).json()["access_token"]
    body = {"page": 0, "limit": 10, **wrong}
    reply = anonymous.http.post(FILTERED, json=body, headers={"authorization": token})
    assert reply.status_code == 400
    assert reply.json()["Message"]


def test_a_draft_in_a_category_that_is_not_there_can_be_read(caller: Caller) -> None:
    papers = [{"id": "1", "images": [{"uri": "tos-sandbox/1"}], "files": ["v1"]}]
    made = create(caller, save_mode="AS_DRAFT", category_id="999999999", certifications=papers)
    found = read(caller, made["product_id"])
    assert found["category_chains"] == []
    assert [paper["id"] for paper in found["certifications"]] == ["1"]
