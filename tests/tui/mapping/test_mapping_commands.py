"""A53: everything the SKU Mapping screen can do, as commands.

Acceptance lines: A35, A36, A37, A38.
"""

import asyncio
import json
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from core import tables
from core.services.mapping_save import ACTIVITY_KIND
from tests.core.services.mapping_world import SHOP, World
from tests.tui.session import integration
from tui.commands import app
from tui.commands.output import Exit


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with three listed SKUs, one of them mapped, and three products."""
    monkeypatch.setenv("AVASAM_HOME", str(tmp_path))

    async def fill(world: World) -> None:
        await world.list_sku("t1", "gr-1", "Green mug 330 ml")
        await world.list_sku("t2", "MUG-2")
        await world.list_sku("t3", "TT-MUG-3")
        await world.stock("MUG-1", "MUG-2", "MUG-3")
        await world.map("t1", "MUG-1", seller_sku="old-name")

    world(tmp_path, fill)
    return tmp_path


def world(home: Path, work: Callable[[World], Coroutine[Any, Any, Any]]) -> Any:
    """Do something with the store of that home, as another program would."""

    async def go() -> Any:
        opened = await World.open(home)
        try:
            return await work(opened)
        finally:
            await opened.backend.close()

    return asyncio.run(go())


def pairs(home: Path) -> dict[str, str]:
    found: dict[str, str] = world(home, lambda opened: opened.pairs())
    return found


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["mappings", *arguments])


def printed(*arguments: str) -> Any:
    return json.loads(run(*arguments, "--json").stdout)


def test_list_names_state_and_partner_and_who_was_renamed(home: Path) -> None:
    rows = {row["sku_id"]: row for row in printed("list")}
    assert (rows["t1"]["state"], rows["t1"]["avasam_sku"]) == ("renamed", "MUG-1")
    assert rows["t1"]["renamed_from"] == "old-name"
    assert (rows["t2"]["state"], rows["t2"]["avasam_sku"]) == ("unmapped", None)
    assert [row["sku_id"] for row in printed("list", "--show", "unmapped", "-s", "mug-2")] == ["t2"]
    assert "renamed (was old-name)" in run("list").stdout


@pytest.mark.parametrize(
    "arguments", [("list", "--show", "nope"), ("set", "nope", "MUG-1"), ("unset", "nope")]
)
def test_what_is_not_there_is_named_with_the_code_for_wrong_use(
    home: Path, arguments: tuple[str, ...]
) -> None:
    result = run(*arguments)
    assert result.exit_code == Exit.USAGE
    assert "nope" in result.stderr


def test_A37_suggest_maps_nothing_and_accept_takes_the_sure_ones_above_the_bar(home: Path) -> None:
    found = printed("suggest")
    assert [(row["sku_id"], row["avasam_sku"], row["confidence"]) for row in found] == [
        ("t2", "MUG-2", 1.0),
        ("t3", "MUG-3", 0.93),
    ]
    assert pairs(home) == {"t1": "MUG-1"}
    assert run("suggest", "--accept").exit_code == Exit.OK
    assert pairs(home) == {"t1": "MUG-1", "t2": "MUG-2"}
    assert printed("suggest", "--accept", "--at-least", "0.9")["mapped"] == 1
    assert pairs(home)["t3"] == "MUG-3"


def test_A35_A36_set_and_unset_say_what_begins(home: Path) -> None:
    saved = printed("set", "MUG-2", "MUG-2")
    assert saved == {
        "mapped": 1,
        "unlinked": 0,
        "unchanged": 0,
        "orders_offered": 0,
        "jobs": ["verify", "sync_price"],
    }
    assert "1 unlinked" in run("unset", "t2").stderr
    assert pairs(home) == {"t1": "MUG-1"}


def test_a_refusal_of_save_is_told_with_its_code(home: Path) -> None:
    result = run("set", "MUG-2", "NOPE")
    assert result.exit_code == Exit.FAILED
    assert "Avasam has no SKU NOPE" in result.stderr


def test_A38_import_reports_first_and_saves_only_with_apply(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "pairs.csv"
    file.write_text("own_sku,channel_sku,action\nMUG-2,MUG-2,link\nX,MUG-2,link\nMUG-1,gr-1,unlink\n")
    result = run("import", str(file))
    assert result.exit_code == Exit.FAILED, "a row was refused"
    assert "row 3 (X, MUG-2, link): Avasam has no sellable SKU X" in result.stderr
    assert "Nothing was saved yet: repeat with --apply" in result.stderr
    assert pairs(home) == {"t1": "MUG-1"}
    report = printed("import", str(file), "--apply")
    assert (report["saved"]["mapped"], report["saved"]["unlinked"]) == (1, 1)
    assert [row["row"] for row in report["refused"]] == [3]
    assert pairs(home) == {"t2": "MUG-2"}


def test_A38_export_and_import_fit_each_other(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "out.csv"
    assert printed("export", str(file)) == {"file": str(file), "pairs": 1}
    assert run("export").stdout.replace("\r\n", "\n") == file.read_text()
    assert printed("import", str(file))["counts"]["unchanged"] == 1


@pytest.mark.parametrize("command", ["import", "export"])
def test_a_file_that_cannot_be_used_is_told(home: Path, tmp_path: Path, command: str) -> None:
    result = run(command, str(tmp_path / "no" / "such.csv"))
    assert result.exit_code == Exit.FAILED
    assert "such.csv cannot be" in result.stderr


def test_with_several_shops_one_has_to_be_named(home: Path) -> None:
    other = integration("Two")
    world(home, lambda opened: opened.put(tables.INTEGRATIONS, other.id, other))
    assert run("list").exit_code == Exit.USAGE
    assert run("list", "-i", "Two").exit_code == Exit.OK
    assert len(printed("list", "-i", SHOP.name)) == 3


def test_a_save_is_seen_in_activity(home: Path) -> None:
    run("unset", "gr-1")
    rows = world(home, lambda opened: opened.store.query(tables.ACTIVITY)).rows
    assert [row["kind"] for _, row in rows] == [ACTIVITY_KIND]
