import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.style import Style
from textual.pilot import Pilot
from textual.strip import Strip

from tests.tui.widgets.table import Product, Shelf, TableApp, columns, shelf
from tests.tui.widgets.test_cells import HOSTILE
from tui.widgets.cells import Cell, Tone
from tui.widgets.columns import Column, lay_out
from tui.widgets.row_painter import Look, paint_header, paint_row, window

SIZE = (60, 12)


def table_of(pilot: Pilot[None]) -> TableApp:
    assert isinstance(pilot.app, TableApp)
    return pilot.app


async def test_only_what_is_in_sight_is_asked_for() -> None:
    rows = shelf(100_000)
    async with TableApp(rows).run_test(size=SIZE) as pilot:
        await pilot.press("G")
        await pilot.pause()
        assert rows.asked < 200
        assert "SKU-099999" in table_of(pilot).lines()[-1]


async def test_the_header_stays_and_the_cursor_has_a_sign() -> None:
    async with TableApp(shelf(100)).run_test(size=SIZE) as pilot:
        await pilot.press("pagedown", "down", "j", "k")
        lines = table_of(pilot).lines()
        assert lines[0].split() == ["SKU", "Title", "Stock"]
        assert [line for line in lines if line.startswith("▸")] == [
            line for line in lines if "SKU-000011" in line
        ]


async def test_home_end_and_both_ends_hold() -> None:
    async with TableApp(shelf(30)).run_test(size=SIZE) as pilot:
        table = table_of(pilot).table
        await pilot.press("up")
        assert table.cursor_key == "k0"
        await pilot.press("end", "down")
        assert table.cursor_key == "k29"
        await pilot.press("g")
        assert table.cursor_key == "k0"


async def test_the_cursor_stays_on_its_row_when_others_come_and_go() -> None:
    rows = shelf(50)
    async with TableApp(rows).run_test(size=SIZE) as pilot:
        table = table_of(pilot).table
        await pilot.press(*["down"] * 20)
        line = next(y for y, text in enumerate(table_of(pilot).lines()) if text.startswith("▸"))
        rows["new"] = Product("SKU-NEW", "New", 1)
        table.show(["new", *[key for key in rows if key != "new"]], rows)
        await pilot.pause()
        assert table.cursor_key == "k20"
        assert table_of(pilot).lines()[line].startswith("▸ SKU-000020")


async def test_at_the_top_new_rows_are_seen_to_arrive() -> None:
    rows = shelf(50)
    async with TableApp(rows).run_test(size=SIZE) as pilot:
        rows["new"] = Product("SKU-NEW", "New", 1)
        table_of(pilot).table.show(["new", *[key for key in rows if key != "new"]], rows)
        await pilot.pause()
        assert "SKU-NEW" in table_of(pilot).lines()[1]
        assert table_of(pilot).table.cursor_key == "k0"


async def test_a_row_that_goes_hands_the_cursor_to_its_neighbour() -> None:
    rows = shelf(10)
    async with TableApp(rows).run_test(size=SIZE) as pilot:
        app = table_of(pilot)
        await pilot.press("down", "down")
        app.table.show([key for key in rows if key != "k2"], rows)
        await pilot.pause()
        assert app.table.cursor_key == "k3"
        app.table.show([], rows)
        await pilot.pause()
        assert app.told[-1] == ("highlighted", None)


async def test_marks_ranges_all_and_the_opposite() -> None:
    """A20"""
    async with TableApp(shelf(30)).run_test(size=SIZE) as pilot:
        table = table_of(pilot).table
        await pilot.press("space")
        assert table.targets() == ["k0"]
        assert table.cursor_key == "k1"
        await pilot.press("down", "shift+down", "shift+down", "shift+up")
        assert table.targets() == ["k0", "k2", "k3"]
        await pilot.press("end", "v", "up", "up", "v", "up")
        assert table.targets() == ["k0", "k2", "k3", "k27", "k28", "k29"]
        await pilot.press("i")
        assert len(table.marks) == 24
        await pilot.press("a")
        assert len(table.marks) == 30
        await pilot.press("ctrl+a")
        assert table.targets() == [table.cursor_key]


async def test_marks_survive_a_filter_and_all_means_what_it_lets_through() -> None:
    rows = shelf(30)
    async with TableApp(rows).run_test(size=SIZE) as pilot:
        table = table_of(pilot).table
        await pilot.press("space")
        table.show(["k5", "k6"], rows)
        await pilot.press("a")
        assert table.targets() == ["k0", "k5", "k6"]
        table.show(list(rows), rows)
        await pilot.pause()
        assert [line[1] for line in table_of(pilot).lines()[1:8]] == ["●", " ", " ", " ", " ", "●", "●"]


