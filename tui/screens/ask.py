"""One line of text, asked for."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label


class Ask(ModalScreen[str | None]):
    """What was typed, or None."""

    BINDINGS = [("escape", "dismiss(None)", "Cancel")]

    def __init__(self, title: str, hint: str) -> None:
        super().__init__()
        self._title = title
        self._hint = hint

    def compose(self) -> ComposeResult:
        """The question and a line to answer on."""
        with Vertical(classes="dialog"):
            yield Label(self._title, classes="dialog-title", markup=False)
            yield Input(placeholder=self._hint, compact=True)
            yield Label("enter  keep   esc  cancel", markup=False)

    def on_mount(self) -> None:
        """A blinking cursor costs bytes over SSH (ux.md, Manners)."""
        self.query_one(Input).cursor_blink = False

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        self.dismiss(event.value.strip() or None)
