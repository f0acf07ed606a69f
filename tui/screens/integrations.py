"""Integrations: the connected shops, alive."""

from collections.abc import Iterable
from typing import Final

from rich.text import Text
from textual import on, work
from textual.containers import Vertical, VerticalScroll
from textual.widget import Widget
from textual.widgets import Button, DataTable, Static

from core.models.integration import Integration, SyncKind
from core.services.authorisation import AuthorisationService, Granted, SeveralShops
from core.services.errors import ServiceError
from core.services.integrations import IntegrationService, Overview
from core.wording import count_of
from tui.keys import bindings
from tui.keys.integrations import INTEGRATIONS, OPEN
from tui.screens.add_channel import ChooseChannel, ChooseShop, NameIntegration
from tui.screens.authorise import AuthoriseScreen, Purpose
from tui.screens.base import MainScreen
from tui.screens.confirm import Confirm
from tui.screens.integration import IntegrationPane
from tui.session import Pulse
from tui.widgets.say import retell
from tui.words.states import SOON, ago, counted, ends, is_on, status, until

_KINDS: Final = (SyncKind.ORDERS, SyncKind.STOCK, SyncKind.PRICE)
_WIDE_ONLY: Final = ("channel", "shop", "until")
_COLUMNS: Final = (
    ("channel", "Channel"),
    ("name", "Name"),
    ("shop", "Shop"),
    ("status", "Status"),
    ("until", "Ends"),
    ("orders", "Orders"),
    ("orders-sync", "Synced: orders"),
    ("stock-sync", "stock"),
    ("price-sync", "price"),
)
_EMPTY: Final = """\
No shop is connected yet.

Connect one:   press a, or choose "Add sales channel" below
Or look first: avasam --sandbox   a shop to try things on"""


class Shops(DataTable[Text]):
    """The table, with the key that opens a row where people see it."""

    BINDINGS = bindings((OPEN,))


