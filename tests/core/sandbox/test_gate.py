"""Every TikTok call passes the same checks in the same order, each with TikTok's own code."""

import json
from pathlib import Path
from typing import Any

import pytest

from core.sandbox.signing import signature, string_to_sign
from tests.core.sandbox.conftest import SEARCH_ORDERS, Caller

SHOPS = "/authorization/202309/shops"
VECTORS = json.loads((Path(__file__).parents[2] / "contract" / "sign-vectors.json").read_text("utf-8"))


def verdict(caller: Caller) -> tuple[int, int, str]:
    """Status, code and message of the last reply, which must be an envelope without data."""
    envelope = caller.last.json()
    assert envelope.keys() == {"code", "message", "request_id", "data"}
    assert envelope["data"] is None
    assert "For more details: https://" in envelope["message"]
    return caller.last.status_code, envelope["code"], envelope["message"]


@pytest.mark.parametrize("vector", VECTORS["requests"], ids=lambda vector: vector["name"])
def test_the_published_signatures_are_what_the_sandbox_expects(vector: dict[str, Any]) -> None:
    body = (vector["body"] or "").encode()
    query = list(vector["query"].items())
    signed = (vector["secret"], vector["path"], query)
    assert signature(*signed, body=body, content_type=vector["content_type"]) == vector["signature"]
    text = string_to_sign(*signed, body=body, content_type=vector["content_type"])
    assert text.decode() == vector["string_to_sign"]


def test_an_unknown_path_is_found_before_anything_else(anonymous: Caller) -> None:
    anonymous.http.get("/order/209912/nothing")
    anonymous.last = anonymous.http.get("/order/209912/nothing")
    status, code, message = verdict(anonymous)
    assert (status, code) == (404, 36009009)
    assert message.startswith(
        "Invalid path. The specified path does not match any available endpoint. For more"
    )


def test_a_wrong_method_comes_next(anonymous: Caller) -> None:
    anonymous.last = anonymous.http.get(SEARCH_ORDERS)
    assert verdict(anonymous)[:2] == (405, 36009010)


def test_a_wrong_app_key_comes_before_the_missing_sign(anonymous: Caller) -> None:
    anonymous.last = anonymous.http.get(SHOPS, params={"app_key": "nobody"})
    status, code, message = verdict(anonymous)
    assert (status, code) == (400, 36009004)
    assert message.startswith("Invalid credentials. Invalid 'app_key' query parameter. For more details: ")


def test_a_missing_sign_comes_before_the_timestamp(caller: Caller) -> None:
    caller.send("GET", SHOPS, cipher=False, leave_out=("sign", "timestamp"))
    status, code, message = verdict(caller)
    assert (status, code) == (400, 36009004)
    assert "Missing" in message
    assert "'sign'" in message


@pytest.mark.parametrize(("skew", "accepted"), [(-299, True), (-302, False), (29, True), (32, False)])
def test_a_timestamp_counts_from_five_minutes_behind_to_thirty_seconds_ahead(
    caller: Caller, skew: int, accepted: bool
) -> None:
    stamp = str(caller.sandbox.now() + skew)
    query = [("app_key", caller.sandbox.app_key), ("timestamp", stamp)]
    sign = signature(caller.sandbox.app_secret, SHOPS, query, body=b"", content_type="")
    caller.last = caller.http.get(
        SHOPS, params=[*query, ("sign", sign)], headers={"x-tts-access-token": caller.token}
    )
    if accepted:
        assert caller.last.json()["code"] == 0
    else:
        status, code, message = verdict(caller)
        assert (status, code) == (400, 36009004)
        assert "'timestamp'" in message


def test_a_stale_timestamp_is_found_before_the_wrong_signature(caller: Caller) -> None:
    caller.send("GET", SHOPS, cipher=False, timestamp="1", sign="0" * 64)
    assert "'timestamp'" in verdict(caller)[2]


@pytest.mark.parametrize("spoil", [str.upper, lambda _sign: "0" * 64])
def test_a_wrong_signature_is_refused_before_the_token_is_looked_at(caller: Caller, spoil: Any) -> None:
    caller.send("GET", SHOPS, cipher=False)
    sign = caller.last.request.url.params["sign"]
    caller.send("GET", SHOPS, cipher=False, sign=spoil(sign), leave_out=("x-tts-access-token",))
    assert verdict(caller)[:2] == (401, 106001)


def test_the_body_is_signed_byte_for_byte(caller: Caller) -> None:
    query = [("page_size", "1")]
    assert caller.send("POST", SEARCH_ORDERS, query=query, body=b'{"update_time_ge": 5}').json()["code"] == 0
    headers = {"x-tts-access-token": caller.token, "content-type": "application/json"}
    url = caller.last.request.url
    caller.last = caller.http.request("POST", url, content=b'{"update_time_ge":5}', headers=headers)
    assert verdict(caller)[1] == 106001


def test_a_missing_or_unknown_token_names_its_header(caller: Caller) -> None:
    for token in ("", "ROW_unknown"):
        caller.send("GET", SHOPS, cipher=False, headers={"x-tts-access-token": token})
        status, code, message = verdict(caller)
        assert (status, code) == (401, 36009004)
        assert "'x-tts-access-token'" in message


