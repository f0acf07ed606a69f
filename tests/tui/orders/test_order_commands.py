"""`avasam orders show|export` and `avasam activity` over a real store (A53)."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from core import tables
from core.backend import Backend
from core.models.job import Activity, Problem
from tests.clocks import NOON, FrozenClock
from tests.core.services.made_orders import foreign, keep, order, put
from tests.tui.session import integration, open_backend
from tui.commands import app

Avasam = Callable[..., Result]


@pytest.fixture
def avasam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Avasam:
    """The command line over a store with two orders, a sync and a problem."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    monkeypatch.setenv("AVASAM_HOME", str(home))

    async def fill() -> None:
        backend = await open_backend(home, FrozenClock())
        await _fill(backend)
        await backend.close()

    _run(fill)
    return lambda *arguments: CliRunner().invoke(app, arguments)


def _run(work: Callable[[], Awaitable[None]]) -> None:
    async def awaited() -> None:
        await work()

    asyncio.run(awaited())


async def _fill(backend: Backend) -> None:
    await put(backend, tables.INTEGRATIONS, "id-My shop", integration())
    await keep(backend, order("1001"), foreign("2001"))
    sync = Activity(
        id="a1", integration_id="id-My shop", kind="stock", started_at=NOON, finished_at=NOON, ok=True
    )
    await put(backend, tables.ACTIVITY, "a1", sync.model_copy(update={"counts": {"pushed": 3}}))
    problem = Problem(
        id="p", integration_id=None, code="c", what="w", why="y", cure="Do it", since=NOON, last_seen=NOON
    )
    await put(backend, tables.PROBLEMS, "p", problem)


def test_A53_an_order_in_full(avasam: Avasam) -> None:
    shown = avasam("orders", "show", "1001")
    assert shown.exit_code == 0
    assert "2 x MUG-BLU  -> AV-MUG" in shown.stdout
    assert "Command: avasam shipping check" in shown.stdout
    as_json = json.loads(avasam("orders", "show", "1001", "--json").stdout)
    assert as_json["integration"] == "My shop"
    assert as_json["cure"]["command"] == "avasam shipping check"
    assert avasam("orders", "show", "9").exit_code == 2


def test_A53_orders_are_exported_to_standard_output_or_a_new_file(avasam: Avasam, tmp_path: Path) -> None:
    rows = json.loads(avasam("orders", "export", "--json").stdout)
    assert [row["id"] for row in rows] == ["2001", "1001"]
    file = tmp_path / "orders.csv"
    assert avasam("orders", "export", str(file), "--state", "held").exit_code == 0
    assert [line.split(",")[0] for line in file.read_text().splitlines()] == ["id", "1001"]
    assert avasam("orders", "export", str(file)).exit_code == 1
    assert avasam("orders", "export", "--kind", "odd").exit_code == 2


def test_A53_activity_and_problems(avasam: Avasam) -> None:
    (row,) = json.loads(avasam("activity", "list", "--json").stdout)
    assert (row["kind"], row["result"], row["counts"]) == ("stock", "done", {"pushed": 3})
    assert json.loads(avasam("activity", "list", "--result", "failed", "--json").stdout) == []
    assert "What to do now: Do it" in avasam("activity", "problems").stdout
    (problem,) = json.loads(avasam("activity", "problems", "--json").stdout)
    assert (problem["integration"], problem["cure"]) == ("all", "Do it")
    assert avasam("activity", "export").stdout.startswith("at,integration,kind")
    assert avasam("activity", "list", "--result", "odd").exit_code == 2