class IntegrationsScreen(MainScreen):
    """The list of shops; below it the one under the cursor, with what each sync last did."""

    MODE = "integrations"
    HEADING = "Integrations"
    HELP_TEXT = (
        "Every connected shop: whether it may act, when its authorisation ends, how many orders are here, "
        "and how long ago its orders, stock and prices were last synced. Disabled, nothing is downloaded or "
        "sent for that shop; on enabling, everything missed is caught up."
    )
    BINDINGS = bindings(command for command in INTEGRATIONS if command is not OPEN)

    def content(self) -> Iterable[Widget]:
        """The table, the words for an empty one, the way to add one, and the detail."""
        with Vertical(id="list"):
            yield Shops(id="integrations", cursor_type="row", zebra_stripes=False)
            yield Static(_EMPTY, id="empty", markup=False)
            yield Button("Add sales channel (a)", id="add", compact=True)
            with VerticalScroll(id="detail-pane", can_focus=False):
                yield Static("", id="detail", markup=False)

    def on_mount(self) -> None:
        """Columns are laid out once; rows are updated cell by cell."""
        self._rows: dict[str, Overview] = {}
        self._pulse: Pulse | None = None
        self._shown: tuple[str, ...] = ()
        self.query_one("#empty").display = False

    @property
    def table(self) -> Shops:
        """The table of integrations."""
        return self.query_one(Shops)

    def chosen(self) -> Overview | None:
        """The integration under the cursor."""
        table = self.table
        if not table.row_count:
            return None
        key = table.coordinate_to_cell_key(table.cursor_coordinate).row_key.value
        return self._rows.get(str(key))

    @property
    def opened(self) -> IntegrationPane | None:
        """The integration that is open in place of the list."""
        return next((pane for pane in self.query(IntegrationPane) if not pane.is_going), None)

    def show(self, pulse: Pulse) -> None:
        """Rows by key: the cursor stays where it is."""
        self._pulse = pulse
        self._show_opened(pulse)
        narrow = self.has_class("narrow")
        shown = tuple(key for key, _ in _COLUMNS if not (narrow and key in _WIDE_ONLY))
        table = self.table
        before = {str(key.value) for key in table.rows}
        self._rows = {row.integration.id: row for row in pulse.integrations}
        if shown != self._shown or not before <= self._rows.keys():
            cursor = table.cursor_row
            table.clear(columns=True)
            for key, label in _COLUMNS:
                if key in shown:
                    table.add_column(label, key=key)
            self._shown, before = shown, set()
            for row in pulse.integrations:
                table.add_row(*self._cells(row, pulse), key=row.integration.id)
            table.move_cursor(row=cursor)
        for row in pulse.integrations:
            cells = self._cells(row, pulse)
            if row.integration.id not in {str(key.value) for key in table.rows}:
                table.add_row(*cells, key=row.integration.id)
                continue
            for key, cell in zip(shown, cells, strict=True):
                if table.get_cell(row.integration.id, key) != cell:
                    table.update_cell(row.integration.id, key, cell, update_width=True)
        self.query_one("#empty").display = not pulse.integrations
        table.display = bool(pulse.integrations)
        self._show_detail()

    def _cells(self, row: Overview, pulse: Pulse) -> list[Text]:
        one = row.integration
        last = row.authorised_until
        soon = last is not None and last - pulse.at < SOON
        cells = {
            "channel": Text("TikTok"),
            "name": Text(one.name),
            "shop": Text(one.shop.name),
            "status": status(one),
            "until": Text(
                ("! " if soon else "") + until(last, pulse.at), style="bold yellow" if soon else ""
            ),
            "orders": Text(f"{row.orders:,}", justify="right"),
        }
        for kind in _KINDS:
            state = row.syncs.get(kind)
            if not is_on(one, kind):
                cells[f"{kind}-sync"] = Text("off", style="dim")
                continue
            failing = state is not None and state.last_error is not None
            age = ago(None if state is None else state.last_finished_at, pulse.at)
            cells[f"{kind}-sync"] = Text(f"✖ {age}" if failing else age, style="red" if failing else "")
        return [cells[key] for key in self._shown]

    @on(DataTable.RowHighlighted)
    def _show_detail(self) -> None:
        row, pulse = self.chosen(), self._pulse
        detail = self.query_one("#detail", Static)
        if row is None or pulse is None:
            retell(detail, "")
            return
        lines = [Text(f"{row.integration.name}", style="bold"), *_facts(row, pulse)]
        for kind in (*_KINDS, SyncKind.VERIFY, SyncKind.CATALOGUE):
            state = row.syncs.get(kind)
            if state is None:
                continue
            did = state.last_error or (
                counted(state.counts) if is_on(row.integration, kind) else "switched off"
            )
            age = ago(state.last_finished_at, pulse.at)
            since = age if state.last_finished_at is None else f"{age} ago"
            lines.append(Text(f"{kind:<10} {since:>11}   {did}"))
        for problem in pulse.problems:
            if problem.integration_id in {None, row.integration.id}:
                lines.append(Text(f"✖ {problem.what}", style="bold red"))
                lines.append(Text(f"  {problem.why} {problem.cure}"))
        retell(detail, Text("\n").join(lines))

    def _show_opened(self, pulse: Pulse) -> None:
        pane = self.opened
        if pane is None:
            return
        row = next((row for row in pulse.integrations if row.integration.id == pane.integration.id), None)
        if row is None:
            self.notify(f"{pane.integration.name} is gone.", severity="warning", markup=False)
            self._close()
        else:
            pane.show(row, pulse)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The list's commands do nothing while an integration is open."""
        return action not in {"add", "switch"} or self.opened is None

    @on(Button.Pressed, "#add")
    @work(group="add", exclusive=True, exit_on_error=False)
    async def action_add(self) -> None:
        """Add sales channel: choose it, name it, authorise it; leaving leaves nothing behind (A4 to A9)."""
        if self._is_read_only():
            return
        service = AuthorisationService(self.session.backend)
        if await self.app.push_screen_wait(ChooseChannel()) is None:
            return
        name = await self.app.push_screen_wait(NameIntegration(self.session))
        if name is None:
            return

        async def finish(granted: Granted) -> Integration | None:
            try:
                return await service.add(name, granted)
            except SeveralShops as several:
                shop_id = await self.app.push_screen_wait(ChooseShop(several.shops))
            return None if shop_id is None else await service.add(name, granted, shop_id=shop_id)

        purpose = Purpose(f"Authorise {name} with TikTok", lambda: service.begin(name), finish)
        made = await self.app.push_screen_wait(AuthoriseScreen(self.session, purpose))
        if made is not None:
            self.notify(f"Connected {made.shop.name} ({made.shop.region}) as {made.name}.", markup=False)
            self.show(await self.session.pulse())
            self.table.move_cursor(row=self.table.get_row_index(made.id))
            self.table.focus()

    @on(DataTable.RowSelected)
    async def _open(self) -> None:
        """Open the integration under the cursor in place of the list."""
        row, pulse = self.chosen(), self._pulse
        if row is None or pulse is None or self.opened is not None:
            return
        pane = IntegrationPane(self.session, row)
        self.query_one("#list").display = False
        await self.query_one("#content").mount(pane)
        pane.show(row, pulse)
        self.refresh_bindings()

    @on(IntegrationPane.Left)
    def _close(self) -> None:
        pane = self.opened
        if pane is not None:
            pane.go()
        self.query_one("#list").display = True
        (self.table if self.table.row_count else self.query_one("#add")).focus()
        self.refresh_bindings()

    @work(group="switch", exclusive=True, exit_on_error=False)
    async def action_switch(self) -> None:
        """Enable or disable the integration under the cursor; disabling asks first."""
        row = self.chosen()
        if row is None or self._is_read_only():
            return
        one = row.integration
        if one.enabled and not await self.app.push_screen_wait(
            Confirm(
                f"Disable {one.name}?",
                "No orders are downloaded and no stock or price is sent for it until it is enabled again. "
                "Its orders are then caught up.",
                "Disable",
            )
        ):
            return
        try:
            await IntegrationService(self.session.backend).set_enabled(one.id, enabled=not one.enabled)
        except ServiceError as error:
            self.notify(str(error), severity="error", markup=False)

    def _is_read_only(self) -> bool:
        if self.session.read_only:
            self.notify("This is a read-only session: nothing was changed.", severity="warning")
        return self.session.read_only


def _facts(row: Overview, pulse: Pulse) -> list[Text]:
    shop = row.integration.shop
    return [
        Text(f"TikTok Shop {shop.name}, {shop.region}, {shop.seller_type.lower().replace('_', ' ')}"),
        Text(f"authorisation {ends(row.authorised_until, pulse.at)}"),
        Text(f"{count_of(row.mapped, 'SKU')} mapped · {count_of(row.orders, 'order')}"),
        Text(""),
    ]
