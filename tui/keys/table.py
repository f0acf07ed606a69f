"""Commands of every long list."""

from typing import Final

from tui.keys import Command

MOVING: Final = (
    Command("table.up", "up,k", "Up", "One row up", "move(-1)", show=False),
    Command("table.down", "down,j", "Down", "One row down", "move(1)", show=False),
    Command("table.page_up", "pageup", "Page up", "One page up", "page(-1)", show=False),
    Command("table.page_down", "pagedown", "Page down", "One page down", "page(1)", show=False),
    Command("table.first", "home,g", "First", "The first row", "move_to(0)", show=False),
    Command("table.last", "end,G", "Last", "The last row", "move_to(-1)", show=False),
    Command("table.left", "left,h", "Left", "Columns further left", "sideways(-1)", show=False),
    Command("table.right", "right,l", "Right", "Columns further right", "sideways(1)", show=False),
    Command("table.open", "enter", "Open", "Open the row under the cursor", "open"),
    Command(
        "table.sort", "s", "Sort", "Choose the column to sort by; again turns it round", "sort", show=False
    ),
    Command(
        "table.columns", "c", "Columns", "Choose which columns are shown, and in what order", "columns", False
    ),
)

MARKING: Final = (
    Command(
        "table.mark",
        "space",
        "Mark",
        "Mark the row under the cursor, or take its mark away",
        "mark",
        show=False,
    ),
    Command(
        "table.range", "v", "Range", "Mark every row the cursor passes; again ends it", "range", show=False
    ),
    Command("table.range_up", "shift+up", "Range up", "Mark upwards", "extend(-1)", show=False),
    Command("table.range_down", "shift+down", "Range down", "Mark downwards", "extend(1)", show=False),
    Command(
        "table.all", "a", "Mark all", "Mark every row that the filter lets through", "mark_all", show=False
    ),
    Command(
        "table.invert",
        "i",
        "Invert",
        "Mark what is not marked, and the other way round",
        "invert",
        show=False,
    ),
    Command("table.unmark", "ctrl+a", "Unmark", "Take all marks away", "unmark", show=False),
)

TABLE: Final = (*MOVING, *MARKING)
