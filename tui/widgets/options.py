"""A short list with a sign before the option under the cursor: colour never carries meaning alone (ux.md)."""

from typing import ClassVar

from rich.segment import Segment
from textual.strip import Strip
from textual.widgets import OptionList


class Options(OptionList):
    """As Textual's; the sign is hollow where the keys go elsewhere, as in the tables."""

    DEFAULT_CSS = """
    Options { padding: 0; & > .option-list--option { padding: 0 1; } }
    """
    SIGN_AT: ClassVar = 0
    """The cell that the sign is put into; it is blank otherwise."""

    def render_line(self, y: int) -> Strip:
        """As in Textual, with the sign."""
        strip = super().render_line(y)
        line = self.scroll_offset.y + y
        if self.highlighted is None or line >= len(self._lines) or self._lines[line] != (self.highlighted, 0):
            return strip
        at = self.SIGN_AT
        style = next((one.style for one in strip.crop(at, at + 1)), None)
        sign = Strip([Segment("▸" if self.has_focus else "▹", style)], 1)
        return Strip.join([strip.crop(0, at), sign, strip.crop(at + 1)])
