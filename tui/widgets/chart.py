"""A series as a row of blocks under a line of words."""

from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len
from textual.widgets import Static

from tui.widgets.cells import fit

_EIGHTHS: Final = " ▁▂▃▄▅▆▇█"


def blocks(series: Sequence[float], width: int, *, height: int = 1, top: float | None = None) -> list[str]:
    """The series drawn `height` lines high and exactly `width` cells wide, newest at the right.

    Where values outnumber cells each cell shows the greatest of its values; where cells outnumber values each
    value gets several. `top` is the value that fills the height; without it the greatest of the series does.
    """
    if width <= 0 or not series:
        return [" " * max(0, width)] * height
    each = max(1, -(-len(series) // width))
    start = len(series) % each
    values = [max(series[:start])] if start else []
    values += [max(series[index : index + each]) for index in range(start, len(series), each)]
    cells = [value for value in values for _ in range(max(1, width // len(values)))]
    most = max(top or 0.0, *values)
    # Whatever is not nothing is seen: at least one eighth.
    eighths = [max(1, round(value / most * 8 * height)) if value > 0 and most else 0 for value in cells]
    return [
        "".join(_EIGHTHS[min(8, max(0, n - 8 * line))] for n in eighths).rjust(width)
        for line in reversed(range(height))
    ]


class Chart(Static):
    """A title, what the newest value is, and the series."""

    DEFAULT_CSS = """
    Chart { width: 1fr; height: 3; padding: 0 1 0 0; color: $text-primary; text-wrap: nowrap; }
    """

    def __init__(self, title: str, *, id: str) -> None:  # noqa: A002 - as Textual calls it
        super().__init__("", id=id, markup=False)
        self._heading = title
        self._value = ""
        self._series: Sequence[float] = ()
        self._top: float | None = None

    def draw(self, value: str, series: Sequence[float], top: float | None = None) -> None:
        """Show other values; nothing is drawn when they are the same."""
        if (value, series, top) != (self._value, self._series, self._top):
            self._value, self._series, self._top = value, series, top
            self._draw()

    def on_resize(self) -> None:
        """The blocks share another width."""
        self._draw()

    def _draw(self) -> None:
        size = self.content_size
        words = [f"{self._heading} {self._value}"]
        if cell_len(words[0]) > size.width and size.height > len(words) + 1:
            words = [self._heading, self._value]
        drawn = blocks(self._series, size.width, height=max(1, size.height - len(words)), top=self._top)
        self.update("\n".join((*(fit(line, size.width) for line in words), *drawn)))
