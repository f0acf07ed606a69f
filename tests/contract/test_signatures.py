"""Signatures against the published vectors, and the client's real bytes against its own signature."""

import asyncio
from typing import Any
from urllib.parse import parse_qsl, unquote_to_bytes, urlsplit

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.channel.pace import Pace
from core.channel.tiktok import operations, wire
from core.channel.tiktok.client import TikTokClient, Upload
from core.channel.tiktok.signing import is_webhook_genuine, sign, string_to_sign, webhook_signature
from tests.core.channel.support import (
    APP,
    CIPHER,
    TOKEN,
    FakeTokens,
    FrozenClock,
    contract,
    ok,
    refusal,
    rig,
    without_waiting,
)

VECTORS = contract("sign-vectors.json")
PAGE_TOKEN = "6AsPQsUMvH3RkchNUPPh22NROHkE0D8pmq/N5M1kHYcZmtRyv9aVrNv65W7Q6tFA+7D1ud64MPNz5OaT=="


def _named(vectors: list[dict[str, Any]]) -> list[Any]:
    return [pytest.param(vector, id=vector["name"]) for vector in vectors]


@pytest.mark.parametrize("vector", _named(VECTORS["requests"]))
def test_a_request_is_signed_as_five_implementations_sign_it(vector: dict[str, Any]) -> None:
    body = (vector["body"] or "").encode()
    under = string_to_sign(vector["path"], vector["query"], body, vector["content_type"], vector["secret"])
    assert under.decode() == vector["string_to_sign"]
    signature = sign(
        vector["path"], vector["query"], vector["secret"], body=body, content_type=vector["content_type"]
    )
    assert signature == vector["signature"]


@pytest.mark.parametrize("vector", _named(VECTORS["webhooks"]))
def test_a_webhook_is_recognised(vector: dict[str, Any]) -> None:
    key, secret, body = vector["app_key"], vector["secret"], vector["body"].encode()
    assert webhook_signature(key, secret, body) == vector["signature"]
    assert is_webhook_genuine(key, secret, body, vector["signature"])
    assert not is_webhook_genuine(key, secret, body + b" ", vector["signature"])
    assert not is_webhook_genuine(key, secret, body, "")
    assert not is_webhook_genuine(key, secret, body, "é" * 64)


@settings(deadline=None)
@given(
    query=st.dictionaries(st.text(min_size=1, max_size=8), st.text(max_size=12), max_size=6),
    sign_value=st.text(max_size=5),
)
def test_neither_order_nor_the_unsigned_parameters_change_a_signature(
    query: dict[str, str], sign_value: str
) -> None:
    signed = {name: value for name, value in query.items() if name not in {"sign", "access_token"}}
    noisy = {**dict(reversed(signed.items())), "sign": sign_value, "access_token": "t"}
    encodable = {k: v for k, v in signed.items() if _is_encodable(k + v)}
    noisy = {k: v for k, v in noisy.items() if k in encodable or k in {"sign", "access_token"}}
    if _is_encodable(sign_value):
        assert sign("/p", noisy, "s") == sign("/p", encodable, "s")


def test_parameters_are_sorted_by_their_bytes_so_capitals_come_first() -> None:
    query = {"b": "1", "B": "2", "a": "3", "é": "4", "z": "5"}
    assert string_to_sign("/p", query, b"", "application/json", "s").decode() == "s/pB2a3b1z5é4s"


def _is_encodable(text: str) -> bool:
    return not any(0xD800 <= ord(char) <= 0xDFFF for char in text)


def _signature_of_what_was_sent(request: httpx.Request) -> str:
    """The `sign` that TikTok would compute from the bytes on the wire alone."""
    path, _, query = request.url.raw_path.partition(b"?")
    decoded = {
        unquote_to_bytes(name).decode(): unquote_to_bytes(value).decode()
        for name, _, value in (pair.partition(b"=") for pair in query.split(b"&"))
    }
    return sign(
        path.decode(), decoded, APP.secret, body=request.content, content_type=request.headers["content-type"]
    )


async def test_the_page_token_is_encoded_on_the_wire_and_signed_decoded() -> None:
    made = rig(ok({}))
    await made.client.call(
        operations.SEARCH_ORDERS,
        wire.OrdersPage,
        query={
            "page_size": "100",
            "page_token": PAGE_TOKEN,
            "sort_field": "update_time",
            "sort_order": "ASC",
        },
        body=wire.OrderSearch(update_time_ge=1767139200, update_time_lt=1767225600),
    )
    (sent,) = made.shop.requests
    assert (
        b"page_token=6AsPQsUMvH3RkchNUPPh22NROHkE0D8pmq%2FN5M1kHYcZmtRyv9aVrNv65W7Q6tFA%2B"
        in sent.url.raw_path
    )
    assert sent.url.params["sign"] == _signature_of_what_was_sent(sent)
    published = next(v for v in VECTORS["requests"] if "page_token" in v["query"])
    assert sent.content.decode() == published["body"]
    assert sent.url.params["sign"] == published["signature"]


