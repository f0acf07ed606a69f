"""SKU Mapping: the shop's SKUs on the left, Avasam's on the right, pairs that wait for Save (A33 to A38)."""

import asyncio
from collections.abc import Iterable
from typing import Final

from textual import on, work
from textual.widget import Widget
from textual.widgets import Static

from core.models.integration import Integration
from core.services.errors import ServiceError
from core.services.mapping_csv import write_csv
from core.services.mapping_desk import BARS, MappingDesk, Shown
from core.services.mapping_lists import Show
from core.services.mapping_rows import ProductRow
from core.store import StoreError
from tui.download import download
from tui.hand_out import write_out
from tui.keys import bindings
from tui.keys.sku_mapping import SKU_MAPPING
from tui.memory import settle
from tui.person import who
from tui.screens.choose import Choose
from tui.screens.mapping_import import import_csv
from tui.screens.shop_screen import ShopScreen
from tui.session import Session
from tui.suggesting import look
from tui.widgets.filter_bar import FilterBar
from tui.widgets.mapping_side import MappingSide, MappingSides
from tui.widgets.say import say
from tui.widgets.virtual_table import VirtualTable
from tui.words.mapping import HELP, about, channel_columns, heading, product_columns, saved_words

_NO_SKU: Final = "Nothing to show here.\n\nd downloads the shop's listings; f shows mapped and other SKUs."
_NO_PRODUCT: Final = (
    "No Avasam SKU is known yet.\n\nThe worker reads the inventory; or: avasam products import FILE"
)


_NO_DOWNLOAD: Final = "The shop's listings were never downloaded.\n\nd downloads them."


