"""The Listing Manager's grid: what it shows, and how it is searched, narrowed, sorted and marked.

Acceptance lines: A17, A18, A19, A20, A21, A23, A30, A31.
"""

import csv
import json
from decimal import Decimal
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static

from core import tables
from core.models.product import Product
from core.rules.listing_status import ListingStatus
from core.sync.listing_verdicts import frozen_problem
from tests.clocks import FrozenClock
from tests.tui.listings.support import (
    NARROW,
    OTHER,
    SHOP,
    WIDE,
    Grid,
    listings,
    single,
    text,
)
from tests.tui.orders.support import is_unbroken, row
from tests.tui.session import ReadySession, open_backend
from tests.tui.terminal import drawn, told, until
from tests.tui.widgets.test_cells import HOSTILE
from tui.app import AvasamApp
from tui.screens.choose import Choose
from tui.screens.choose_columns import ChooseColumns
from tui.screens.integrations import IntegrationsScreen
from tui.screens.listings.screen import ListingManagerScreen

FRONTS = ["LMP-0001", "LMP-0002", "MUG-BLU-01", "MUG-BLU-02", "TOW-0001"]
KIDS = ["MUG-BLU-01-L", "MUG-BLU-01-M", "MUG-BLU-01-S"]


def keys(screen: ListingManagerScreen) -> list[str]:
    return list(screen.table.view)


async def choose(pilot: Pilot[None], name: str) -> None:
    """Choose an entry of the menu on show by its id."""
    await until(pilot, lambda: isinstance(pilot.app.screen, Choose))
    menu = pilot.app.screen.query_one(OptionList)
    menu.highlighted = menu.get_option_index(name)
    await pilot.press("enter")


async def narrow(pilot: Pilot[None], screen: ListingManagerScreen, facet: str, value: str) -> None:
    await pilot.press("f")
    await choose(pilot, facet)
    if value:
        await choose(pilot, value)
    await until(pilot, lambda: pilot.app.screen is screen)


async def test_A17_every_shop_is_there_with_its_last_syncs_and_its_listings(grid: Grid) -> None:
    await grid.put(tables.INTEGRATIONS, OTHER.id, OTHER)
    async with listings(grid) as (pilot, screen):
        await until(pilot, lambda: "Second Shop" in text(screen, "#mapping-head"))
        head = text(screen, "#mapping-head").splitlines()
        assert head[0].startswith("▸ Sandbox Shop GB · orders ")
        assert head[0].endswith("price off"), "price update is off"
        assert "never" not in head[0]
        assert head[1] == "  Second Shop · orders never · stock never · price off"
        await row(pilot, "MUG-BLU-02", "✖ Error")
        await row(pilot, "TOW-0001", "↔ Linked")
        await pilot.press("o")
        await choose(pilot, OTHER.id)
        await until(pilot, lambda: text(screen, "#mapping-head").startswith("▸ Second Shop"))
        await row(pilot, "TOW-0001", "○ Not listed")
        assert keys(screen) == FRONTS


async def test_A18_A23_A30_A31_all_columns_are_there_and_the_choice_is_remembered(grid: Grid) -> None:
    async with listings(grid, size=(240, 40)) as (pilot, screen):
        titles = [column.title for column in screen.table.shown]
        assert len(titles) == 13, "the fourteenth is the mark in front of the row"
        line = await row(pilot, "LMP-0001")
        for words in ("Desk lamp", "Lighting", "4", "3.10", "2.95", "19.99", "Autumn", "○ Not listed"):
            assert words in line
        assert "https://images.example/1.jpg" in line
        await pilot.press("c")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChooseColumns))
        await pilot.press("down", "space", "enter")
        await until(pilot, lambda: len(screen.table.shown) == 12)
        assert isinstance(pilot.app, AvasamApp)
        assert "variation" not in pilot.app.preferences.columns["listings"]
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: screen.has_class("narrow"))
        assert len(screen.table.shown) == 12


