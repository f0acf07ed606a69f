"""Editing in the grid: cells, several rows at once, undo, Save, and two people at one row.

Acceptance lines: A21, A22, A23, A24.
"""

from decimal import Decimal

from textual.events import Key
from textual.pilot import Pilot
from textual.widgets import Input, Static

from core import tables
from core.services.listing_edits import Field
from tests.tui.listings.support import NARROW, OTHER, SHOP, Grid, listings, text
from tests.tui.listings.test_grid import choose
from tests.tui.orders.support import row
from tests.tui.terminal import drawn, told, until
from tui.screens.confirm import Confirm
from tui.screens.listings.cell_editor import CellEditor
from tui.screens.listings.screen import ListingManagerScreen
from tui.screens.orders import OrdersScreen


async def begin(pilot: Pilot[None], screen: ListingManagerScreen, sku: str) -> CellEditor:
    """Put the cursor on a row and open its editor."""
    screen.table.go(screen.table.view.index(sku))
    await pilot.press("e")
    await until(pilot, lambda: isinstance(pilot.app.screen, CellEditor))
    await pilot.pause()
    editor = pilot.app.screen
    assert isinstance(editor, CellEditor)
    return editor


def write(editor: CellEditor, value: str) -> None:
    """Put another text in the place of the one that stands there."""
    editor.query_one(Input).value = value


def says(editor: CellEditor) -> str:
    return str(editor.query_one("#cell-says", Static).content)


async def kept(pilot: Pilot[None], screen: ListingManagerScreen) -> None:
    await pilot.press("enter")
    await until(pilot, lambda: pilot.app.screen is screen)
    await pilot.pause()


def pending(screen: ListingManagerScreen) -> dict[str, dict[str, object]]:
    assert screen.desk is not None
    edits = screen.desk.edits.by_sku
    return {sku: {name.value: one.value for name, one in row.items()} for sku, row in edits.items()}


async def test_A22_A23_cells_are_edited_in_the_row_wait_with_a_star_and_are_saved(grid: Grid) -> None:
    async with listings(grid) as (pilot, screen):
        editor = await begin(pilot, screen, "LMP-0001")
        line, place = editor.query_one(Input), screen.table.reveal_cell("title")
        assert place is not None
        assert (line.region.x, line.region.y) == (place.x, place.y), "the editor stands on the cell"
        write(editor, "A better lamp")
        await pilot.press("tab")
        await until(pilot, lambda: says(editor).startswith("shipping price"))
        write(editor, "4,50")
        await until(pilot, lambda: "has a comma" in says(editor))
        await pilot.press("enter")
        assert pilot.app.screen is editor, "what may not be kept stays in the editor"
        write(editor, "4.50")
        await pilot.press("tab")
        write(editor, "21.00")
        await kept(pilot, screen)
        assert pending(screen) == {
            "LMP-0001": {"title": "A better lamp", "shipping_ex": "4.50", "typed_price": "21.00"}
        }
        await row(pilot, "LMP-0001", "*A better lamp", "*4.50", "*21.00")
        await until(pilot, lambda: "unsaved: title" in text(screen, "#listing-pane"))
        assert "1 unsaved" in text(screen, "#title")
        saved = await grid.saved("LMP-0001")
        assert saved is not None
        assert saved.title is None
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Saved 1 row; nothing was sent." in told(pilot))
        saved = await grid.saved("LMP-0001")
        assert saved is not None
        assert (saved.title, saved.typed_price, saved.collection) == (
            "A better lamp",
            Decimal("21.00"),
            "Autumn",
        )
        assert await grid.backend.store.count(tables.JOBS) == 0
        await until(pilot, lambda: "unsaved" not in text(screen, "#title"))
        await grid.stock_again("LMP-0001", shipping_ex=Decimal("9.99"), stock=777)
        assert "4.50" in await row(pilot, "LMP-0001", "777"), "the override survives a refresh (A23)"


async def test_A24_text_zero_and_negative_prices_are_refused_as_they_are_typed(grid: Grid) -> None:
    async with listings(grid, size=NARROW) as (pilot, screen):
        editor = await begin(pilot, screen, "LMP-0001")
        await pilot.press("tab")
        for typed, words in (("abc", "is not a number"), ("0", "not more than 0"), ("-3", "is less than 0")):
            write(editor, typed)
            await until(pilot, lambda wanted=words: wanted in says(editor))  # type: ignore[misc]
            assert says(editor) in drawn(pilot), "readable beside the cell"
            await pilot.press("enter")
            assert pilot.app.screen is editor
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)
        assert pending(screen) == {}


async def test_A21_A24_a_rule_makes_the_price_and_a_parents_price_is_that_of_its_variants(grid: Grid) -> None:
    async with listings(grid) as (pilot, screen):
        await pilot.press("asterisk")
        editor = await begin(pilot, screen, "MUG-BLU-01-S")
        await pilot.press("tab", "tab")
        assert not says(editor).startswith("selling price"), "auto is not editable"
        await pilot.press("escape")
        editor = await begin(pilot, screen, "MUG-BLU-01")
        await pilot.press("tab", "tab")
        await until(pilot, lambda: "selling price of its 3 variants" in says(editor))
        assert editor.query_one(Input).value == "", "their prices differ"
        write(editor, "12.50")
        await kept(pilot, screen)
        await until(pilot, lambda: "1 left as they are: MUG-BLU-01-S" in told(pilot))
        assert set(pending(screen)) == {"MUG-BLU-01-L", "MUG-BLU-01-M"}
        await row(pilot, "▾ 3", "*9.99-12.50")


