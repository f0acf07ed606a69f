"""A pricing rule, new or changed, with a worked example and what it would do to rows (domain.md A24)."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Final

from textual import on, work
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from core.models.integration import Integration
from core.models.listing import PricingRule
from core.services.errors import ServiceError
from core.services.pricing_rules import Previewed, PricingRuleService
from core.services.rule_preview import effect_of
from core.services.rule_values import known_names
from core.store import StoreError
from tui.keys import bindings
from tui.keys.listing_actions import RULE_FORM
from tui.person import who
from tui.screens.confirm import Confirm
from tui.screens.listings.dialog import ListingDialog
from tui.screens.listings.rule_effect import ShowEffect
from tui.screens.listings.rule_fields import RuleFields
from tui.screens.modal import TAB_AT_ONCE
from tui.session import Session
from tui.words.listing_actions import rows
from tui.words.rules import preview_text, summary, worst

_PAUSE_SECONDS: Final = 0.05
"""How long typing has to rest before the example is worked out."""


class RuleForm(ListingDialog[PricingRule | None]):
    """The rule that was kept, or None. A new one is attached to the rows unless that is switched off."""

    BINDINGS = [*bindings(RULE_FORM), *TAB_AT_ONCE]
    DEFAULT_CSS = """
    RuleForm {
        #rule-fields { height: 1fr; }
        #rule-example, #rule-effect, #rule-worst { width: 100%; height: auto; padding-top: 1; }
        #rule-worst { color: $text-muted; padding-top: 0; }
    }
    """

    def __init__(
        self, session: Session, integration: Integration, skus: Sequence[str], rule: PricingRule | None
    ) -> None:
        super().__init__(session, integration)
        self._skus = list(skus)
        self._rule = rule
        self._service = PricingRuleService(session.backend)
        attach = f"Automate {rows(len(skus))} with it" if rule is None and skus else ""
        self.fields = RuleFields(rule, attach)
        self._first: dict[str, str] = {}

    @property
    def heading(self) -> str:
        """New, or which."""
        what = "New pricing rule" if self._rule is None else f"Pricing rule {self._rule.name}"
        return f"{what} · {self.integration.name}"

    def content(self) -> Iterable[Widget]:
        """The fields, the example, the effect."""
        yield VerticalScroll(
            self.fields,
            Static("", id="rule-example", markup=False),
            Static("", id="rule-effect", markup=False),
            Static("", id="rule-worst", markup=False),
            id="rule-fields",
            can_focus=False,
        )

    def on_mount(self) -> None:
        """Judge what stands there, and read which names the inventory knows."""
        self._first = self.fields.texts
        self._judge()
        self._read_names()

    @work(group="names", exit_on_error=False)
    async def _read_names(self) -> None:
        self.fields.known = await known_names(self.session.backend.store)
        self.fields.judge()

    @on(RuleFields.Edited)
    @work(group="example", exclusive=True, exit_on_error=False)
    async def _judge(self) -> None:
        """The example and the preview, once typing rests."""
        example = self.query_one("#rule-example", Static)
        effect, worst_rows = self.query_one("#rule-effect", Static), self.query_one("#rule-worst", Static)
        values = self.fields.judge()
        await asyncio.sleep(_PAUSE_SECONDS)
        try:
            rule = await self._draft(values)
            worked = self._service.example(rule)
        except ServiceError as error:
            example.update(f"Example: {error}")
            effect.update("")
            worst_rows.update("")
            return
        found = await self._preview(rule)
        lines = [f"Example: {worked}"]
        if mine := [one for one in found if one.sku in self._skus[:1]] or found[:1]:
            lines.append(preview_text(mine))
        example.update("\n".join(lines))
        if found:
            done = effect_of(found)
            effect.update("\n".join(summary(done)))
            worst_rows.update("\n".join(worst(done)))

    async def _draft(self, values: dict[str, object]) -> PricingRule:
        """The rule as it would be kept. A name that is still missing is no reason for no example."""
        if self.fields.wrong:
            raise next(iter(self.fields.wrong.values()))
        named = values if str(values["name"]).strip() else {**values, "name": "…"}
        return await self._service.draft(self.integration, named, rule_id=self._rule_id)

    @property
    def _rule_id(self) -> str | None:
        return None if self._rule is None else self._rule.id

    async def _preview(self, rule: PricingRule) -> list[Previewed]:
        """Over the rows it was opened for, and over those that follow it already."""
        followers = (
            [] if self._rule_id is None else await self._service.attached(self.integration, self._rule_id)
        )
        return await self._service.preview(self.integration, rule, [*self._skus, *followers])

    @work(group="save", exclusive=True, exit_on_error=False)
    async def action_save(self) -> None:
        """Show what it does, then keep it; a new one is attached to the rows."""
        if self.refused():
            return
        values = self.fields.judge()
        if self.fields.wrong:
            self.fields.focus_wrong()
            return
        try:
            rule = await self._service.draft(self.integration, values, rule_id=self._rule_id)
            effect = effect_of(await self._preview(rule))
            attaches = self.fields.attaches
            question = f"Save {rule.name}" + (f" and automate {rows(len(self._skus))}?" if attaches else "?")
            if (effect.changed or effect.unpriced) and not await self.app.push_screen_wait(
                ShowEffect(question, effect, "Save", self.integration)
            ):
                return
            kept = await self._service.save(self.integration, values, rule_id=self._rule_id)
            if attaches:
                await self._service.attach(self.integration, self._skus, kept.id, by=who())
        except (ServiceError, StoreError) as error:
            self.notify(str(error), severity="error", timeout=10, markup=False)
            return
        self.dismiss(kept)

    @work(group="save", exclusive=True, exit_on_error=False)
    async def action_cancel(self) -> None:
        """Drop what was typed, after a question when anything was."""
        if self.fields.texts == self._first or await self.app.push_screen_wait(
            Confirm("Drop what was typed?", "The rule stays as it was.", "Drop")
        ):
            self.dismiss(None)
