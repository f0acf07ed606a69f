"""One of two lists that stand side by side: a title, words to search by, a table (ux.md, Sketches)."""

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import DescendantFocus, Resize
from textual.message import Message
from textual.widgets import Static

from tui.widgets.columns import Column
from tui.widgets.filter_bar import FilterBar
from tui.widgets.row_view import Rows
from tui.widgets.say import say
from tui.widgets.virtual_table import VirtualTable

Row = TypeVar("Row")


class MappingSide(Vertical, Generic[Row]):
    """Tells when the words changed; the screen answers with `show`."""

    class Searched(Message):
        """Other words are looked for."""

        def __init__(self, side: "MappingSide[Row]") -> None:
            super().__init__()
            self.side = side

    def __init__(self, title: str, columns: Sequence[Column[Row]], *, name: str) -> None:
        super().__init__(id=f"{name}-side", classes="mapping-side")
        self.title = title
        self.text = ""
        self.facet: tuple[str, str] | None = None
        self.table: VirtualTable[Row] = VirtualTable(columns, id=name)
        self.sort = ("sku", False)

    def compose(self) -> ComposeResult:
        """Title, filter, list, and words for an empty one."""
        yield Static(self.title, classes="side-title", markup=False)
        yield FilterBar("SKU or title")
        yield self.table
        yield Static("", classes="side-nothing", markup=False)

    def on_mount(self) -> None:
        """Sorted by SKU until somebody asks otherwise."""
        self.table.sort_by(self.sort)
        self.query_one(".side-nothing").display = False

    def show(self, keys: Sequence[str], total: int, rows: Rows[Row], nothing: str) -> None:
        """List these of so many; `nothing` says what to do when there are none."""
        self.table.show(keys, rows)
        facets = () if self.facet is None else (self.facet,)
        self.query_one(FilterBar).tell(len(keys), total, facets)
        empty = self.query_one(".side-nothing", Static)
        empty.display = not keys
        self.table.display = bool(keys)
        if not keys:
            say(empty, f"Nothing here has all of these words: {self.text}" if self.text else nothing)

    def name_other(self, other: "MappingSide[Any] | None") -> None:
        """Say which list tab brings instead of this one; None while both are in sight."""
        words = self.title if other is None else f"{self.title}   tab: {other.title}"
        say(self.query_one(".side-title", Static), words)

    def go_to(self, key: str | None) -> None:
        """Put the cursor on this row, if the list has it."""
        if key is not None and key != self.table.cursor_key and key in self.table.view:
            self.table.move_cursor(self.table.view.index(key))

    def turn(self, column: str) -> None:
        """Sort by this column; the same again turns the order round."""
        self.sort = (column, not self.sort[1] if self.sort[0] == column else False)
        self.table.sort_by(self.sort)

    def search(self) -> None:
        """Type words."""
        self.query_one(FilterBar).type_here()

    def clear(self) -> None:
        """Look for nothing."""
        self.query_one(FilterBar).clear()

    def enter(self) -> None:
        """Put the focus here."""
        (self.table if self.table.display else self.query_one("#filter-words")).focus()

    @on(FilterBar.Typed)
    def _typed(self, event: FilterBar.Typed) -> None:
        event.stop()
        self.text = event.text
        self.post_message(self.Searched(self))

    @on(FilterBar.Left)
    def _left(self, event: FilterBar.Left) -> None:
        event.stop()
        self.enter()


class MappingSides(Horizontal):
    """Both lists side by side; below 100 columns the one in front alone, and tab changes them."""

    def __init__(self, left: MappingSide[Any], right: MappingSide[Any]) -> None:
        super().__init__(left, right, id="mapping-sides", classes="left")
        self._left = left
        self._right = right

    @property
    def in_front(self) -> MappingSide[Any]:
        """The list with the focus; while something else has it, the one that had it last."""
        return self._left if self.has_class("left") else self._right

    def turn(self) -> None:
        """The other list gets the focus."""
        going = self._right if self.in_front is self._left else self._left
        self._put_in_front(going)
        self.call_after_refresh(going.enter)

    def _put_in_front(self, side: MappingSide[Any]) -> None:
        self.set_class(side is self._left, "left")
        self.set_class(side is self._right, "right")

    @on(DescendantFocus)
    def _focused(self) -> None:
        """A click changes sides as well."""
        self._put_in_front(self._left if self._left.has_focus_within else self._right)

    @on(Resize)
    def _name_tabs(self) -> None:
        narrow = self.screen.has_class("narrow")
        self._left.name_other(self._right if narrow else None)
        self._right.name_other(self._left if narrow else None)
