"""Workers that are killed, stopped, or two at once: nothing is lost and nothing doubled (A49, A51, A52)."""

import signal
import subprocess
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from core import tables
from core.models.listing import ListingSync
from core.store import Lease
from core.sync.leases import PRESENCE, of_integration
from tests.journeys.world import (
    Home,
    SandboxProcess,
    is_pushed,
    mappable,
    running,
    shop_quantities,
    wait_until,
)

KILLED_AFTER = (1, 2, 3, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 17, 20, 24)
"""Calls that a worker gets to make before it is killed: within the download, the inventory, the pushes."""
TIMES = {"downloaded_at", "purge_at", "timeline", "integration_id"}


@pytest.fixture
def mapping(sandbox: SandboxProcess) -> dict[str, str]:
    return mappable(sandbox.state(), but_every=5)


def restock(sandbox: SandboxProcess, mapping: dict[str, str], units: int) -> None:
    """Every mapped product of known stock gets that much, and a little more the later it stands."""
    stock = sandbox.state()["avasam"]["products"]
    known = [sku for sku in dict.fromkeys(mapping.values()) if stock[sku]["stock"] is not None]
    sandbox.control("POST", "/stock", {sku: units + number for number, sku in enumerate(known)})


def orders_of(home: Home) -> dict[str, Any]:
    """Order id -> everything that does not depend on when and into which home it came."""
    rows = home.dump(tables.ORDERS)[tables.ORDERS]
    return {
        key.partition("/")[2]: {name: value for name, value in row.items() if name not in TIMES}
        for key, row in rows.items()
    }


def kill_after(home: Home, calls: int) -> None:
    """Run `worker --once` and kill it as soon as the sandbox has answered that many calls of it."""
    lease = of_integration(home.integration_id())
    wait_until(lambda: holder(home, lease) is None)  # the one killed before still holds it for a second
    enough = home.sandbox.last_request() + calls
    with running(home.start("worker", "--once")) as worker:
        wait_until(partial(has_asked, home.sandbox, enough, worker))


def has_asked(sandbox: SandboxProcess, enough: int, worker: "subprocess.Popen[str]") -> bool:
    return sandbox.last_request() >= enough or worker.poll() is not None


def test_a_worker_killed_between_any_two_calls_loses_and_doubles_nothing(
    tmp_path: Path, sandbox: SandboxProcess, mapping: dict[str, str]
) -> None:
    home = Home(tmp_path / "killed", sandbox, {"LEASE_SECONDS": "1"})
    home.connect()
    home.map(mapping, [])
    made = sandbox.order(250)
    sandbox.fault("/", rate=1.0, delay_ms=15)
    for number, calls in enumerate(KILLED_AFTER):
        restock(sandbox, mapping, 40 + number)
        kill_after(home, calls)
    assert not is_pushed(home, mapping), "or the last kills came too late to prove anything"
    sandbox.control("DELETE", "/faults")

    wait_until(lambda: home.once().code == 0)
    assert is_pushed(home, mapping)

    calm = Home(tmp_path / "calm", sandbox)
    calm.connect()
    calm.map(mapping, [])
    assert calm.once().code == 0
    found = orders_of(home)
    assert found == orders_of(calm)
    kept = {
        order_id
        for order_id in made
        for order in (sandbox.state()["orders"][order_id],)
        if order["status"] != "UNPAID" and order["fulfillment_type"] == "FULFILLMENT_BY_SELLER"
    }
    assert kept <= found.keys()

    before, after = home.dump(), sandbox.last_request()
    assert home.once().code == 0
    assert home.dump() == before
    assert not [one for one in sandbox.requests(after) if one["path"].endswith("/update")]


def holder(home: Home, name: str) -> Lease | None:
    return home.holder(name)


def taken_over(home: Home, before: Lease) -> Lease | None:
    """The lease once somebody else holds it."""
    now = holder(home, before.name)
    return now if now is not None and now.epoch > before.epoch else None


def stop_in_good_order(worker: "subprocess.Popen[str]") -> int:
    worker.send_signal(signal.SIGTERM)
    return worker.wait(timeout=20)