async def test_A19_words_find_a_product_by_itself_and_its_variants_together(grid: Grid) -> None:
    async with listings(grid) as (pilot, screen):
        await pilot.press("slash", *"mug 330")
        await until(pilot, lambda: keys(screen) == ["MUG-BLU-01"])
        assert text(screen, "#filter-count") == "1 of 5"
        screen.query_one("#filter-words", Input).value = "01-s blue"
        await until(pilot, lambda: keys(screen) == ["MUG-BLU-01", "MUG-BLU-01-S"])
        assert text(screen, "#filter-count") == "1 of 5", "variants are not counted"
        screen.query_one("#filter-words", Input).value = "large small"
        await until(pilot, lambda: keys(screen) == ["MUG-BLU-01", *KIDS])
        screen.query_one("#filter-words", Input).value = "GRÖSSE"
        await until(pilot, lambda: keys(screen) == ["MUG-BLU-02"])
        screen.query_one("#filter-words", Input).value = "nowhere"
        await until(pilot, lambda: "No row matches" in text(screen, "#nothing"))
        await pilot.press("escape")
        await until(pilot, lambda: keys(screen) == FRONTS)


async def test_A19_filters_combine_and_escape_shows_everything(grid: Grid) -> None:
    async with listings(grid) as (pilot, screen):
        await narrow(pilot, screen, "Status", f"={ListingStatus.LISTED}")
        assert keys(screen) == ["MUG-BLU-01", "TOW-0001"], "Listed covers Linked"
        await narrow(pilot, screen, "Status", f"={ListingStatus.NOT_LISTED}")
        assert keys(screen) == ["LMP-0001", "LMP-0002"]
        await narrow(pilot, screen, "Stock", "=unknown")
        assert keys(screen) == ["LMP-0002"]
        assert "Status: Not listed ▾" in text(screen, "#filter-facets")
        await narrow(pilot, screen, "Status", "any:")
        await narrow(pilot, screen, "Stock", "any:")
        await narrow(pilot, screen, "Category", "=lighting")
        await narrow(pilot, screen, "Collection", "=autumn")
        assert keys(screen) == ["LMP-0001"]
        await pilot.press("escape")
        assert keys(screen) == FRONTS
        await narrow(pilot, screen, "Problem", "=image-small")
        assert keys(screen) == ["MUG-BLU-02"]
        await narrow(pilot, screen, "Stock", "=unknown")
        assert "No row matches" in text(screen, "#nothing")
        await pilot.press("escape")
        assert keys(screen) == FRONTS, "the empty list keeps the focus"


async def test_A19_any_column_sorts_by_key_and_by_click(grid: Grid) -> None:
    async with listings(grid, size=WIDE) as (pilot, screen):
        await pilot.press("s")
        await choose(pilot, "stock")
        await until(pilot, lambda: screen.table.sort == ("stock", True))
        assert keys(screen) == ["MUG-BLU-01", "TOW-0001", "LMP-0001", "MUG-BLU-02", "LMP-0002"]
        place = next(one for one in screen.table.layout_now.placed if one.column.key == "title")
        await pilot.click("#listings", offset=(place.x + 1, 0))
        await until(pilot, lambda: screen.table.sort == ("title", False))
        assert keys(screen) == ["TOW-0001", "MUG-BLU-02", "MUG-BLU-01", "LMP-0001", "LMP-0002"]
        for column in screen.table.columns:
            screen.table.post_message(screen.table.SortAsked(screen.table, column.key))
            await until(pilot, lambda wanted=column.key: (screen.table.sort or ("",))[0] == wanted)  # type: ignore[misc]
            assert sorted(keys(screen)) == FRONTS


