"""Shipping Mapping: TikTok's delivery options left, Avasam's services right, the pairs below (A45, A46)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final, Generic, TypeVar

from textual import on, work
from textual.containers import Horizontal, Vertical
from textual.events import DescendantFocus, Resize
from textual.widget import Widget
from textual.widgets import Static

from core.channel.errors import ChannelError
from core.inventory.errors import InventoryError
from core.models.integration import Integration
from core.services.errors import ServiceError
from core.services.shipping_desk import Pair, ShippingDesk
from core.services.shipping_mapping import Option
from core.store import StoreError
from tui.keys import bindings
from tui.keys.shipping_mapping import SHIPPING_MAPPING
from tui.person import who
from tui.screens.ask import Ask
from tui.screens.base import NARROW
from tui.screens.shop_screen import ShopScreen
from tui.session import Session
from tui.widgets.columns import Column
from tui.widgets.say import say
from tui.widgets.virtual_table import VirtualTable
from tui.words.shipping import HELP, check, option_columns, pair_columns, released_words, service_columns

Row = TypeVar("Row")

_OPTIONS: Final = "TikTok's delivery options"
_SERVICES: Final = "Avasam's shipping services"
_FAULTS: Final = (ChannelError, InventoryError, ServiceError, StoreError)


class _Rows(Generic[Row]):
    """Rows from a mapping."""

    def __init__(self, rows: Mapping[str, Row]) -> None:
        self._rows = rows

    def row(self, key: str) -> Row | None:
        """The row, or None."""
        return self._rows.get(key)


class ShippingMappingScreen(ShopScreen):
    """Three short lists and a line that says what is not complete."""

    MODE = "shipping_mapping"
    HEADING = "Shipping Mapping"
    HELP_TEXT = HELP
    BINDINGS = bindings(SHIPPING_MAPPING)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.desk: ShippingDesk | None = None
        self.options: VirtualTable[Option] = _table(option_columns(self._service_of), "options")
        self.services: VirtualTable[str] = _table(service_columns(self._uses), "services")
        self.pairs: VirtualTable[Pair] = _table(pair_columns(), "pairs")

    def content(self) -> Iterable[Widget]:
        """Heading, both lists, pairs, and the check."""
        yield Static("", id="mapping-head", markup=False)
        with Horizontal(id="mapping-sides", classes="left"):
            for side, title, table in (
                ("options-side", _OPTIONS, self.options),
                ("services-side", _SERVICES, self.services),
            ):
                with Vertical(id=side, classes="mapping-side"):
                    yield Static(title, classes="side-title", markup=False)
                    yield table
        with Vertical(id="pairs-side", classes="mapping-side"):
            yield Static("Pairs", classes="side-title", markup=False)
            yield self.pairs
        yield Static("", id="mapping-line", markup=False)

    @on(Resize)
    def _name_tabs(self, event: Resize) -> None:
        """On a narrow terminal one of the upper lists is in sight: say which one tab brings."""
        narrow = event.size.width < NARROW
        for side, title, behind in (
            ("#options-side", _OPTIONS, _SERVICES),
            ("#services-side", _SERVICES, "the pairs"),
        ):
            words = f"{title}   tab: {behind}" if narrow else title
            say(self.query_one(f"{side} .side-title", Static), words)

    def on_mount(self) -> None:
        """Options come from the shop, which takes a moment."""
        self.options.focus()

    def pending(self) -> int:
        """Edits of options."""
        return 0 if self.desk is None else len(self.desk.edits)

    def discard(self) -> None:
        """Forget them."""
        if self.desk is not None:
            self.desk.discard()
            self._list_again()

    def open_shop(self, integration: Integration) -> None:
        """Ask this shop for its options."""
        self.desk = ShippingDesk(self.session.backend, integration)
        self.action_read()

    def follow(self, integration: Integration) -> None:
        """Pairs and services as others save them; the shop itself is asked only with d."""
        if self.desk is not None:
            self.desk.integration = integration
            self._follow()

    @work(group="shipping follow", exclusive=True, exit_on_error=False)
    async def _follow(self) -> None:
        if self.desk is not None and await self.desk.follow():
            self._list_again()

    @work(group="shipping read", exclusive=True, exit_on_error=False)
    async def action_read(self) -> None:
        """Read the delivery options from the shop (A45)."""
        desk = self.desk
        if desk is None:
            return
        self._head("asking TikTok…")
        try:
            await desk.read()
        except _FAULTS as error:
            await desk.follow()
            self._list_again()
            self._head("✖ the options could not be read: d tries again")
            self._tell_fault(error)
        else:
            self._list_again()

    def _list_again(self) -> None:
        desk = self.desk
        if desk is None:
            return
        pairs = desk.pairs()
        self.options.show(list(desk.options), _Rows(desk.options))
        self.services.show(desk.services, _Rows({name: name for name in desk.services}))
        self.pairs.show(list(pairs), _Rows(pairs))
        self._head("")
        say(self.query_one("#mapping-line", Static), check(desk))

    def _head(self, doing: str) -> None:
        desk = self.desk
        if desk is None:
            return
        parts = [desk.integration.name, f"{len(desk.options)} delivery options"]
        if desk.edits:
            parts.append(f"{len(desk.edits)} pending (ctrl+s saves)")
        if not desk.services:
            parts.append("no service yet: n adds one, I takes them from Avasam's orders")
        say(self.query_one("#mapping-head", Static), " · ".join((*parts, doing) if doing else parts))

    def _service_of(self, option_id: str) -> str | None:
        return None if self.desk is None else self.desk.service_of(option_id)

    def _uses(self, service: str) -> int:
        return 0 if self.desk is None else sum(one.service == service for one in self.desk.pairs().values())

    def _tell_fault(self, error: Exception) -> None:
        cure = error.cure if isinstance(error, ChannelError | InventoryError) else ""
        self.notify(f"{error} {cure}".strip(), severity="error", timeout=20, markup=False)

    @on(VirtualTable.Opened)
    def _opened(self, event: VirtualTable.Opened) -> None:
        """On the options this goes to the services, there it maps."""
        if event.table is self.services:
            self.action_map()
        else:
            self.action_other()

    def action_other(self) -> None:
        """The next of the three lists gets the focus."""
        order: list[Widget] = [self.options, self.services, self.pairs]
        here = order.index(self.app.focused) if self.app.focused in order else -1
        self._put_in_front(order[(here + 1) % len(order)])
        self.call_after_refresh(order[(here + 1) % len(order)].focus)

    @on(DescendantFocus)
    def _focused(self, event: DescendantFocus) -> None:
        self._put_in_front(event.widget)

    def _put_in_front(self, table: Widget) -> None:
        """On a narrow terminal the lists above are tabs."""
        sides = self.query_one("#mapping-sides")
        if table in (self.options, self.services):
            sides.set_class(table is self.options, "left")
            sides.set_class(table is self.services, "right")

    def action_map(self) -> None:
        """Pair them, pending until Save (A46)."""
        service, chosen = self.services.cursor_key, self.options.targets()
        if self.desk is None or service is None or not chosen:
            return
        if self.desk.map_to(chosen, service) < len(chosen):
            self.notify("What TikTok ships by itself needs no service.", severity="warning")
        self.options.marks.clear()
        self._list_again()

    def action_remove(self) -> None:
        """Take the pair under the cursor away: of the pairs, or of the options when those have the focus."""
        table = self.options if self.options.has_focus else self.pairs
        key = table.cursor_key
        if self.desk is not None and key is not None and not self.desk.remove(key):
            self.notify("It has no service.", severity="warning")
        self._list_again()

    @work(group="shipping change", exit_on_error=False)
    async def action_save(self) -> None:
        """All pending pairs in one commit."""
        desk = self.desk
        if desk is None or not desk.edits or self.refused():
            return
        try:
            changed = await desk.save()
        except _FAULTS as error:
            self._tell_fault(error)
        else:
            self.notify(f"Saved: {changed} changed. Orders from now on go by them.", markup=False)
        self._list_again()

    @work(group="shipping change", exit_on_error=False)
    async def action_release(self) -> None:
        """Held orders are looked at again with the mappings of now (A47)."""
        desk = self.desk
        if desk is None or self.refused():
            return
        if desk.edits:
            self.notify("Save first: ctrl+s.", severity="warning")
            return
        try:
            released = await desk.release(by=who())
        except _FAULTS as error:
            self._tell_fault(error)
        else:
            self.notify(released_words(released), markup=False, timeout=10)
        self._list_again()

    @work(group="shipping change", exit_on_error=False)
    async def action_add_service(self) -> None:
        """Put a name on the list; the cursor goes there."""
        if self.desk is None or self.refused():
            return
        name = await self.app.push_screen_wait(Ask("An Avasam shipping service", "as Avasam spells it"))
        if name is None:
            return
        try:
            kept = await self.desk.add_service(name)
        except _FAULTS as error:
            self._tell_fault(error)
            return
        self._list_again()
        if kept in self.services.view:
            self.services.move_cursor(self.services.view.index(kept))

    @work(group="shipping change", exit_on_error=False)
    async def action_drop_service(self) -> None:
        """Take the service under the cursor off the list."""
        name = self.services.cursor_key
        if self.desk is None or name is None or not self.services.has_focus or self.refused():
            return
        try:
            await self.desk.remove_service(name)
        except _FAULTS as error:
            self._tell_fault(error)
        self._list_again()

    @work(group="shipping change", exit_on_error=False)
    async def action_seed(self) -> None:
        """Add the services in Avasam's latest orders."""
        if self.desk is None or self.refused():
            return
        try:
            self.notify(f"{await self.desk.seed()} services added.", markup=False)
        except _FAULTS as error:
            self._tell_fault(error)
        self._list_again()


def _table(columns: Sequence[Column[Row]], name: str) -> VirtualTable[Row]:
    """A short list in its natural order."""
    return VirtualTable([replace(column, sortable=False) for column in columns], id=name)
