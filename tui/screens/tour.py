"""The first minute with the sandbox: what is going on, and what to try."""

import shutil
import sys
from typing import Final

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Button, Label

from tui.keys.everywhere import SCREENS
from tui.screens.modal import Modal

TEXT: Final = (
    "A whole shop on your machine: a TikTok Shop, and an Avasam that supplies it. Nothing here reaches "
    "the real services. Orders arrive every few seconds and Avasam's stock moves; the worker downloads "
    "the orders and pushes the stock. The line at the bottom says when it last did.\n\n"
    "5       Orders: watch them come; u leads from a held one to its cure\n"
    "6       Activity: what is being done, and what is wrong until it is solved\n"
    "2       Listing Manager: put products on sale, change them, cure refusals\n"
    "3 4     map SKUs and delivery options\n"
    "1       Integrations: enter opens the shop, with settings whose effect is shown before Save\n"
    "r       sync now        f1  help for where you are\n"
    "ctrl+p  every command   ctrl+q  leave; the sandbox keeps its merchant\n\n"
    "In another terminal: {program} --sandbox orders list"
)


class TourScreen(Modal[None]):
    """Shown once."""

    BINDINGS = [
        ("escape,enter,q", "dismiss(None)", "Close"),
        *((command.keys, f"go({command.action!r})", command.label) for command in SCREENS),
    ]

    def compose(self) -> ComposeResult:
        """The words and a way out."""
        with Vertical(classes="dialog wide"):
            yield Label("Welcome to the sandbox", classes="dialog-title", markup=False)
            yield Label(TEXT.format(program=_program()), markup=False)
            yield Button("Look around", id="close", variant="primary")

    def action_go(self, action: str) -> None:
        """Close it, and go where one of its keys leads."""
        self.dismiss(None)
        self.app.run_worker(self.app.run_action(action))

    def on_button_pressed(self) -> None:
        """Close it."""
        self.dismiss(None)


def _program() -> str:
    """As this person can start it: by its name alone only where a shell finds it."""
    return "avasam" if shutil.which("avasam") else sys.argv[0]