async def test_A20_one_a_range_or_all_that_match_are_marked_and_counted(grid: Grid) -> None:
    async with listings(grid) as (pilot, screen):
        await pilot.press("space", "shift+down")
        await until(pilot, lambda: "3 marked" in text(screen, "#title"))
        await pilot.press("ctrl+a")
        await narrow(pilot, screen, "Category", "=kitchen")
        await pilot.press("a", "escape")
        await until(pilot, lambda: "2 marked" in text(screen, "#title"))
        assert screen.table.marks.keys == ["MUG-BLU-01", "MUG-BLU-02"]
        assert len(screen.table.view) == 5


async def test_A21_plus_opens_a_parent_minus_closes_it_and_each_variant_has_its_own(grid: Grid) -> None:
    async with listings(grid) as (pilot, screen):
        await pilot.press("down", "down", "plus")
        assert keys(screen) == [*FRONTS[:3], *KIDS, *FRONTS[3:]]
        assert "9.99" in await row(pilot, "└", "Blue mug, medium")
        assert "auto 9.99" in await row(pilot, "└", "Blue mug, small")
        await pilot.press("down", "down", "down")
        await until(pilot, lambda: "auto: rule As before -> cost 3.10" in text(screen, "#listing-pane"))
        await grid.stock_again("MUG-BLU-01-S", cost_ex=None)
        await until(pilot, lambda: "auto, and no price: rule As before -> cost unknown" in drawn(pilot))
        assert "auto ?" in await row(pilot, "└", "Blue mug, small")
        await pilot.press("up", "up", "up")
        assert "57 " in await row(pilot, "▾ 3", "Blue mug, 330 ml")
        await pilot.press("down", "down", "minus")
        assert keys(screen) == FRONTS
        assert screen.table.cursor_key == "MUG-BLU-01"
        await pilot.press("asterisk")
        assert len(keys(screen)) == 8
        await pilot.press("underscore")
        assert keys(screen) == FRONTS


async def test_rows_follow_the_store_while_cursor_and_marks_stay(grid: Grid) -> None:
    async with listings(grid) as (pilot, screen):
        await pilot.press("end", "up", "space")
        assert screen.table.cursor_key == "TOW-0001"
        await grid.stock(single("AAA-NEW", "Arrived"), single("LMP-0001", "Desk lamp", stock=777))
        await grid.state("MUG-BLU-02")
        await grid.link("MUG-BLU-02", here=True)
        await row(pilot, "AAA-NEW")
        await row(pilot, "LMP-0001", "777")
        await row(pilot, "MUG-BLU-02", "✔ Listed")
        assert screen.table.cursor_key == "TOW-0001"
        assert screen.table.marks.keys == ["MUG-BLU-02"]
        async with grid.backend.store.transaction() as tx:
            await tx.delete(tables.PRODUCTS, "LMP-0002")
        await until(pilot, lambda: "LMP-0002" not in keys(screen))


async def test_A27_the_lines_below_say_what_is_wrong_with_a_row_and_what_cures_it(grid: Grid) -> None:
    async with listings(grid) as (pilot, screen):
        await pilot.press("down", "down", "down")
        await until(pilot, lambda: "smaller than 300" in text(screen, "#listing-pane"))
        first, second, _ = text(screen, "#listing-pane").splitlines()
        assert first == "✖ Main image is smaller than 300 x 300 px (image, image-small)"
        assert second.startswith("Fix: Choose a larger picture in Avasam · ")
        await pilot.press("up")
        await until(pilot, lambda: "in review" in text(screen, "#listing-pane"))
        await grid.state("TOW-0001", status="SELLER_DEACTIVATED")
        await pilot.press("G")
        await until(pilot, lambda: "off sale: it was deactivated" in text(screen, "#listing-pane"))
        await grid.state("TOW-0001", status="FREEZE", channel_problems=(frozen_problem("forged brand"),))
        await until(pilot, lambda: "TikTok froze the product" in text(screen, "#listing-pane"))
        assert "TikTok says: forged brand" in text(screen, "#listing-pane")
        assert "appeal there" in text(screen, "#listing-pane")


