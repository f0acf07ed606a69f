"""Everything that the control API can do wrong, and what the program makes of it (A11, A16)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from core import tables
from tests.journeys.world import Home, SandboxProcess, is_pushed, mappable, shop_quantities

SEARCH = "/order/202309/orders/search"
UPDATE = "/product/202309/products/{id}/inventory/update"
STOCK_LIST = "/apiseeker/Products/SellerStockList"
GB, HARBOUR = "Sandbox Shop GB", "Harbour & Hill"


@pytest.fixture(scope="module")
def home(sandbox: SandboxProcess, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A connected and mapped shop that has synced once."""
    made = Home(tmp_path_factory.mktemp("faults"), sandbox)
    made.connect()
    made.map(mappable(sandbox.state()), [])
    assert made.once().code == 0
    return made


@pytest.fixture(autouse=True)
def no_faults_left(sandbox: SandboxProcess) -> Iterator[None]:
    yield
    sandbox.control("DELETE", "/faults")


@pytest.fixture(scope="module")
def mapping(sandbox: SandboxProcess, home: Home) -> dict[str, str]:
    return mappable(sandbox.state())


def restock(sandbox: SandboxProcess, mapping: dict[str, str], units: int, count: int = 3) -> None:
    """That many mapped products get so many units."""
    stock = sandbox.state()["avasam"]["products"]
    known = [sku for sku in dict.fromkeys(mapping.values()) if stock[sku]["stock"] is not None]
    sandbox.control("POST", "/stock", dict.fromkeys(known[:count], units))


def order_ids(home: Home) -> set[str]:
    return {key.partition("/")[2] for key in home.dump(tables.ORDERS)[tables.ORDERS]}


def calls(sandbox: SandboxProcess, after: int, end: str) -> list[dict[str, Any]]:
    return [one for one in sandbox.requests(after) if one["path"].endswith(end)]


def problems(home: Home) -> set[str]:
    return {key.partition("/")[2] for key in home.dump(tables.PROBLEMS)[tables.PROBLEMS]}


def test_answers_that_are_cut_short_or_html_and_writes_whose_reply_is_lost_are_got_over(
    sandbox: SandboxProcess, home: Home, mapping: dict[str, str]
) -> None:
    made = sandbox.order(3, shape="single")
    restock(sandbox, mapping, 71)
    sandbox.fault(SEARCH, body="truncated")
    sandbox.fault(SEARCH, body="html", status=502)
    sandbox.fault(UPDATE, drop="after")
    sandbox.fault(UPDATE, status=500)
    sandbox.fault(UPDATE, body="malformed", when="after")
    sandbox.fault(STOCK_LIST, body="truncated")
    after = sandbox.last_request()
    assert home.once().code == 0
    assert sandbox.control("GET", "/faults") == {"faults": []}, "every fault happened"
    assert set(made) <= order_ids(home)
    assert is_pushed(home, mapping)
    assert len(calls(sandbox, after, "/orders/search")) == 3
    assert "sync-orders" not in problems(home)

    before = home.dump()
    assert home.once().code == 0
    assert home.dump() == before, "an effect whose reply was lost is not taken for undone for ever"


def test_a_storm_of_429_is_sat_out_as_long_as_tiktok_asks(sandbox: SandboxProcess, home: Home) -> None:
    (made,) = sandbox.order(1, shape="single")
    sandbox.fault(SEARCH, n=2, status=429, retry_after=1)
    after = sandbox.last_request()
    assert home.run("sync", "orders").code == 0
    asked = calls(sandbox, after, "/orders/search")
    assert [one["status"] for one in asked] == [429, 429, 200]
    assert all(later["time"] - earlier["time"] >= 1 for earlier, later in pairwise(asked))
    assert made in order_ids(home)


def test_a_long_retry_after_is_left_to_the_timer(sandbox: SandboxProcess, home: Home) -> None:
    (made,) = sandbox.order(1, shape="single")
    sandbox.fault(SEARCH, status=429, retry_after=600)
    done = home.run("sync", "orders", "--json")
    assert done.code == 1
    assert done.json[0]["state"] == "failed"
    state = home.integrations()["Main"]["syncs"]["orders"]
    waits = datetime.fromisoformat(state["next_run_at"]) - datetime.fromisoformat(state["last_attempt_at"])
    assert waits >= timedelta(seconds=600)
    assert "sync-orders" in problems(home)

    assert home.run("sync", "orders").code == 0, "a person may ask sooner"
    assert made in order_ids(home)
    assert "sync-orders" not in problems(home)


