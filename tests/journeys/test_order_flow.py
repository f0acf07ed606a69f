"""Orders to Avasam and their tracking back, between processes and over sockets (A47, A49, A50, A51).

The witness is the sandbox's own state: what its Avasam took, and what its TikTok was told.
"""

import asyncio
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from core import tables
from core.clock import SystemClock
from core.store import Store
from storage.tinydb import TinyStore
from tests.journeys.world import Home, SandboxProcess, mappable, running, wait_until

CREATE = "/apiseeker/Order/CreateSellerOrder"
SHIPPED = "/fulfillment/202610/orders/"
QUICK = {
    "LEASE_SECONDS": "1",
    "ORDERS_SECONDS": "1",
    "STOCK_SECONDS": "900",
    "VERIFY_SECONDS": "900",
    "RESEND_AFTER_SECONDS": "3",
}
SENT = {"single": 100, "multi_unit": 24, "several_skus": 30, "mixed": 20, "gift": 4, "hostile_markup": 2}
NOT_SENT = (
    *("shop_only", "sample", "replacement", "exchange", "on_hold", "unpaid", "cancelled"),
    *("cancel_requested", "partially_shipping", "awaiting_collection", "in_transit", "delivered"),
    *("fulfilled_by_tiktok", "masked", "zero_lottery", "no_delivery_option"),
)
PAUSE = 0.05
"""Seconds between two looks: looking takes time from those who work."""
DISPATCHED_AFTER = 700
"""Seconds after which the sandbox's Avasam has dispatched every order."""


@pytest.fixture(autouse=True)
def no_faults_left(sandbox: SandboxProcess) -> Iterator[None]:
    yield
    sandbox.control("DELETE", "/faults")


def options_of(sandbox: SandboxProcess) -> list[str]:
    """Every delivery option that orders of the shop name."""
    orders = sandbox.state()["orders"].values()
    return sorted({order["delivery_option_id"] for order in orders} - {""})


def units_expected(state: Any, ids: list[str], mapping: dict[str, str]) -> dict[str, Counter[str]]:
    """Order id -> Avasam SKU -> units, for the orders of which something is mapped."""
    expected: dict[str, Counter[str]] = {}
    for order_id in ids:
        units: Counter[str] = Counter()
        for sku_id, count in state["orders"][order_id]["skus"].items():
            if sku_id in mapping:
                units[mapping[sku_id]] += count
        if units:
            expected[order_id] = units
    return expected


def units_taken(state: Any) -> dict[str, Counter[str]]:
    """The same, as Avasam holds it: the parts of an order together."""
    taken: dict[str, Counter[str]] = {}
    for order in state["avasam"]["list"]:
        units = taken.setdefault(order["seller_ref"].partition("-")[0], Counter())
        for item in order["body"]["Itemlist"]:
            units[item["SKU"]] += item["Stock"]
    return taken


class States:
    """The states of a home's orders, followed as another process would."""

    def __init__(self, home: Home) -> None:
        self._runner = asyncio.Runner()
        self._store: Store = self._runner.run(TinyStore.open(home.directory / "store", clock=SystemClock()))

    def __call__(self) -> Counter[str]:
        """How many orders are in which state."""
        return self._runner.run(self._read())

    async def _read(self) -> Counter[str]:
        await asyncio.sleep(PAUSE)
        found: Counter[str] = Counter()
        async for chunk in self._store.columns(tables.ORDERS, ("state",)):
            found.update(str(state) for _, (state,) in chunk)
        return found

    def close(self) -> None:
        self._runner.run(self._store.close())
        self._runner.close()


@pytest.fixture
def following() -> Iterator[Callable[[Home], States]]:
    """Opens what follows a home's orders, and closes it."""
    with ExitStack() as stack:

        def follow(home: Home) -> States:
            states = States(home)
            stack.callback(states.close)
            return states

        yield follow


def has_been_called(sandbox: SandboxProcess, times: int) -> bool:
    """Whether the faults set have met that many calls in all."""
    time.sleep(PAUSE)
    faults = sandbox.control("GET", "/faults")["faults"]
    return sum(int(fault["hits"]) for fault in faults) >= times


