"""100,000 rows of 13 columns, held against a baseline of the same run (ux.md, Tables; style.md, rule 7)."""

import time
from collections.abc import Callable

from tests.tui.widgets.table import TableApp, columns, shelf

MANY, FEW = 100_000, 100
SIZE = (120, 40)


def best(work: Callable[[], object], rounds: int = 7) -> float:
    """The quickest of some rounds, in seconds: noise only ever adds."""
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return min(times)


def screenful(app: TableApp) -> None:
    for y in range(app.size.height):
        app.table.render_line(y)


async def test_filling_and_refilling_costs_less_than_the_filter_itself() -> None:
    rows = shelf(MANY)
    haystacks = {key: f"{row.sku} {row.title}".casefold() for key, row in rows.items()}
    async with TableApp(rows, columns(wide=10)).run_test(size=SIZE) as pilot:
        app = pilot.app
        assert isinstance(app, TableApp)
        table = app.table
        table.action_move_to(MANY // 2)
        everything = list(rows)
        some = [key for key, text in haystacks.items() if "7" in text]
        filtering = best(lambda: [key for key, text in haystacks.items() if "7" in text])
        assert best(lambda: table.show(some, rows)) < filtering
        assert best(lambda: table.show(everything, rows)) < filtering


async def test_drawing_a_screenful_costs_the_same_however_many_rows_there_are() -> None:
    times = {}
    for count in (FEW, MANY):
        async with TableApp(shelf(count), columns(wide=10)).run_test(size=SIZE) as pilot:
            app = pilot.app
            assert isinstance(app, TableApp)
            table = app.table
            table.action_move_to(count // 2)

            def redrawn(app: TableApp = app) -> None:
                app.table._strips.clear()
                screenful(app)

            times[count] = best(redrawn)
    assert times[MANY] < 2 * times[FEW]


async def test_a_row_drawn_before_is_not_drawn_again() -> None:
    rows = shelf(MANY)
    async with TableApp(rows, columns(wide=10)).run_test(size=SIZE) as pilot:
        app = pilot.app
        assert isinstance(app, TableApp)
        screenful(app)
        asked = rows.asked
        screenful(app)
        assert rows.asked == asked
        await pilot.press("down")
        assert rows.asked - asked <= 4
