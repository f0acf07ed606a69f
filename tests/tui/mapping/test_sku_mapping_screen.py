"""SKU Mapping on the screen: state and messages first.

Acceptance lines: A33, A35, A36, A37, A38.
"""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList, Static

from core import tables
from core.services.mapping_edits import Edits
from core.services.mapping_lists import Show
from core.services.sku_mapping import SkuMappingService
from tests.core.services.mapping_world import SHOP, World, edits
from tests.tui.session import ReadySession, integration
from tests.tui.terminal import drawn, until
from tests.tui.test_shell import NARROW, WIDE, opened
from tui.app import AvasamApp
from tui.screens.choose import Choose
from tui.screens.confirm import Confirm
from tui.screens.orders import OrdersScreen
from tui.screens.sku_mapping import SkuMappingScreen
from tui.widgets.key_line import KeyLine
from tui.widgets.row_view import HEADER


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    made = await World.open(tmp_path)
    await made.list_sku("t1", "gr-mug-01", "Green mug 330")
    await made.list_sku("t2", "mug_grn_02", "Green mug 500")
    await made.list_sku("t3", "new-name", "Grand lamp")
    await made.stock("LAMP", "MUG-GRN-01", "MUG-GRN-02")
    await made.map("t3", "LAMP", seller_sku="old-name")
    await made.downloaded()
    yield made
    await made.backend.close()


async def shown(pilot: Pilot[None]) -> SkuMappingScreen:
    """Go to SKU Mapping and wait until its lists and suggestions are there."""
    await opened(pilot)
    await pilot.press("3")
    await until(pilot, lambda: isinstance(pilot.app.screen, SkuMappingScreen))
    screen = pilot.app.screen
    assert isinstance(screen, SkuMappingScreen)
    await until(pilot, lambda: screen.desk is not None and screen.desk.suggestions and screen.left.table.view)
    await pilot.pause()
    return screen


def line(screen: SkuMappingScreen) -> str:
    return str(screen.query_one("#mapping-line", Static).content)


def _lists(screen: SkuMappingScreen, expected: list[str]) -> bool:
    return list(screen.left.table.view) == expected


def head(screen: SkuMappingScreen) -> str:
    return str(screen.query_one("#mapping-head", Static).content)


def told(pilot: Pilot[None]) -> list[str]:
    return [note.message for note in pilot.app._notifications]


def pending(screen: SkuMappingScreen) -> dict[str, str | None]:
    assert screen.desk is not None
    return {edit.sku_id: edit.avasam_sku for edit in screen.desk.edits}


async def test_A33_both_lists_are_there_with_what_is_known_of_their_rows(world: World) -> None:
    async with AvasamApp(ReadySession(world.backend)).run_test(size=WIDE) as pilot:
        screen = await shown(pilot)
        assert list(screen.left.table.view) == ["t1", "t2", "t3"]
        assert list(screen.right.table.view) == ["LAMP", "MUG-GRN-01", "MUG-GRN-02"]
        assert "My shop" not in head(screen)
        assert head(screen).startswith("One · as of 23 Nov")
        assert "2 unmapped · 1 gone or renamed" in head(screen)
        await until(pilot, lambda: "3 of 3" in drawn(pilot) and "£3.10" in drawn(pilot))
        left, right = screen.left.table.cursor_index, screen.right.table.cursor_index
        assert screen.left.table.render_line(HEADER + left).text.startswith("▸")
        assert screen.right.table.render_line(HEADER + right).text.startswith("▹")
        await pilot.press("tab")
        await until(pilot, lambda: screen.right.table.render_line(HEADER + right).text.startswith("▸"))
        assert screen.left.table.render_line(HEADER + left).text.startswith("▹")


async def test_A33_words_typed_search_the_list_that_has_the_focus(world: World) -> None:
    async with AvasamApp(ReadySession(world.backend)).run_test(size=WIDE) as pilot:
        screen = await shown(pilot)
        await pilot.press("slash", *"500", "enter")
        await until(pilot, lambda: list(screen.left.table.view) == ["t2"])
        await pilot.press("tab", "slash", *"grn")
        await until(pilot, lambda: list(screen.right.table.view) == ["MUG-GRN-01", "MUG-GRN-02"])
        assert list(screen.left.table.view) == ["t2"]


async def test_A35_map_them_waits_for_save(world: World) -> None:
    async with AvasamApp(ReadySession(world.backend)).run_test(size=WIDE) as pilot:
        screen = await shown(pilot)
        screen.right.go_to("MUG-GRN-01")
        await pilot.press("m")
        assert pending(screen) == {"t1": "MUG-GRN-01"}
        assert "1 pending (ctrl+s saves)" in head(screen)
        assert (await world.pairs()) == {"t3": "LAMP"}
        await pilot.press("ctrl+s")
        await until(pilot, lambda: not pending(screen))
        assert (await world.pairs()) == {"t1": "MUG-GRN-01", "t3": "LAMP"}
        await until(
            pilot, lambda: any("1 mapped" in words and "stock, price" in words for words in told(pilot))
        )


