"""What a pricing rule does to rows, shown before it is kept or attached (domain.md A24)."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button, Label, Static

from core.models.integration import Integration
from core.services.rule_preview import RuleEffect
from tui.screens.modal import Modal
from tui.words.rules import summary, when_sent, worst


class ShowEffect(Modal[bool]):
    """Counts and the worst ten rows; True when it may be done. Cancel has the focus."""

    BINDINGS = [("escape", "dismiss(False)", "Cancel")]
    DEFAULT_CSS = """
    ShowEffect { align: center middle; #effect-worst { height: auto; max-height: 12; } }
    """

    def __init__(self, question: str, effect: RuleEffect, action: str, integration: Integration) -> None:
        super().__init__()
        self._question = question
        self._effect = effect
        self._action = action
        self._integration = integration

    def compose(self) -> ComposeResult:
        """The question, the counts, the worst, two buttons."""
        with Vertical(classes="dialog wide"):
            yield Label(self._question, classes="dialog-title", markup=False)
            yield Static("\n".join(summary(self._effect)), id="effect-summary", markup=False)
            with VerticalScroll(id="effect-worst", can_focus=False):
                yield Static("\n".join(worst(self._effect)), id="worst", markup=False)
            yield Label(when_sent(self._integration), markup=False)
            with Horizontal(classes="dialog-buttons"):
                yield Button("Cancel", id="cancel")
                yield Button(self._action, id="go", variant="warning")

    @on(Button.Pressed)
    def _answer(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "go")
