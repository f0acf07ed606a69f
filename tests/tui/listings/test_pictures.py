"""The Listing Manager as a terminal shows it, at both sizes that ux.md names."""

from pathlib import Path

import pytest

from tests.tui.listings.support import Grid, listings, text
from tests.tui.listings.test_editing import begin, write
from tests.tui.pictures import SIZES, Size, check_picture
from tests.tui.terminal import until

KEPT = Path(__file__).parent / "pictures"


@pytest.fixture(autouse=True)
def in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")


@pytest.mark.parametrize("size", SIZES)
async def test_the_grid_with_an_open_family_a_problem_and_an_edit(grid: Grid, size: Size) -> None:
    async with listings(grid, size=size) as (pilot, screen):
        editor = await begin(pilot, screen, "LMP-0001")
        write(editor, "Desk lamp, brass")
        await pilot.press("enter")
        await until(pilot, lambda: "1 unsaved" in text(screen, "#title"))
        screen.table.go(screen.table.view.index("MUG-BLU-01"))
        await pilot.press("plus")
        await until(pilot, lambda: len(screen.table.view) == 8)
        screen.table.go(screen.table.view.index("MUG-BLU-02"))
        await pilot.press("space", "up")
        await until(pilot, lambda: "smaller than 300" in text(screen, "#listing-pane"))
        await check_picture(pilot, KEPT, "grid")
