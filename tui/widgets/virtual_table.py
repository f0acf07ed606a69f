"""The one list for many rows: cursor, marks, ranges, sorting, by keys and by mouse (ux.md, Tables)."""

from collections.abc import Sequence
from typing import Any, Final, TypeVar

from textual.events import Click
from textual.message import Message

from tui.keys import bindings
from tui.keys.table import TABLE
from tui.widgets.columns import GUTTER, Column
from tui.widgets.marks import Marks
from tui.widgets.row_view import HEADER, RowView

Row = TypeVar("Row")

_SIDEWAYS: Final = 8
"""Cells per step."""


class VirtualTable(RowView[Row], can_focus=True):
    """Rows by key in the order of a view.

    It neither sorts nor filters: whoever owns the rows answers `SortAsked` with another view. Marks, like the
    cursor, hold on to keys, so they stay whatever is shown.
    """

    BINDINGS = bindings(TABLE)

    class _OfTable(Message):
        def __init__(self, table: "VirtualTable[Any]") -> None:
            super().__init__()
            self.table = table

        @property
        def control(self) -> "VirtualTable[Any]":
            return self.table

    class Highlighted(_OfTable):
        """The cursor is on another row, or the view became empty (`key` is None)."""

        def __init__(self, table: "VirtualTable[Any]", key: str | None) -> None:
            super().__init__(table)
            self.key = key

        def can_replace(self, message: Message) -> bool:
            """Only the last stop of a moving cursor matters."""
            return isinstance(message, VirtualTable.Highlighted) and message.table is self.table

    class Opened(_OfTable):
        """Somebody wants to see this row."""

        def __init__(self, table: "VirtualTable[Any]", key: str) -> None:
            super().__init__(table)
            self.key = key

    class Marked(_OfTable):
        """The marks changed; `table.marks` has them."""

    class SortAsked(_OfTable):
        """Sort by this column; None leaves the choice to a menu."""

        def __init__(self, table: "VirtualTable[Any]", column: str | None) -> None:
            super().__init__(table)
            self.column = column

    class ColumnsAsked(_OfTable):
        """Somebody wants to choose the columns."""

    def __init__(self, columns: Sequence[Column[Row]], *, id: str, frozen: int = 1) -> None:  # noqa: A002 - as Textual calls it
        super().__init__(columns, id=id, frozen=frozen)
        self.marks = Marks()

    def is_marked(self, key: str) -> bool:
        """Whether the row carries a mark."""
        return key in self.marks

    def marked_count(self) -> int:
        """How many rows carry one, seen or not."""
        return len(self.marks)

    def cursor_changed(self) -> None:
        """Tell whoever shows the row in full."""
        self.post_message(self.Highlighted(self, self.cursor_key))

    def targets(self) -> list[str]:
        """What an action is about: the marked rows, else the one under the cursor."""
        under = self.cursor_key
        return self.marks.keys or ([] if under is None else [under])

    def go(self, index: int, *, extend: bool = False) -> None:
        """Move the cursor as a person does: a range that is being drawn follows, any other ends."""
        if not self.view:
            return
        if extend and not self.marks.in_range and self.cursor_key is not None:
            self.marks.begin_range(self.cursor_key)
        elif not extend and not self.marks.sticky:
            self.marks.end_range()
        self.move_cursor(index)
        if self.marks.in_range:
            self.marks.extend(self.view, self.cursor_index)
            self._marked()

    def action_move(self, by: int) -> None:
        """Up or down."""
        self.go(self.cursor_index + by)

    def action_page(self, by: int) -> None:
        """A page up or down."""
        self.go(self.cursor_index + by * max(1, self.page - 1))

    def action_move_to(self, index: int) -> None:
        """The first row, or with -1 the last."""
        self.go(index if index >= 0 else len(self.view) - 1)

    def action_sideways(self, by: int) -> None:
        """Show columns further left or right; the frozen ones stay."""
        self.scroll_to(x=self.scroll_offset.x + by * _SIDEWAYS, animate=False, force=True)

    def action_open(self) -> None:
        """Open the row under the cursor."""
        if self.cursor_key is not None:
            self.post_message(self.Opened(self, self.cursor_key))

    def action_sort(self) -> None:
        """Ask by which column."""
        self.post_message(self.SortAsked(self, None))

    def action_columns(self) -> None:
        """Ask which columns."""
        self.post_message(self.ColumnsAsked(self))

    def action_mark(self) -> None:
        """Mark the row under the cursor or take its mark away, and go on to the next."""
        if self.cursor_key is not None:
            self.marks.toggle(self.cursor_key)
            self._marked()
            self.move_cursor(self.cursor_index + 1)

    def action_range(self) -> None:
        """Begin a range here, or end the one that is being drawn."""
        if self.marks.in_range:
            self.marks.end_range()
        elif self.cursor_key is not None:
            self.marks.begin_range(self.cursor_key, sticky=True)
        self._marked()

    def action_extend(self, by: int) -> None:
        """Mark on the way."""
        self.go(self.cursor_index + by, extend=True)

    def action_mark_all(self) -> None:
        """Mark every row of the view."""
        self.marks.all(self.view)
        self._marked()

    def action_invert(self) -> None:
        """Mark what is not, and the other way round."""
        self.marks.invert(self.view)
        self._marked()

    def action_unmark(self) -> None:
        """No marks."""
        self.marks.clear()
        self._marked()

    def on_click(self, event: Click) -> None:
        """Header: sort. Gutter: mark. Row: cursor, with shift a range, twice to open."""
        event.stop()
        layout = self.layout_now
        x = event.x if event.x < layout.frozen_width else event.x + self.scroll_offset.x
        if event.y < HEADER:
            column = layout.at(x)
            if column is not None and column.sortable:
                self.post_message(self.SortAsked(self, column.key))
            return
        index = self.scroll_offset.y + event.y - HEADER
        if index >= len(self.view):
            return
        self.go(index, extend=event.shift)
        if event.x < GUTTER and not event.shift:
            self.marks.toggle(self.view[index])
            self._marked()
        elif event.chain > 1:
            self.action_open()

    def _marked(self) -> None:
        self.refresh()
        self.post_message(self.Marked(self))