async def test_several_marked_rows_begin_empty_and_what_nobody_typed_stays(grid: Grid) -> None:
    async with listings(grid) as (pilot, screen):
        await pilot.press("space", "space")
        editor = await begin(pilot, screen, "TOW-0001")
        assert editor.query_one(Input).value == ""
        assert "title of 2 rows (untouched: stays)" in says(editor)
        head = screen.table.reveal_cell("title", head=True)
        assert head is not None
        assert editor.query_one(Input).region.y == head.y, "not on the row under the cursor: it is not meant"
        await pilot.press("tab", "tab")
        write(editor, "5.00")
        await kept(pilot, screen)
        assert pending(screen) == {sku: {"typed_price": "5.00"} for sku in ("LMP-0001", "LMP-0002")}
        editor = await begin(pilot, screen, "TOW-0001")
        write(editor, "One title")
        await kept(pilot, screen)
        await pilot.press("z")
        await until(pilot, lambda: "Taken back: LMP-0001, LMP-0002" in told(pilot))
        assert pending(screen) == {sku: {"typed_price": "5.00"} for sku in ("LMP-0001", "LMP-0002")}
        await pilot.press("ctrl+z")
        await until(pilot, lambda: pending(screen) == {})
        await pilot.press("z")
        await until(pilot, lambda: "nothing to undo" in told(pilot))


async def test_edits_survive_other_screens_and_shops_and_only_quitting_asks(grid: Grid) -> None:
    await grid.put(tables.INTEGRATIONS, OTHER.id, OTHER)
    async with listings(grid) as (pilot, screen):
        write(await begin(pilot, screen, "LMP-0001"), "Mine")
        await kept(pilot, screen)
        await pilot.press("5")
        await until(pilot, lambda: isinstance(pilot.app.screen, OrdersScreen))
        await pilot.press("ctrl+q")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        assert "Discard 1 unsaved listing?" in drawn(pilot)
        await pilot.press("escape", "2")
        await until(pilot, lambda: pilot.app.screen is screen)
        await pilot.press("o")
        await choose(pilot, OTHER.id)
        await until(pilot, lambda: screen.desk is not None and screen.desk.integration.id == OTHER.id)
        await row(pilot, "LMP-0001", " Desk lamp")
        assert pending(screen) == {}
        await pilot.press("o")
        await choose(pilot, SHOP.id)
        await row(pilot, "LMP-0001", "*Mine")
        await pilot.press("f")
        await choose(pilot, "Unsaved")
        await until(pilot, lambda: list(screen.table.view) == ["LMP-0001"])
        await pilot.press("escape", "D")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await pilot.press("tab", "enter")
        await until(pilot, lambda: screen.pending() == 0)


async def test_whoever_saves_second_is_told_what_changed_and_by_whom_and_may_insist(grid: Grid) -> None:
    async with listings(grid) as (pilot, screen):
        write(await begin(pilot, screen, "LMP-0001"), "Mine")
        await kept(pilot, screen)
        write(await begin(pilot, screen, "TOW-0001"), "Towel")
        await kept(pilot, screen)
        await grid.draft("LMP-0001", title="Ann's", edited_by="ann")
        await row(pilot, "LMP-0001", "*Mine")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "1 not saved" in told(pilot))
        assert "ann changed its title from Avasam's own to Ann's" in told(pilot)
        assert "Saved 1 row" in told(pilot), "a refused row never stops the others"
        assert pending(screen) == {"LMP-0001": {Field.TITLE.value: "Mine"}}
        saved = await grid.saved("LMP-0001")
        assert saved is not None
        assert saved.title == "Ann's"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: pending(screen) == {})
        saved = await grid.saved("LMP-0001")
        assert saved is not None
        assert saved.title == "Mine"


async def test_a_read_only_session_edits_nothing(grid: Grid) -> None:
    async with listings(grid, read_only=True) as (pilot, screen):
        await pilot.press("e")
        await until(pilot, lambda: "read-only" in told(pilot))
        await pilot.press("l", "u", "d", "t")
        await pilot.pause()
        assert pilot.app.screen is screen
        assert await grid.backend.store.count(tables.JOBS) == 0


async def test_keys_that_arrive_all_at_once_go_to_the_cells_they_were_typed_for(grid: Grid) -> None:
    """Over a slow line tab and what follows come together: the price was typed into the title."""
    async with listings(grid) as (pilot, screen):
        await begin(pilot, screen, "LMP-0001")
        for key in (*"Lit", "tab", "tab", *"7", "shift+tab", "shift+tab", *"up", "enter"):
            pilot.app.post_message(Key(key, key if len(key) == 1 else None))
        await until(pilot, lambda: pilot.app.screen is screen)
        await until(pilot, lambda: bool(pending(screen)))
        assert pending(screen) == {"LMP-0001": {"title": "Desk lampLitup", "typed_price": "7.00"}}


async def test_keys_behind_the_one_that_ended_a_dialogue_end_nothing_else(grid: Grid) -> None:
    """Enter twice over a slow line ended the program with a traceback."""
    async with listings(grid) as (pilot, screen):
        editor = await begin(pilot, screen, "LMP-0001")
        write(editor, "Once")
        for _ in range(3):
            editor.query_one(Input).post_message(Input.Submitted(editor.query_one(Input), "Once"))
        await until(pilot, lambda: pilot.app.screen is screen)
        await until(pilot, lambda: pending(screen) == {"LMP-0001": {"title": "Once"}})
        editor = await begin(pilot, screen, "LMP-0001")
        editor.dismiss(None)
        editor.dismiss({})
        await until(pilot, lambda: pilot.app.screen is screen)