async def test_ids_are_one_comma_joined_value() -> None:
    made = rig(ok({}))
    ids = "576461413038785752,576461413038785753"
    await made.client.call(operations.ORDER_DETAIL, wire.OrdersPage, query={"ids": ids})
    (sent,) = made.shop.requests
    published = next(v for v in VECTORS["requests"] if "ids" in v["query"])
    assert sent.url.params["sign"] == published["signature"]
    assert sent.url.params.get_list("ids") == [ids]


async def test_an_empty_object_is_sent_and_signed_as_one() -> None:
    made = rig(ok({}), cipher="C1")
    await made.client.call(
        operations.SEARCH_PRODUCTS, wire.ProductsPage, query={"page_size": "100"}, body=wire.ProductSearch()
    )
    (sent,) = made.shop.requests
    assert sent.content == b"{}"
    published = next(v for v in VECTORS["requests"] if v["body"] == "{}")
    assert sent.url.params["sign"] == published["signature"]


async def test_an_upload_is_multipart_unsigned_and_without_a_cipher() -> None:
    made = rig(ok({"uri": "tos/x"}))
    await made.client.call(
        operations.UPLOAD_IMAGE,
        wire.Reply,
        upload=Upload("kettle.png", b"\x89PNG\r\n", {"use_case": "MAIN_IMAGE"}),
    )
    (sent,) = made.shop.requests
    assert sent.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert b'name="data"; filename="kettle.png"' in sent.content
    assert b"\x89PNG\r\n" in sent.content
    assert b"MAIN_IMAGE" in sent.content
    assert "shop_cipher" not in sent.url.params
    published = next(v for v in VECTORS["requests"] if "multipart" in v["content_type"])
    assert sent.url.params["sign"] == published["signature"] == _signature_of_what_was_sent(sent)


async def test_the_token_is_a_header_and_never_in_the_query() -> None:
    made = rig(ok({}))
    await made.client.call(operations.WAREHOUSES, wire.Warehouses)
    (sent,) = made.shop.requests
    assert sent.headers["x-tts-access-token"] == TOKEN
    assert TOKEN.encode() not in sent.url.raw_path
    assert sent.url.params["shop_cipher"] == CIPHER


async def test_every_repetition_is_stamped_and_signed_anew() -> None:
    made = rig(httpx.Response(500), refusal(36009002, status=429, headers={"retry-after": "30"}), ok({}))

    def later(answer: httpx.Response, seconds: float) -> Any:
        def reply(_: httpx.Request) -> httpx.Response:
            made.clock.move(seconds=seconds)
            return answer

        return reply

    made.shop.script[0] = later(httpx.Response(500), 7)
    with without_waiting():
        await made.client.call(operations.WAREHOUSES, wire.Warehouses)
    stamps = [int(request.url.params["timestamp"]) for request in made.shop.requests]
    assert stamps[1] - stamps[0] == 7
    assert stamps[2] - stamps[1] >= 30
    for request in made.shop.requests:
        assert request.url.params["sign"] == _signature_of_what_was_sent(request)
    assert len({request.url.params["sign"] for request in made.shop.requests}) == 3


@settings(deadline=None)
@given(token=st.text(min_size=1, max_size=40).filter(_is_encodable))
def test_whatever_a_page_token_holds_the_signature_fits_the_bytes(token: str) -> None:
    made = rig(ok({}))

    async def call() -> None:
        await made.client.call(
            operations.SEARCH_ORDERS, wire.OrdersPage, query={"page_token": token}, body=wire.OrderSearch()
        )

    asyncio.run(call())
    (sent,) = made.shop.requests
    assert sent.url.params["sign"] == _signature_of_what_was_sent(sent)


async def test_over_a_real_socket_the_bytes_signed_are_the_bytes_sent() -> None:
    received: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length")
        )
        received.extend((head, await reader.readexactly(length)))
        body = ok({}).content
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\nconnection: close\r\n\r\n" % len(body) + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, httpx.AsyncClient(trust_env=False) as http:
        client = TikTokClient(
            http,
            base_url=f"http://127.0.0.1:{port}",
            app=APP,
            tokens=FakeTokens(),
            clock=FrozenClock(),
            pace=Pace(1000),
            cipher=CIPHER,
        )
        await client.call(
            operations.UPDATE_PRICE,
            wire.BatchResult,
            path={"product_id": "1729592969712207008"},
            body=wire.PriceUpdate(
                skus=(
                    wire.SkuPrice(
                        id="1729592969712207012", price=wire.AmountBody(amount="19.99", currency="USD")
                    ),
                )
            ),
        )
    head, body = received
    target = head.split(b" ")[1].decode()
    assert body == b'{"skus":[{"id":"1729592969712207012","price":{"amount":"19.99","currency":"USD"}}]}'
    query = dict(parse_qsl(urlsplit(target).query))
    assert query["sign"] == "f22509bfeecabc375c65c870fd152a9be79be879420707592083690bc4fb6384"
    assert f"x-tts-access-token: {TOKEN}".encode() in head