@contextmanager
def two_workers(home: Home) -> Iterator[Callable[[], None]]:
    """Two workers at once; what is given kills the one that was there first, and starts another."""
    with ExitStack() as stack:
        workers = [stack.enter_context(running(home.start("worker"))) for _ in range(2)]

        def kill_one() -> None:
            oldest: subprocess.Popen[str] = workers.pop(0)
            oldest.kill()
            oldest.wait()
            workers.append(stack.enter_context(running(home.start("worker"))))

        yield kill_one


def faulty(sandbox: SandboxProcess, path: str) -> None:
    """One of four calls comes to no clear answer, some before their effect, most after it."""
    sandbox.fault(path, rate=0.07, drop="after")
    sandbox.fault(path, rate=0.05, drop="before")
    sandbox.fault(path, rate=0.06, status=500, when="after")
    sandbox.fault(path, rate=0.05, body="malformed", when="after")
    sandbox.fault(path, rate=0.02, delay_ms=1_800, when="after")
    sandbox.fault(path, rate=1.0, delay_ms=20)


def let_avasam_dispatch(sandbox: SandboxProcess) -> None:
    """Time goes by for Avasam alone: signed calls must not find another clock afterwards."""
    now = int(sandbox.control("GET", "/state?shop=Sandbox Shop GB")["now"])
    sandbox.control("POST", "/clock", {"advance": DISPATCHED_AFTER})
    sandbox.control("POST", "/clock", {"set": now + 1})


@pytest.mark.timeout(240)
def test_A49_A50_each_order_goes_once_and_comes_back_once_through_kills_and_lost_replies(
    tmp_path: Path, sandbox: SandboxProcess, following: Callable[[Home], States]
) -> None:
    home = Home(tmp_path, sandbox, QUICK)
    home.connect()
    wanted = [made for shape, count in SENT.items() for made in sandbox.order(count, shape=shape)]
    unwanted = [made for shape in NOT_SENT for made in sandbox.order(3, shape=shape)]
    mapping = mappable(sandbox.state(), but_every=12)
    options = options_of(sandbox)
    home.map(mapping, options)
    assert home.run("products", "read").code == 0
    expected = units_expected(sandbox.state(), wanted, mapping)
    assert len(expected) > 130

    faulty(sandbox, CREATE)
    with two_workers(home) as kill_one:
        states = following(home)
        for number in range(1, 5):
            wait_until(partial(has_been_called, sandbox, number * 35), 60)
            kill_one()
            home.map(mapping, options)  # a second admin saves mappings meanwhile
        wait_until(lambda: states()["sent"] == len(expected), 60)

    state = sandbox.state()
    assert units_taken(state) == expected, "each expected unit once, and nothing else"
    assert set(state["avasam"]["by_ref"].values()) == {1}
    assert not units_taken(state).keys() & set(unwanted)

    let_avasam_dispatch(sandbox)
    sandbox.control("DELETE", "/faults")
    faulty(sandbox, SHIPPED)
    with two_workers(home) as kill_one:
        for number in range(1, 3):
            wait_until(partial(has_been_called, sandbox, number * 50), 60)
            kill_one()
        wait_until(lambda: states()["tracking_returned"] == len(expected), 60)
    sandbox.control("DELETE", "/faults")

    state = sandbox.state()
    sent: dict[str, set[str]] = {}
    for row in state["avasam"]["list"]:
        sent.setdefault(row["seller_ref"].partition("-")[0], set()).add(row["tracking_number"])
    for order_id, numbers in sent.items():
        told = state["orders"][order_id]
        assert set(told["tracking"]) == numbers
        assert len(told["packages"]) == len(numbers), "no parcel twice"
    assert set(state["avasam"]["by_ref"].values()) == {1}

    home.once()
    dump = home.dump(tables.ORDERS)
    home.once()
    assert home.dump(tables.ORDERS) == dump, "a sync that finds nothing new changes nothing (A51)"


