"""Draws rows of a table as strips of few segments: over SSH every change of style costs bytes (ux.md)."""

from collections.abc import Mapping
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.widgets.cells import Tone, fit
from tui.widgets.columns import GAP, GUTTER, Layout, Row


@dataclass(frozen=True, slots=True)
class Look:
    """The styles of a table at this moment."""

    base: Style
    header: Style
    cursor: Style
    tones: Mapping[Tone, Style]
    pointer: str = "▸"
    """Stands before the row under the cursor; hollow where the keys go elsewhere, as to a list beside it."""


def paint_row(layout: Layout[Row], row: Row | None, look: Look, *, cursor: bool, marked: bool) -> Strip:
    """One row at full width; one that is gone is blank. Cursor and mark are signs, not only colours."""
    line = _Line()
    rest = look.cursor if cursor else look.base
    line.add(f"{look.pointer if cursor else ' '}{'●' if marked else ' '}", rest + _BOLD if marked else rest)
    for one in layout.placed:
        if row is None:
            line.add(" " * (one.width + GAP), rest)
            continue
        text, tone = one.column.cell(row)
        # Under the cursor only its own colours are readable on its background.
        style = rest if cursor or not tone else rest + look.tones[tone]
        line.add(fit(text, one.width, right=one.column.right), style)
        line.add(" " * GAP, rest)
    return line.strip(layout.width)


def paint_header(layout: Layout[Row], look: Look, *, sort: tuple[str, bool] | None, marks: int) -> Strip:
    """The titles, an arrow at the sorted one, and in the gutter whether anything is marked."""
    line = _Line()
    line.add(fit("●" if marks else "", GUTTER, right=True), look.header)
    for one in layout.placed:
        title = one.column.title
        if sort is not None and sort[0] == one.column.key:
            title = f"{fit(title, min(len(title), one.width - 1))}{'▼' if sort[1] else '▲'}"
        line.add(fit(title, one.width, right=one.column.right) + " " * GAP, look.header)
    return line.strip(layout.width)


def window(strip: Strip, frozen: int, scrolled: int, width: int, style: Style) -> Strip:
    """What is seen of a row: its frozen beginning, then the rest as far as it is scrolled sideways."""
    frozen = min(frozen, width)
    if scrolled <= 0:
        seen = strip.crop(0, width)
    else:
        rest = strip.crop(frozen + scrolled, scrolled + width)
        seen = Strip.join([strip.crop(0, frozen), rest])
    return Strip(seen, None).adjust_cell_length(width, style)


_BOLD = Style(bold=True)


class _Line:
    """Segments, neighbours of one style joined."""

    def __init__(self) -> None:
        self._segments: list[Segment] = []
        self._text: list[str] = []
        self._style: Style | None = None

    def add(self, text: str, style: Style) -> None:
        if style != self._style and not (text.isspace() and self._blank_alike(style)):
            self._flush()
            self._style = style
        self._text.append(text)

    def strip(self, width: int) -> Strip:
        self._flush()
        return Strip(self._segments, width)

    def _blank_alike(self, style: Style) -> bool:
        """Whether blanks look the same in both styles, so that no change of style is needed for them."""
        before = self._style
        return (
            before is not None
            and before.bgcolor == style.bgcolor
            and not (before.underline or before.reverse or before.strike or style.reverse)
        )

    def _flush(self) -> None:
        if self._text:
            self._segments.append(Segment("".join(self._text), self._style))
            self._text = []
