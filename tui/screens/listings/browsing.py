"""Looking at the grid: the shop, its rows as they come, filter, sort, columns, families, export."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Final

from textual import on, work
from textual.events import Resize, ScreenResume
from textual.widget import Widget
from textual.widgets import Static

from core.models.integration import Integration
from core.services.integrations import Overview
from core.services.listing_about import about
from core.services.listing_desk import ListingDesk
from core.services.listing_rows import RowFilter
from core.wording import count_of
from tui.messages import Beat
from tui.screens.base import NARROW
from tui.screens.chosen_columns import chosen_columns
from tui.screens.listings.table import ListingTable
from tui.screens.shop_screen import ShopScreen
from tui.session import Pulse, Session
from tui.widgets.filter_bar import FilterBar
from tui.widgets.virtual_table import VirtualTable
from tui.words.listing_facets import facets
from tui.words.listing_pane import pane
from tui.words.listings import NARROW_COLUMNS, columns, heading
from tui.words.progress import bar

_NO_PRODUCT: Final = """\
No product is known yet.

The worker reads the inventory by itself; r asks for it now. From a file: avasam products import FILE"""
_NO_MATCH: Final = "No row matches. esc shows everything again."
_BAR_CELLS: Final = 40
_NO_SHOP: Final = "Products are listed on a shop: connect one first. 1, then a."


class ListingBrowser(ShopScreen):
    """Everything about the grid that changes nothing."""

    MODE = "listings"
    ROWS: Final = "rows"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.table = ListingTable(columns(), id="listings", frozen=1)
        self.desk: ListingDesk | None = None
        self.wanted = RowFilter()
        self.only_unsaved = False
        self._listed_desk: ListingDesk | None = None
        self._overview: Sequence[Overview] = ()
        self._now = session.backend.clock.now()
        self._reading = asyncio.Lock()
        self._listed = False
        self._doing = self._told = ""

    def content(self) -> Iterable[Widget]:
        """The shops, the filter, the grid, and the lines about the row under the cursor."""
        yield Static("", id="mapping-head", markup=False)
        yield Static("", id="listing-job", markup=False)
        yield FilterBar("part of SKU or title")
        yield self.table
        yield Static("Reading the inventory…", id="nothing", markup=False)
        yield Static("", id="listing-pane", markup=False)

    def on_mount(self) -> None:
        """Rows come with the first pulse."""
        self.session.desks.inventory.progress = self._progress
        for desk in self.session.desks:  # what was read ahead is there before the first pulse
            self.shop, self.desk = desk.integration, desk
            self._follow()
            break
        self.query_one(FilterBar).tell(0, 0, facets(self.wanted, only_unsaved=False))

    @on(ScreenResume)
    @work(group="pulse", exclusive=True, exit_on_error=False)
    async def _resumed(self) -> None:
        """Whoever comes back sees how things are now, not with the next beat."""
        self.post_message(Beat(await self.session.pulse()))

    @on(Resize)
    def _usual_columns(self, event: Resize) -> None:
        """As this person chose them, else as many as the terminal has room for."""
        chosen = chosen_columns(self.app, self.MODE)
        self.table.show_columns(chosen or (NARROW_COLUMNS if event.size.width < NARROW else None))
        self.tell()

    def show(self, pulse: Pulse) -> None:
        """The shop stays, as long as it is there."""
        self._overview, self._now = pulse.integrations, pulse.at
        super().show(pulse)
        if self.shop is None or self.shop.id not in self._shops:
            self.shop = self.desk = None
            self._say_nothing(_NO_SHOP)
        else:
            self.tell()

    def open_shop(self, integration: Integration) -> None:
        """Its rows, with what was typed for it before."""
        self.desk = self.session.desks.of(integration)
        self._listed = False
        self.table.marks.clear()
        self.follow(integration)

    def follow(self, integration: Integration) -> None:
        """Its settings may have changed, too."""
        self.session.desks.keep(set(self._shops))
        if self.desk is not None:
            self.desk.integration = integration
            self._follow()

    @work(group="listings follow", exit_on_error=False)
    async def _follow(self) -> None:
        """One at a time: the first reading takes longer than the time between two beats."""
        if self._reading.locked():
            return
        async with self._reading:
            desk = None
            while desk is not self.desk:  # another shop may be chosen meanwhile
                desk = self.desk
                await self._catch_up()

    async def _catch_up(self) -> None:
        desk = self.desk
        if desk is None:
            return
        refreshed = await desk.refresh()
        if desk is self.desk and (refreshed or not self._listed):
            self._listed = True
            self.table.sort_by(desk.sort)
            self.list_again()
            await self.tell_row()
        await self.caught_up()

    async def caught_up(self) -> None:
        """The rows are as the store is."""

    def _progress(self, done: int, total: int) -> None:
        if self._listed:
            return
        words = f"Reading the inventory, once: {done:,} of {count_of(total, 'product')}"
        self._say_nothing(f"{words}\n\n{bar(done, total, _BAR_CELLS)}")

    def _say_nothing(self, words: str) -> None:
        """Words below the empty grid: it keeps its heading and the focus."""
        nothing = self.query_one("#nothing", Static)
        nothing.update(words)
        nothing.display = True

    def list_again(self) -> None:
        """List what the filter lets through, in the order asked for."""
        desk = self.desk
        if desk is None or not self._listed or not desk.view.is_ready(desk.sort):
            return
        only = desk.edits.by_sku.keys() if self.only_unsaved else None
        listed = desk.view.listed(self.wanted, desk.sort, only=only)
        if desk is self._listed_desk and listed.keys == self.table.view:
            self.table.redraw()
        else:
            self._listed_desk = desk
            self.table.show(listed.keys, desk)
        total = len(desk.view)
        self.query_one(FilterBar).tell(
            listed.products, total, facets(self.wanted, only_unsaved=self.only_unsaved)
        )
        if listed.keys:
            self.query_one("#nothing").display = False
        else:
            self._say_nothing(_NO_MATCH if total else _NO_PRODUCT)
        self.tell()

    def tell(self) -> None:
        """The title with what waits, and the heading with each shop's last syncs."""
        marked = len(self.table.marks)
        parts = [f" AVASAM ▸ {self.HEADING}"]
        parts += [f"{marked:,} marked"] if marked else []
        parts += [f"{self.unsaved_rows():,} unsaved"] if self.unsaved_rows() else []
        self.query_one("#title", Static).update(" · ".join(parts), layout=False)
        if self.shop is not None:
            narrow = self.has_class("narrow")
            words = heading(self._overview, self.shop.id, self._now, narrow=narrow, doing=self._doing)
            if words != self._told:
                self._told = words
                self.query_one("#mapping-head", Static).update(words)

    def doing(self, words: str) -> None:
        """Say in the heading what is being done."""
        self._doing = words
        self.tell()

    def unsaved_rows(self) -> int:
        """Rows with unsaved edits on the shop on show."""
        return 0 if self.desk is None else len(self.desk.edits)

    @on(VirtualTable.Highlighted, "#listings")
    async def tell_row(self) -> None:
        """What there is to say about the row under the cursor."""
        desk, key = self.desk, self.table.cursor_key
        line = None if desk is None or key is None else desk.row(key)
        words = ""
        if desk is not None and line is not None:
            words = pane(line, await about(self.session.backend.store, desk, line.row))
        if desk is not self.desk or key != self.table.cursor_key:
            return  # whoever moved the cursor meanwhile tells of the other row
        self.query_one("#listing-pane", Static).update(words, layout=False)

    @on(VirtualTable.Marked, "#listings")
    def _marked(self) -> None:
        self.tell()
