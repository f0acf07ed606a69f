"""Replies that are nearly right: what of them can be read is read, and nothing is believed blindly."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from core.channel.errors import DataRefused, LostReply, RateLimited
from core.channel.port import OrdersPage
from core.channel.tiktok import operations, wire
from core.channel.tiktok.adapter import TikTokAuthoriser, TikTokShop
from core.channel.tiktok.auth import TikTokAuth
from core.models.base import Money
from tests.core.channel.support import APP, NOON, Rig, ScriptedShop, ok, refusal, rig

ORDER = {"id": "1", "status": "AWAITING_SHIPMENT", "create_time": 1767220000}


def shop_of(made: Rig) -> TikTokShop:
    return TikTokShop(made.client, integration_id="i1", clock=made.clock)


async def orders(*rows: object) -> OrdersPage:
    made = rig(ok({"orders": list(rows), "next_page_token": "", "total_count": len(rows)}))
    (page,) = [page async for page in shop_of(made).orders(since=None, until=NOON)]
    return page


@pytest.mark.parametrize(
    "name", [b"Cup \\ud83d", b"Cup \xff\xfe", b"Cup \xc3"], ids=["half an emoji", "no text", "half a letter"]
)
async def test_a_title_that_was_cut_in_a_character_does_not_hide_the_page(name: bytes) -> None:
    content = (
        b'{"code":0,"message":"","data":{"products":[{"id":"1","title":"%s","skus":[{"id":"2"}]}]}}' % name
    )
    made = rig(httpx.Response(200, content=content))
    (page,) = [page async for page in shop_of(made).catalogue(until=NOON)]
    (sku,) = page.skus
    assert sku.title.startswith("Cup")
    assert sku.title.encode()
    assert len(made.shop.requests) == 1


async def test_a_byte_order_mark_before_the_json_does_no_harm() -> None:
    body = json.dumps({"code": 0, "data": {"warehouses": [{"id": "7"}]}}).encode("utf-8-sig")
    made = rig(httpx.Response(200, content=body))
    assert (await made.client.call(operations.WAREHOUSES, wire.Warehouses)).warehouses[0].id == "7"


@pytest.mark.parametrize("odd", [None, "x", 5, [], {}, {"id": None}, {"id": ""}, {"id": "\u200b"}])
async def test_a_row_that_is_none_or_has_no_id_does_not_hide_the_others(odd: object) -> None:
    page = await orders(odd, ORDER)
    assert [order.id for order in page.orders] == ["1"]
    assert [row.id for row in page.unreadable] == ["without an id"]


async def test_a_product_of_which_an_id_is_empty_is_reported_and_the_others_are_read() -> None:
    rows = [{"id": "5", "skus": [{"id": ""}]}, {"id": "", "skus": []}, {"id": "6", "skus": [{"id": "61"}]}]
    made = rig(ok({"products": [*rows, None], "total_count": 4}))
    (page,) = [page async for page in shop_of(made).catalogue(until=NOON)]
    assert [sku.sku_id for sku in page.skus] == ["61"]
    assert [row.id for row in page.unreadable] == ["5", "without an id", "without an id"]


@pytest.mark.parametrize(
    "address",
    [
        {"name": "J*** S***"},
        {"phone_number": "(+44)74****12"},
        {"address_line1": "*** High Street"},
        {"full_address": "United Kingdom, ***"},
        {"post_town": "L*****"},
    ],
)
async def test_an_address_of_which_any_part_is_masked_is_masked(address: dict[str, str]) -> None:
    (order,) = (await orders({**ORDER, "recipient_address": address})).orders
    assert order.address.masked


async def test_an_asterisk_in_a_street_masks_nothing() -> None:
    address = {"name": "Ann", "address_line1": "Flat 2*, 1 High Street"}
    (order,) = (await orders({**ORDER, "recipient_address": address})).orders
    assert not order.address.masked


@pytest.mark.parametrize("header", ["1e300", "9" * 300, "Fri, 31 Dec 9999 23:59:59 GMT"])
async def test_nobody_is_made_to_wait_for_more_than_a_day(header: str) -> None:
    made = rig(refusal(36009002, status=429, headers={"retry-after": header}))
    with pytest.raises(RateLimited) as caught:
        await made.client.call(operations.WAREHOUSES, wire.Warehouses)
    assert caught.value.retry_after == timedelta(days=1).total_seconds()


@pytest.mark.parametrize("token", ["", "line\nfeed", "white space", "gr\u00fcn", "x" * 5000])
@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
async def test_a_token_that_no_header_can_carry_is_none(which: str, token: str) -> None:
    data: dict[str, Any] = {
        "access_token": "TTP_a",
        "access_token_expire_in": 1767830400,
        "refresh_token": "TTP_r",
        "refresh_token_expire_in": 1798761600,
    }
    http = httpx.AsyncClient(transport=httpx.MockTransport(ScriptedShop([ok({**data, which: token})])))
    auth = TikTokAuth(http, auth_url="https://a.test", consent_url="https://c.test", app=APP, service_id="7")
    with pytest.raises(LostReply, match="no tokens") as caught:
        await auth.refresh("TTP_old")
    assert not token or token not in str(caught.value)


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        ("72000.00", "VND", "72000"),
        ("7.2E+4", "JPY", "72000"),
        ("72000.50", "VND", "72000.50"),
        ("72.00", "GBP", "72.00"),
    ],
)
async def test_currencies_without_pennies_are_written_without_any(
    amount: str, currency: str, written: str
) -> None:
    made = rig(ok({}))
    await shop_of(made).push_prices("1", {"10": Money(amount=Decimal(amount), currency=currency)})
    assert made.shop.bodies[0]["skus"][0]["price"] == {"amount": written, "currency": currency}


async def test_an_answer_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.bodies.MOST", 1000)
    pieces: list[int] = []

    async def endless() -> AsyncIterator[bytes]:
        for piece in range(10_000):
            pieces.append(piece)
            yield b" " * 100

    made = rig(lambda _request: httpx.Response(200, content=endless()))
    with pytest.raises(LostReply, match="more than 1000 bytes"):
        await made.client.call(operations.CREATE_PRODUCT, wire.CreatedProduct)
    assert len(pieces) == 11
    assert len(made.shop.requests) == 1


HOSTILE = "\x1b]0;owned\x07\x1b[31m\u202e"


async def test_what_is_shown_of_a_reply_was_cleaned_ids_and_scopes_included() -> None:
    body = {"code": 12052261, "message": "no", "request_id": f"R{HOSTILE}2\n", "data": None}
    made = rig(httpx.Response(200, json=body))
    with pytest.raises(DataRefused) as caught:
        await made.client.call(operations.WAREHOUSES, wire.Warehouses)
    assert caught.value.request_id == "R2"
    sku = {"id": "2", "inventory": [{"warehouse_id": f"7{HOSTILE}", "quantity": 3}]}
    made = rig(ok({"products": [{"id": "1", "skus": [sku]}]}))
    (page,) = [page async for page in shop_of(made).catalogue(until=NOON)]
    assert page.skus[0].quantities == {"7": 3}
    made = rig(ok({"shops": [{"id": f"5{HOSTILE}", "name": f"A{HOSTILE}", "cipher": "c"}]}))
    (shop,) = await TikTokAuthoriser(made.client).shops()
    assert (shop.id, shop.name) == ("5", "A")
