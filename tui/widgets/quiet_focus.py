"""A widget that draws no more than it must when the focus comes or goes.

Textual draws all of a widget up to three times then, 9 kB for a table, felt over SSH (ux.md, Manners).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from textual.events import Blur, Focus
from textual.geometry import Region
from textual.widget import Widget


class QuietFocus(Widget):
    """Subclasses refresh the regions that differ in `show_focus`."""

    _focus_moves = False

    def show_focus(self) -> None:
        """Draw again what looks different with the focus."""
        raise NotImplementedError

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        """As in Textual, except while the focus moves."""
        if self._focus_moves and not regions and not layout:
            self.show_focus()
            return self
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def focus(self, scroll_visible: bool = True) -> Self:
        """As in Textual, which draws the widget also before it has the focus."""
        with self._moving():
            return super().focus(scroll_visible)

    def _on_focus(self, event: Focus) -> None:
        event.prevent_default()  # else Textual calls its own method once more
        with self._moving():
            super()._on_focus(event)

    def _on_blur(self, event: Blur) -> None:
        event.prevent_default()
        with self._moving():
            super()._on_blur(event)

    @contextmanager
    def _moving(self) -> Iterator[None]:
        self._focus_moves = True
        try:
            yield
        finally:
            self._focus_moves = False