def test_A49_a_worker_that_dies_within_a_commit_sends_nothing_twice(
    tmp_path: Path, sandbox: SandboxProcess, following: Callable[[Home], States]
) -> None:
    home = Home(tmp_path, sandbox, {**QUICK, "RESEND_AFTER_SECONDS": "1"})
    home.connect()
    mapping = mappable(sandbox.state())
    made = [sandbox.order(1, shape="single", sku_ids=[sku_id])[0] for sku_id in list(mapping)[:6]]
    home.map(mapping, options_of(sandbox))
    assert home.run("products", "read").code == 0
    for point in ("encoded:4", "appended:5", "encoded:6", "applied:7"):
        home.settings["CRASH_AT"] = f"commit.{point}"
        home.run("worker", "--once")
    del home.settings["CRASH_AT"]
    states = following(home)
    with running(home.start("worker")):
        wait_until(lambda: states()["sent"] and not {"ready", "sending"} & states().keys())
    given = sandbox.state()["avasam"]["by_ref"]
    assert {order_id: given.get(order_id) for order_id in made} == dict.fromkeys(made, 1)


def test_A49_A50_orders_found_at_avasam_by_a_store_from_a_backup_are_followed_to_the_end(
    tmp_path: Path, sandbox: SandboxProcess
) -> None:
    home = Home(tmp_path / "home", sandbox, QUICK)
    home.connect()
    mapping = mappable(sandbox.state())
    made = [sandbox.order(1, shape="single", sku_ids=[sku_id])[0] for sku_id in list(mapping)[:4]]
    home.map(mapping, options_of(sandbox))
    assert home.run("products", "read").code == 0
    shutil.copytree(home.directory, tmp_path / "copy")
    assert home.run("sync", "orders").code == 0
    shutil.rmtree(home.directory)
    shutil.move(tmp_path / "copy", home.directory)

    assert home.run("sync", "orders").code == 0
    given = sandbox.state()["avasam"]["by_ref"]
    assert {order_id: given.get(order_id) for order_id in made} == dict.fromkeys(made, 1)
    let_avasam_dispatch(sandbox)
    assert home.run("sync", "orders").code == 0
    state = sandbox.state()
    numbers = {row["seller_ref"]: row["tracking_number"] for row in state["avasam"]["list"]}
    for order_id in made:
        assert state["orders"][order_id]["tracking"] == [numbers[order_id]]
        assert len(state["orders"][order_id]["packages"]) == 1
    assert {given.get(order_id) for order_id in made} == {1}


def test_A47_an_order_that_waits_for_a_service_goes_once_it_is_mapped_and_released(
    tmp_path: Path, sandbox: SandboxProcess
) -> None:
    home = Home(tmp_path, sandbox)
    home.connect()
    mapping = mappable(sandbox.state())
    home.map(mapping, [])
    assert home.run("products", "read").code == 0
    sku_id = next(iter(mapping))
    (order,) = sandbox.order(1, shape="single", sku_ids=[sku_id])
    assert home.run("sync", "orders").code == 0
    assert order not in sandbox.state()["avasam"]["by_ref"]

    checked = home.run("shipping", "check", "--json")
    assert checked.code == 1
    option = sandbox.state()["orders"][order]["delivery_option_id"]
    (lacking,) = [row for row in checked.json if row["id"] == option]
    assert lacking["waiting"] >= 1
    assert lacking["carriers"]
    refused = home.run("orders", "release", order)
    assert refused.code == 1
    assert "no shipping mapping" in refused.out

    done = home.run("shipping", "set", option, "Tracked 24", "--json")
    assert (done.code, done.json["changed"]) == (0, 1)
    assert home.run("sync", "orders").code == 0
    assert order not in sandbox.state()["avasam"]["by_ref"], "mappings are not retroactive (A46)"
    released = home.run("orders", "release", order, "--json")
    assert (released.code, released.json) == (0, {"ready": [order], "held": []})
    assert home.run("sync", "orders").code == 0
    assert sandbox.state()["avasam"]["by_ref"][order] == 1
    assert "Tracked 24" in home.run("shipping", "services", "--json").json

    again = home.run("orders", "resend", order)
    assert again.code == 1
    assert "Avasam has it" in again.err
    assert home.run("orders", "release", "4711").code == 2
    assert home.run("shipping", "unset", option).code == 0
    assert option in {row["id"] for row in home.run("shipping", "check", "--json").json}
