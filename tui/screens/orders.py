"""Orders: where each stands, what it waits for, and the way to what unblocks it (domain.md A48)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Final

from textual import on, work
from textual.widget import Widget
from textual.widgets import Static

from core.models.order import OrderKind, OrderState
from core.services.export import ORDER_HEADINGS, Format, order_record, rendered
from core.services.order_book import FACETS, NEWEST, OrderBook, OrderFilter, OrderRow
from core.services.order_cures import Cause, cause_of
from core.services.orders import OrderDetail, OrderService
from core.text import clean_line
from tui.keys import bindings
from tui.keys.orders import ORDERS
from tui.screens.choose import Choice, Choose
from tui.screens.list_screen import ListScreen
from tui.screens.order_detail import OrderScreen
from tui.screens.release import release
from tui.screens.settle import settle
from tui.screens.tracking import choose_carrier, correct_tracking
from tui.screens.unblock import unblock
from tui.session import Pulse, Session
from tui.widgets.say import say
from tui.widgets.virtual_table import VirtualTable
from tui.words.orders import KINDS, STATES, OrderCells, named

_FACET_NAMES: Final = {"state": "State", "cause": "Waits for", "kind": "Kind", "due": "Ship by"}
_GREATEST_FIRST: Final = frozenset({"placed", "units"})
_NOTHING: Final = """\
No order yet.

