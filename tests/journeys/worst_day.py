"""The worst day of a shop's orders: replies lost after their effect, kills, two workers, a second admin.

The witness is the sandbox's own state: what its Avasam took, and what its TikTok was told (A49, A50, A51).
"""

import asyncio
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

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
SENT = {"single": 80, "multi_unit": 22, "several_skus": 26, "mixed": 18, "gift": 4, "hostile_markup": 2}
NOT_SENT = (
    *("shop_only", "sample", "replacement", "exchange", "on_hold", "unpaid", "cancelled"),
    *("cancel_requested", "partially_shipping", "awaiting_collection", "in_transit", "delivered"),
    *("fulfilled_by_tiktok", "masked", "zero_lottery", "no_delivery_option"),
)
PAUSE = 0.05
"""Seconds between two looks: looking takes time from those who work."""
DISPATCHED_AFTER = 700
"""Seconds after which the sandbox's Avasam has dispatched every order."""


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


def given(states: Counter[str]) -> int:
    """How many orders Avasam has."""
    return sum(states[state] for state in ("sent", "dispatched", "tracking_returned"))


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


def called(sandbox: SandboxProcess, path: str) -> int:
    """How many calls to a path the faults set for it have met."""
    faults = sandbox.control("GET", "/faults")["faults"]
    return sum(int(fault["hits"]) for fault in faults if fault["path"] == path)


def has_been_called(sandbox: SandboxProcess, path: str, times: int) -> bool:
    """Whether it was that many."""
    time.sleep(PAUSE)
    return called(sandbox, path) >= times


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
    sandbox.control("POST", "/clock", {"advance": DISPATCHED_AFTER})
    sandbox.control("POST", "/clock", {"advance": -DISPATCHED_AFTER})


@dataclass(frozen=True, slots=True)
class Day:
    """What came of it: orders that Avasam was to get, its calls, and the parcels that TikTok was told of."""

    orders: int
    parts: int
    create_calls: int
    parcels: int
    shipped_calls: int


def worst_day(
    home: Home, sandbox: SandboxProcess, *, sent: Mapping[str, int], unsent: int, kills: int, patience: float
) -> Day:
    """Live through it; AssertionError when Avasam or TikTok holds anything else than it should.

    `sent` is shape -> how many orders that go to Avasam, `unsent` how many of each shape that does not.
    """
    home.connect()
    wanted = [made for shape, count in sent.items() for made in sandbox.order(count, shape=shape)]
    unwanted = [made for shape in NOT_SENT for made in sandbox.order(unsent, shape=shape)]
    mapping = mappable(sandbox.state(), but_every=12)
    options = options_of(sandbox)
    home.map(mapping, options)
    assert home.run("products", "read").code == 0
    expected = units_expected(sandbox.state(), wanted, mapping)
    states = States(home)
    try:
        faulty(sandbox, CREATE)
        faulty(sandbox, SHIPPED)  # a long day: the first are dispatched before the last are sent
        with two_workers(home) as kill_one:
            for number in range(1, kills + 1):
                calls = number * len(expected) // (kills + 1)
                wait_until(partial(has_been_called, sandbox, CREATE, calls), patience)
                kill_one()
                home.map(mapping, options)  # a second admin saves mappings meanwhile
            wait_until(lambda: given(states()) == len(expected), patience)

        state = sandbox.state()
        assert units_taken(state) == expected, "each expected unit once, and nothing else"
        assert set(state["avasam"]["by_ref"].values()) == {1}
        assert not units_taken(state).keys() & set(unwanted)

        let_avasam_dispatch(sandbox)
        before, left = called(sandbox, SHIPPED), len(expected) - states()["tracking_returned"]
        with two_workers(home) as kill_one:
            for number in range(1, kills // 2 + 1):
                calls = before + number * left // (kills // 2 + 1)
                wait_until(partial(has_been_called, sandbox, SHIPPED, calls), patience)
                kill_one()
            wait_until(lambda: states()["tracking_returned"] == len(expected), patience)
        create_calls, shipped_calls = called(sandbox, CREATE), called(sandbox, SHIPPED)
        sandbox.control("DELETE", "/faults")
    finally:
        states.close()

    state = sandbox.state()
    numbers: dict[str, set[str]] = {}
    for row in state["avasam"]["list"]:
        numbers.setdefault(row["seller_ref"].partition("-")[0], set()).add(row["tracking_number"])
    for order_id, theirs in numbers.items():
        told = state["orders"][order_id]
        assert set(told["tracking"]) == theirs
        assert len(told["packages"]) == len(theirs), "no parcel twice"
    assert set(state["avasam"]["by_ref"].values()) == {1}

    home.once()
    dump = home.dump(tables.ORDERS)
    home.once()
    assert home.dump(tables.ORDERS) == dump, "a sync that finds nothing new changes nothing (A51)"
    parts = len(state["avasam"]["by_ref"])
    return Day(len(expected), parts, create_calls, sum(map(len, numbers.values())), shipped_calls)
