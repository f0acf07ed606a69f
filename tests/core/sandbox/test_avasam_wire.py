"""Avasam's tokens and goods, asked over HTTP as its documents and its observers say it answers."""

import re
from collections.abc import AsyncIterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from core.sandbox.catalogue import MANGLED_BARCODE
from core.sandbox.merchant import build_world
from tests.core.sandbox.avasam_stand import (
    CREATE,
    INVENTORY,
    NOW,
    ORDERS,
    PRODUCTS,
    STOCK,
    TOKEN,
    Caller,
    Stand,
    calling,
)

CHILDREN = {"Variation": "true", "Showchild": "true"}


@pytest.fixture
def stand() -> Stand:
    return Stand(build_world(seed=3, products=300, orders=0, now=NOW))


@pytest.fixture
async def caller(stand: Stand) -> AsyncIterator[Caller]:
    async with calling(stand) as caller:
        yield caller


async def test_a_token_has_an_expiry_in_one_of_two_spellings_and_a_customer_id(caller: Caller) -> None:
    expiries = []
    for _ in range(4):
        answer = await caller.read(TOKEN, {"consumer_key": "consumer", "secret_key": "secret"})
        assert set(answer) == {"access_token", "expires_at", "customerId"}
        assert re.fullmatch(r"[0-9a-f-]{36}", answer["access_token"])
        expiries.append(answer["expires_at"])
        moment = datetime.fromisoformat(answer["expires_at"])
        assert moment.replace(microsecond=0).timestamp() == NOW + 3_600
    assert {bool(re.search(r"\.\d{7}\+00:00$", one)) for one in expiries} == {True, False}
    assert sum(one.endswith("Z") for one in expiries) == 2


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"consumer_key": "consumer", "secret_key": "wrong"}, 401),
        ({"Consumer_key": "consumer", "Secret_key": "secret"}, 400),
        ({"consumer_key": "consumer"}, 400),
        ([], 400),
    ],
)
async def test_wrong_or_misnamed_keys_give_no_token(caller: Caller, body: Any, status: int) -> None:
    assert (await caller.post(TOKEN, body)).status_code == status


async def test_the_token_goes_raw_bearer_and_none_are_refused(caller: Caller) -> None:
    token = caller.http.headers["authorization"]
    for header, status in ((token, 200), (f"Bearer {token}", 401), ("", 401), (token[:-1], 401)):
        reply = await caller.http.post(STOCK, json={"limit": 1, "page": 0}, headers={"authorization": header})
        assert reply.status_code == status
    del caller.http.headers["authorization"]
    assert (await caller.post(STOCK, {"limit": 1, "page": 0})).status_code == 401


async def test_a_token_ends_at_its_expiry_and_is_forgotten_at_the_next(caller: Caller) -> None:
    caller.stand.time = NOW + 3_599
    assert (await caller.post(STOCK, {"limit": 1, "page": 0})).status_code == 200
    caller.stand.time = NOW + 3_600
    assert (await caller.post(STOCK, {"limit": 1, "page": 0})).status_code == 401
    await caller.read(TOKEN, {"consumer_key": "consumer", "secret_key": "secret"})
    assert len(caller.stand.avasam_tokens) == 1


@pytest.mark.parametrize("path", [TOKEN, PRODUCTS, STOCK, INVENTORY, CREATE, ORDERS])
async def test_every_call_is_a_post_with_a_json_object(caller: Caller, path: str) -> None:
    assert (await caller.http.get(path)).status_code == 405
    assert (await caller.http.post(path, content=b"{")).status_code == 400
    assert (await caller.http.post(path, content=b"[1]")).status_code == 400


async def test_the_product_list_is_a_bare_array_in_pages_from_zero(caller: Caller) -> None:
    pages = [await caller.read(PRODUCTS, {"Page": page, "Limit": 120}) for page in range(4)]
    assert [len(page) for page in pages] == [120, 120, 60, 0]
    assert [row["SKU"] for page in pages for row in page] == list(caller.stand.world.avasam_products)
    assert not {"Stock", "ShippingPrice"} & set(pages[0][0])


@pytest.mark.parametrize(
    "body",
    [
        {"page": 0, "limit": 10},
        {"Page": 0},
        {"Page": "0", "Limit": 10},
        {"Page": -1, "Limit": 10},
        {"Page": 0, "Limit": 0},
        {"Page": True, "Limit": 10},
        {"Page": 0, "Limit": 1001},
    ],
)
async def test_a_product_list_without_its_very_fields_is_a_bad_request(caller: Caller, body: Any) -> None:
    assert (await caller.post(PRODUCTS, body)).status_code == 400


async def test_a_product_row_says_what_the_merchant_knows(caller: Caller) -> None:
    rows = await caller.read(PRODUCTS, {"Page": 0, "Limit": 1000})
    world = caller.stand.world
    for row in rows:
        product = world.avasam_products[row["SKU"]]
        assert row["IsVariation"] is product.has_variations
        assert {one["Name"]: one["Value"] for one in row["ExtendedProperties"]} == product.attributes
        assert row["Image"] == f"http://127.0.0.1:9/images/{product.images[0]}"
        if not product.has_variations:
            assert Decimal(str(row["Price"])) == Decimal(product.price)
            assert Decimal(str(row["RetailPrice"])) == Decimal(product.retail_price)
    family = next(row for row in rows if row["IsVariation"])
    assert all(world.avasam_products[c["SKU"]].parent_sku == family["SKU"] for c in family["Variations"])
    assert MANGLED_BARCODE in {row["BarCode"] for row in rows}
    assert None in {row["BarCode"] for row in rows}