class SkuMappingScreen(ShopScreen):
    """Two lists, a line about the SKU under the left cursor, and what waits for Save."""

    MODE = "sku_mapping"
    HEADING = "SKU Mapping"
    HELP_TEXT = HELP
    BINDINGS = bindings(SKU_MAPPING)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.desk: MappingDesk | None = None
        self.show_only = Show.ALL
        self.left: MappingSide[Shown] = MappingSide("Sales channel SKUs", channel_columns(), name="channel")
        self.right: MappingSide[ProductRow] = MappingSide(
            "Avasam SKUs", product_columns(self._served), name="products"
        )
        self._doing = ""
        self._listed = False
        self._reading = asyncio.Lock()

    def content(self) -> Iterable[Widget]:
        """The heading, both lists, the line about the row under the left cursor."""
        yield Static("", id="mapping-head", markup=False)
        yield MappingSides(self.left, self.right)
        yield Static("", id="mapping-line", markup=False)

    def on_mount(self) -> None:
        """Rows come with the first pulse."""
        self.left.facet = ("Show", self.show_only.value)
        self.left.table.loading = self.right.table.loading = True
        self.left.table.focus()

    def pending(self) -> int:
        """Edits of SKUs."""
        return 0 if self.desk is None else len(self.desk.edits)

    def discard(self) -> None:
        """Forget them."""
        if self.desk is not None:
            self.desk.discard()
            self._list_again()

    def open_shop(self, integration: Integration) -> None:
        """Rows and suggestions of this one."""
        self.desk = MappingDesk(self.session.backend, integration)
        self._listed = False
        self._follow()

    def follow(self, integration: Integration) -> None:
        """Its settings may have changed, too."""
        if self.desk is not None:
            self.desk.integration = integration
            self._follow()

    @work(group="mapping follow", exit_on_error=False)
    async def _follow(self) -> None:
        """One at a time: the first reading of a large shop takes longer than the time between two beats."""
        if not self._reading.locked():
            async with self._reading:
                await self._catch_up()

    async def _catch_up(self) -> None:
        desk = self.desk
        if desk is None:
            return
        as_of = desk.lists.as_of
        changed = await desk.refresh()
        if desk is self.desk and (changed or not self._listed):
            first, self._listed = not self._listed, True
            if first:
                settle()
            self.left.table.loading = self.right.table.loading = False
            self._list_again()
            if first or desk.lists.as_of != as_of:
                self._look_for_suggestions()

    @work(group="mapping suggest", exclusive=True, exit_on_error=False)
    async def _look_for_suggestions(self) -> None:
        desk = self.desk
        if desk is None:
            return
        error = await look(self.session, desk, self._tell)
        if error is not None:
            self.notify(error, severity="error", timeout=20, markup=False)
        self._tell("")
        self._list_again()
        self._highlighted()

    def _list_again(self) -> None:
        if self.desk is not None and self._listed:
            self._list_channel()
            self._list_products()

    def _list_channel(self) -> None:
        desk = self.desk
        if desk is None or not self._listed:
            return
        lists, edits = desk.lists, desk.edits
        self.left.facet = ("Show", self.show_only.value)
        self.left.show(
            lists.channel_keys(self.left.text, self.show_only, edits, self.left.sort),
            lists.listable,
            desk,
            _NO_DOWNLOAD if lists.as_of is None else _NO_SKU,
        )
        self._tell(self._doing)

    def _list_products(self) -> None:
        if self.desk is not None:
            lists = self.desk.lists
            keys = lists.product_keys(self.right.text, self.right.sort)
            self.right.show(keys, len(lists.products), lists, _NO_PRODUCT)

    def _tell(self, doing: str) -> None:
        """The heading, with what is being done, and the line about the row under the left cursor."""
        self._doing = doing
        if self.desk is not None:
            say(self.query_one("#mapping-head", Static), heading(self.desk, doing))
            key = self.left.table.cursor_key
            line = None if key is None else self.desk.row(key)
            say(self.query_one("#mapping-line", Static), about(line))

    def _served(self, avasam_sku: str) -> int:
        return 0 if self.desk is None else self.desk.lists.served[avasam_sku]

    @on(VirtualTable.Highlighted, "#channel")
    def _highlighted(self) -> None:
        """The other cursor goes to its partner, or to what is suggested."""
        key = self.left.table.cursor_key
        line = None if self.desk is None or key is None else self.desk.row(key)
        self._tell(self._doing)
        if line is not None:
            suggested = None if line.suggestion is None else line.suggestion.avasam_sku
            self.right.go_to(line.partner or suggested)

    @on(VirtualTable.Opened)
    def _opened(self, event: VirtualTable.Opened) -> None:
        """On the left this goes right, on the right it maps."""
        if event.table is self.left.table:
            self.action_other()
        else:
            self.action_map()

    @on(MappingSide.Searched)
    def _searched(self, event: MappingSide.Searched) -> None:
        if event.side is self.right:
            self._list_products()
        else:
            self._list_channel()

    @on(VirtualTable.SortAsked)
    @work(group="menu", exclusive=True, exit_on_error=False)
    async def _sort_asked(self, event: VirtualTable.SortAsked) -> None:
        column = event.column
        if column is None:
            menu = [(one.key, one.title) for one in event.table.columns if one.sortable]
            column = await self.app.push_screen_wait(Choose("Sort by", menu))
        if column is not None:
            (self.left if event.table is self.left.table else self.right).turn(column)
            self._list_again()

    @on(FilterBar.FacetsAsked)
    def _facets_asked(self) -> None:
        self.action_narrow()

    def action_filter(self) -> None:
        """Type words into the list that has the focus."""
        self._here().search()

    def action_clear(self) -> None:
        """Look for nothing, show all."""
        self._here().clear()
        if self._here() is self.left and self.show_only is not Show.ALL:
            self.show_only = Show.ALL
            self._list_again()

    def action_other(self) -> None:
        """The list without the focus gets it; on a narrow terminal it takes the place of the one that had."""
        self.query_one(MappingSides).turn()

    def _here(self) -> MappingSide[Shown] | MappingSide[ProductRow]:
        return self.left if self.query_one(MappingSides).in_front is self.left else self.right

    @work(group="menu", exclusive=True, exit_on_error=False)
    async def action_narrow(self) -> None:
        """Choose which of the shop's SKUs are on show."""
        chosen = await self.app.push_screen_wait(Choose("Show", [(one.value, one.value) for one in Show]))
        if chosen is not None:
            self.show_only = Show(chosen)
            self._list_again()

    def action_map(self) -> None:
        """Pair them, pending until Save (A35)."""
        partner = self.right.table.cursor_key
        chosen = self.left.table.targets()
        if self.desk is None or partner is None or not chosen:
            return
        made = self.desk.map_to(chosen, partner)
        if made < len(chosen):
            self.notify("What TikTok or Avasam no longer has cannot be mapped.", severity="warning")
        self._edited()

    def action_take(self) -> None:
        """Accept what is suggested for the marked SKUs, else for the one under the cursor."""
        if self.desk is not None and not self.desk.take(self.left.table.targets()):
            self.notify("Nothing is suggested for it.", severity="warning")
        self._edited()

    @work(group="menu", exclusive=True, exit_on_error=False)
    async def action_take_all(self) -> None:
        """Accept every sure suggestion above a bar that the person chooses (A37)."""
        desk = self.desk
        if desk is None:
            return
        counts = {bar: len(desk.above(bar)) for bar in BARS}
        menu = [(str(bar), f"{bar:.2f} and more {count:>9,}") for bar, count in counts.items() if count]
        if not menu:
            self.notify("Nothing sure is suggested.", severity="warning")
            return
        chosen = await self.app.push_screen_wait(Choose("Take sure suggestions, pending until Save", menu))
        if chosen is not None:
            self.notify(f"{desk.take_above(float(chosen)):,} taken. ctrl+s saves them.", markup=False)
            self._edited()

    def action_suggest(self) -> None:
        """Look again, or stop looking: the process that does it ends at once."""
        if self.workers.cancel_group(self, "mapping suggest"):
            self._tell("")
        else:
            self._look_for_suggestions()

    def action_unlink(self) -> None:
        """Take pending edits back, sever saved pairs; both pending until Save (A36)."""
        if self.desk is not None and self.desk.unlink(self.left.table.targets()) == (0, 0):
            self.notify("It has no partner.", severity="warning")
        self._edited()

    def _edited(self) -> None:
        self.left.table.marks.clear()
        self._list_again()

    @work(group="mapping save", exit_on_error=False)
    async def action_save(self) -> None:
        """All pending pairs in one commit."""
        desk = self.desk
        if desk is None or not desk.edits or self.refused():
            return
        try:
            saved = await desk.save(by=who())
        except (ServiceError, StoreError) as error:
            self.notify(str(error), severity="error", timeout=20, markup=False)
        else:
            able = desk.integration.enabled and desk.integration.needs_reauthorisation is None
            self.notify(saved_words(saved, enabled=able), markup=False)
        await desk.refresh()
        self._list_again()

    @work(group="mapping download", exclusive=True, exit_on_error=False)
    async def action_download(self) -> None:
        """Fetch the shop's listings; pairs stay (A34)."""
        desk = self.desk
        if desk is None or self.refused():
            return
        error = await download(self.session, desk.integration, self._tell)
        if error is not None:
            self.notify(error, severity="error", timeout=20, markup=False)
        self._tell("")
        self._follow()

    def action_export(self) -> None:
        """All pairs of the shop, as CSV (A38)."""
        if self.desk is not None:
            name = f"mappings-{self.session.backend.clock.now():%Y%m%d-%H%M%S}.csv"
            write_out(self, self.session, name, write_csv(self.desk.lists))

    @work(group="mapping import", exclusive=True, exit_on_error=False)
    async def action_import(self) -> None:
        """Pairs from a CSV file, pending until Save (A38)."""
        if self.desk is not None and not self.refused() and await import_csv(self, self.desk, self._tell):
            self._edited()
