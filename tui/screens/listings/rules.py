"""Pricing rules of a shop: made, edited, paused, deleted, attached to rows, taken off them (A24)."""

from collections import Counter
from collections.abc import Awaitable, Iterable, Sequence

from textual import on, work
from textual.widget import Widget
from textual.widgets import Static

from core.models.integration import Integration
from core.services.errors import ServiceError
from core.services.pricing_rules import PricingRuleService
from core.services.rule_preview import effect_of
from core.store import StoreError
from tui.keys import bindings
from tui.keys.listing_actions import RULES
from tui.person import who
from tui.screens.confirm import Confirm
from tui.screens.confirm_many import ConfirmMany
from tui.screens.listings.dialog import DialogTable, ListingDialog
from tui.screens.listings.rule_effect import ShowEffect
from tui.screens.listings.rule_form import RuleForm
from tui.session import Session
from tui.widgets.virtual_table import VirtualTable
from tui.words.listing_actions import rows
from tui.words.rules import EMPTY, HOW, RuleRow, followers_words, preview_text, rule_columns


class PricingRules(ListingDialog[bool]):
    """The rules, and what the one under the cursor makes of the first row; True when anything changed."""

    BINDINGS = bindings(RULES)
    DEFAULT_CSS = """
    PricingRules {
        #rules { height: 1fr; }
        #rules-empty { height: 1fr; padding: 1 2; color: $text-muted; }
        #rule-worked { width: 100%; height: auto; max-height: 6; padding: 0 1; background: $panel; }
    }
    """

    def __init__(self, session: Session, integration: Integration, skus: Sequence[str]) -> None:
        super().__init__(session, integration)
        self._skus = list(skus)
        self._service = PricingRuleService(session.backend)
        self._rules: dict[str, RuleRow] = {}
        self._changed = False

    @property
    def heading(self) -> str:
        """Which rows a and d are about."""
        named = ", ".join(self._skus[:3]) + (" …" if len(self._skus) > 3 else "")
        about = f" · for {rows(len(self._skus))}: {named}" if self._skus else ""
        return f"Pricing rules · {self.integration.name}{about}"

    def content(self) -> Iterable[Widget]:
        """The rules, the example of the one under the cursor, how rules work."""
        yield DialogTable(rule_columns(), id="rules")
        yield Static(EMPTY, id="rules-empty", markup=False)
        yield Static("", id="rule-worked", markup=False)
        yield Static(HOW, classes="dialog-words", markup=False)

    def on_mount(self) -> None:
        """Read them; without any, the form for a new one opens (A24)."""
        self.query_one("#rules-empty").display = False
        self._open()

    @work(group="rules", exclusive=True, exit_on_error=False)
    async def _open(self) -> None:
        await self._read()
        if not self._rules and self._skus and not self.session.read_only:
            self.action_new()

    async def _read(self) -> None:
        known = await self._service.all(self.integration)
        followers = await self._service.followers(self.integration)
        here = Counter((await self._service.followed_by(self.integration, self._skus)).values())
        self._rules = {
            rule.id: RuleRow(rule, followers.get(rule.id, 0), here.get(rule.id, 0)) for rule in known
        }
        table = self.query_one(DialogTable)
        table.show(list(self._rules), self)
        table.display = bool(self._rules)
        self.query_one("#rules-empty").display = not self._rules
        table.focus()
        self._work_out()

    def row(self, key: str) -> RuleRow | None:
        """A rule of the list."""
        return self._rules.get(key)

    @property
    def under_cursor(self) -> RuleRow | None:
        """The rule that the keys are about."""
        key = self.query_one(DialogTable).cursor_key
        return None if key is None else self._rules.get(key)

    @on(VirtualTable.Highlighted)
    @work(group="worked", exclusive=True, exit_on_error=False)
    async def _work_out(self) -> None:
        """The worked example, and the first row."""
        under = self.under_cursor
        worked = self.query_one("#rule-worked", Static)
        worked.display = under is not None
        if under is None:
            return
        lines = [f"Example: {self._service.example(under.rule)}"]
        try:
            found = await self._service.preview(self.integration, under.rule, self._skus[:1])
        except ServiceError:
            found = []
        lines += [preview_text(found)] if found else []
        worked.update("\n".join(lines))

    @on(VirtualTable.Opened)
    def _opened(self) -> None:
        self.action_edit()

    @work(group="rules", exclusive=True, exit_on_error=False)
    async def action_new(self) -> None:
        """Make one."""
        if self.refused():
            return
        kept = await self.app.push_screen_wait(RuleForm(self.session, self.integration, self._skus, None))
        if kept is not None:
            self._changed = True
            await self._read()
            self._go_to(kept.id)

    @work(group="rules", exclusive=True, exit_on_error=False)
    async def action_edit(self) -> None:
        """Change the one under the cursor."""
        under = self.under_cursor
        if under is None or self.refused():
            return
        form = RuleForm(self.session, self.integration, self._skus, under.rule)
        if await self.app.push_screen_wait(form) is not None:
            self._changed = True
            await self._read()

    @work(group="rules", exclusive=True, exit_on_error=False)
    async def action_pause(self) -> None:
        """Off or on; rows show their typed or own price meanwhile."""
        under = self.under_cursor
        if under is None or self.refused():
            return
        rule = under.rule
        if not rule.paused and under.followers:
            detail = "They show their typed or own price until it is switched on again."
            question = f"Pause {rule.name}? {followers_words(under.followers)}."
            if not await self.app.push_screen_wait(Confirm(question, detail, "Pause")):
                return
        await self._do(self._service.pause(self.integration, rule.id, paused=not rule.paused))

    @work(group="rules", exclusive=True, exit_on_error=False)
    async def action_delete(self) -> None:
        """Take it away, after a question with the count."""
        under = self.under_cursor
        if under is None or self.refused():
            return
        followers = await self._service.attached(self.integration, under.rule.id)
        count = len(followers)
        go = "goes back to its" if count == 1 else "go back to their"
        detail = f"{followers_words(count)} and {go} typed or own price."
        question = f"Delete the pricing rule {under.rule.name}?"
        if await self.app.push_screen_wait(ConfirmMany(question, followers, detail, "Delete")):
            await self._do(self._service.delete(self.integration, under.rule.id, by=who()))

    @work(group="rules", exclusive=True, exit_on_error=False)
    async def action_attach(self) -> None:
        """Automate now: the rows follow it, their price cells show auto."""
        under = self.under_cursor
        if under is None or not self._skus or self.refused():
            return
        try:
            found = await self._service.preview(self.integration, under.rule, self._skus)
        except ServiceError as error:
            self.notify(str(error), severity="error", markup=False)
            return
        question = f"Automate {rows(len(self._skus))} with {under.rule.name}?"
        effect = effect_of(found)
        sure = not (effect.changed or effect.unpriced)
        if sure or await self.app.push_screen_wait(
            ShowEffect(question, effect, "Automate", self.integration)
        ):
            await self._do(self._service.attach(self.integration, self._skus, under.rule.id, by=who()))

    @work(group="rules", exclusive=True, exit_on_error=False)
    async def action_detach(self) -> None:
        """The rows follow no rule any more."""
        if not self._skus or self.refused():
            return
        followed = await self._service.followed_by(self.integration, self._skus)
        following = [sku for sku, rule in followed.items() if rule is not None]
        if not following:
            self.notify("None of these rows follows a rule.", severity="warning")
            return
        detail = "They go back to their typed or own price."
        if await self.app.push_screen_wait(
            Confirm(f"Take {rows(len(following))} off their rule?", detail, "Detach")
        ):
            await self._do(self._service.attach(self.integration, following, None, by=who()))

    async def _do(self, asked: Awaitable[object]) -> None:
        try:
            await asked
        except (ServiceError, StoreError) as error:
            self.notify(str(error), severity="error", timeout=10, markup=False)
        else:
            self._changed = True
        await self._read()

    def _go_to(self, rule_id: str) -> None:
        if rule_id in self._rules:
            self.query_one(DialogTable).move_cursor(list(self._rules).index(rule_id))

    def action_leave(self) -> None:
        """Back, with whether anything changed."""
        self.dismiss(self._changed)
