"""The control API: what a test does to the world, and how it sees what became of it."""

from typing import Any

import pytest

from tests.core.sandbox.conftest import SEARCH_ORDERS, Caller
from tests.core.sandbox.listings import a_listing

SHOPS = "/authorization/202309/shops"


def shop_state(caller: Caller) -> dict[str, Any]:
    shop = caller.sandbox.world.sellers[0].shops[0]
    found: dict[str, Any] = caller.control("GET", f"/state?shop={shop.id}")["shops"][shop.id]
    return found


def some_skus(caller: Caller, count: int) -> list[str]:
    rows = caller.sandbox.world.avasam_products.values()
    return [row.sku for row in rows if row.stock is not None and not row.has_variations][:count]


def test_orders_of_a_shape_arrive_in_the_shop_that_is_named(anonymous: Caller) -> None:
    wishes = {"shop": "Harbour & Hill", "n": 3, "shape": "multi_unit"}
    ids = anonymous.control("POST", "/orders", wishes)["ids"]
    anonymous.connect(1)
    data = anonymous.data("POST", SEARCH_ORDERS, {}, page_size=100)
    found = {order["id"]: order for order in data["orders"]}
    assert found.keys() >= set(ids)
    assert all(len(found[order_id]["line_items"]) > 1 for order_id in ids)


def test_orders_take_overrides(caller: Caller) -> None:
    sku = next(iter(caller.sandbox.world.sellers[0].shops[0].products.values())).skus[0].id
    wishes = {"sku_ids": [sku, sku], "status": "AWAITING_SHIPMENT", "name": "Ada Example", "shape": "single"}
    (order_id,) = caller.control("POST", "/orders", wishes)["ids"]
    order = shop_state(caller)["orders"][order_id]
    assert (order["status"], order["units"], order["skus"]) == ("AWAITING_SHIPMENT", 2, {sku: 2})


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("/orders", {"shop": "Nowhere"}, "no shop has"),
        ("/orders", {"n": 0}, "n must be"),
        ("/orders", {"shape": "round"}, "unknown shape"),
        ("/orders", {"colour": "red"}, "colour"),
        ("/stock", {"NO-SUCH-SKU": 1}, "no SKU 'NO-SUCH-SKU'"),
        ("/clock", {}, "advance"),
        ("/clock", {"advance": "1"}, "whole number"),
        ("/reviews/1", {"pass": True}, "no shop has the product"),
        ("/orders/1", {"status": "CANCELLED"}, "no shop has the order"),
        ("/revoke", {"open_id": "x"}, "no seller"),
        ("/expire", {}, "say what expires"),
        ("/settings", {"colour": 1}, "unknown setting"),
        ("/settings", {"rate_limit": -1}, "not negative"),
        ("/settings", {"scopes": "all"}, "list of scope"),
        ("/stock", [], "JSON object"),
    ],
)
def test_input_that_makes_no_sense_is_refused_in_words(
    anonymous: Caller, path: str, body: Any, words: str
) -> None:
    reply = anonymous.http.post(f"/control{path}", json=body)
    assert reply.status_code == 400
    assert words in reply.json()["error"]


def test_an_unknown_control_lists_the_known_ones(anonymous: Caller) -> None:
    reply = anonymous.http.post("/control/nothing")
    assert reply.status_code == 404
    assert "POST /control/orders" in reply.json()["error"]
    assert anonymous.http.post("/control/stock", content=b"{").status_code == 400


def test_stock_and_prices_of_avasam_change_as_told(anonymous: Caller) -> None:
    first, second = some_skus(anonymous, 2)
    anonymous.control("POST", "/stock", {first: 0, second: None})
    anonymous.control("POST", "/prices", {first: "3.21"})
    products = anonymous.control("GET", "/state")["avasam"]["products"]
    assert products[first] == {"stock": 0, "price": "3.21"}
    assert products[second]["stock"] is None
    reply = anonymous.http.post("/control/prices", json={first: "cheap"})
    assert "positive decimal" in reply.json()["error"]


def test_changes_anywhere_are_counted_and_named(anonymous: Caller) -> None:
    before = anonymous.control("GET", "/state")["avasam"]["products"]
    changed = anonymous.control("POST", "/stock", {"changes": 5})["changed"]
    prices = anonymous.control("POST", "/prices", {"changes": 4})["changed"]
    after = anonymous.control("GET", "/state")["avasam"]["products"]
    assert (len(changed), len(prices)) == (5, 4)
    touched = {sku for sku in after if after[sku] != before[sku]}
    assert touched <= changed.keys() | prices.keys()
    assert all(after[sku]["stock"] == stock for sku, stock in changed.items())


def test_the_clock_moves_for_everybody(caller: Caller) -> None:
    now = caller.sandbox.now()
    assert caller.control("POST", "/clock", {"set": now + 1000})["now"] == now + 1000
    assert caller.call("GET", SHOPS, cipher=False)["code"] == 0
    assert caller.control("POST", "/clock", {"advance": 5})["now"] >= now + 1005