async def test_the_mouse_moves_marks_sorts_and_opens() -> None:
    async with TableApp(shelf(30)).run_test(size=SIZE) as pilot:
        app = table_of(pilot)
        await pilot.click("#table", offset=(15, 4))
        assert app.table.cursor_key == "k3"
        await pilot.click("#table", offset=(15, 6), shift=True)
        assert app.table.targets() == ["k3", "k4", "k5"]
        await pilot.click("#table", offset=(1, 8))
        assert "k7" in app.table.marks
        await pilot.click("#table", offset=(16, 0))
        await pilot.double_click("#table", offset=(15, 2))
        await pilot.pause()
        assert ("sort", "title") in app.told
        assert ("opened", "k1") in app.told


async def test_sideways_the_first_column_stays() -> None:
    async with TableApp(shelf(5), columns(wide=6)).run_test(size=SIZE) as pilot:
        app = table_of(pilot)
        before = app.lines()
        await pilot.press("l", "l", "right")
        await pilot.pause()
        after = app.lines()
        assert after[1].startswith("▸ SKU-000000")
        assert after[0] != before[0]
        await pilot.press(*["right"] * 20)
        await pilot.pause()
        assert "More 5" in app.lines()[0]
        await pilot.press(*["h"] * 30)
        await pilot.pause()
        assert app.lines()[:5] == before[:5]


async def test_columns_are_hidden_and_reordered_by_key() -> None:
    async with TableApp(shelf(5)).run_test(size=SIZE) as pilot:
        app = table_of(pilot)
        app.table.show_columns(["stock", "sku", "unheard of"])
        assert app.lines()[0].split() == ["Stock", "SKU"]
        app.table.show_columns([])
        assert app.lines()[0].split() == ["SKU", "Title", "Stock"]


async def test_a_quiet_redraw_draws_only_lines_that_read_differently(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = shelf(30)
    async with TableApp(rows).run_test(size=SIZE) as pilot:
        app = table_of(pilot)
        app.lines()
        drawn: list[int] = []
        monkeypatch.setattr(app.table, "refresh_row", drawn.append)
        app.table.redraw()
        assert drawn == []
        rows["k4"] = Product("SKU-000004", "Sold out", 0)
        app.table.redraw()
        assert drawn == [4]
        await pilot.pause()


async def test_both_sizes_fill_the_width() -> None:
    for size in ((80, 24), (120, 40)):
        async with TableApp(shelf(100)).run_test(size=size) as pilot:
            await pilot.pause()
            assert table_of(pilot).table.virtual_size.width == size[0] - 1


def measured(strip: Strip) -> int:
    return sum(segment.cell_length for segment in strip)


texts = st.text(max_size=40) | st.sampled_from(HOSTILE)


plain = Look(Style(), Style(bold=True), Style(reverse=True), {tone: Style(dim=True) for tone in Tone})


@settings(deadline=None)
@given(
    st.lists(texts, min_size=1, max_size=6),
    st.lists(st.integers(1, 30), min_size=6, max_size=6),
    st.tuples(st.integers(0, 7), st.integers(1, 120), st.integers(0, 200)),
    st.booleans(),
)
def test_every_line_is_exactly_as_wide_as_the_table(
    titles: list[str], widths: list[int], sight: tuple[int, int, int], cursor: bool
) -> None:
    frozen, width, scrolled = sight
    row = Product(titles[0], titles[-1], 0)
    shown: list[Column[Product]] = [
        Column(f"c{n}", title, widths[n], lambda row: Cell(row.title, Tone.BAD), right=n % 2 == 0, grow=n)
        for n, title in enumerate(titles)
    ]
    layout = lay_out(shown, width, frozen=frozen)
    for strip in (
        paint_row(layout, row, plain, cursor=cursor, marked=not cursor),
        paint_row(layout, None, plain, cursor=cursor, marked=False),
        paint_header(layout, plain, sort=("c0", cursor), marks=1),
    ):
        assert measured(strip) == layout.width
        assert measured(window(strip, layout.frozen_width, scrolled, width, plain.base)) == width


async def test_hostile_text_breaks_no_row() -> None:
    rows = Shelf((f"k{n}", Product(title, title[::-1], n)) for n, title in enumerate(HOSTILE))
    async with TableApp(rows, columns(wide=3)).run_test(size=(41, 14)) as pilot:
        app = table_of(pilot)
        for _ in range(4):
            width = app.table.scrollable_content_region.width
            assert {measured(app.table.render_line(y)) for y in range(13)} == {width}
            await pilot.press("right")


def test_a_plain_row_is_one_piece_and_the_cursor_too() -> None:
    layout = lay_out(columns(wide=8), 120, frozen=1)
    row = Product("SKU", "Mug", 5)
    assert len(list(paint_row(layout, row, plain, cursor=False, marked=False))) == 1
    assert len(list(paint_row(layout, row, plain, cursor=True, marked=False))) == 1
