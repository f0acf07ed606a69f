"""One integration: its mappings, settings, authorisation and removal (domain.md A12 to A16)."""

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widgets import Button, Collapsible, Static

from core.models.integration import Integration
from core.services.authorisation import AuthorisationService, Granted
from core.services.errors import NotFound, ServiceError
from core.services.integration_settings import SettingsService
from core.services.integrations import Overview
from core.services.removal import RemovalService
from core.wording import count_of
from tui.keys import bindings
from tui.keys.integrations import INTEGRATION
from tui.screens.authorise import AuthoriseScreen, Purpose
from tui.screens.confirm import Confirm
from tui.screens.integration_form import SettingsForm
from tui.screens.save_effect import SaveEffect
from tui.session import Pulse, Session
from tui.widgets.say import retell
from tui.words.settings import LABELS
from tui.words.states import ends, status


class IntegrationPane(VerticalScroll, can_focus=False):
    """Sections that open and close; changes wait for Save."""

    BINDINGS = bindings(INTEGRATION)
    HEADING = "An integration"
    HELP_TEXT = (
        "Everything about one shop, in sections that enter opens and closes. The additional settings say "
        "what may be sent: stock, prices, at most how many, and 0 below which threshold. They are checked "
        "as you type, and the effect on the shop stands below them; nothing is in force before ctrl+s. "
        "Reauthorize asks the shop's owner for consent again and keeps everything else. Remove account "
        "takes everything of this shop away from here; TikTok's own listings stay."
    )

    class Left(Message):
        """Back to the list, because somebody went or the integration is gone."""

    def __init__(self, session: Session, row: Overview) -> None:
        super().__init__(id="integration")
        self._session = session
        self._row = row
        self._granted: Granted | None = None
        self.is_going = False

    @property
    def integration(self) -> Integration:
        """What is open, as it was last read."""
        return self._row.integration

    @property
    def is_dirty(self) -> bool:
        """Whether anything waits for Save."""
        return self._granted is not None or self.query_one(SettingsForm).is_dirty

    def go(self) -> None:
        """Make way for the list."""
        self.is_going = True
        self.remove()

    def compose(self) -> ComposeResult:
        """The facts, then a section each."""
        yield Static("", id="facts", markup=False)
        yield Static("", id="unsaved", markup=False)
        with Collapsible(title="Shipping mapping", id="shipping-section"):
            yield Static("", id="shipping", markup=False)
        with Collapsible(title="SKU mapping", id="sku-section"):
            yield Static("", id="skus", markup=False)
        with Collapsible(title="Additional settings", id="settings-section", collapsed=False):
            yield SettingsForm(self._session, self.integration)
            yield Button("Save (ctrl+s)", id="save", variant="primary", compact=True)
        with Collapsible(title="Reauthorize", id="reauthorize-section"):
            yield Static("", id="authorisation", markup=False)
            yield Button("Reauthorize (ctrl+r)", id="reauthorize", compact=True)
        with Collapsible(title="Remove account", id="remove-section"):
            yield Static(
                "Tokens, settings, mappings and listings of this shop go from here. TikTok's own listings "
                "stay as they are; the order history stays to be read.",
                markup=False,
            )
            yield Button("Remove account (f8)", id="remove", variant="error", compact=True)

    def on_mount(self) -> None:
        """Show what is known, with the first thing to change under the cursor."""
        needs = self.integration.needs_reauthorisation is not None
        self.query_one("#reauthorize-section", Collapsible).collapsed = not needs
        self.query_one("#reauthorize" if needs else "#stock_update").focus()

    def show(self, row: Overview, pulse: Pulse) -> None:
        """Bring the facts up to date; what was typed stays."""
        if not self._is_there:
            return  # a pulse on its way while the pane opens or closes
        self._row = row
        one = row.integration
        self.query_one(SettingsForm).follow(one)
        self._retell(
            "#facts",
            Text.assemble(
                (one.name, "bold"), "   ", status(one), f"\nTikTok Shop {one.shop.name}, {one.shop.region}"
            ),
        )
        self._retell(
            "#shipping",
            f"{row.shipping_mapped:,} delivery options are mapped to an Avasam service; "
            "orders with others are held.\n"
            "Map them on Shipping Mapping (4).",
        )
        self._retell(
            "#skus",
            f"{row.mapped:,} channel SKUs are mapped to an Avasam SKU; no other listing is ever touched.\n"
            "Map them on SKU Mapping (3).",
        )
        words = Text(f"The authorisation {ends(row.authorised_until, pulse.at)}.")
        if one.needs_reauthorisation is not None:
            words = Text(f"! Needs reauthorisation: {one.needs_reauthorisation}.", style="bold red")
        if self._granted is not None:
            last = ends(self._granted.ends_at, pulse.at)
            words.append(f"\n● A new authorisation waits for Save; it {last}.", style="bold yellow")
        self._retell("#authorisation", words)
        self._show_unsaved()

    def _retell(self, place: str, words: str | Text) -> None:
        retell(self.query_one(place, Static), words)

    @property
    def _is_there(self) -> bool:
        """Whether all of it is: while it goes, the fields of its form go one by one."""
        return not self.is_going and bool(self.query("#split-words"))

    @on(SettingsForm.Edited)
    def _show_unsaved(self) -> None:
        if not self._is_there:
            return
        words = self._unsaved()
        unsaved = self.query_one("#unsaved", Static)
        unsaved.display = bool(words)
        retell(unsaved, Text(f"● Unsaved: {words}. ctrl+s saves.", style="bold yellow"))

    def _unsaved(self) -> str:
        form = self.query_one(SettingsForm)
        names = [LABELS[name] for name in form.change]
        names += [f"{LABELS[name]} (refused)" for name in form.refused]
        return ", ".join(names if self._granted is None else [*names, "a new authorisation"])

    @on(Button.Pressed, "#save")
    @work(group="save", exclusive=True, exit_on_error=False)
    async def action_save(self) -> None:
        """Show what changes at the shop, then put settings and a new authorisation in force (A15, A43)."""
        form = self.query_one(SettingsForm)
        if not self.is_dirty:
            self.notify("Nothing has been changed.")
            return
        if self._is_read_only():
            return
        if form.refused:
            form.focus_refused()
            self.notify(" ".join(map(str, form.refused.values())), severity="error", markup=False)
            return
        try:
            if await self._save_settings(form) and await self._save_authorisation():
                self.notify(f"{self.integration.name} is saved.", markup=False)
        except ServiceError as error:
            self.notify(str(error), severity="error", timeout=15, markup=False)
            if isinstance(error, NotFound):
                self.post_message(self.Left())
        self._show_unsaved()

    async def _save_settings(self, form: SettingsForm) -> bool:
        change, service = form.change, SettingsService(self._session.backend)
        if not change:
            return True
        effect = await service.effect(self.integration, change)
        advertises = change.keys() - {"exclude_non_avasam", "split_unknown"}
        if advertises and effect.changes_anything:
            question = SaveEffect(self.integration.name, effect)
            if not await self.app.push_screen_wait(question):
                return False
        form.follow(await service.save(self.integration.id, change))
        return True

    async def _save_authorisation(self) -> bool:
        if self._granted is not None:
            await AuthorisationService(self._session.backend).renew(self.integration.id, self._granted)
            self._granted = None
        return True

    @on(Button.Pressed, "#reauthorize")
    @work(group="reauthorise", exclusive=True, exit_on_error=False)
    async def action_reauthorise(self) -> None:
        """The same consent again; it takes effect on Save."""
        if self._is_read_only():
            return
        one, service = self.integration, AuthorisationService(self._session.backend)

        async def finish(granted: Granted) -> Granted:
            service.same_shop(one, granted)
            return granted

        purpose = Purpose(f"Reauthorize {one.name}", lambda: service.begin_again(one), finish)
        granted = await self.app.push_screen_wait(AuthoriseScreen(self._session, purpose))
        if granted is not None:
            self._granted = granted
            self.show(self._row, await self._session.pulse())
            self.query_one("#save").focus()

    @on(Button.Pressed, "#remove")
    @work(group="remove", exclusive=True, exit_on_error=False)
    async def action_remove(self) -> None:
        """Remove account (A13): names the shop, counts what goes, and asks."""
        if self._is_read_only():
            return
        service, one = RemovalService(self._session.backend), self.integration
        going = await service.going(one)
        detail = (
            f"{one.shop.name} ({one.shop.region}). These go: "
            f"{count_of(going.sku_mappings, 'SKU mapping')}, "
            f"{count_of(going.shipping_mappings, 'shipping mapping')}, "
            f"{count_of(going.listings, 'listing draft')}, "
            f"{count_of(going.pricing_rules, 'pricing rule')}, its tokens and settings. "
            f"{count_of(going.orders_kept, 'order stays', 'orders stay')} as history. "
            "TikTok's own listings are not touched."
        )
        if not await self.app.push_screen_wait(Confirm(f"Remove {one.name}?", detail, "Remove")):
            return
        try:
            await service.remove(one.id)
        except ServiceError as error:
            self.notify(str(error), severity="error", markup=False)
        else:
            self.notify(f"{one.name} is removed.", markup=False)
        self.post_message(self.Left())

    @work(group="back", exclusive=True, exit_on_error=False)
    async def action_back(self) -> None:
        """Back to the list; what was not saved is asked about."""
        if await self._may_leave():
            self.post_message(self.Left())

    @work(group="back", exclusive=True, exit_on_error=False)
    async def action_quit(self) -> None:
        """Leave the program; what was not saved is asked about."""
        if await self._may_leave():
            await self.app.action_quit()

    async def _may_leave(self) -> bool:
        if not self.is_dirty:
            return True
        question = Confirm("Leave without saving?", f"Lost would be: {self._unsaved()}.", "Leave")
        return await self.app.push_screen_wait(question)

    def _is_read_only(self) -> bool:
        if self._session.read_only:
            self.notify("This is a read-only session: nothing was changed.", severity="warning")
        return self._session.read_only
