"""Before Save: what the new settings change at the shop (domain.md A43)."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button, Label, Static

from core.services.integration_settings import Effect
from tui.screens.modal import Modal
from tui.words.settings import summary, worst


class SaveEffect(Modal[bool]):
    """Shows how many listings change and the worst of them; True when they may be saved."""

    BINDINGS = [("escape", "dismiss(False)", "Cancel")]

    def __init__(self, name: str, effect: Effect) -> None:
        super().__init__()
        self._name = name
        self._effect = effect

    def compose(self) -> ComposeResult:
        """Counts, the worst ten, and two buttons; Cancel has the focus."""
        changes = list(worst(self._effect))
        with Vertical(classes="dialog wide"):
            yield Label(f"Save the settings of {self._name}?", classes="dialog-title", markup=False)
            yield Static("\n".join(summary(self._effect)), id="effect-summary", markup=False)
            with VerticalScroll(id="effect-worst", can_focus=False):
                yield Static("\n".join(changes), id="worst", markup=False)
            yield Label("Nothing has been sent. It is, with the next sync after Save.", markup=False)
            with Horizontal(classes="dialog-buttons"):
                yield Button("Cancel", id="cancel")
                yield Button("Save", id="go", variant="warning")

    @on(Button.Pressed)
    def _answer(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "go")
