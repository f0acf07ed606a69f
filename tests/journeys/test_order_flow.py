"""Orders to Avasam and their tracking back, between processes and over sockets (A47, A49, A50, A51)."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.journeys.world import Home, SandboxProcess, mappable, running, wait_until
from tests.journeys.worst_day import QUICK, SENT, States, let_avasam_dispatch, options_of, worst_day


@pytest.fixture(autouse=True)
def no_faults_left(sandbox: SandboxProcess) -> Iterator[None]:
    yield
    sandbox.control("DELETE", "/faults")


@pytest.fixture
def following() -> Iterator[Callable[[Home], States]]:
    """Opens what follows a home's orders, and closes it."""
    with ExitStack() as stack:

        def follow(home: Home) -> States:
            states = States(home)
            stack.callback(states.close)
            return states

        yield follow


@pytest.mark.timeout(600)
def test_A49_A50_A51_the_worst_day_each_order_goes_once_and_comes_back_once(
    tmp_path: Path, sandbox: SandboxProcess
) -> None:
    """Replies lost after their effect, kill -9, two workers, a second admin; 1,000 orders in `make bench`."""
    day = worst_day(Home(tmp_path, sandbox, QUICK), sandbox, sent=SENT, unsent=3, kills=4, patience=240)
    assert day.orders > 130
    assert day.create_calls > day.parts, "some had to be asked for again"


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


def test_A50_a_sample_is_settled_sent_tracked_and_corrected_by_command(
    tmp_path: Path, sandbox: SandboxProcess
) -> None:
    """From the front door: what a person decides, and what TikTok has of it in the end."""
    home = Home(tmp_path, sandbox, QUICK)
    home.connect()
    mapping = mappable(sandbox.state())
    sku_id = next(iter(mapping))
    sample, dropped = sandbox.order(2, shape="sample", sku_ids=[sku_id])
    home.map(mapping, options_of(sandbox))
    assert home.run("products", "read").code == 0
    assert home.run("sync", "orders").code == 0
    assert not {sample, dropped} & sandbox.state()["avasam"]["by_ref"].keys()

    settled = home.run("orders", "settle", sample, "--as", "ship", "--note", "agreed", "--json")
    assert (settled.code, settled.json["settled"][0]["state"]) == (0, "ready")
    assert home.run("orders", "settle", dropped, "--as", "drop").code == 0
    assert home.run("sync", "orders").code == 0
    by_ref = sandbox.state()["avasam"]["by_ref"]
    assert (by_ref.get(sample), by_ref.get(dropped)) == (1, None)
    late = home.run("orders", "settle", sample, "--take-back")
    assert late.code == 1
    assert "Avasam has it" in late.err

    let_avasam_dispatch(sandbox)
    assert home.run("sync", "orders").code == 0
    assert home.run("orders", "tracking", sample, "no number!").code == 1
    assert home.run("orders", "tracking", sample, "HAND 77").code == 0
    assert home.run("sync", "orders").code == 0
    there = sandbox.state()["orders"][sample]
    assert (there["tracking"], len(there["packages"])) == (["HAND77"], 1)
    shown = home.run("orders", "show", sample).out
    assert "to be shipped anyway by" in shown
    assert "tracking corrected on TikTok: HAND77" in shown
