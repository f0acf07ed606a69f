"""Filter, sort, columns, families, another shop, export: looking at the grid in another way (A19, A21)."""

from dataclasses import replace
from typing import Final

from textual import on, work

from core.services.export import Format
from core.services.listing_export import exported
from core.services.listing_rows import RowFilter
from tui.hand_out import copy_out, write_out
from tui.screens.choose import Choice, Choose
from tui.screens.chosen_columns import ask_for_columns
from tui.screens.listings.browsing import ListingBrowser
from tui.widgets.filter_bar import FilterBar
from tui.widgets.virtual_table import VirtualTable
from tui.words.listing_facets import Facet, facets, narrowed, values
from tui.words.listings import NARROW_COLUMNS, shop_words

_GREATEST_FIRST: Final = frozenset({"stock", "price", "cost", "variation"})


class ListingLooker(ListingBrowser):
    """None of it changes anything."""

    @on(FilterBar.Typed)
    def _typed(self, event: FilterBar.Typed) -> None:
        self.wanted = replace(self.wanted, text=event.text)
        self.list_again()

    @on(FilterBar.Left)
    def _left(self) -> None:
        self.table.focus()

    @on(FilterBar.FacetsAsked)
    def _facets_asked(self) -> None:
        self.action_choose_filter()

    def action_filter(self) -> None:
        """Type words."""
        self.query_one(FilterBar).type_here()

    def action_clear_filter(self) -> None:
        """Show everything again."""
        self.wanted, self.only_unsaved = RowFilter(), False
        self.query_one(FilterBar).clear()
        self.list_again()

    @work(group="menu", exclusive=True, exit_on_error=False)
    async def action_choose_filter(self) -> None:
        """First by what, then which value."""
        desk = self.desk
        if desk is None:
            return
        shown = facets(self.wanted, only_unsaved=self.only_unsaved)
        menu: list[Choice] = [(name, f"{name:<12} {value or 'any'}") for name, value in shown]
        name = await self.app.push_screen_wait(Choose("Narrow by", menu))
        if name is None:
            return
        facet = Facet(name)
        if facet is Facet.UNSAVED:
            self.only_unsaved = not self.only_unsaved
        else:
            chosen = await self.app.push_screen_wait(Choose(f"Only {name}", values(desk.view, facet)))
            if chosen is None:
                return
            self.wanted = narrowed(self.wanted, facet, chosen)
        self.list_again()

    @on(VirtualTable.SortAsked, "#listings")
    @work(group="menu", exclusive=True, exit_on_error=False)
    async def _sort_asked(self, event: VirtualTable.SortAsked) -> None:
        desk, column = self.desk, event.column
        if column is None:
            menu: list[Choice] = [(one.key, one.title) for one in self.table.columns if one.sortable]
            column = await self.app.push_screen_wait(Choose("Sort by", menu))
        if desk is None or column is None:
            return
        turned = desk.sort[0] == column
        self.doing("sorting…")
        await desk.sort_by((column, not desk.sort[1] if turned else column in _GREATEST_FIRST))
        self.doing("")
        if desk is self.desk:
            self.table.sort_by(desk.sort)
            self.list_again()

    @on(VirtualTable.ColumnsAsked, "#listings")
    @work(group="menu", exclusive=True, exit_on_error=False)
    async def _columns_asked(self) -> None:
        chosen = await ask_for_columns(self.table, self.MODE)
        if chosen is not None:
            usual = NARROW_COLUMNS if self.has_class("narrow") else None
            self.table.show_columns(chosen or usual)

    def action_expand(self) -> None:
        """Show the variants of the product under the cursor (A21)."""
        self._unfold(self.table.cursor_key, is_open=True)

    def action_collapse(self) -> None:
        """Hide them; from a variant the cursor goes to its parent."""
        key = self.table.cursor_key
        front = None if self.desk is None or key is None else self.desk.book.front_of(key)
        if front is not None and front != key and front in self.table.view:
            self.table.go(self.table.view.index(front))
        self._unfold(front, is_open=False)

    def _unfold(self, front: str | None, *, is_open: bool) -> None:
        if self.desk is None or front is None:
            return
        expanded = self.desk.view.expanded
        if is_open and front in self.desk.view.parents:
            expanded.add(front)
        else:
            expanded.discard(front)
        self.list_again()
        self.table.redraw()

    def action_expand_all(self) -> None:
        """Every product of this shop shows its variants."""
        if self.desk is not None:
            self.desk.view.expanded = set(self.desk.view.parents)
            self.list_again()

    def action_collapse_all(self) -> None:
        """None does."""
        if self.desk is not None:
            self.desk.view.expanded = set()
            self.list_again()

    @work(group="menu", exclusive=True, exit_on_error=False)
    async def action_shop(self) -> None:
        """Choose another shop; what is unsaved here waits until somebody comes back."""
        menu: list[Choice] = [(one.integration.id, shop_words(one, self._now)) for one in self._overview]
        chosen = await self.app.push_screen_wait(Choose("Listings of", menu)) if menu else None
        if chosen is not None and chosen in self._shops and (self.shop is None or chosen != self.shop.id):
            self.go_to_shop(chosen)

    @work(group="hand out", exclusive=True, exit_on_error=False)
    async def action_copy(self) -> None:
        """Copy the marked rows, else the one under the cursor, as CSV."""
        keys = self.table.targets()
        if self.desk is not None and keys:
            copy_out(self, await exported(self.desk, keys, Format.CSV), rows=len(keys))

    @work(group="hand out", exclusive=True, exit_on_error=False)
    async def action_export(self) -> None:
        """Write the marked rows, else all that are listed, to a file."""
        desk, keys = self.desk, self.table.marks.keys or list(self.table.view)
        kinds: list[Choice] = [(Format.CSV, "CSV, for spreadsheets"), (Format.JSON, "JSON, for programs")]
        chosen = await self.app.push_screen_wait(Choose(f"Write {len(keys):,} {self.ROWS} to a file", kinds))
        if desk is not None and chosen is not None:
            text = await exported(desk, keys, Format(chosen))
            write_out(self, self.session, f"{self.MODE}-{self._now:%Y%m%d-%H%M%S}.{chosen}", text)
