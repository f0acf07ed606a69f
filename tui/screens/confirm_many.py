"""A question before something that is done to many: it names them, and above 50 the number is typed."""

from collections.abc import Sequence
from typing import Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import Key
from textual.widgets import Button, Input, Label, Static

from core.text import clean_line
from tui.screens.modal import Modal

TYPED_ABOVE: Final = 50
"""From more than this many on, a key too many is not enough (ux.md, Manners)."""
_NAMED: Final = 6


class ConfirmMany(Modal[bool]):
    """True only when the person chose the action itself. Cancel has the focus."""

    DEFAULT_CSS = """
    ConfirmMany { align: center middle; }
    ConfirmMany Static { padding: 0; }
    """
    BINDINGS = [("escape", "dismiss(False)", "Cancel")]
    AUTO_FOCUS = "#cancel"

    def __init__(self, question: str, names: Sequence[str], detail: str, action: str) -> None:
        super().__init__()
        self._question = question
        self._names = names
        self._detail = detail
        self._action = action

    @property
    def _must_type(self) -> bool:
        return len(self._names) > TYPED_ABOVE

    def compose(self) -> ComposeResult:
        """The question, what it is about, and two buttons."""
        shown = [clean_line(name, 60) for name in self._names[:_NAMED]]
        more = len(self._names) - len(shown)
        with Vertical(classes="dialog"):
            yield Label(self._question, classes="dialog-title", markup=False)
            yield Static("\n".join([*shown, *([f"and {more:,} more"] if more else [])]), markup=False)
            yield Label(self._detail, markup=False)
            if self._must_type:
                yield Label(f"Type {len(self._names)} to go on:", markup=False)
                yield Input(id="number", compact=True, select_on_focus=False)
            with Horizontal(classes="dialog-buttons"):
                yield Button("Cancel", id="cancel")
                yield Button(self._action, id="go", variant="warning", disabled=self._must_type)

    def on_mount(self) -> None:
        """A blinking cursor costs bytes over SSH (ux.md, Manners)."""
        for line in self.query(Input):
            line.cursor_blink = False

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        number = event.value.strip().replace(",", "")
        self.query_one("#go", Button).disabled = number != str(len(self._names))

    @on(Input.Submitted)
    def _typed_all(self) -> None:
        """Enter after the right number leads to the action, which is still to be chosen."""
        go = self.query_one("#go", Button)
        if not go.disabled:
            go.focus()

    def on_key(self, event: Key) -> None:
        """Digits belong to the number, also while Cancel has the focus."""
        if self._must_type and event.key.isdigit() and not isinstance(self.focused, Input):
            line = self.query_one("#number", Input)
            line.focus()
            line.insert_text_at_cursor(event.key)
            event.stop()

    @on(Button.Pressed)
    def _answer(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "go")