async def test_hostile_titles_break_no_row(tmp_path: Path) -> None:
    grid = Grid(await open_backend(tmp_path, FrozenClock()))
    await grid.put(tables.INTEGRATIONS, SHOP.id, SHOP)
    storable = [title.encode("utf-8", "ignore").decode() for title in HOSTILE]
    titles = [*storable, "[red]bold[/red]", "x" * 10_000, "界" * 400]
    await grid.stock(*(Product(sku=f"H{number:03}", title=title) for number, title in enumerate(titles)))
    for size in (NARROW, WIDE):
        async with listings(grid, size=size) as (pilot, screen):
            for _ in titles[::3]:
                await pilot.press("down")
                assert is_unbroken(pilot)
            await pilot.press("end")
            await until(pilot, lambda: "[red]bold[/red]" in drawn(pilot))
            assert is_unbroken(pilot)
            assert len(keys(screen)) == len(titles)
    await grid.backend.close()


async def test_w_writes_the_listed_rows_and_no_spreadsheet_runs_them(grid: Grid) -> None:
    await grid.stock(single("=CMD()", "+evil"))
    async with listings(grid) as (pilot, _):
        await pilot.press("w")
        await choose(pilot, "csv")
        await until(pilot, lambda: "Written to" in told(pilot))
        await pilot.press("space", "w")
        await choose(pilot, "json")
        await until(pilot, lambda: told(pilot).count("Written to") == 2)
        await pilot.press("y")
        await until(pilot, lambda: "1 row. " in told(pilot))
    home = grid.backend.settings.home
    (file,) = home.rglob("listings-*.csv")
    rows = list(csv.DictReader(file.read_text("utf-8").splitlines()))
    assert [one["sku"] for one in rows] == ["'=CMD()", *FRONTS]
    assert rows[0]["title"] == "'+evil"
    (file,) = home.rglob("listings-*.json")
    (one,) = json.loads(file.read_text("utf-8"))
    assert (one["sku"], one["price"]) == ("=CMD()", str(Decimal("9.99")))


async def test_it_says_what_to_do_without_products_and_without_a_shop(tmp_path: Path) -> None:
    backend = await open_backend(tmp_path, FrozenClock())
    grid = Grid(backend)
    async with AvasamApp(ReadySession(backend)).run_test(size=NARROW) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, IntegrationsScreen))
        await pilot.press("2")
        await until(pilot, lambda: isinstance(pilot.app.screen, ListingManagerScreen))
        screen = pilot.app.screen
        await until(pilot, lambda: "connect one first" in str(screen.query_one("#nothing", Static).content))
        await pilot.press("e", "plus", "z", "s", "escape", "w", "escape", "y")
        await grid.put(tables.INTEGRATIONS, SHOP.id, SHOP)
        await until(pilot, lambda: "No product is known" in str(screen.query_one("#nothing", Static).content))
        await pilot.press("x")
        await until(pilot, lambda: "No row is marked" in told(pilot))
        assert pilot.app.screen is screen, "no menu for nothing"
        await grid.stock(single("ONE", "First"))
        await row(pilot, "ONE", "First")
    await backend.close()


async def test_at_80_columns_sku_title_stock_price_and_status_are_in_sight(grid: Grid) -> None:
    async with listings(grid, size=NARROW) as (pilot, screen):
        head = await row(pilot, "Avasam SKU", "Title", "Stock", "Sell (inc)", "Status")
        assert "Cost" not in head
        assert head.rstrip().endswith("›"), "there are more columns further right"
        await row(pilot, "LMP-0002", "9.99 ○ Not listed")
        await row(pilot, "MUG-BLU-01", " 9.99-11.99 ✔ Listed")
        await pilot.press("right")
        await until(pilot, lambda: screen.table.scroll_offset.x > 0)
        assert "LMP-0001" in await row(pilot, "LMP-0001"), "the SKU stays"