def test_an_expired_access_token_is_refreshed_once_and_the_new_pair_is_kept(
    sandbox: SandboxProcess, home: Home
) -> None:
    (made,) = sandbox.order(1, shape="single")
    before = home.dump(tables.AUTHORISATIONS)
    sandbox.control("POST", "/expire", {"access": True})
    after = sandbox.last_request()
    assert home.run("sync", "all").code == 0
    assert len(calls(sandbox, after, "/token/refresh")) == 1
    assert made in order_ids(home)
    kept = home.dump(tables.AUTHORISATIONS)
    (old,), (new,) = (rows[tables.AUTHORISATIONS].values() for rows in (before, kept))
    assert old["sealed_access_token"] != new["sealed_access_token"]
    assert old["sealed_refresh_token"] != new["sealed_refresh_token"]

    after = sandbox.last_request()
    assert home.run("sync", "orders").code == 0
    assert calls(sandbox, after, "/token/refresh") == []


def test_a_clock_that_is_off_is_named_as_such_and_nothing_is_lost(
    sandbox: SandboxProcess, home: Home
) -> None:
    (made,) = sandbox.order(1, shape="single")
    sandbox.control("POST", "/clock", {"advance": 600})
    try:
        done = home.run("sync", "orders")
    finally:
        sandbox.control("POST", "/clock", {"advance": -600})
    assert done.code == 1
    assert "clock" in done.err
    assert "behind" in done.err
    assert "timedatectl" in done.err
    assert home.run("sync", "orders").code == 0
    assert made in order_ids(home)


def test_avasam_refusing_its_token_once_is_got_over_and_refusing_it_for_good_is_told(
    sandbox: SandboxProcess, home: Home, mapping: dict[str, str]
) -> None:
    restock(sandbox, mapping, 72)
    sandbox.fault(STOCK_LIST, status=401)
    assert home.run("sync", "stock").code == 0
    assert is_pushed(home, mapping)

    restock(sandbox, mapping, 73)
    shown = shop_quantities(sandbox.state())
    sandbox.fault("/apiseeker/", rate=1.0, status=401)
    done = home.run("sync", "stock")
    assert done.code == 1
    assert "Avasam" in done.err
    assert shop_quantities(sandbox.state()) == shown
    assert "sync-stock_read" in problems(home)

    sandbox.control("DELETE", "/faults")
    assert home.run("sync", "stock").code == 0
    assert is_pushed(home, mapping)
    assert "sync-stock_read" not in problems(home)


@pytest.mark.parametrize("share", ["empty", "shrunken"])
def test_a_stock_list_that_lost_its_rows_changes_nothing_and_asks(
    sandbox: SandboxProcess, home: Home, mapping: dict[str, str], share: str
) -> None:
    stock = {sku: row["stock"] for sku, row in sandbox.state()["avasam"]["products"].items()}
    known = sorted(sku for sku, units in stock.items() if units is not None)
    shown, products = shop_quantities(sandbox.state()), home.dump(tables.PRODUCTS)
    sandbox.control("POST", "/stock", dict.fromkeys(known if share == "empty" else known[::2]))
    try:
        done = home.run("sync", "stock", "--json")
    finally:
        sandbox.control("POST", "/stock", {sku: stock[sku] for sku in known})
    assert done.code == 3
    assert done.json[0]["state"] == "needs_confirmation"
    assert shop_quantities(sandbox.state()) == shown
    assert home.dump(tables.PRODUCTS) == products
    assert home.run("sync", "stock").code == 0
    assert is_pushed(home, mapping)


def test_A16_a_revoked_shop_waits_for_consent_while_another_goes_on(
    tmp_path: Path, sandbox: SandboxProcess
) -> None:
    home = Home(tmp_path, sandbox)
    sellers = {seller["name"]: seller["open_id"] for seller in sandbox.state()["sellers"]}
    home.connect("Gone", sellers["Sandbox Shop US"])
    home.connect("Stays", sellers[HARBOUR])
    sandbox.control("POST", "/revoke", {"open_id": sellers["Sandbox Shop US"]})
    made = sandbox.order(2, shop=HARBOUR, shape="single")

    assert home.once().code == 4
    listed = home.integrations()
    assert listed["Gone"]["needs_reauthorisation"]
    assert listed["Stays"]["needs_reauthorisation"] is None
    assert set(made) <= order_ids(home)
    assert "needs-reauthorisation" in problems(home)

    later = sandbox.order(1, shop=HARBOUR, shape="single")
    after = sandbox.last_request()
    assert home.run("sync", "orders", "--json").code == 4
    assert set(later) <= order_ids(home)
    gone = next(iter(sandbox.control("GET", "/state?shop=Sandbox Shop US")["shops"]))
    assert [one for one in sandbox.requests(after) if one["shop"] == gone] == []


def test_a_network_that_goes_and_comes_back_loses_nothing(tmp_path: Path) -> None:
    sandbox = SandboxProcess(products=40, state=tmp_path / "merchant.json")
    try:
        home = Home(tmp_path / "home", sandbox)
        home.connect()
        mapping = mappable(sandbox.state())
        home.map(mapping, [])
        made = sandbox.order(2, shape="single")
        sandbox.stop()
        syncing = home.start("sync", "all")
        sandbox.start()
        assert syncing.wait(timeout=60) == 0, (home.directory / "said").read_text()
        assert set(made) <= order_ids(home)
        assert is_pushed(home, mapping)
    finally:
        sandbox.stop()
