"""The first minute with the sandbox: what is going on, and what to try."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Label

TEXT = (
    "A whole shop on your machine: a TikTok Shop, and an Avasam that supplies it. Nothing here "
    "reaches the real services.\n\n"
    "Orders arrive every few seconds and Avasam's stock moves. The worker downloads the orders and "
    "pushes the stock; the line at the bottom shows when it last did.\n\n"
    "r       sync now\n"
    "space   switch the shop off and on\n"
    "ctrl+p  every command\n"
    "f1      help for where you are\n"
    "ctrl+q  leave; the sandbox keeps its merchant"
)


class TourScreen(ModalScreen[None]):
    """Shown once."""

    BINDINGS = [("escape,enter,q", "dismiss(None)", "Close")]

    def compose(self) -> ComposeResult:
        """The words and a way out."""
        with Vertical(classes="dialog wide"):
            yield Label("Welcome to the sandbox", classes="dialog-title", markup=False)
            yield Label(TEXT, markup=False)
            yield Button("Look around", id="close", variant="primary")

    def on_button_pressed(self) -> None:
        """Close it."""
        self.dismiss(None)
