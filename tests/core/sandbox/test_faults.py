"""What the sandbox does wrong when it is told to, seen by a client on a real socket."""

import json
import time

import httpx
import pytest

from tests.core.sandbox.conftest import SEARCH_ORDERS, Caller
from tests.core.sandbox.listings import a_listing

SHOPS = "/authorization/202309/shops"
CREATE = "/product/202309/products"


def fault(caller: Caller, **values: object) -> int:
    number: int = caller.control("POST", "/faults", values)["id"]
    return number


def products(caller: Caller) -> int:
    return len(caller.sandbox.world.sellers[0].shops[0].products)


def test_a_rate_limit_for_two_calls_says_when_to_come_back(caller: Caller) -> None:
    fault(caller, path=SHOPS, code=36009002, n=2, retry_after=3)
    for _ in range(2):
        reply = caller.send("GET", SHOPS, cipher=False)
        assert reply.status_code == 429
        assert reply.headers["retry-after"] == "3"
        assert reply.json()["code"] == 36009002
    assert caller.call("GET", SHOPS, cipher=False)["code"] == 0


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"status": 500}, 500, 36009003),
        ({"status": 429}, 429, 36009002),
        ({"status": 503}, 503, 36009003),
        ({"code": 105002}, 401, 105002),
        ({"code": 12001000}, 200, 12001000),
        ({"status": 200, "code": 106001}, 200, 106001),
    ],
)
def test_a_status_or_a_code_alone_brings_the_other_along(
    caller: Caller, asked: dict[str, int], status: int, code: int
) -> None:
    fault(caller, path="/authorization/", message="Out of order", **asked)
    reply = caller.send("GET", SHOPS, cipher=False)
    assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert reply.json()["message"].startswith("Out of order. For more details:")


def test_an_answered_fault_has_no_effect_unless_it_comes_after(caller: Caller) -> None:
    count = products(caller)
    fault(caller, path=CREATE, exact=True, method="POST", status=500)
    assert caller.call("POST", CREATE, a_listing(caller))["code"] == 36009003
    assert products(caller) == count
    fault(caller, path=CREATE, exact=True, method="post", status=500, when="after")
    assert caller.call("POST", CREATE, a_listing(caller))["code"] == 36009003
    assert products(caller) == count + 1


@pytest.mark.parametrize(("moment", "effect"), [("before", 0), ("after", 1)])
def test_a_dropped_connection_ends_without_a_reply(caller: Caller, moment: str, effect: int) -> None:
    count = products(caller)
    fault(caller, path=CREATE, exact=True, drop=moment)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        caller.call("POST", CREATE, a_listing(caller))
    assert products(caller) == count + effect
    entry = caller.control("GET", "/log")["requests"][-1]
    assert (entry["dropped"], entry["status"]) == (moment, None)
    assert caller.call("GET", SHOPS, cipher=False)["code"] == 0


def test_a_truncated_body_promises_more_than_it_sends(caller: Caller) -> None:
    fault(caller, path=SEARCH_ORDERS, body="truncated")
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        caller.call("POST", SEARCH_ORDERS, {}, page_size=50)
    assert caller.call("POST", SEARCH_ORDERS, {}, page_size=50)["code"] == 0


@pytest.mark.parametrize("body", ["malformed", "empty", "html"])
def test_a_spoilt_body_arrives_whole_and_is_not_json(caller: Caller, body: str) -> None:
    fault(caller, path=SHOPS, body=body)
    reply = caller.send("GET", SHOPS, cipher=False)
    assert reply.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        reply.json()
    assert (reply.headers["content-type"] == "text/html") is (body == "html")


def test_a_delay_holds_the_reply_back(caller: Caller) -> None:
    fault(caller, path=SHOPS, delay_ms=60)
    began = time.perf_counter()
    assert caller.call("GET", SHOPS, cipher=False)["code"] == 0
    assert time.perf_counter() - began >= 0.06


def test_a_client_that_gave_up_on_a_slow_reply_finds_the_effect_done(caller: Caller) -> None:
    count = products(caller)
    fault(caller, path=CREATE, exact=True, delay_ms=600, when="after")
    caller.http.timeout = httpx.Timeout(0.4)
    try:
        with pytest.raises(httpx.ReadTimeout):
            caller.call("POST", CREATE, a_listing(caller))
    finally:
        caller.http.timeout = httpx.Timeout(10)
    assert products(caller) == count + 1


def test_a_rate_strikes_some_calls_and_not_others(caller: Caller) -> None:
    fault(caller, path=SHOPS, status=500, rate=0.5)
    codes = {caller.call("GET", SHOPS, cipher=False)["code"] for _ in range(40)}
    assert codes == {0, 36009003}
    assert caller.control("GET", "/faults")["faults"][0]["hits"] > 5


def test_a_placeholder_stands_for_one_segment(caller: Caller) -> None:
    path = "/product/202309/products/{product_id}/inventory/update"
    fault(caller, path=path, exact=True, status=500, n=9)
    assert caller.call("GET", "/product/202309/products/1")["code"] == 12052260
    body = {"skus": [{"id": "1", "inventory": []}]}
    assert caller.call("POST", "/product/202309/products/1/inventory/update", body)["code"] == 36009003


def test_avasams_side_fails_in_its_own_words(caller: Caller) -> None:
    fault(caller, path="/apiseeker/", status=503, message="Down")
    reply = caller.http.post("/apiseeker/Products/SellerStockList", json={"page": 0, "limit": 1})
    assert (reply.status_code, reply.json()) == (503, {"ErrorCode": 1, "Message": "Down"})
    fault(caller, path="/api/auth/request-token", drop="before")
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        caller.http.post("/api/auth/request-token", json={})


def test_faults_are_listed_used_up_and_taken_back(caller: Caller) -> None:
    number = fault(caller, path=SHOPS, status=500, n=2)
    (listed,) = caller.control("GET", "/faults")["faults"]
    assert (listed["id"], listed["n"], listed["hits"]) == (number, 2, 0)
    caller.send("GET", SHOPS, cipher=False)
    assert caller.control("GET", "/faults")["faults"][0]["hits"] == 1
    assert caller.control("DELETE", "/faults") == {"cleared": 1}
    assert caller.call("GET", SHOPS, cipher=False)["code"] == 0


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({}, "path is required"),
        ({"path": "order"}, "begins with /"),
        ({"path": "/", "drop": "never"}, "drop must be one of"),
        ({"path": "/", "body": "odd"}, "body must be one of"),
        ({"path": "/", "rate": 2}, "rate must be between"),
        ({"path": "/", "n": 0}, "n must be 1 or more"),
        ({"path": "/", "n": "1"}, "n must be int"),
        ({"path": "/", "colour": 1}, "unknown field 'colour'"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_in_words(
    caller: Caller, wrong: dict[str, object], words: str
) -> None:
    reply = caller.http.post("/control/faults", json=wrong)
    assert reply.status_code == 400
    assert words in reply.json()["error"]
