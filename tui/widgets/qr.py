"""An address as a QR code: two modules a cell, black on white whatever the theme, one style a row."""

from typing import Final

import segno
from rich.style import Style
from rich.text import Text
from textual.geometry import Size
from textual.widgets import Static

from tui.glyphs import AsciiFilter

_STYLE: Final = Style(color="black", bgcolor="bright_white")
_CELLS: Final = {(0, 0): " ", (1, 0): "▀", (0, 1): "▄", (1, 1): "█"}
QUIET: Final = 2
"""Light modules around the code; readers want some, 80x24 has no room for the four of the standard."""


def qr_text(content: str) -> Text:
    """The code as lines of equal width."""
    code = segno.make(content, micro=False, error="l", boost_error=False)
    rows = [tuple(int(bool(module)) for module in row) for row in code.matrix_iter(border=QUIET)]
    if len(rows) % 2:
        rows.append((0,) * len(rows[0]))
    lines = ("".join(_CELLS[pair] for pair in zip(*two, strict=True)) for two in _in_pairs(rows))
    return Text("\n".join(lines), style=_STYLE, no_wrap=True)


def qr_size(text: Text) -> Size:
    """How many columns and rows a code takes."""
    lines = text.plain.split("\n")
    return Size(len(lines[0]), len(lines))


class QrCode(Static):
    """Draws a code as wide and high as it is."""

    DEFAULT_CSS = "QrCode { width: auto; height: auto; }"

    @property
    def can_be_drawn(self) -> bool:
        """Not with `--ascii`: blocks become letters then, which no reader knows."""
        return not any(isinstance(one, AsciiFilter) for one in self.app.get_line_filters())

    def show(self, text: Text) -> None:
        """Draw this code."""
        self.update(text)


def _in_pairs(rows: list[tuple[int, ...]]) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    return list(zip(rows[::2], rows[1::2], strict=True))
