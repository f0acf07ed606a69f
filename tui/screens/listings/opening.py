"""What the keys of the grid open: description, TikTok category, pricing rules, problems, a row in full."""

from dataclasses import replace

from textual import on, work

from core.services.listing_edits import Field
from core.wording import count_of
from tui.screens.listings.editing import ListingEditor
from tui.widgets.virtual_table import VirtualTable


class ListingOpener(ListingEditor):
    """Each is a dialogue of its own, imported when it is opened."""

    @work(group="dialogue", exclusive=True, exit_on_error=False)
    async def action_description(self) -> None:
        """Edit the description of the row, or one for all that are marked; it waits for Save (A22)."""
        from tui.screens.listings.description import DescriptionEditor

        desk, skus = self.desk, self.fronts()
        if desk is None or not skus or self.refused():
            return
        line = desk.row(skus[0])
        several = len(skus) > 1 or line is None
        title = count_of(len(skus), "row") if line is None or several else line.row.title
        text = "" if several else await desk.description(skus[0])
        region = desk.integration.shop.region
        typed = await self.app.push_screen_wait(DescriptionEditor(title, text, region))
        if typed is not None and typed != text:
            await self.type(desk, skus, {Field.DESCRIPTION: typed})

    @work(group="dialogue", exclusive=True, exit_on_error=False)
    async def action_category(self) -> None:
        """Choose the TikTok category of the marked rows, with its attributes (A25)."""
        from tui.screens.listings.category import CategoryForm

        desk, skus = self.desk, self.fronts()
        if desk is None or not skus or self.refused():
            return
        saved = await self.app.push_screen_wait(CategoryForm(self.session, desk.integration, skus))
        if saved is not None:
            rows = "row" if saved == 1 else "rows"
            self.notify(f"TikTok category saved for {saved:,} {rows}; nothing was sent.")

    @work(group="dialogue", exclusive=True, exit_on_error=False)
    async def action_rules(self) -> None:
        """Pricing rules of the shop; the marked rows can be let follow one (A24)."""
        from tui.screens.listings.rules import PricingRules

        desk, skus = self.desk, self.table.targets()
        if desk is not None:
            await self.app.push_screen_wait(PricingRules(self.session, desk.integration, skus))

    @work(group="dialogue", exclusive=True, exit_on_error=False)
    async def action_problems(self) -> None:
        """What is wrong, by cause; a cause chosen there narrows the grid to its rows (A32)."""
        from tui.screens.listings.triage import Triage

        desk = self.desk
        if desk is None:
            return
        code = await self.app.push_screen_wait(Triage(self.session, desk.integration))
        if code is not None:
            self.wanted = replace(self.wanted, problem=code)
            self.list_again()

    def action_explain(self) -> None:
        """Everything about the row under the cursor: each number step by step, and its history."""
        self._show_in_full(self.table.cursor_key)

    @on(VirtualTable.Opened, "#listings")
    def _opened(self, event: VirtualTable.Opened) -> None:
        self._show_in_full(event.key)

    @work(group="dialogue", exclusive=True, exit_on_error=False)
    async def _show_in_full(self, key: str | None) -> None:
        from tui.screens.listings.detail import ListingDetail

        desk = self.desk
        if desk is not None and key is not None:
            await self.app.push_screen_wait(ListingDetail(self.session, desk.integration, key))

    def fronts(self) -> list[str]:
        """The products of the marked rows, else of the one under the cursor; a variant's is its parent."""
        desk = self.desk
        return [] if desk is None else list(dict.fromkeys(map(desk.book.front_of, self.meant())))
