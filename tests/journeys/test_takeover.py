"""Workers that are stopped, wake too late, or are two at once (A52)."""

import fcntl
import signal
import subprocess
from functools import partial
from pathlib import Path

from core import tables
from core.models.listing import ListingSync
from core.store import Lease
from core.sync.leases import PRESENCE, of_integration
from tests.journeys.world import (
    Home,
    SandboxProcess,
    is_pushed,
    orders_of,
    restock,
    running,
    shop_quantities,
    wait_until,
)


def taken_over(home: Home, before: Lease) -> Lease | None:
    """The lease once somebody else holds it."""
    now = home.holder(before.name)
    return now if now is not None and now.epoch > before.epoch else None


def stopped_between_commits(home: Home, worker: "subprocess.Popen[str]") -> bool:
    """Stop it, unless that was within a commit: nobody writes while a stopped process holds the lock."""
    worker.send_signal(signal.SIGSTOP)
    with (home.directory / "store" / "lock").open("rb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            worker.send_signal(signal.SIGCONT)
            return False
    return True


def stop_in_good_order(worker: "subprocess.Popen[str]") -> int:
    worker.send_signal(signal.SIGTERM)
    return worker.wait(timeout=60)


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
        held = wait_until(lambda: home.holder(lease))
        assert held.owner.endswith(f":{first.pid}")
        with running(home.start("worker")) as second:
            sandbox.fault("/product/202309/products/", rate=1.0, delay_ms=300, when="after")
            sandbox.control("POST", "/stock", {sku: 501})
            wait_until(lambda: sandbox.control("GET", "/faults")["faults"][0]["hits"])
            wait_until(partial(stopped_between_commits, home, first))

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
            now = home.holder(lease)
            assert now is not None
            assert (now.owner, now.epoch) == (taken.owner, taken.epoch)

            assert stop_in_good_order(second) == 0
    sandbox.control("DELETE", "/faults")
    assert home.holder(lease) is None, "given back at once"
    assert home.holder(PRESENCE) is None


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
        wait_until(lambda: home.holder(PRESENCE))
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
        wait_until(lambda: home.holder(PRESENCE))
        wait_until(lambda: is_pushed(home, mapping))
        assert stop_in_good_order(worker) == 0
    made = sandbox.order(5, shape="single")
    assert home.run("sync", "all").code == 0
    assert set(made) <= orders_of(home).keys()
