"""The fields of a pricing rule: each says what is wrong with it while it is typed (domain.md A24)."""

from collections.abc import Iterable
from typing import Final

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Label, Static

from core.models.listing import PricingRule
from core.services.errors import ServiceError
from core.services.rule_values import NUMBERS, KnownNames, names, number
from tui.widgets.yes_no import YesNo

_LABELS: Final = {
    "name": ("Name", "unique in this shop"),
    "percent": ("Percent", "on top of the base: 40 means +40 %; or a fixed amount"),
    "fixed": ("Fixed amount", "on top of the base; or a percentage"),
    "ending": ("Ending", ".99 rounds up to the next x.99; blank: to pennies"),
    "floor_percent": ("Floor", "least margin over cost in per cent; blank: none"),
    "suppliers": ("Suppliers", "with commas between them; blank: all"),
    "categories": ("Categories", "Avasam's, with commas between them; blank: all"),
}
_LISTS: Final = ("suppliers", "categories")


class RuleFields(Vertical):
    """Texts and switches. `values` are fields of a rule, `wrong` why some of them cannot be kept."""

    DEFAULT_CSS = """
    RuleFields {
        height: auto;
        .field { height: 1; }
        .field-label { width: 14; }
        .field-value { width: 26; }
        .field-said { width: 1fr; height: 1; padding: 0 1; color: $text-muted; }
        .field-said { text-wrap: nowrap; text-overflow: ellipsis; }
        .switches { height: 1; }
        YesNo { width: auto; padding-right: 3; }
    }
    """

    class Edited(Message):
        """Something was typed or switched."""

    def __init__(self, rule: PricingRule | None, attach: str) -> None:
        super().__init__()
        self._rule = rule
        self._offer = attach
        self.known: KnownNames | None = None
        self.wrong: dict[str, ServiceError] = {}

    def compose(self) -> ComposeResult:
        """A line a field, then the switches."""
        for field, (label, hint) in _LABELS.items():
            with Horizontal(classes="field"):
                yield Label(label, classes="field-label", markup=False)
                yield Input(_shown(self._rule, field), id=field, classes="field-value", compact=True)
                yield Static(hint, id=f"{field}-said", classes="field-said", markup=False)
        with Horizontal(classes="switches"):
            rule = self._rule
            include = rule is not None and rule.include_shipping
            yield YesNo("Include shipping price", include, id="include_shipping", compact=True)
            yield YesNo("Paused", rule is not None and rule.paused, id="paused", compact=True)
            if self._offer:
                yield YesNo(self._offer, value=True, id="attach", compact=True)

    def on_mount(self) -> None:
        """A blinking cursor costs bytes over SSH (ux.md, Manners)."""
        for box in self.query(Input):
            box.cursor_blink = False
        self.query_one("#name").focus()

    @property
    def texts(self) -> dict[str, str]:
        """What stands in the fields."""
        return {field: self.query_one(f"#{field}", Input).value for field in _LABELS}

    @property
    def attaches(self) -> bool:
        """Whether the rows shall follow it once it is kept."""
        return bool(self._offer) and self.query_one("#attach", YesNo).value

    @property
    def values(self) -> dict[str, object]:
        """Fields of a rule, those that are wrong left out; `wrong` is brought up to date."""
        found: dict[str, object] = {}
        self.wrong = {}
        for field, text in self.texts.items():
            try:
                if field in NUMBERS:
                    found[field] = number(field, text)
                else:
                    found[field] = names(text) if field in _LISTS else text
            except ServiceError as error:
                self.wrong[field] = error
        if found.get("percent") is not None and found.get("fixed") is not None:
            self.wrong["fixed"] = ServiceError("Both a percentage and an amount", "Fill in one only.")
        for switch in ("include_shipping", "paused"):
            found[switch] = self.query_one(f"#{switch}", YesNo).value
        return found

    def judge(self) -> dict[str, object]:
        """Say beside each field what is wrong with it; the values."""
        found = self.values
        for field, (_, hint) in _LABELS.items():
            said = self.query_one(f"#{field}-said", Static)
            if field in self.wrong:
                said.update(Text(f"✖ {self.wrong[field]}", style="bold red"))
            elif self.known is not None and field in _LISTS and (odd := self._unheard(field, found)):
                said.update(Text(f"▲ no product has {', '.join(odd)}", style="yellow"))
            else:
                said.update(hint)
        return found

    def focus_wrong(self) -> None:
        """Go to the first field that cannot be kept."""
        for field in self.wrong:
            self.query_one(f"#{field}").focus()
            return

    def _unheard(self, field: str, found: dict[str, object]) -> list[str]:
        wanted = found.get(field)
        if self.known is None or not isinstance(wanted, Iterable):
            return []
        return self.known.unknown(field, [str(name) for name in wanted])

    @on(Input.Changed)
    @on(YesNo.Changed)
    def _edited(self, event: Input.Changed | YesNo.Changed) -> None:
        event.stop()
        self.post_message(self.Edited())


def _shown(rule: PricingRule | None, field: str) -> str:
    value = None if rule is None else getattr(rule, field)
    if value is None:
        return ""
    return ", ".join(value) if isinstance(value, tuple) else str(value)
