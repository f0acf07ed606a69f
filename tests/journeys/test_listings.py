"""Listings by command, and a worker killed in the middle of 200 rows; the shop's own state is the witness.

Acceptance lines: A53.
"""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.shop_goods import (
    CANDLES,
    category,
    family,
    made_home,
    products_of,
    single,
)
from tests.journeys.world import SandboxProcess, running, wait_until


@pytest.fixture(autouse=True)
def no_faults_left(sandbox: SandboxProcess) -> Iterator[None]:
    yield
    sandbox.control("DELETE", "/faults")


def test_A53_a_row_is_listed_explained_and_deleted_by_command(
    tmp_path: Path, sandbox: SandboxProcess
) -> None:
    bad = single(sandbox, "BAD-EMOJI", title="Candle \U0001f56f of joy", images=[])
    home = made_home(tmp_path, sandbox, [single(sandbox, "ONE-1"), *family(sandbox, "FAM-1", "Sage"), bad])
    leaf = category(home, CANDLES)
    comma = home.run("listings", "set", "ONE-1", "--price", "12,99", "--tiktok-category", leaf)
    assert (comma.code, "has a comma" in comma.err) == (1, True)
    assert home.run("listings", "set", "ONE-1", "--price", "12.99", "--tiktok-category", leaf).code == 0

    explained = home.run("listings", "explain", "BAD-EMOJI", "--json")
    assert explained.code == 1
    assert {one["code"] for one in explained.json["problems"]} == {"title-emoji", "image-missing"}

    done = home.run("listings", "publish", "--all", "--json")
    assert done.code == 1, "one of them failed"
    results = {one["sku"]: one["result"] for one in done.json[0]["rows"]}
    assert results == {"BAD-EMOJI": "failed", "FAM-1": "done", "ONE-1": "done"}
    assert [len(ids) for ids in products_of(sandbox, "ONE-1", "FAM-1-SAG").values()] == [1, 1]
    causes = home.run("listings", "problems", "--json").json
    assert {one["code"] for one in causes} == {"title-emoji", "image-missing"}

    assert home.run("listings", "delete", "ONE-1").code == 3, "it asks first (A29)"
    assert home.run("listings", "delete", "ONE-1", "--yes").code == 0
    assert products_of(sandbox, "ONE-1")["ONE-1"] == []


def test_killed_in_the_middle_of_200_rows_it_goes_on_and_makes_no_product_twice(
    tmp_path: Path, sandbox: SandboxProcess
) -> None:
    skus = [f"KIL-{number:03d}" for number in range(200)]
    home = made_home(tmp_path, sandbox, [single(sandbox, sku) for sku in skus])
    home.run("listings", "set", skus[0], "--tiktok-category", category(home, CANDLES))
    asked = home.run("listings", "publish", "--all", "--no-wait", "--json")
    assert asked.code == 0
    for number, calls in enumerate((9, 120, 161)):
        sandbox.fault("/", n=calls)
        sandbox.fault("/", rate=1.0, delay_ms=600_000, when="after" if number % 2 else "before")
        finished = 6
        while finished == 6:
            with running(home.start("worker", "--once")) as worker:
                wait_until(lambda: is_hanging(sandbox) or worker.poll() is not None)
            finished = worker.returncode
        assert finished == -signal.SIGKILL
        sandbox.control("DELETE", "/faults")
    made = products_of(sandbox, *skus)
    assert 0 < sum(map(bool, made.values())) < 200, "killed in the middle"

    wait_until(lambda: home.run("worker", "--once").code == 0)
    assert {len(ids) for ids in products_of(sandbox, *skus).values()} == {1}
    rows = home.run("listings", "show", "-s", "KIL", "--json").json
    assert {one["status"] for one in rows} == {"listed"}
    assert len(rows) == 200


def is_hanging(sandbox: SandboxProcess) -> bool:
    return bool(sandbox.control("GET", "/faults")["faults"][-1]["hits"])
