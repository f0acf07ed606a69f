"""A CSV file of mappings read on the SKU Mapping screen: a dry run, row by row, then Save (A38)."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from textual.widgets import Button, Input, Static

from core.services.mapping_import import against
from core.services.mapping_lists import Show
from tests.core.services.mapping_world import World
from tests.tui.mapping.test_sku_mapping_screen import head, pending, shown, told
from tests.tui.session import ReadySession
from tests.tui.terminal import drawn, until
from tests.tui.test_shell import NARROW, WIDE
from tui.app import AvasamApp
from tui.screens.ask import Ask
from tui.screens.mapping_import import ImportReport
from tui.screens.sku_mapping import SkuMappingScreen

ROWS = "own_sku;channel_sku\r\nMUG-GRN-01;gr-mug-01\r\nNOPE;mug_grn_02\r\nLAMP;nothing [b]\r\n"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    made = await World.open(tmp_path)
    await made.list_sku("t1", "gr-mug-01", "Green mug 330")
    await made.list_sku("t2", "mug_grn_02", "Green mug 500")
    await made.list_sku("t3", "new-name", "Grand lamp")
    await made.list_sku("t4", "left", "Old lamp", deleted=True)
    await made.stock("LAMP", "MUG-GRN-01", "MUG-GRN-02")
    await made.map("t3", "LAMP", seller_sku="old-name")
    await made.map("t4", "LAMP", seller_sku="left")
    await made.downloaded()
    yield made
    await made.backend.close()


async def test_A38_a_file_is_shown_row_by_row_then_taken_then_saved(world: World, tmp_path: Path) -> None:
    file = tmp_path / "größe.csv"
    file.write_bytes(ROWS.encode("cp1252"))
    async with AvasamApp(ReadySession(world.backend)).run_test(size=NARROW) as pilot:
        screen = await shown(pilot)
        await pilot.press("I")
        await until(pilot, lambda: isinstance(pilot.app.screen, Ask))
        asked = pilot.app.screen
        refusal = asked.query_one("#ask-refusal", Static)
        asked.query_one(Input).value = str(tmp_path)
        await pilot.press("enter")
        await until(pilot, lambda: "a directory" in str(refusal.content))
        asked.query_one(Input).value = str(tmp_path / "none.csv")
        await pilot.press("enter")
        await until(pilot, lambda: "No such file" in str(refusal.content))
        asked.query_one(Input).value = str(file)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ImportReport))
        report = pilot.app.screen
        assert isinstance(report, ImportReport)
        assert report.text.splitlines() == [
            "✖ row 3 (NOPE, mug_grn_02): Avasam has no sellable SKU NOPE",
            "✖ row 4 (LAMP, nothing [b]): this shop has no seller SKU nothing [b]; Download first",
            "+ gr-mug-01 ↔ MUG-GRN-01",
        ]
        assert isinstance(pilot.app.focused, Button)
        assert pilot.app.focused.id == "cancel"
        assert pending(screen) == {}
        await until(pilot, lambda: "Take 1, pending until Save" in drawn(pilot))
        await pilot.press("tab", "enter")
        await until(pilot, lambda: pending(screen) == {"t1": "MUG-GRN-01"})
        assert "1 pending" in head(screen)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: not pending(screen))
    assert (await world.pairs())["t1"] == "MUG-GRN-01"


async def test_A38_a_file_that_is_none_or_not_wanted_changes_nothing(world: World, tmp_path: Path) -> None:
    picture, good = tmp_path / "picture.csv", tmp_path / "good.csv"
    picture.write_bytes(b"\x89PNG\x00\x00\xff")
    good.write_text(ROWS, "utf-8")
    async with AvasamApp(ReadySession(world.backend)).run_test(size=WIDE) as pilot:
        screen = await shown(pilot)
        for file in (picture, good):
            await pilot.press("I")
            await until(pilot, lambda: isinstance(pilot.app.screen, Ask))
            pilot.app.screen.query_one(Input).value = str(file)
            await pilot.press("enter")
        await until(pilot, lambda: any("is it a workbook" in words for words in told(pilot)))
        await until(pilot, lambda: isinstance(pilot.app.screen, ImportReport))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, SkuMappingScreen))
        assert pending(screen) == {}


async def test_a_read_only_session_imports_nothing(world: World) -> None:
    async with AvasamApp(ReadySession(world.backend, read_only=True)).run_test(size=WIDE) as pilot:
        await shown(pilot)
        await pilot.press("I")
        await until(pilot, lambda: any("read-only" in words for words in told(pilot)))
        assert isinstance(pilot.app.screen, SkuMappingScreen)


async def test_what_tiktok_deleted_or_renamed_is_shown_and_keeps_its_partner_until_a_person_decides(
    world: World,
) -> None:
    async with AvasamApp(ReadySession(world.backend)).run_test(size=WIDE) as pilot:
        screen = await shown(pilot)
        assert "2 gone or renamed" in head(screen)
        screen.show_only = Show.GONE
        screen._list_again()
        assert list(screen.left.table.view) == ["t4", "t3"]
        line = screen.query_one("#mapping-line", Static)
        await pilot.press("home")
        await until(pilot, lambda: "TikTok no longer lists left; LAMP stays its partner" in str(line.content))
        await pilot.press("down")
        await until(pilot, lambda: "it was old-name when LAMP became its partner" in str(line.content))
        await pilot.press("home", "u", "ctrl+s")
        await until(pilot, lambda: any("1 unlinked" in words for words in told(pilot)))
    assert await world.pairs() == {"t3": "LAMP"}


def test_a_path_is_looked_at_before_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").touch()
    assert against(str(tmp_path / "empty.csv")) == "It is empty."
    os.mkfifo(tmp_path / "pipe")
    assert against(str(tmp_path / "pipe")) == "That is not an ordinary file."
    assert "cannot be read" in (against("~nobody-of-this-name/x.csv") or "")
    assert "cannot be read" in (against("a\0b") or "")
