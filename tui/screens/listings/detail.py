"""All that is known of one row: texts, numbers step by step, what the shop says, history (A27, A31)."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Final

from textual import work
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from core import tables
from core.channel.errors import ChannelError
from core.models.integration import Integration
from core.models.listing_state import ListingProblem
from core.services.errors import ServiceError
from core.services.listing_detail import DetailService, Glance, Known
from core.services.listings import ListingService
from core.services.support_bundle import bundle_text, make_bundle
from core.store import Changes, StoreError
from tui.hand_out import copy_out, write_out
from tui.keys import bindings
from tui.keys.listing_actions import DETAIL
from tui.screens.base import NARROW
from tui.screens.choose import Choose
from tui.screens.listings.dialog import ListingDialog
from tui.session import Session
from tui.widgets.picture import Picture
from tui.words.listing_text import listing_text

_LOOK_SECONDS: Final = 0.5
_LOOKING: Final = "looking what List would meet now…"


class ListingDetail(ListingDialog[None]):
    """Opens from the store at once; what takes longer fills in."""

    BINDINGS = bindings(DETAIL)
    DEFAULT_CSS = """
    ListingDetail {
        #listing-body { height: 1fr; }
        #listing-scroll { width: 1fr; height: 1fr; }
        #listing-text { width: 100%; height: auto; }
        #listing-picture { width: 40; height: 1fr; padding: 0 0 0 1; }
        Picture { height: 20; }
        &.narrow #listing-picture { display: none; }
    }
    """

    def __init__(self, session: Session, integration: Integration, sku: str) -> None:
        super().__init__(session, integration)
        self._sku = sku
        self._glance: Glance | None = None
        self._known: Known | None = None
        self._found: Sequence[ListingProblem] | str = _LOOKING
        self.text = ""
        """What is shown."""

    @property
    def heading(self) -> str:
        """Which row."""
        return f"{self._sku} on {self.integration.name}"

    def content(self) -> Iterable[Widget]:
        """The text, and the picture beside it where there is room."""
        yield Horizontal(
            VerticalScroll(Static("", id="listing-text", markup=False), id="listing-scroll"),
            Vertical(id="listing-picture"),
            id="listing-body",
        )

    async def on_mount(self) -> None:
        """A few documents, then the rest."""
        self.query_one("#listing-scroll").focus()
        service = DetailService(self.session.backend, self.integration)
        try:
            self._glance = await service.glance(self._sku)
        except ServiceError as error:
            self.query_one("#listing-text", Static).update(str(error))
            return
        self._draw()
        images = self._glance.product.images
        if images and self.app.size.width >= NARROW:  # without room for it, it need not be fetched
            self.query_one("#listing-picture").mount(Picture(self.session, images[0]))
        self._fill(images=False)
        self._follow(service)

    @work(group="follow", exclusive=True, exit_on_error=False)
    async def _follow(self, service: DetailService) -> None:
        """Read again whenever somebody changes the row, or what was sent of it."""
        store, seq = self.session.backend.store, -1
        while self._glance is not None:
            changes = await store.changes(seq)
            if seq >= 0 and (changes.reset or self._is_touched(changes)):
                try:
                    self._glance = await service.glance(self._sku)
                except ServiceError as error:
                    self.notify(
                        f"{error} What is shown here was read before.", severity="warning", markup=False
                    )
                    return
                self._fill(images=False)
            seq = changes.seq
            await asyncio.sleep(_LOOK_SECONDS)

    def _is_touched(self, changes: Changes) -> bool:
        if self._glance is None:
            return False
        shop, rows = self.integration.id, {self._sku, self._glance.front}
        sold = () if self._known is None else self._known.sold
        pushed = {tables.key(shop, one.mapping.sku_id) for one in sold}
        mine = {
            tables.PRODUCTS: rows,
            tables.LISTINGS: {tables.key(shop, sku) for sku in rows},
            tables.LISTING_STATES: {tables.key(shop, sku) for sku in rows},
            tables.LISTING_SYNCS: pushed,
            tables.CHANNEL_SKUS: pushed,
        }
        return any(changes.keys.get(table, frozenset()) & keys for table, keys in mine.items())

    @work(group="detail", exclusive=True, exit_on_error=False)
    async def _fill(self, *, images: bool) -> None:
        """What takes scans of the store, then what takes the shop."""
        if self._glance is None:
            return
        self._known = await DetailService(self.session.backend, self.integration).known(self._glance)
        self._draw()
        try:
            explained = await ListingService(self.session.backend).explain(
                self.integration, self._sku, images=images
            )
        except (ServiceError, ChannelError, StoreError) as error:
            self._found = f"It could not be looked at: {error}"
        else:
            self._found = explained.problems
            if self._known is not None:
                held = self._known.held
                self._known = Known(explained.candidate, self._known.sold, held)
        self._draw()

    def _draw(self) -> None:
        if self._glance is not None:
            self.text = listing_text(self._glance, self._known, self._found)
            self.query_one("#listing-text", Static).update(self.text)

    def action_again(self) -> None:
        """Ask the shop anew, and measure the pictures."""
        self._found = "looking again, at the pictures too…"
        self._draw()
        self._fill(images=True)

    def action_copy(self) -> None:
        """Hand the text to the terminal."""
        copy_out(self, self.text)

    def action_write(self) -> None:
        """Keep the text in a file."""
        write_out(self, self.session, f"listing-{self._sku}.txt", self.text)

    @work(group="bundle", exclusive=True, exit_on_error=False)
    async def action_bundle(self) -> None:
        """What support needs: no token, no buyer, no owner's address in it (A32)."""
        menu = [("copy", "Copy it"), ("write", "Write it to a file")]
        title = "Support bundle: goods, codes and times; no token, buyer or name in it"
        chosen = await self.app.push_screen_wait(Choose(title, menu))
        if chosen is None:
            return
        try:
            bundle = await make_bundle(self.session.backend, self.integration, self._sku)
        except (ServiceError, ChannelError, StoreError) as error:
            self.notify(str(error), severity="error", markup=False)
            return
        text = bundle_text(bundle)
        if chosen == "copy":
            copy_out(self, text)
        else:
            write_out(self, self.session, f"support-{self._sku}.json", text)
