"""A question before something that matters. Cancel has the focus."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Label

from tui.screens.modal import Modal


class Confirm(Modal[bool]):
    """Asks; True only when the person chose the action itself."""

    BINDINGS = [("escape", "dismiss(False)", "Cancel")]

    def __init__(self, question: str, detail: str, action: str) -> None:
        super().__init__()
        self._question = question
        self._detail = detail
        self._action = action

    def compose(self) -> ComposeResult:
        """The question, what will happen, and two buttons."""
        with Vertical(classes="dialog"):
            yield Label(self._question, classes="dialog-title", markup=False)
            yield Label(self._detail, markup=False)
            with Horizontal(classes="dialog-buttons"):
                yield Button("Cancel", id="cancel")
                yield Button(self._action, id="go", variant="warning")

    @on(Button.Pressed)
    def _answer(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "go")