async def test_A35_the_marked_ones_are_mapped_together_and_lose_their_marks(world: World) -> None:
    async with AvasamApp(ReadySession(world.backend)).run_test(size=WIDE) as pilot:
        screen = await shown(pilot)
        await pilot.press("space", "space")
        screen.right.go_to("LAMP")
        await pilot.press("tab", "enter")
        await until(pilot, lambda: pending(screen) == {"t1": "LAMP", "t2": "LAMP"})
        assert len(screen.left.table.marks) == 0


async def test_A35_leaving_unsaved_asks_and_stays_unless_told_to_discard(world: World) -> None:
    async with AvasamApp(ReadySession(world.backend)).run_test(size=WIDE) as pilot:
        screen = await shown(pilot)
        await pilot.press("down", "t")
        for key in ("5", "ctrl+q"):
            await pilot.press(key)
            await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
            await pilot.press("escape")
            await until(pilot, lambda: pilot.app.screen is screen)
            assert pending(screen) == {"t2": "MUG-GRN-02"}
        await pilot.press("5")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await pilot.press("tab", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, OrdersScreen))
        assert pending(screen) == {}
        assert (await world.pairs()) == {"t3": "LAMP"}


async def test_A36_unlink_is_pending_until_save_and_can_be_taken_back(world: World) -> None:
    async with AvasamApp(ReadySession(world.backend)).run_test(size=WIDE) as pilot:
        screen = await shown(pilot)
        await pilot.press("end", "u")
        assert pending(screen) == {"t3": None}
        assert "loses its partner with Save" in line(screen)
        await pilot.press("u")
        assert pending(screen) == {}
        await pilot.press("u", "ctrl+s")
        await until(pilot, lambda: any("1 unlinked" in words for words in told(pilot)))
        assert (await world.pairs()) == {}
        await pilot.press("u")
        assert "It has no partner." in told(pilot)


async def test_A37_a_suggestion_says_how_sure_and_why_and_the_other_cursor_goes_there(world: World) -> None:
    async with AvasamApp(ReadySession(world.backend)).run_test(size=WIDE) as pilot:
        screen = await shown(pilot)
        await pilot.press("down")
        await until(pilot, lambda: screen.right.table.cursor_key == "MUG-GRN-02")
        assert line(screen) == (
            "suggested: mug_grn_02 ↔ MUG-GRN-02   0.95   same SKU but for case and hyphens"
        )
        assert pending(screen) == {}, "nothing is mapped unasked"


async def test_A37_all_above_a_bar_are_taken_and_still_wait_for_save(world: World) -> None:
    async with AvasamApp(ReadySession(world.backend)).run_test(size=WIDE) as pilot:
        screen = await shown(pilot)
        await pilot.press("T")
        await until(pilot, lambda: isinstance(pilot.app.screen, Choose))
        menu = pilot.app.screen.query_one(OptionList)
        assert str(menu.get_option_at_index(0).prompt).split() == ["0.95", "and", "more", "1"]
        await pilot.press("enter")
        await until(pilot, lambda: pending(screen) == {"t2": "MUG-GRN-02"})
        assert (await world.pairs()) == {"t3": "LAMP"}


async def test_A37_who_saves_second_is_told_and_sees_what_is_there_now(world: World) -> None:
    async with AvasamApp(ReadySession(world.backend)).run_test(size=WIDE) as pilot:
        screen = await shown(pilot)
        await pilot.press("down", "t")
        await SkuMappingService(world.backend).save(SHOP.id, edits(("t2", "LAMP")), by="ben")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: any("ben mapped t2 to LAMP" in words for words in told(pilot)))
        await until(pilot, lambda: screen.desk is not None and screen.desk.lists.partner_of("t2") == "LAMP")
        assert pending(screen) == {}


async def test_a_renamed_sku_says_so_and_keeps_its_partner(world: World) -> None:
    async with AvasamApp(ReadySession(world.backend)).run_test(size=WIDE) as pilot:
        screen = await shown(pilot)
        await pilot.press("end")
        await until(pilot, lambda: "TikTok calls it new-name now; it was old-name" in line(screen))
        await world.list_sku("t3", "new-name", deleted=True)
        await until(pilot, lambda: "TikTok no longer lists new-name; LAMP stays its partner" in line(screen))


