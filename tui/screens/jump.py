"""Jump mode: a letter on everything that can take the focus; the letter goes there (ux.md, Keys)."""

from collections.abc import Iterator

from textual.app import ComposeResult
from textual.events import Key
from textual.geometry import Offset
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Label

from tui.screens.modal import Modal

LETTERS = "asdfghjklqwertyuiopzxcvbnm"


class JumpScreen(Modal[Widget | None]):
    """Answers with the widget that was chosen, or None for any other key."""

    def __init__(self, beneath: Screen[None]) -> None:
        super().__init__()
        self._targets = dict(zip(LETTERS, _focusable(beneath), strict=False))

    def compose(self) -> ComposeResult:
        """One letter at the top left of each target."""
        for letter, target in self._targets.items():
            label = Label(f" {letter} ", classes="jump-letter", markup=False)
            label.styles.offset = _corner(target)
            yield label

    def on_key(self, event: Key) -> None:
        """Every key ends the mode."""
        event.stop()
        self.dismiss(self._targets.get(event.key))


def _focusable(screen: Screen[None]) -> Iterator[Widget]:
    shown = [widget for widget in screen.focus_chain if widget.region.area]
    yield from sorted(shown, key=lambda widget: (widget.region.y, widget.region.x))


def _corner(target: Widget) -> tuple[int, int]:
    corner: Offset = target.region.offset
    return corner.x, corner.y
