"""Workers that are killed between any two calls: nothing is lost and nothing doubled (A49, A51)."""

import signal
from pathlib import Path

from tests.journeys.world import (
    Home,
    SandboxProcess,
    is_pushed,
    orders_of,
    restock,
    running,
    wait_until,
)

BUSY = 6
KILLED_AFTER = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 16, 19, 24)
"""Calls that a worker gets to make before it is killed: within the download, the inventory, the pushes."""


def kill_after(home: Home, calls: int) -> None:
    """Run `worker --once`, let that many of its calls through, and kill it while the next ones hang.

    Every other time they hang before their effect, else after it.
    """
    home.sandbox.fault("/", n=calls)
    home.sandbox.fault("/", rate=1.0, delay_ms=600_000, when="after" if calls % 2 else "before")
    finished = BUSY
    while finished == BUSY:  # the one killed before may still hold the lease for a moment
        with running(home.start("worker", "--once")) as worker:
            wait_until(lambda: is_hanging(home.sandbox) or worker.poll() is not None)
        finished = worker.returncode
    assert finished == -signal.SIGKILL
    home.sandbox.control("DELETE", "/faults")


def is_hanging(sandbox: SandboxProcess) -> bool:
    return bool(sandbox.control("GET", "/faults")["faults"][-1]["hits"])


def test_a_worker_killed_between_any_two_calls_loses_and_doubles_nothing(
    tmp_path: Path, sandbox: SandboxProcess, mapping: dict[str, str]
) -> None:
    home = Home(tmp_path / "killed", sandbox, {"LEASE_SECONDS": "1"})
    home.connect()
    home.map(mapping, [])
    made = sandbox.order(250)
    for number, calls in enumerate(KILLED_AFTER):
        restock(sandbox, mapping, 40 + number)
        kill_after(home, calls)
    assert not is_pushed(home, mapping)

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
