"""What is read of a shop: pages, windows, batches, clean text."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from core.channel.errors import ChannelError, UnreadableReply
from core.channel.port import CataloguePage, OrdersPage
from core.channel.tiktok.adapter import STOCK_BATCH, TikTokAuthoriser, TikTokShop
from tests.contract.spec import faults_of
from tests.core.channel.support import NOON, Answer, Rig, ok, refusal, rig

UNTIL = NOON
SINCE = NOON - timedelta(hours=1)


def _shop(*script: Answer) -> tuple[TikTokShop, Rig]:
    made = rig(*script)
    return TikTokShop(made.client, integration_id="i1", clock=made.clock), made


def _order(number: int, **fields: Any) -> dict[str, Any]:
    return {"id": str(number), "status": "AWAITING_SHIPMENT", "create_time": 1767220000, **fields}


def _orders(*rows: object, token: str | None = "", total: int = 0) -> httpx.Response:
    return ok({"orders": list(rows), "next_page_token": token, "total_count": total or len(rows)})


def _product(number: int, **fields: Any) -> dict[str, Any]:
    sku = {"id": str(number * 10), "inventory": [{"warehouse_id": "7", "quantity": 3}]}
    return {"id": str(number), "title": f"Product {number}", "skus": [sku], **fields}


def _products(*rows: object, token: str = "", total: int | None = None) -> httpx.Response:
    return ok(
        {
            "products": list(rows),
            "next_page_token": token,
            "total_count": len(rows) if total is None else total,
        }
    )


async def _all_orders(shop: TikTokShop, since: datetime | None = SINCE) -> list[OrdersPage]:
    return [page async for page in shop.orders(since=since, until=UNTIL)]


async def _catalogue(shop: TikTokShop) -> list[CataloguePage]:
    return [page async for page in shop.catalogue(until=UNTIL)]


async def test_orders_come_page_by_page_with_one_fixed_upper_bound() -> None:
    shop, made = _shop(
        _orders(_order(1), token="a+/="), _orders(_order(2), token="b"), _orders(_order(3), token=None)
    )
    pages = await _all_orders(shop)
    assert [order.id for page in pages for order in page.orders] == ["1", "2", "3"]
    tokens = [request.url.params.get("page_token") for request in made.shop.requests]
    assert tokens == [None, "a+/=", "b"]
    bounds = {json.dumps(body) for body in made.shop.bodies}
    assert bounds == {json.dumps({"update_time_ge": 1767222000, "update_time_lt": 1767225600})}
    assert made.shop.requests[0].url.params["sort_field"] == "update_time"
    assert made.shop.requests[0].url.params["sort_order"] == "ASC"
    assert faults_of(made) == []


async def test_without_a_beginning_orders_are_read_from_the_first_on() -> None:
    shop, made = _shop(_orders())
    await _all_orders(shop, since=None)
    assert made.shop.bodies == [{"update_time_lt": 1767225600}]


async def test_a_page_token_that_comes_again_ends_the_reading_with_an_error() -> None:
    shop, made = _shop(_orders(_order(1), token="a"), _orders(_order(2), token="b"), _orders(token="a"))
    with pytest.raises(UnreadableReply, match="same page token"):
        await _all_orders(shop)
    assert len(made.shop.requests) == 3


async def test_an_empty_page_in_between_is_passed_over() -> None:
    shop, _ = _shop(_orders(_order(1), token="a"), _orders(token="b"), _orders(_order(2)))
    pages = await _all_orders(shop)
    assert [len(page.orders) for page in pages] == [1, 0, 1]


async def test_empty_pages_without_end_are_an_error() -> None:
    number = iter(range(1000))
    shop, made = _shop(lambda _: _orders(token=str(next(number))))
    with pytest.raises(UnreadableReply, match="do not end"):
        await _all_orders(shop)
    assert len(made.shop.requests) < 10


async def test_a_shop_without_orders_is_one_empty_page() -> None:
    shop, _ = _shop(ok(None))
    (page,) = await _all_orders(shop)
    assert (page.orders, page.unreadable, page.total) == ([], [], 0)


async def test_rows_that_are_counted_and_not_sent_are_no_empty_shop() -> None:
    """An empty answer would mark every SKU as gone, and a window of orders as read."""
    for first in ([], [ok({"orders": [], "next_page_token": "t", "total_count": 7})]):
        shop, _ = _shop(*first, ok({"orders": [], "total_count": 7}))
        with pytest.raises(UnreadableReply, match="counts 7 rows and sends none"):
            await _all_orders(shop)
    shop, _ = _shop(ok({"total_count": 3}))
    with pytest.raises(UnreadableReply, match="counts 3 rows"):
        await _catalogue(shop)
    shop, _ = _shop(
        ok({"orders": [{"id": "1"}], "next_page_token": "t", "total_count": 2}), ok({"total_count": 2})
    )
    assert [len(page.orders) for page in await _all_orders(shop)] == [1, 0], "one went while we read"


async def test_one_bad_row_does_not_hide_the_others() -> None:
    bad = {"id": 577900000000000009, "line_items": [{"no": "id"}]}
    shop, _ = _shop(_orders(_order(1), bad, _order(2)))
    (page,) = await _all_orders(shop)
    assert [order.id for order in page.orders] == ["1", "2"]
    (unreadable,) = page.unreadable
    assert unreadable.id == "577900000000000009"
    assert "line_items.0.id" in unreadable.why


async def test_three_units_of_one_sku_are_three_lines() -> None:
    lines = [{"id": str(number), "sku_id": "9", "sale_price": "1.10"} for number in (1, 2, 3)]
    shop, _ = _shop(_orders(_order(1, line_items=lines)))
    (page,) = await _all_orders(shop)
    assert [line.line_id for line in page.orders[0].lines] == ["1", "2", "3"]
    assert {line.sku_id for line in page.orders[0].lines} == {"9"}
    assert sum(line.price or 0 for line in page.orders[0].lines) == Decimal("3.30")


async def test_a_masked_address_is_known_as_one_and_an_open_one_is_complete() -> None:
    open_address = {
        "name": "Jo Doe",
        "phone_number": "+44 7700 900123",
        "address_line1": "1 High St",
        "address_line2": "Flat\n2",
        "postal_code": "AB1 2CD",
        "district_info": [
            {"address_level": "L0", "address_level_name": "Country", "address_name": "United Kingdom"},
            {"address_level": "L1", "address_level_name": "County", "address_name": "Kent"},
            {"address_level": "L2", "address_level_name": "City", "address_name": "Dover"},
        ],
    }
    masked = {"name": "J*** D***", "phone_number": "(+1)213-***-1234", "full_address": "1 H***"}
    rows = [_order(1, recipient_address=open_address), _order(2, recipient_address=masked), _order(3)]
    shop, _ = _shop(_orders(*rows))
    (page,) = await _all_orders(shop)
    full, hidden, none = (order.address for order in page.orders)
    assert (full.name, full.line, full.city) == ("Jo Doe", "1 High St, Flat 2", "Dover")
    assert (full.region, full.postcode, full.country) == ("Kent", "AB1 2CD", "United Kingdom")
    assert [address.masked for address in (full, hidden, none)] == [False, True, False]


async def test_hostile_titles_are_cleaned_where_they_enter() -> None:
    hostile = "\x1b]0;owned\x07Kettle\u202e [red]x\n=cmd()" + "y" * 20_000
    line = {"id": "1", "product_name": hostile, "sku_name": hostile, "seller_sku": hostile}
    shop, _ = _shop(_orders(_order(1, line_items=[line], buyer_message=hostile)))
    (page,) = await _all_orders(shop)
    (read,) = page.orders[0].lines
    for text in (read.title, read.variation, read.seller_sku):
        assert text.startswith("Kettle [red]x =cmd()y")
        assert "\x1b" not in text
        assert len(text) <= 1000
    assert page.orders[0].buyer_message.startswith("Kettle [red]x\n=cmd()")
    shop, _ = _shop(_products(_product(1, title=hostile)))
    (found,) = await _catalogue(shop)
    assert found.skus[0].title.startswith("Kettle [red]x =cmd()y")


async def test_the_catalogue_is_every_sku_of_every_product_in_every_status() -> None:
    shop, made = _shop(_products(_product(1), token="t"), _products(_product(2, status="DELETED")))
    pages = await _catalogue(shop)
    skus = [sku for page in pages for sku in page.skus]
    assert [(sku.product_id, sku.sku_id, sku.live_quantity, sku.deleted) for sku in skus] == [
        ("1", "10", 3, False),
        ("2", "20", 3, True),
    ]
    assert {sku.integration_id for sku in skus} == {"i1"}
    assert made.shop.bodies == [{"status": "ALL", "create_time_le": 1767225600}] * 2
    assert faults_of(made) == []


class BigShop:
    """A shop with products made at known times, whose search stops at 10,000 in one of TikTok's ways."""

    def __init__(self, times: list[int], *, cap: int, stops: str) -> None:
        self.times, self.cap, self.stops = times, cap, stops

    def __call__(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        start, end = body.get("create_time_ge", 0), body["create_time_le"]
        found = [(number, time) for number, time in enumerate(self.times) if start <= time <= end]
        offset = int(request.url.params.get("page_token", "0"))
        too_many = len(found) > self.cap
        if too_many and (self.stops == "at once" or offset >= self.cap):
            return refusal(12052180, "The search would pass 10000 results")
        total = self.cap if too_many and self.stops == "counts no further" else len(found)
        if too_many and self.stops == "on the way":
            total = 0
        rows = [_product(number) for number, _ in found[offset : offset + 100]]
        more = offset + 100 < len(found)
        return _products(*rows, token=str(offset + 100) if more else "", total=total)


@pytest.mark.parametrize("stops", ["at once", "counts all", "counts no further", "on the way"])
@pytest.mark.parametrize("spread", ["even", "in one week"])
async def test_a_shop_beyond_the_search_limit_is_read_in_windows(
    stops: str, spread: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.channel.tiktok.adapter.SEARCH_CAP", 500)
    span = 200_000_000 if spread == "even" else 600_000
    times = [1_767_225_600 - number * (span // 1700) for number in range(1700)]
    shop, made = _shop(BigShop(times, cap=500, stops=stops))
    seen = {sku.product_id for page in await _catalogue(shop) for sku in page.skus}
    assert len(seen) == 1700
    assert len(made.shop.requests) < 100
    assert faults_of(made) == []


async def test_a_search_that_counts_exactly_10000_is_halved_before_its_second_page() -> None:
    shop, made = _shop(_products(_product(1), token="t", total=10_000), _products(_product(2)))
    await _catalogue(shop)
    assert [request.url.params.get("page_token") for request in made.shop.requests] == [None] * 3
    windows = [(body.get("create_time_ge", 0), body["create_time_le"]) for body in made.shop.bodies]
    (_, end), (middle, late), (early, before) = windows
    assert (early, before + 1, late) == (0, middle, end)


async def test_more_products_in_one_second_than_can_be_shown_is_an_error_and_no_endless_loop() -> None:
    shop, made = _shop(refusal(12052180, "The search would pass 10000 results"))
    with pytest.raises(ChannelError) as caught:
        await _catalogue(shop)
    assert caught.value.code == 12052180
    assert len(made.shop.requests) < 70


async def test_live_stock_is_asked_for_600_skus_at_a_time() -> None:
    row = {
        "product_id": 1729592969712207008,
        "skus": [
            {
                "id": "10",
                "total_committed_quantity": 2,
                "warehouse_inventory": [
                    {"warehouse_id": "7", "available_quantity": 5, "committed_quantity": 2},
                    {"warehouse_id": "8", "available_quantity": 0},
                ],
            }
        ],
    }
    shop, made = _shop(ok({"inventory": [row]}), ok({}))
    batches = [list(batch) async for batch in shop.live_stock([str(n) for n in range(STOCK_BATCH + 1)])]
    assert [len(body["sku_ids"]) for body in made.shop.bodies] == [600, 1]
    assert [len(batch) for batch in batches] == [1, 0]
    assert batches[0][0].quantities == {"7": 5, "8": 0}
    assert batches[0][0].product_id == "1729592969712207008"
    assert faults_of(made) == []


async def test_nothing_asked_for_is_no_call() -> None:
    shop, made = _shop(ok({}))
    assert [batch async for batch in shop.live_stock([])] == []
    assert made.shop.requests == []


async def test_warehouses_are_told_apart() -> None:
    rows = [
        {
            "id": "7",
            "name": "Main",
            "type": "SALES_WAREHOUSE",
            "effect_status": "ENABLED",
            "is_default": True,
        },
        {"id": "8", "name": "Main", "type": "RETURN_WAREHOUSE", "effect_status": "ENABLED"},
        {"id": "9", "name": "\x1b[2JOld", "type": "SALES_WAREHOUSE", "effect_status": "DISABLED"},
    ]
    shop, _ = _shop(ok({"warehouses": rows}))
    found = await shop.warehouses()
    assert [(w.id, w.name, w.is_sales, w.is_enabled, w.is_default) for w in found] == [
        ("7", "Main", True, True, True),
        ("8", "Main", False, True, False),
        ("9", "Old", True, False, False),
    ]


async def test_the_shops_of_a_consent_are_read_without_a_cipher() -> None:
    row = {"id": "7490", "name": "\x1b[1mShop", "region": "GB", "seller_type": "LOCAL", "cipher": "GCP_x"}
    made = rig(ok({"shops": [row]}), cipher=None)
    (shop,) = await TikTokAuthoriser(made.client).shops()
    assert (shop.id, shop.name, shop.region, shop.cipher) == ("7490", "Shop", "GB", "GCP_x")
    assert faults_of(made) == []


async def test_reading_can_stop_half_way_without_asking_further() -> None:
    shop, made = _shop(_orders(_order(1), token="a"), _orders(_order(2)))
    reading: AsyncIterator[OrdersPage] = shop.orders(since=None, until=datetime(2026, 1, 1, tzinfo=UTC))
    assert [order.id for order in (await anext(reading)).orders] == ["1"]
    assert len(made.shop.requests) == 1
