"""A QR code on the whole screen, for a phone."""

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Center, Middle
from textual.events import Resize
from textual.widgets import Static

from tui.screens.modal import Modal
from tui.widgets.qr import QrCode, qr_size, qr_text


class QrScreen(Modal[None]):
    """Any of the usual keys closes it; where the code does not fit, it says how much room it wants."""

    BINDINGS = [("escape,c,q,enter,space", "dismiss(None)", "Close")]

    def __init__(self, content: str) -> None:
        super().__init__()
        self._code = qr_text(content)

    def compose(self) -> ComposeResult:
        """The code in the middle, or words."""
        with Middle(), Center():
            yield QrCode("", id="big-qr")
            yield Static("", id="too-small", markup=False)

    def on_resize(self, event: Resize) -> None:
        """Draw it whole or not at all: half a code cannot be read."""
        code, words = self.query_one("#big-qr", QrCode), self.query_one("#too-small", Static)
        size = qr_size(self._code)
        code.display = (
            code.can_be_drawn and size.width <= event.size.width and size.height <= event.size.height
        )
        words.display = not code.display
        code.show(self._code)
        words.update(
            Text(
                f"The QR code wants {size.width} x {size.height} cells and glyphs; this terminal shows "
                f"{event.size.width} x {event.size.height}.\nMake it larger, or use the address.   esc  close"
            )
        )
