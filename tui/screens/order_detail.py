"""One order in full; it follows the store while it is open."""

from datetime import datetime

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Static

from core.services.order_cures import Cause, cause_of
from core.services.orders import OrderDetail, OrderService
from tui.hand_out import copy_out, write_out
from tui.keys import bindings
from tui.keys.orders import ORDER
from tui.screens.modal import EndsOnce
from tui.screens.settle import settle
from tui.screens.tracking import choose_carrier, correct_tracking
from tui.screens.unblock import unblock
from tui.session import Pulse, Session
from tui.widgets.banner import Banner
from tui.widgets.hints import Hints
from tui.widgets.key_line import KeyLine
from tui.words.order_text import order_text


class OrderScreen(EndsOnce[str | None]):
    """Lines and mapping, deadlines, address, how it was decided, and everything that was done.

    Its answer is the main screen to go to, or None.
    """

    BINDINGS = bindings(ORDER)
    HEADING = "An order"
    HELP_TEXT = (
        "One order in full: where it stands and why it waits, its lines with the Avasam SKU of each, the "
        "deadlines, the address as far as TikTok gives it, the service it was allocated, how the rules "
        "decided, and everything that was done, oldest first. It follows the store while it is open. u goes "
        "to whatever gets a held order going again."
    )

    def __init__(self, session: Session, key: str, now: datetime, pulse: Pulse | None = None) -> None:
        super().__init__()
        self._session = session
        self._service = OrderService(session.backend)
        self._key = key
        self._now = now
        self._pulse = pulse
        self._detail: OrderDetail | None = None
        self.text = ""
        """What is shown."""

    def compose(self) -> ComposeResult:
        """A title over the text, with what nobody should miss."""
        with Horizontal(id="title-line"):
            yield Static("", id="title", markup=False)
            yield Hints()
        yield Banner()
        with VerticalScroll(id="order-pane"):
            yield Static("", id="order-text", markup=False)
        yield KeyLine()

    async def on_mount(self) -> None:
        """Show it at once."""
        self.query_one("#order-pane").focus()
        if self._pulse is not None:
            self.tell(self._pulse)
        await self.bring_up_to_date(self._now)

    def tell(self, pulse: Pulse) -> None:
        """A shop that must be authorised again is said here as everywhere (A16)."""
        self.query_one(Banner).show(pulse)

    async def bring_up_to_date(self, now: datetime) -> None:
        """Read it again; one that was deleted meanwhile says so and stays to be read."""
        self._now = now
        found = await self._service.detail(self._key)
        if found is not None:
            self._detail = found
        if self._detail is None:
            self.query_one("#order-text", Static).update("It is not kept here any more.")
            return
        gone = "" if found is not None else " · deleted here meanwhile"
        self.query_one("#title", Static).update(f" AVASAM ▸ Orders ▸ {self._detail.order.source.id}{gone}")
        text = order_text(self._detail, now)
        if text != self.text:
            self.text = text
            self.query_one("#order-text", Static).update(text)

    def action_copy(self) -> None:
        """Hand the text to the terminal."""
        copy_out(self, self.text)

    def action_write(self) -> None:
        """Keep the text in a file."""
        if self._detail is not None:
            write_out(self, self._session, f"order-{self._detail.order.source.id}.txt", self.text)

    @work(group="settle", exclusive=True, exit_on_error=False)
    async def action_settle(self) -> None:
        """Decide about it."""
        if self._detail is not None:
            await settle(self, self._session, [self._detail.order])
            await self.bring_up_to_date(self._now)

    @work(group="settle", exclusive=True, exit_on_error=False)
    async def action_tracking(self) -> None:
        """Put its tracking number right."""
        if self._detail is not None:
            await correct_tracking(self, self._session, self._detail)
            await self.bring_up_to_date(self._now)

    @work(group="settle", exclusive=True, exit_on_error=False)
    async def action_unblock(self) -> None:
        """Go to what gets it going again."""
        if self._detail is None:
            return
        if cause_of(self._detail.order) is Cause.CARRIER:
            await choose_carrier(self, self._session, self._detail)
            return
        mode = unblock(self, self._session, self._detail, self._now)
        if mode is not None:
            self.dismiss(mode)
