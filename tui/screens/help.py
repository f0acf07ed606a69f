"""f1: what the screen shows, and the keys that work there right now."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Label, Static


class HelpScreen(ModalScreen[None]):
    """The words of a screen and its live bindings: (key, label, help)."""

    BINDINGS = [("escape,f1,q", "dismiss(None)", "Close")]

    def __init__(self, heading: str, text: str, keys: Sequence[tuple[str, str, str]]) -> None:
        super().__init__()
        self._heading = heading
        self._text = text
        self._keys = keys

    def compose(self) -> ComposeResult:
        """The text, then one row a key."""
        rows = Table.grid(padding=(0, 2))
        for key, label, words in self._keys:
            rows.add_row(Text(key, style="bold"), Text(label), Text(words))
        with VerticalScroll(classes="dialog wide"):
            yield Label(f"Help · {self._heading}", classes="dialog-title", markup=False)
            yield Static(self._text, markup=False)
            yield Static(rows)
            yield Label("esc  close", markup=False)