They arrive with the next sync: r asks for one now.
Orders that are not paid for, or that TikTok ships itself, are not downloaded."""


class OrdersScreen(ListScreen[OrderRow]):
    """The list; below it, in words, what the order under the cursor waits for."""

    MODE = "orders"
    HEADING = "Orders"
    ROWS = "orders"
    HELP_TEXT = (
        "Every order of every shop: where it stands with us, what TikTok says, how long until it must be "
        "shipped, and why it waits. u goes to whatever gets a held order going again. An order without a "
        "mapped SKU is non-Avasam: it is shown, never sent, and deleted here after 72 hours. enter shows "
        "one in full: its lines and their mapping, deadlines, and everything that was done. Words typed "
        "after / must all occur in its id, SKUs or titles."
    )
    BINDINGS = bindings(ORDERS)

    def __init__(self, session: Session) -> None:
        self._cells = OrderCells(session.backend.clock.now())
        self._wanted = OrderFilter()
        self._sort = NEWEST
        self._open: OrderScreen | None = None
        self._pulse: Pulse | None = None
        super().__init__(session)
        self._service = OrderService(session.backend)
        self.table.sort_by(self._sort)

    def make_book(self) -> OrderBook:
        """All orders."""
        return OrderService(self.session.backend).book({state: named(state) for state in OrderState})

    def make_table(self) -> VirtualTable[OrderRow]:
        """State and id stay in sight sideways."""
        return VirtualTable(self._cells.columns(), id="orders", frozen=2)

    def content(self) -> Iterable[Widget]:
        """The list and the line about the row under the cursor."""
        yield from self.list_widgets()
        yield Static("", id="order-line", markup=False)

    def show(self, pulse: Pulse) -> None:
        """Countdowns and shop names first: rows are drawn with them."""
        self._pulse = pulse
        if self._open is not None and self._open.is_attached:
            self._open.tell(pulse)
        super().show(pulse)
        self._cells.now, self._cells.shops = self.now, self.shops
        self.orders.shops = self.shops

    def view(self) -> list[str]:
        """What the filter lets through, sorted."""
        return self.orders.view(self._wanted, self.now, self._sort)

    @property
    def orders(self) -> OrderBook:
        """The book, known to be one of orders."""
        assert isinstance(self.book, OrderBook)  # noqa: S101 - made above
        return self.book

    def look_for(self, text: str) -> None:
        """Other words."""
        self._wanted = replace(self._wanted, text=text)

    def is_narrowed(self) -> bool:
        """Whether any order may be left out."""
        return not self._wanted.is_empty()

    def widen(self) -> None:
        """Every order."""
        self._wanted = OrderFilter()

    def facets(self) -> Iterable[tuple[str, str | None]]:
        """State, held reason, kind, deadline."""
        for facet in FACETS:
            value = getattr(self._wanted, facet)
            yield _FACET_NAMES[facet], None if value is None else _named(value)

    def choices(self) -> Sequence[Choice]:
        """Every value that some order has, with how many."""
        menu: list[Choice] = []
        for facet in FACETS:
            menu.append((None, _FACET_NAMES[facet]))
            for value, count in self.orders.choices(self._wanted, facet, self.now).items():
                sign = "✔" if getattr(self._wanted, facet) is value else " "
                menu.append((f"{facet}:{value.value}", f"{sign} {_named(value):<24} {count:>7,}"))
        return menu

    def narrow(self, chosen: str) -> None:
        """One value of one facet; the same again takes it away."""
        facet, _, name = chosen.partition(":")
        self._wanted = self._wanted.toggled(facet, name)

    def nothing(self) -> str:
        """How orders come."""
        return _NOTHING

    async def exported(self, keys: Sequence[str], kind: Format) -> str:
        """Without anything about buyers."""
        found = await self._service.by_keys(keys)
        records = [order_record(one, self.shops.get(one.integration_id, "(removed)")) for one in found]
        return rendered(records, ORDER_HEADINGS, kind)

    def still(self) -> None:
        """A deadline may have passed: then the order is in another group."""
        if self._wanted.due is not None:
            self.list_again()
        else:
            super().still()

    async def caught_up(self, *, changed: bool) -> None:
        """An order that is open on the screen follows too."""
        if self._open is not None and self._open.is_attached:
            await self._open.bring_up_to_date(self.now)
        if changed:
            await self._tell(self.table.cursor_key)

    @on(VirtualTable.Highlighted, "#orders")
    async def _highlighted(self, event: VirtualTable.Highlighted) -> None:
        await self._tell(event.key)

    async def _tell(self, key: str | None) -> None:
        """What the order waits for, and what to do now."""
        detail = None if key is None else await self._service.detail(key)
        words = ""
        if detail is not None and detail.cure is not None:
            words = f"{clean_line(detail.cure.what)}\n{clean_line(detail.cure.now)}"
        say(self.query_one("#order-line", Static), words)

    @on(VirtualTable.Opened, "#orders")
    def _opened(self, event: VirtualTable.Opened) -> None:
        self._open = OrderScreen(self.session, event.key, self.now, self._pulse)
        self.app.push_screen(self._open, self._go_to)

    def _go_to(self, mode: str | None) -> None:
        if mode is not None:
            self.app.run_worker(self.app.run_action(f"app.show('{mode}')"))

    @on(VirtualTable.SortAsked, "#orders")
    @work(group="menu", exclusive=True, exit_on_error=False)
    async def _sort_asked(self, event: VirtualTable.SortAsked) -> None:
        column = event.column
        if column is None:
            menu: list[Choice] = [(one.key, one.title) for one in self.table.columns if one.sortable]
            column = await self.app.push_screen_wait(Choose("Sort by", menu))
        if column is None:
            return
        turned = self._sort[0] == column
        self._sort = (column, not self._sort[1] if turned else column in _GREATEST_FIRST)
        self.table.sort_by(self._sort)
        self.list_again()

    @work(group="release", exclusive=True, exit_on_error=False)
    async def action_release(self) -> None:
        """Release the marked orders, else the one under the cursor."""
        await release(self, self.session, await self._service.by_keys(self.table.targets()))

    @work(group="settle", exclusive=True, exit_on_error=False)
    async def action_settle(self) -> None:
        """Settle the marked orders, else the one under the cursor."""
        await settle(self, self.session, await self._service.by_keys(self.table.targets()))

    @work(group="settle", exclusive=True, exit_on_error=False)
    async def action_tracking(self) -> None:
        """Correct the tracking of the order under the cursor."""
        detail = await self._under_cursor()
        if detail is not None:
            await correct_tracking(self, self.session, detail)

    @work(group="unblock", exclusive=True, exit_on_error=False)
    async def action_unblock(self) -> None:
        """Go to what gets the order under the cursor going again."""
        detail = await self._under_cursor()
        if detail is not None and cause_of(detail.order) is Cause.CARRIER:
            await choose_carrier(self, self.session, detail)
        elif detail is not None:
            self._go_to(unblock(self, self.session, detail, self.now))

    async def _under_cursor(self) -> OrderDetail | None:
        key = self.table.cursor_key
        return None if key is None else await self._service.detail(key)


def _named(value: StrEnum) -> str:
    """A facet's value as the list shows it."""
    if isinstance(value, OrderState):
        return STATES[value].text
    return KINDS[value] if isinstance(value, OrderKind) else value.value
