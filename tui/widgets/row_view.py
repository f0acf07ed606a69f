"""Rows of which only those in sight are drawn: 100,000 cost what 40 cost (ux.md, Tables)."""

from collections.abc import Sequence
from typing import Final, Generic, Protocol, TypeVar

from rich.segment import Segment
from textual.cache import LRUCache
from textual.events import Resize
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.widgets.cells import Tone
from tui.widgets.columns import GAP, Column, Layout, arranged, lay_out
from tui.widgets.quiet_focus import QuietFocus
from tui.widgets.row_painter import Look, paint_header, paint_row, window

Row = TypeVar("Row")
Row_co = TypeVar("Row_co", covariant=True)

HEADER: Final = 1
"""Lines that never scroll away."""
_KEPT_STRIPS: Final = 512
_MORE: Final = "›"
"""At the end of the header: more columns further right. A bar would cost a line."""


class Rows(Protocol[Row_co]):
    """Where rows come from, by key."""

    def row(self, key: str) -> Row_co | None:
        """The row as it is now; None once it is gone."""
        ...


class RowView(QuietFocus, ScrollView, Generic[Row]):
    """A header, a view (keys in order) over rows, and a cursor that holds on to its key."""

    DEFAULT_CSS = """
    RowView {
        height: 1fr; background: $background; color: $foreground;
        scrollbar-size-vertical: 1; scrollbar-size-horizontal: 0;
        & > .rows--header { background: $panel; color: $foreground; text-style: bold; }
        & > .rows--cursor { background: $block-cursor-blurred-background; color: $foreground; }
        &:focus > .rows--cursor {
            background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold;
        }
        & > .rows--good { color: $text-success; }
        & > .rows--warn { color: $text-warning; }
        & > .rows--bad { color: $text-error; text-style: bold; }
        & > .rows--dim { color: $text-muted; }
        &:ansi > .rows--header { background: ansi_default; color: ansi_default; text-style: bold underline; }
        &:ansi > .rows--cursor { background: ansi_default; color: ansi_default; text-style: underline; }
        &:ansi:focus > .rows--cursor { background: ansi_default; color: ansi_default; text-style: reverse; }
        &:ansi > .rows--good { color: ansi_green; }
        &:ansi > .rows--warn { color: ansi_yellow; }
        &:ansi > .rows--bad { color: ansi_red; }
        &:ansi > .rows--dim { color: ansi_default; text-style: dim; }
    }
    """
    COMPONENT_CLASSES = {
        *("rows--header", "rows--cursor"),
        *(f"rows--{tone.value}" for tone in Tone if tone),
    }

    def __init__(self, columns: Sequence[Column[Row]], *, id: str, frozen: int = 1) -> None:  # noqa: A002 - as Textual calls it
        super().__init__(id=id)
        self.columns = tuple(columns)
        self.shown = arranged(self.columns, None)
        self.sort: tuple[str, bool] | None = None
        self.view: Sequence[str] = ()
        self._rows: Rows[Row] | None = None
        self._frozen = frozen
        self._cursor = 0
        self._strips: LRUCache[tuple[str, bool, bool], Strip] = LRUCache(_KEPT_STRIPS)
        self._painted: dict[int, Strip] = {}
        self._laid_out: Layout[Row] | None = None
        self._look: Look | None = None

    def is_marked(self, key: str) -> bool:
        """Whether the row carries a mark."""
        return False

    def marked_count(self) -> int:
        """How many rows carry one, seen or not."""
        return 0

    def cursor_changed(self) -> None:
        """The cursor is on another key now."""

    @property
    def cursor_index(self) -> int:
        """Where in the view the cursor stands."""
        return self._cursor

    @property
    def cursor_key(self) -> str | None:
        """The key of the row under the cursor; None while the view is empty."""
        return self.view[self._cursor] if self._cursor < len(self.view) else None

    @property
    def page(self) -> int:
        """How many rows are in sight."""
        return max(1, self.scrollable_content_region.height - HEADER)

    def row_at(self, index: int) -> Row | None:
        """The row at a place of the view."""
        return None if self._rows is None else self._rows.row(self.view[index])

    def show(self, view: Sequence[str], rows: Rows[Row]) -> None:
        """Show these rows. Cursor and sight stay with the row they were on as long as the view has it."""
        before, was, seen = self.cursor_key, self._cursor, self.scroll_offset.y
        self.view, self._rows = view, rows
        self._cursor = self._place_of(before, was)
        self._measure()
        moved = self._cursor - was
        if self.cursor_key == before and moved and (seen or self._cursor >= self.page):
            self._scroll(y=seen + moved)
        self._reveal()
        self.redraw()
        if self.cursor_key != before:
            self.cursor_changed()

    def redraw(self) -> None:
        """Rows may read differently now, a countdown for instance: draw again the lines that do."""
        top = self.scroll_offset.y
        self._strips.clear()
        for index in range(top, top + self.page):
            strip = self._strip(index) if index < len(self.view) else None
            if strip != self._painted.get(index):
                self.refresh_row(index)

    def show_columns(self, keys: Sequence[str] | None) -> None:
        """Show these columns in this order; None shows the usual ones."""
        self.shown = arranged(self.columns, keys)
        self._measure()
        self.refresh()

    def sort_by(self, sort: tuple[str, bool] | None) -> None:
        """Say how the view is sorted, for the arrow in the header."""
        self.sort = sort
        self.refresh()

    def move_cursor(self, index: int) -> None:
        """Put the cursor on a row of the view; beyond its ends means at them."""
        before, self._cursor = self._cursor, max(0, min(index, len(self.view) - 1))
        if before == self._cursor:
            return
        self._reveal()
        self.refresh_row(before)
        self.refresh_row(self._cursor)
        self.cursor_changed()

    def reveal_cell(self, column: str, *, head: bool = False) -> Region | None:
        """Where on the screen the cursor's cell of a column stands, scrolled into sight, or with `head` the
        column's title; None when the column is hidden.
        """
        placed = next((one for one in self.layout_now.placed if one.column.key == column), None)
        if placed is None:
            return None
        frozen, width = self.layout_now.frozen_width, self.scrollable_content_region.width
        moved = 0 if placed.x < frozen else self.scroll_offset.x
        if placed.x >= frozen and not frozen <= placed.x - moved <= width - placed.width:
            fits = placed.x + placed.width <= width
            moved = 0 if fits else min(placed.x - frozen, max(0, self.virtual_size.width - width))
            self.scroll_to(x=moved, animate=False, force=True, immediate=True)
        inside = self.content_region.offset
        x, y = placed.x - moved, 0 if head else self._cursor - self.scroll_offset.y + HEADER
        return Region(inside.x + x, inside.y + y, max(1, min(placed.width, width - x)), 1)

    def show_focus(self) -> None:
        """The row under the cursor is all that is drawn differently with the focus."""
        self.refresh_row(self._cursor)

    def refresh_row(self, index: int) -> None:
        """Draw one row again, if it is in sight."""
        line = index - self.scroll_offset.y
        if 0 <= line < self.page:
            self.refresh(Region(0, line + HEADER, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        """The header, then as much of the rows as fits."""
        layout, look, width = self.layout_now, self._looks(), self.scrollable_content_region.width
        scrolled_x, scrolled_y = self.scroll_offset
        if y < HEADER:
            strip = paint_header(layout, look, sort=self.sort, marks=self.marked_count())
            seen = window(strip, layout.frozen_width, scrolled_x, width, look.header)
            if scrolled_x + width >= layout.width - GAP:
                return seen
            return Strip.join([seen.crop(0, width - 1), Strip([Segment(_MORE, look.header)], 1)])
        index = scrolled_y + y - HEADER
        if index >= len(self.view):
            self._painted.pop(index, None)
            return Strip.blank(width, look.base)
        rest = look.cursor if index == self._cursor else look.base
        if len(self._painted) > _KEPT_STRIPS:
            in_sight = range(scrolled_y, scrolled_y + self.page)
            self._painted = {row: strip for row, strip in self._painted.items() if row in in_sight}
        self._painted[index] = self._strip(index)
        return window(self._painted[index], layout.frozen_width, scrolled_x, width, rest)

    @property
    def layout_now(self) -> Layout[Row]:
        """Where the columns stand at the present width."""
        if self._laid_out is None:
            self._laid_out = lay_out(self.shown, self._room(), frozen=self._frozen)
        return self._laid_out

    def _room(self) -> int:
        """Cells for the columns: beside the scroll bar of a long view, whether it has come yet or not."""
        inside = self.content_region
        is_long = len(self.view) + HEADER > inside.height
        return max(0, inside.width - (self.styles.scrollbar_size_vertical if is_long else 0))

    def notify_style_update(self) -> None:
        """Another theme, or the focus came or went: nothing drawn before is of use."""
        super().notify_style_update()
        self._look = None
        self._strips.clear()

    def on_resize(self, event: Resize) -> None:
        """Growing columns share another width; what was drawn before this came is of the old one."""
        before = self.layout_now
        self._measure()
        self._reveal()
        if self.layout_now != before:
            self.refresh()

    def _strip(self, index: int) -> Strip:
        key = self.view[index]
        state = (key, index == self._cursor, self.is_marked(key))
        strip = self._strips.get(state)
        if strip is None:
            strip = paint_row(
                self.layout_now, self.row_at(index), self._looks(), cursor=state[1], marked=state[2]
            )
            self._strips[state] = strip
        return strip

    def _looks(self) -> Look:
        if self._look is None:
            base = self.rich_style
            self._look = Look(
                base=base,
                header=self.get_component_rich_style("rows--header"),
                cursor=self.get_component_rich_style("rows--cursor"),
                tones={
                    tone: self.get_component_rich_style(f"rows--{tone.value}", partial=True)
                    for tone in Tone
                    if tone
                },
                pointer="▸" if self.has_focus else "▹",
            )
        return self._look

    def _measure(self) -> None:
        """Where columns stand elsewhere now, the header moves with them: every line is drawn again."""
        before, self._laid_out = self._laid_out, None
        self._strips.clear()
        self._resize_to(Size(self.layout_now.width, len(self.view) + HEADER))
        if before is None or before.placed != self.layout_now.placed:
            self.refresh()

    def _resize_to(self, size: Size) -> None:
        """Take another length. Assigning `virtual_size` would lay out the whole screen for every key typed
        into a filter; the scroll bars are all that depends on it, and they ask for that when they need it.
        """
        if size == self.virtual_size:
            return
        if not self.container_size:
            self.virtual_size = size
            return
        self.set_reactive(RowView.virtual_size, size)
        self._scroll_update(size)

    def _place_of(self, key: str | None, was: int) -> int:
        if key is not None:
            if was < len(self.view) and self.view[was] == key:
                return was
            try:
                return self.view.index(key)
            except ValueError:
                pass
        return max(0, min(was, len(self.view) - 1))

    def _reveal(self) -> None:
        top, page = self.scroll_offset.y, self.page
        if self._cursor < top:
            self._scroll(y=self._cursor)
        elif self._cursor >= top + page:
            self._scroll(y=self._cursor - page + 1)

    def _scroll(self, *, y: int) -> None:
        """At once where there is a place already: put off, every step would be drawn twice."""
        self.scroll_to(y=max(0, y), animate=False, force=True, immediate=bool(self.container_size))
