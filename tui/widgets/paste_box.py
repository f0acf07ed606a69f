"""An input for what somebody pastes: an address that a terminal or a mail has broken over several lines."""

from textual.events import Paste
from textual.widgets import Input


class PasteBox(Input):
    """Takes every line of a paste, joined; Textual's own input takes the first alone."""

    def take(self, text: str) -> None:
        """Put a paste in, instead of whatever was there."""
        self.value = "".join(text.split())
        self.cursor_position = len(self.value)

    def _on_paste(self, event: Paste) -> None:
        event.prevent_default()
        event.stop()
        self.take(event.text)