def test_A52_a_stopped_worker_is_followed_by_another_and_cannot_write_when_it_wakes(
    tmp_path: Path, sandbox: SandboxProcess, mapping: dict[str, str]
) -> None:
    quick = {"LEASE_SECONDS": "2", "ORDERS_SECONDS": "1", "STOCK_SECONDS": "1", "VERIFY_SECONDS": "3600"}
    home = Home(tmp_path, sandbox, quick)
    home.connect()
    home.map(mapping, [])
    assert home.once().code == 0
    lease = of_integration(home.integration_id())
    state = sandbox.state()
    sku_id, sku = next(
        (key, value) for key, value in mapping.items() if state["avasam"]["products"][value]["stock"]
    )

    with running(home.start("worker")) as first:
        held = wait_until(lambda: holder(home, lease))
        assert held.owner.endswith(f":{first.pid}")
        with running(home.start("worker")) as second:
            sandbox.fault("/product/202309/products/", rate=1.0, delay_ms=300, when="after")
            sandbox.control("POST", "/stock", {sku: 501})
            wait_until(lambda: sandbox.control("GET", "/faults")["faults"][0]["hits"])
            first.send_signal(signal.SIGSTOP)

            taken = wait_until(partial(taken_over, home, held))
            assert taken.owner.endswith(f":{second.pid}"), "the other one took over"
            sandbox.control("POST", "/stock", {sku: 502})
            wait_until(lambda: shop_quantities(sandbox.state())[sku_id] == 502)
            order = sandbox.order(1, shape="single")[0]
            wait_until(lambda: order in orders_of(home))

            first.send_signal(signal.SIGCONT)
            assert stop_in_good_order(first) == 0
            wait_until(lambda: pushed_value(home, sku_id) == "502")
            assert shop_quantities(sandbox.state())[sku_id] == 502
            now = holder(home, lease)
            assert now is not None
            assert (now.owner, now.epoch) == (taken.owner, taken.epoch)

            assert stop_in_good_order(second) == 0
    sandbox.control("DELETE", "/faults")
    assert holder(home, lease) is None, "given back at once"
    assert holder(home, PRESENCE) is None


def pushed_value(home: Home, sku_id: str) -> str | None:
    rows = home.dump(tables.LISTING_SYNCS)[tables.LISTING_SYNCS]
    row = next(row for key, row in rows.items() if key.endswith(f"/{sku_id}"))
    return ListingSync.from_document(row).stock.value


def test_two_workers_at_once_do_everything_once(
    tmp_path: Path, sandbox: SandboxProcess, mapping: dict[str, str]
) -> None:
    home = Home(tmp_path, sandbox, {"ORDERS_SECONDS": "1", "STOCK_SECONDS": "1"})
    home.connect()
    home.map(mapping, [])
    assert home.once().code == 0
    with running(home.start("worker")) as first, running(home.start("worker")) as second:
        wait_until(lambda: holder(home, PRESENCE))
        after = sandbox.last_request()
        made = sandbox.order(20, shape="single")
        restock(sandbox, mapping, 600)
        wait_until(lambda: is_pushed(home, mapping) and set(made) <= orders_of(home).keys())
        updates = [
            one["path"] for one in sandbox.requests(after) if one["path"].endswith("/inventory/update")
        ]
        assert len(updates) == len(set(updates)), "each product was pushed once"
        assert stop_in_good_order(first) == 0
        assert stop_in_good_order(second) == 0


def test_a_worker_catches_up_after_downtime_and_stops_in_good_order(
    tmp_path: Path, sandbox: SandboxProcess, mapping: dict[str, str]
) -> None:
    home = Home(tmp_path, sandbox)
    home.connect()
    home.map(mapping, [])
    with running(home.start("worker")) as worker:
        wait_until(lambda: holder(home, PRESENCE))
        wait_until(lambda: is_pushed(home, mapping))
        assert stop_in_good_order(worker) == 0
    made = sandbox.order(5, shape="single")
    assert home.run("sync", "all").code == 0
    assert set(made) <= orders_of(home).keys()
