"""Avasam's orders, asked over HTTP as its documents and its observers say it answers."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from core.sandbox.life import advance
from core.sandbox.merchant import build_world
from core.sandbox.model import World
from tests.core.sandbox.avasam_stand import CREATE, NOW, ORDERS, Caller, Stand, calling

BAD: list[Any] = [None, "", "  ", 7]


@pytest.fixture
def stand() -> Stand:
    return Stand(build_world(seed=3, products=300, orders=0, now=NOW))


@pytest.fixture
async def caller(stand: Stand) -> AsyncIterator[Caller]:
    async with calling(stand) as caller:
        yield caller


def sellable(world: World, count: int = 1, least: int = 20) -> list[str]:
    return [sku for sku, row in world.avasam_products.items() if (row.stock or 0) >= least][:count]


def order_body(world: World, reference: str = "5767000000000000001", units: int = 2) -> dict[str, Any]:
    return {
        "Authkey": "ZIZ7Q00K4M9X2ZIZ",
        "ReferenceNumber": reference,
        "ShippingServiceName": "Royal Mail Tracked 48",
        "Notes": "",
        "Itemlist": [{"SKU": sku, "Stock": units} for sku in sellable(world)],
        "DeliveryInfo": {
            "Name": "Ada Example",
            "Address": "1 Quill Street, Flat 2",
            "City": "Leeds",
            "Country": "United Kingdom",
            "PostCode": "LS99 1ZZ",
            "PhoneNo": "07700900123",
            "Email": "ada@example.com",
        },
    }


def window(**fields: Any) -> dict[str, Any]:
    def iso(moment: int) -> str:
        return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    return {
        "FromDate": iso(NOW - 3_600),
        "ToDate": iso(NOW + 90_000),
        "DateDispaly": "Last 7 days",
        "Customer": "",
        "OrderStatus": "All",
        "PaymentStatus": "All",
        "Sortby": "ChRecdDate",
        "SortStatus": "up",
        "limit": "100",
        "page": 0,
        **fields,
    }


async def test_an_order_is_taken_with_id_zero_and_its_stock_falls(caller: Caller) -> None:
    world = caller.stand.world
    (sku,) = sellable(world)
    before = world.avasam_products[sku].stock
    answer = await caller.read(CREATE, order_body(world, units=3))
    assert answer == {"ErrorCode": 0, "Message": "Order created successfully", "id": 0}
    assert before is not None
    assert world.avasam_products[sku].stock == before - 3


async def test_the_same_reference_twice_makes_two_orders(caller: Caller) -> None:
    body = order_body(caller.stand.world, "same")
    for _ in range(2):
        assert (await caller.read(CREATE, body))["ErrorCode"] == 0
    answer = await caller.read(ORDERS, window())
    assert [order["SellerRef"] for order in answer["data"]] == ["same", "same"]
    assert len({order["Number"] for order in answer["data"]}) == 2


@pytest.mark.parametrize("wrong", BAD)
@pytest.mark.parametrize(
    "name",
    ["Authkey", "ReferenceNumber", "ShippingServiceName", "Itemlist", "DeliveryInfo"]
    + [f"DeliveryInfo.{part}" for part in ("Name", "Address", "City", "Country", "PostCode", "PhoneNo")],
)
async def test_a_missing_field_is_error_code_1_with_http_200(caller: Caller, name: str, wrong: Any) -> None:
    world = caller.stand.world
    stocks = {sku: row.stock for sku, row in world.avasam_products.items()}
    body = order_body(world)
    *outer, last = name.split(".")
    target = body[outer[0]] if outer else body
    if wrong is None:
        del target[last]
    else:
        target[last] = wrong
    answer = await caller.read(CREATE, body)
    assert (answer["ErrorCode"], answer["id"]) == (1, 0)
    assert last in answer["Message"]
    assert {sku: row.stock for sku, row in world.avasam_products.items()} == stocks
    assert world.avasam_orders == []


@pytest.mark.parametrize(
    "items",
    [
        [],
        [{"SKU": "nowhere", "Stock": 1}],
        [{"SKU": "GOOD", "Stock": 0}],
        [{"SKU": "GOOD", "Stock": "1"}],
        [{"SKU": "GOOD", "Stock": 1}, {"Stock": 1}],
        ["GOOD"],
        [{"SKU": "PARENT", "Stock": 1}],
    ],
)
async def test_items_that_cannot_be_sold_are_refused_whole(caller: Caller, items: list[Any]) -> None:
    world = caller.stand.world
    parent = next(sku for sku, row in world.avasam_products.items() if row.has_variations)
    names = {"GOOD": sellable(world)[0], "PARENT": parent}
    body = order_body(world)
    body["Itemlist"] = [
        {**item, "SKU": names.get(item["SKU"], item["SKU"])}
        if isinstance(item, dict) and "SKU" in item
        else item
        for item in items
    ]
    assert (await caller.read(CREATE, body))["ErrorCode"] == 1
    assert world.avasam_orders == []


async def test_a_misspelt_item_list_is_not_understood(caller: Caller) -> None:
    body = order_body(caller.stand.world)
    body["ItemList"] = body.pop("Itemlist")
    assert "Itemlist" in (await caller.read(CREATE, body))["Message"]


async def test_an_email_and_notes_may_be_missing(caller: Caller) -> None:
    body = order_body(caller.stand.world)
    del body["Notes"], body["DeliveryInfo"]["Email"]
    assert (await caller.read(CREATE, body))["ErrorCode"] == 0


async def test_orders_are_found_by_reference_status_and_time_in_pages(caller: Caller) -> None:
    for number in range(15):
        caller.stand.time = NOW + number * 60
        await caller.read(CREATE, order_body(caller.stand.world, f"ref-{number:02d}", 1))
    pages = [await caller.read(ORDERS, window(limit="10", page=page)) for page in (0, 1, 2)]
    assert [len(page["data"]) for page in pages] == [10, 5, 0]
    assert {page["Total"] for page in pages} == {15}
    assert [o["SellerRef"] for page in pages for o in page["data"]] == [f"ref-{n:02d}" for n in range(15)]
    assert {type(order["Status"]) for order in pages[0]["data"]} == {int, str}
    latest = await caller.read(ORDERS, window(SortStatus="down", limit="10"))
    assert latest["data"][0]["SellerRef"] == "ref-14"
    (found,) = (await caller.read(ORDERS, window(Customer="REF-07")))["data"]
    assert found["SellerRef"] == "ref-07"
    assert (await caller.read(ORDERS, window(OrderStatus="Dispatch")))["Total"] == 0
    assert (await caller.read(ORDERS, window(PaymentStatus="UnPaid")))["Total"] == 0
    early = window(ToDate=datetime.fromtimestamp(NOW + 60, UTC).isoformat())
    assert (await caller.read(ORDERS, early))["Total"] == 2


async def test_a_dispatched_order_carries_its_tracking_number_deep_within(caller: Caller) -> None:
    for reference in ("one", "two"):
        await caller.read(CREATE, order_body(caller.stand.world, reference))

    async def parcels() -> list[dict[str, str]]:
        answer = await caller.read(ORDERS, window())
        return [order["ShippingData"]["Parcels"][0] for order in answer["data"]]

    assert [parcel["TrackingNumber"] for parcel in await parcels()] == ["", ""]
    advance(caller.stand.world, NOW + 3_600, caller.stand.rng)
    assert all(re.fullmatch(r"AV\d{9}GB", parcel["TrackingNumber"]) for parcel in await parcels())
    assert all(parcel["Carrier"] for parcel in await parcels())
    sent = await caller.read(ORDERS, window(OrderStatus="Dispatch"))
    assert [order["Status"] for order in sent["data"]] == [8, "DISPATCH"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"FromDate": None},
        {"ToDate": "yesterday"},
        {"DateDispaly": None},
        {"OrderStatus": ""},
        {"Sortby": None},
        {"SortStatus": "ChRecdDate"},
        {"limit": 100},
        {"limit": None},
        {"page": None},
    ],
)
async def test_an_order_list_without_its_required_fields_is_a_bad_request(
    caller: Caller, wrong: dict[str, Any]
) -> None:
    assert (await caller.post(ORDERS, window(**wrong))).status_code == 400


async def test_a_stock_notice_is_acknowledged_with_an_empty_object(caller: Caller) -> None:
    assert await caller.read("/api-seller/Product/AcknowledgeStockUpdate", {"requestId": "1"}) == {}