@pytest.mark.parametrize(("passes", "status"), [(True, "ACTIVATE"), (False, "FAILED")])
def test_a_review_ends_as_told(caller: Caller, passes: bool, status: str) -> None:
    made = caller.data("POST", "/product/202309/products", a_listing(caller))["product_id"]
    body = {"pass": passes, "reasons": ["Too nice"]}
    assert caller.control("POST", f"/reviews/{made}", body)["status"] == status
    product = caller.data("GET", f"/product/202309/products/{made}")
    assert product["status"] == status
    reasons = [reason for item in product.get("audit_failed_reasons", ()) for reason in item["reasons"]]
    assert reasons == ([] if passes else ["Too nice"])
    again = caller.http.post(f"/control/reviews/{made}", json=body)
    assert "not under review" in again.json()["error"]


def test_an_order_moves_as_told_and_a_cancelled_one_gives_its_stock_back(caller: Caller) -> None:
    shop = caller.sandbox.world.sellers[0].shops[0]
    sku = next(item for item in shop.products.values() if item.status == "ACTIVATE").skus[0]
    wishes = {"shape": "on_hold", "sku_ids": [sku.id]}
    committed = sum(sku.committed.values())
    (order_id,) = caller.control("POST", "/orders", wishes)["ids"]
    assert sum(sku.committed.values()) == committed + 1
    for status in ("AWAITING_SHIPMENT", "CANCELLED"):
        caller.control("POST", f"/orders/{order_id}", {"status": status})
        body = {"order_status": status, "update_time_ge": caller.sandbox.now() - 5}
        found = caller.data("POST", SEARCH_ORDERS, body, page_size=100)["orders"]
        assert order_id in [order["id"] for order in found]
    assert sum(sku.committed.values()) == committed
    reply = caller.http.post(f"/control/orders/{order_id}", json={"status": "LOST"})
    assert "unknown status 'LOST'" in reply.json()["error"]


def test_the_log_tells_every_request_and_no_secret(caller: Caller) -> None:
    caller.control("DELETE", "/log")
    start = caller.control("GET", "/log")["last"]
    caller.call("POST", SEARCH_ORDERS, {}, page_size=1)
    caller.call("POST", SEARCH_ORDERS, {}, page_size=999)
    code = caller.consent()
    caller.exchange("get", auth_code=code, grant_type="authorized_code")
    caller.http.post("/api/auth/request-token", json={"consumer_key": "x", "secret_key": "y"})
    log = caller.control("GET", f"/log?after={start}")
    services = [entry["service"] for entry in log["requests"]]
    assert services == ["tiktok", "tiktok", "consent", "tiktok_auth", "avasam"]
    good, bad = log["requests"][:2]
    assert (good["operation"], good["status"], good["code"], good["verdict"]) == (
        "getOrderList",
        200,
        0,
        "ok",
    )
    assert good["shop"] == caller.sandbox.world.sellers[0].shops[0].id
    assert bad["code"] == 98001004
    assert bad["verdict"].startswith("refused: Invalid 'page_size'")
    assert log["counts"][f"POST {SEARCH_ORDERS}"] == 2
    text = str(log)
    for secret in (caller.sandbox.app_secret, caller.token, code, caller.last.request.url.params["sign"]):
        assert secret not in text
    assert [entry["n"] for entry in log["requests"]] == list(range(start + 1, start + 6))
    assert caller.control("GET", f"/log?after={log['last']}")["requests"] == []


def test_the_state_shows_what_the_shop_has(caller: Caller) -> None:
    shop = caller.sandbox.world.sellers[0].shops[0]
    product = next(item for item in shop.products.values() if item.status == "ACTIVATE")
    sku = product.skus[0]
    body = {
        "skus": [
            {"id": sku.id, "inventory": [{"warehouse_id": place, "quantity": 3} for place in sku.quantity]}
        ]
    }
    caller.data("POST", f"/product/202309/products/{product.id}/inventory/update", body)
    found = shop_state(caller)["products"][product.id]["skus"][sku.id]
    assert found["quantity"] == 3 * len(sku.quantity)
    assert found["price"] == sku.price
    assert set(caller.control("GET", "/state")["shops"]) == {one.id for one in caller.sandbox.world.shops()}
    assert caller.http.get("/control/state?shop=none").status_code == 400


def test_more_calls_a_second_than_allowed_are_told_to_wait(caller: Caller) -> None:
    caller.control("POST", "/settings", {"rate_limit": 1})
    try:
        replies = [caller.send("POST", SEARCH_ORDERS, query=[("page_size", "1")]) for _ in range(2)]
    finally:
        caller.control("POST", "/settings", {"rate_limit": None})
    assert [reply.status_code for reply in replies] == [200, 429]
    assert replies[1].headers["retry-after"] == "1"
    assert replies[1].json()["code"] == 36009002


def test_images_are_served(caller: Caller) -> None:
    shop = caller.sandbox.world.sellers[0].shops[0]
    product = next(iter(shop.products))
    image = caller.data("GET", f"/product/202309/products/{product}")["main_images"][0]
    reply = caller.http.get(image["urls"][0])
    assert reply.headers["content-type"] == "image/png"
    assert reply.content.startswith(b"\x89PNG")
    assert caller.http.get("/images/none").status_code == 404


def test_the_controls_list_themselves(anonymous: Caller) -> None:
    controls = anonymous.control("GET", "")["controls"]
    assert {"POST /control/faults", "GET /control/state", "POST /control/reviews/ID"} <= set(controls)