async def test_the_stock_list_leaves_out_what_is_not_known(caller: Caller) -> None:
    rows = await caller.read(STOCK, {"limit": 1000, "page": 0})
    known = {s: row.stock for s, row in caller.stand.world.avasam_products.items() if row.stock is not None}
    assert {row["SKU"]: row["Stock"] for row in rows} == known
    assert all(set(row) == {"SKU", "Stock"} for row in rows)
    assert len(known) < 300
    assert (await caller.post(STOCK, {"Limit": 10, "Page": 0})).status_code == 400


async def test_two_views_hold_singles_and_parents_or_children_alone(caller: Caller) -> None:
    products = caller.stand.world.avasam_products
    fronts, children = await caller.rows(), await caller.rows(**CHILDREN)
    assert {row["SKU"] for row in fronts} == {s for s, row in products.items() if not row.parent_sku}
    assert {row["SKU"]: row["ParentSKU"] for row in children} == {
        sku: row.parent_sku for sku, row in products.items() if row.parent_sku
    }
    assert await caller.rows(Variation="true") == await caller.rows(Variation=True, Showchild=True) == fronts


async def test_pages_of_the_inventory_take_the_limit_as_number_or_text(caller: Caller) -> None:
    for limit in (10, "10"):
        answer = await caller.read(
            INVENTORY, {"page": 1, "limit": limit, "Sortby": "SKU", "SortStatus": "up"}
        )
        shown = [row["SKU"] for row in answer["body"]["data"]]
        assert shown == sorted(row["SKU"] for row in await caller.rows())[10:20]
    for wrong in ({"limit": 10}, {"page": 0}, {"page": 0, "limit": "ten"}, {"page": 0, "limit": "0"}):
        assert (await caller.post(INVENTORY, wrong)).status_code == 400


async def test_a_parent_shows_a_range_of_prices_and_the_stock_of_its_children(caller: Caller) -> None:
    products = caller.stand.world.avasam_products
    parents = [row for row in await caller.rows() if row["HasVariations"]]
    assert parents
    for parent in parents:
        family = [row for row in products.values() if row.parent_sku == parent["SKU"]]
        costs = [Decimal(child.price) for child in family]
        assert parent["Price"] == f"£{min(costs)} - £{max(costs)}"
        assert parent["Stock"] == sum(child.stock or 0 for child in family)


async def test_the_price_with_vat_is_not_rounded(caller: Caller) -> None:
    for row in await caller.rows(**CHILDREN):
        assert Decimal(str(row["PriceIncVat"])) == Decimal(str(row["Price"])) * Decimal("1.2")


async def test_the_field_supplier_searches_sku_and_title(caller: Caller) -> None:
    everything = await caller.rows()
    wanted = everything[5]
    assert await caller.rows(Supplier=wanted["SKU"].lower()) == [wanted]
    word = wanted["Title"].split()[0].upper()
    found = await caller.rows(Supplier=word)
    assert found == [row for row in everything if word.casefold() in row["Title"].casefold()]
    assert await caller.rows(Supplier="no such thing") == []


async def test_filters_narrow_and_combine(caller: Caller) -> None:
    everything = await caller.rows(**CHILDREN)
    category = everything[0]["Category"]
    for filters, fits in (
        ({"CategoryName": category}, lambda row: row["Category"] == category),
        ({"Category": everything[0]["CategoryId"]}, lambda row: row["Category"] == category),
        ({"StockValue": "<", "Stock": 50}, lambda row: row["Stock"] is not None and row["Stock"] < 50),
        ({"PriceDelimeter": ">", "PriceValue": 5}, lambda row: row["Price"] > 5),
        (
            {"PriceDelimeter": ">=", "PriceValue": 5, "PriceMaxDelimeter": "<=", "PriceMaxValue": 9},
            lambda row: 5 <= row["Price"] <= 9,
        ),
        ({"PriceDelimeter": "0", "StockValue": "0", "IsMapped": "No"}, lambda row: True),
        ({"IsMapped": "Yes"}, lambda row: False),
    ):
        assert await caller.rows(**CHILDREN, **filters) == [row for row in everything if fits(row)]
    assert (await caller.post(INVENTORY, {"page": 0, "limit": 1, "StockValue": "~"})).status_code == 400
    no_number = {"page": 0, "limit": 1, "StockValue": ">", "Stock": "many"}
    assert (await caller.post(INVENTORY, no_number)).status_code == 400


@pytest.mark.parametrize("name", ["SKU", "Title", "Number", "Stock", "Price"])
async def test_the_inventory_can_be_sorted_up_and_down(caller: Caller, name: str) -> None:
    up = [row[name] or 0 for row in await caller.rows(**CHILDREN, Sortby=name, SortStatus="up")]
    down = [row[name] or 0 for row in await caller.rows(**CHILDREN, Sortby=name, SortStatus="down")]
    assert up == sorted(up)
    assert down == up[::-1]


async def test_the_undocumented_calls_for_one_product(caller: Caller) -> None:
    products = caller.stand.world.avasam_products
    shipped = next(row for row in products.values() if row.shipping_price)
    reply = await caller.http.get(
        "/apiseeker/SeekerProductModule/GetProductBySKU", params={"SKU": shipped.sku}
    )
    assert reply.json()["body"]["Feed"]["Title"] == {"en": shipped.title}
    detail = "/apiseeker/Products/GetProductWarehouseDetail"
    (service,) = (await caller.read(detail, {"SKU": shipped.sku}))["Warehouses"][0]["ShippingServices"]
    assert Decimal(str(service["ShippingCost"])) == Decimal(str(shipped.shipping_price))
    unknown = next(row.sku for row in products.values() if row.shipping_price is None)
    assert (await caller.post(detail, {"SKU": unknown})).status_code == 404
