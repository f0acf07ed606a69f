"""Add sales channel, around the authorisation: which channel, under which name, which of several shops."""

from collections.abc import Sequence
from typing import Final

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from core.models.integration import Shop
from core.services.errors import ServiceError
from core.services.integrations import IntegrationService
from tui.screens.modal import Modal
from tui.session import Session
from tui.widgets.options import Options

CHANNELS: Final = (("tiktok", "TikTok Shop", "orders in, stock and prices out"),)
"""Id, name and what it is for; the list of A4."""


class ChooseChannel(Modal[str | None]):
    """The channels there are, each with its Add button; the id of the chosen one, or None (A4)."""

    BINDINGS = [("escape", "dismiss(None)", "Cancel")]

    def compose(self) -> ComposeResult:
        """A row a channel."""
        with Vertical(classes="dialog"):
            yield Label("Add sales channel", classes="dialog-title", markup=False)
            for channel, name, what in CHANNELS:
                with Horizontal(classes="channel"):
                    yield Label(Text.assemble((name, "bold"), f"  {what}"), classes="channel-name")
                    yield Button("Add", id=f"add-{channel}", variant="primary")
            with Horizontal(classes="dialog-buttons"):
                yield Button("Cancel", id="cancel")

    @on(Button.Pressed)
    def _answer(self, event: Button.Pressed) -> None:
        chosen = str(event.button.id).removeprefix("add-")
        self.dismiss(None if chosen == "cancel" else chosen)


class NameIntegration(Modal[str | None]):
    """Asks for a name that is free; None when somebody left (A5, A6)."""

    BINDINGS = [("escape", "dismiss(None)", "Cancel")]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def compose(self) -> ComposeResult:
        """The name, what is wrong with it, and two buttons."""
        with Vertical(classes="dialog"):
            yield Label("Name this integration", classes="dialog-title", markup=False)
            yield Label("How this shop is called here, for example its own name.", markup=False)
            yield Input(id="name", placeholder="Name", compact=True)
            yield Static("", id="refusal", markup=False)
            with Horizontal(classes="dialog-buttons"):
                yield Button("Cancel", id="cancel")
                yield Button("Next", id="next", variant="primary")

    @on(Input.Changed, "#name")
    def _typed(self, event: Input.Changed) -> None:
        if event.value:
            self._judge(leave=False)
        else:
            self.query_one("#refusal", Static).update("")

    @on(Input.Submitted, "#name")
    @on(Button.Pressed, "#next")
    def _next(self) -> None:
        self._judge(leave=True)

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(None)

    @work(group="name", exclusive=True, exit_on_error=False)
    async def _judge(self, *, leave: bool) -> None:
        """Say what is wrong with the name as it stands; with `leave`, go on when nothing is."""
        refusal = self.query_one("#refusal", Static)
        try:
            name = await IntegrationService(self._session.backend).check_name(
                self.query_one("#name", Input).value
            )
        except ServiceError as error:
            refusal.update(Text(f"✖ {error}", style="bold red"))
            self.query_one("#name").focus()
            return
        refusal.update("")
        if leave:
            self.dismiss(name)


class ChooseShop(Modal[str | None]):
    """Which of the shops that a consent covers; its id, or None."""

    BINDINGS = [("escape", "dismiss(None)", "Cancel")]

    def __init__(self, shops: Sequence[Shop]) -> None:
        super().__init__()
        self._shops = shops

    def compose(self) -> ComposeResult:
        """One line a shop."""
        with Vertical(classes="dialog"):
            yield Label("The account has several shops. Which one?", classes="dialog-title", markup=False)
            yield Options(
                *(Option(Text(f"{shop.name} ({shop.region})"), id=shop.id) for shop in self._shops),
                markup=False,
            )
            yield Label("enter  choose    esc  cancel; nothing is connected", markup=False)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(str(event.option_id))
