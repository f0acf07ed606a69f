"""The form of the additional settings: checked as it is typed, its effect shown before Save (A39 to A43)."""

import asyncio
from typing import Final, Literal

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Label, Static

from core.models.integration import Integration, IntegrationSettings
from core.services.errors import ServiceError
from core.services.integration_settings import SettingsChange, SettingsService, changed, read_units
from tui.session import Session
from tui.widgets.yes_no import YesNo
from tui.words.settings import LABELS, mixed_orders, non_avasam_orders, summary

Switch = Literal["stock_update", "price_update", "exclude_non_avasam", "split_unknown"]
Limit = Literal["max_quantity", "stock_threshold"]

SWITCHES: Final[tuple[Switch, ...]] = ("stock_update", "price_update", "exclude_non_avasam", "split_unknown")
LIMITS: Final[tuple[Limit, ...]] = ("max_quantity", "stock_threshold")
_PAUSE_SECONDS: Final = 0.05
"""How long typing has to rest before the effect is worked out."""
_HINTS: Final[dict[Limit, str]] = {
    "max_quantity": "most shown; blank: no limit",
    "stock_threshold": "below it 0 is shown; blank: off",
}


class SettingsForm(Vertical):
    """Six fields. `change` is what differs from the stored settings, `refused` why it cannot be saved."""

    class Edited(Message):
        """Something was typed or switched."""

    def __init__(self, session: Session, integration: Integration) -> None:
        super().__init__(id="settings-form")
        self._session = session
        self._integration = integration
        self.refused: dict[Limit, ServiceError] = {}

    def compose(self) -> ComposeResult:
        """Switches with the words of what they do, limits with what is wrong with them, the effect."""
        settings = self._integration.settings
        yield YesNo(LABELS["stock_update"], settings.stock_update, id="stock_update", compact=True)
        yield YesNo(LABELS["price_update"], settings.price_update, id="price_update", compact=True)
        for name in LIMITS:
            with Horizontal(classes="limit"):
                yield Label(LABELS[name], classes="limit-label", markup=False)
                yield Input(_shown(getattr(settings, name)), id=name, classes="limit-value", compact=True)
                yield Static(_HINTS[name], id=f"{name}-said", classes="limit-said", markup=False)
        yield YesNo(
            LABELS["exclude_non_avasam"], settings.exclude_non_avasam, id="exclude_non_avasam", compact=True
        )
        yield Static("", id="exclude-words", classes="words", markup=False)
        yield YesNo(LABELS["split_unknown"], settings.split_unknown, id="split_unknown", compact=True)
        yield Static("", id="split-words", classes="words", markup=False)
        yield Static("", id="effect", markup=False)

    def on_mount(self) -> None:
        """Say what the switches mean now."""
        self._explain()

    @property
    def change(self) -> SettingsChange:
        """What would be saved; refused fields are left out."""
        stored = self._integration.settings
        change: SettingsChange = {}
        for switch in SWITCHES:
            if (on_now := self.query_one(f"#{switch}", YesNo).value) != getattr(stored, switch):
                change[switch] = on_now
        for limit in LIMITS:
            if limit not in self.refused and (units := self._units(limit)) != getattr(stored, limit):
                change[limit] = units
        return change

    @property
    def is_dirty(self) -> bool:
        """Whether leaving would lose anything, be it nonsense."""
        return bool(self.change or self.refused)

    def focus_refused(self) -> None:
        """Go to the first field that cannot be saved."""
        for name in LIMITS:
            if name in self.refused:
                self.query_one(f"#{name}").focus()
                return

    def follow(self, integration: Integration) -> None:
        """Somebody saved elsewhere: fields that were not touched here take the new values."""
        touched = {*self.change, *self.refused}
        before, self._integration = self._integration.settings, integration
        if before == integration.settings:
            return
        for switch in SWITCHES:
            if switch not in touched:
                self.query_one(f"#{switch}", YesNo).value = getattr(integration.settings, switch)
        for limit in LIMITS:
            if limit not in touched:
                self.query_one(f"#{limit}", Input).value = _shown(getattr(integration.settings, limit))
        self._explain()

    @on(Input.Changed)
    @on(YesNo.Changed)
    def _edited(self, event: Input.Changed | YesNo.Changed) -> None:
        event.stop()
        self._explain()
        self.post_message(self.Edited())
        self._show_effect()

    def _explain(self) -> None:
        """Judge what is typed, and say in words what the switches mean."""
        self.refused = {}
        for name in LIMITS:
            said = self.query_one(f"#{name}-said", Static)
            try:
                self._units(name)
            except ServiceError as error:
                self.refused[name] = error
                said.update(Text(f"✖ {error}", style="bold red"))
            else:
                said.update(_HINTS[name])
        wanted = self._wanted()
        self.query_one("#exclude-words", Static).update(non_avasam_orders(wanted))
        self.query_one("#split-words", Static).update(mixed_orders(wanted))

    @work(group="effect", exclusive=True, exit_on_error=False)
    async def _show_effect(self) -> None:
        """Work the effect out with the plan that the sync uses, once typing rests."""
        effect = self.query_one("#effect", Static)
        change = self.change
        effect.display = bool(change) and not self.refused
        if not effect.display:
            return
        await asyncio.sleep(_PAUSE_SECONDS)
        found = await SettingsService(self._session.backend).effect(self._integration, change)
        effect.update(Text("If saved:\n" + "\n".join(f"  {line}" for line in summary(found))))

    def _wanted(self) -> IntegrationSettings:
        return changed(self._integration.settings, self.change)

    def _units(self, name: Limit) -> int | None:
        return read_units(self.query_one(f"#{name}", Input).value)


def _shown(units: int | None) -> str:
    return "" if units is None else str(units)