def test_an_expired_token_has_a_code_of_its_own(caller: Caller) -> None:
    caller.control("POST", "/expire", {"access": True})
    caller.send("GET", SHOPS, cipher=False)
    assert verdict(caller)[:2] == (401, 105002)


def test_a_missing_cipher_a_wrong_one_and_one_too_many_differ(caller: Caller) -> None:
    query = [("page_size", "1")]
    caller.send("POST", SEARCH_ORDERS, query=query, cipher=False)
    assert verdict(caller)[1] == 106013
    caller.send("GET", SHOPS)
    _, code, message = verdict(caller)
    assert code == 36009004
    assert message.lower().startswith("unexpected identifier")
    caller.cipher = caller.sandbox.world.sellers[1].shops[0].cipher
    caller.send("POST", SEARCH_ORDERS, query=query)
    assert verdict(caller)[1] == 101000


def test_a_scope_that_was_not_granted_is_refused(anonymous: Caller) -> None:
    scopes = anonymous.control("GET", "/settings")["scopes"]
    anonymous.control("POST", "/settings", {"scopes": ["seller.authorization.info"]})
    anonymous.connect()
    anonymous.control("POST", "/settings", {"scopes": scopes})
    anonymous.send("POST", SEARCH_ORDERS, query=[("page_size", "1")])
    status, code, message = verdict(anonymous)
    assert (status, code) == (403, 105005)
    assert "seller.order.info" in message
    assert anonymous.send("GET", SHOPS, cipher=False).json()["code"] == 0


def test_the_media_type_must_be_what_the_operation_takes(caller: Caller) -> None:
    query = [("page_size", "1")]
    caller.send("POST", SEARCH_ORDERS, query=query, body=b"{}", headers={"content-type": "text/plain"})
    assert verdict(caller)[1] == 36009022
    caller.send("POST", "/product/202309/images/upload", body=b"{}", cipher=False)
    assert verdict(caller)[1] == 36009023


@pytest.mark.parametrize(
    ("path", "query", "body", "code"),
    [
        (SEARCH_ORDERS, [], b"", 98001004),
        (SEARCH_ORDERS, [("page_size", "0")], b"", 98001004),
        (SEARCH_ORDERS, [("page_size", "101")], b"", 98001004),
        (SEARCH_ORDERS, [("page_size", "x")], b"", 98001004),
        (SEARCH_ORDERS, [("page_size", "9" * 5000)], b"", 98001004),
        (SEARCH_ORDERS, [("page_size", "1"), ("sort_field", "name")], b"", 98001004),
        (SEARCH_ORDERS, [("page_size", "1")], b"{", 98001004),
        (SEARCH_ORDERS, [("page_size", "1")], b"[]", 98001004),
        (SEARCH_ORDERS, [("page_size", "1")], b'{"order_status":"NEW"}', 98001004),
        (SEARCH_ORDERS, [("page_size", "1")], b'{"update_time_ge":"5"}', 98001004),
        ("/product/202502/products/search", [("page_size", "101")], b"", 12019109),
        ("/product/202502/products/search", [], b"", 12019109),
        ("/product/202502/products/search", [("page_size", "1")], b'{"sku_ids":%s}', 12019087),
        ("/product/202309/products/activate", [], b"{}", 98001004),
    ],
)
def test_wrong_parameters_are_refused_with_http_200_and_a_code(
    caller: Caller, path: str, query: list[tuple[str, str]], body: bytes, code: int
) -> None:
    eleven = json.dumps([str(n) for n in range(11)]).encode()
    caller.send("POST", path, query=query, body=body.replace(b"%s", eleven))
    assert verdict(caller)[:2] == (200, code)


def test_a_list_may_come_comma_joined_or_repeated_and_be_signed_either_way(caller: Caller) -> None:
    ids = list(caller.sandbox.world.sellers[0].shops[0].orders)[:2]
    joined = caller.send("GET", "/order/202507/orders", query=[("ids", ",".join(ids))]).json()
    repeated = caller.send("GET", "/order/202507/orders", query=[("ids", one) for one in ids]).json()
    assert [order["id"] for order in joined["data"]["orders"]] == ids
    assert repeated["data"] == joined["data"]
    query = [("app_key", caller.sandbox.app_key), ("timestamp", str(caller.sandbox.now()))]
    query.append(("shop_cipher", str(caller.cipher)))
    sign = signature(
        caller.sandbox.app_secret,
        "/order/202507/orders",
        [*query, ("ids", ",".join(ids))],
        body=b"",
        content_type="",
    )
    params: Any = [*query, *(("ids", one) for one in ids), ("sign", sign)]
    reply = caller.http.get(
        "/order/202507/orders", params=params, headers={"x-tts-access-token": caller.token}
    )
    assert reply.json()["data"] == joined["data"]


def test_a_parameter_of_the_old_test_tool_does_no_harm(caller: Caller) -> None:
    query = [("version", "202309"), ("shop_id", ""), ("page_size", "1")]
    assert caller.send("POST", SEARCH_ORDERS, query=query).json()["code"] == 0