async def test_filters_are_chosen_from_a_list_and_escape_shows_all_again(world: World) -> None:
    async with AvasamApp(ReadySession(world.backend)).run_test(size=WIDE) as pilot:
        screen = await shown(pilot)
        await pilot.press("f")
        await until(pilot, lambda: isinstance(pilot.app.screen, Choose))
        await pilot.press("down", "enter")
        await until(pilot, lambda: screen.show_only is Show.UNMAPPED)
        assert list(screen.left.table.view) == ["t1", "t2"]
        await pilot.press("escape")
        await until(pilot, lambda: len(screen.left.table.view) == 3)


async def test_a_read_only_session_saves_and_downloads_nothing(world: World) -> None:
    async with AvasamApp(ReadySession(world.backend, read_only=True)).run_test(size=WIDE) as pilot:
        screen = await shown(pilot)
        await pilot.press("down", "t", "ctrl+s", "d")
        await until(pilot, lambda: len([words for words in told(pilot) if "read-only" in words]) == 2)
        assert (await world.pairs()) == {"t3": "LAMP"}
        assert await world.store.count(tables.JOBS) == 0
        screen.discard()


async def test_A38_w_writes_all_pairs_to_a_file(world: World) -> None:
    async with AvasamApp(ReadySession(world.backend)).run_test(size=WIDE) as pilot:
        await shown(pilot)
        await pilot.press("w")
        await until(pilot, lambda: any(words.startswith("Written to") for words in told(pilot)))
    (written,) = world.backend.settings.home.rglob("mappings-*.csv")
    assert "LAMP,new-name,p-t3,t3,link,Grand lamp" in written.read_text()


async def test_sorting_by_a_column_and_back(world: World) -> None:
    async with AvasamApp(ReadySession(world.backend)).run_test(size=WIDE) as pilot:
        screen = await shown(pilot)
        for expected in (["t3", "t1", "t2"], ["t2", "t1", "t3"]):
            await pilot.press("s")
            await until(pilot, lambda: isinstance(pilot.app.screen, Choose))
            await pilot.press("down", "enter")
            await until(pilot, partial(_lists, screen, expected))


async def test_another_shop_is_chosen_after_a_question(world: World) -> None:
    other = integration("Two")
    await world.put(tables.INTEGRATIONS, other.id, other)
    async with AvasamApp(ReadySession(world.backend)).run_test(size=WIDE) as pilot:
        screen = await shown(pilot)
        await pilot.press("down", "t", "o")
        await until(pilot, lambda: isinstance(pilot.app.screen, Choose))
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await pilot.press("tab", "enter")
        await until(pilot, lambda: head(screen).startswith("Two · as of never · 0 unmapped"))
        assert "d downloads them" in str(screen.left.query_one(".side-nothing", Static).content)


async def test_without_a_shop_it_says_how_to_connect_one(world: World) -> None:
    async with world.store.transaction() as tx:
        await tx.delete(tables.INTEGRATIONS, SHOP.id)
    async with AvasamApp(ReadySession(world.backend)).run_test(size=WIDE) as pilot:
        await opened(pilot)
        await pilot.press("3")
        await until(pilot, lambda: isinstance(pilot.app.screen, SkuMappingScreen))
        screen = pilot.app.screen
        assert isinstance(screen, SkuMappingScreen)
        await until(pilot, lambda: "No shop is connected" in head(screen))
        await pilot.press("m", "t", "T", "u", "ctrl+s", "d", "w", "tab", "D")
        assert Edits() == Edits()


async def test_below_100_columns_the_lists_are_tabs(world: World) -> None:
    async with AvasamApp(ReadySession(world.backend)).run_test(size=NARROW) as pilot:
        screen = await shown(pilot)
        assert (bool(screen.left.region.area), bool(screen.right.region.area)) == (True, False)
        await pilot.press("tab")
        await until(pilot, lambda: screen.right.has_focus_within)
        assert (bool(screen.left.region.area), bool(screen.right.region.area)) == (False, True)
        await pilot.press("slash", *"lamp", "enter")
        await until(pilot, lambda: list(screen.right.table.view) == ["LAMP"])
        await pilot.press("tab")
        await until(pilot, lambda: screen.left.has_focus_within)
        assert screen.query_one(KeyLine).region.bottom == NARROW[1]


async def test_hostile_titles_are_plain_text(world: World) -> None:
    await world.list_sku("t0", "[red]x[/]", "[b]界" * 20)
    async with AvasamApp(ReadySession(world.backend)).run_test(size=WIDE) as pilot:
        screen = await shown(pilot)
        await pilot.press("home")
        await until(pilot, lambda: "[red]x[/] has no partner" in line(screen))
