"""`--ascii`: every glyph of ours as a plain character of the same width, at the last moment before drawing.

Only box lines, blocks and symbols are replaced; letters of any script are the merchant's and stay.
"""

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_SYMBOLS = {
    "●": "*",
    "○": "o",
    "✔": "+",
    "✖": "x",
    "▸": ">",
    "▹": "-",
    "▶": ">",
    "◂": "<",
    "▾": "v",
    "▼": "v",
    "▴": "^",
    "▲": "^",
    "◆": "*",
    "◇": "o",
    "·": "-",
    "•": "*",
    "…": "~",
    "–": "-",
    "—": "-",
    "→": ">",
    "›": ">",
    "←": "<",
    "↑": "^",
    "↓": "v",
    "↔": "=",
    "⇅": "=",
    "└": "`",
    "┘": "'",
    "┌": ".",
    "┐": ".",
    "╭": ".",
    "╮": ".",
    "╰": "`",
    "╯": "'",
    "█": "#",
    "▓": "#",
    "▒": "=",
    "░": ".",
    "⏵": ">",
    "⚠": "!",
    "⏎": "<",
    "⇥": ">",
    "≥": ">",
    "≤": "<",
    "×": "x",
}


def _plain(code: int) -> str:
    char = chr(code)
    if char in _SYMBOLS:
        return _SYMBOLS[char]
    if 0x2500 <= code <= 0x257F:  # box drawing: by the directions in which a line leaves the cell
        return "-" if char in "─━╌╍┄┅┈┉╴╶╸╺╼╾═" else "|" if char in "│┃╎╏┆┇┊┋╵╷╹╻╽╿║" else "+"
    if 0x2581 <= code <= 0x2588:  # eighths, as in charts: three heights are enough
        return "_-=#"[(code - 0x2581) // 2]
    if 0x2580 <= code <= 0x259F:
        return "#"
    return "*" if 0x2800 <= code <= 0x28FF else char


_TABLE = str.maketrans(
    {chr(code): _plain(code) for code in (*range(0x2500, 0x25A0), *range(0x2800, 0x2900))} | _SYMBOLS
)


class AsciiFilter(LineFilter):
    """Replaces glyphs line by line. A replacement never changes the width of a line."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments in plain characters."""
        return [self._plain(segment) for segment in segments]

    def _plain(self, segment: Segment) -> Segment:
        text = segment.text
        if text.isascii():
            return segment
        plain = text.translate(_TABLE)
        if cell_len(plain) != cell_len(text):
            return segment
        return Segment(plain, segment.style, segment.control)
