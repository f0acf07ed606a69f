"""Editing in the grid: cells of one row or of all marked ones, undo, Save; nothing is sent (A21 to A24)."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from textual import work

from core.services.errors import ServiceError
from core.services.listing_desk import Line, ListingDesk, SavedDrafts
from core.services.listing_edits import Field
from core.store import StoreError
from core.text import clean_line
from core.wording import count_of
from tui.person import who
from tui.screens.listings.cell_editor import CellEditor, EditCell
from tui.screens.listings.looking import ListingLooker
from tui.words.listings import FIELD_OF

_NAMED: Final = 3
"""Refused rows that a message names; the pane tells of each."""
_EMPTY_IS: Final = {
    Field.TITLE: " (empty: Avasam's)",
    Field.PRICE: " with VAT (empty: Avasam's)",
    Field.SHIPPING: " without VAT (empty: Avasam's)",
    Field.COLLECTION: "",
}


class ListingEditor(ListingLooker):
    """What is typed waits on the desk of its shop until Save."""

    KEEPS_UNSAVED = True

    def pending(self) -> int:
        """Rows with unsaved edits, of all shops."""
        return sum(len(desk.edits) for desk in self.session.desks)

    @property
    def unsaved(self) -> str:
        """They survive on this screen, not the end of the program."""
        count = self.pending()
        return count_of(count, "unsaved listing") if count else ""

    def discard(self) -> None:
        """Forget the edits of every shop."""
        for desk in self.session.desks:
            desk.discard()
        self.edited()

    def edited(self) -> None:
        """Rows read differently, and more or fewer wait."""
        if self.is_attached:
            self.list_again()
            self.run_worker(self.tell_row(), group="listings pane", exclusive=True, exit_on_error=False)

    @work(group="edit", exclusive=True, exit_on_error=False)
    async def action_edit(self) -> None:
        """Type into the row under the cursor, or into all that are marked."""
        desk, skus = self.desk, self.meant()
        if desk is None or not skus or self.refused():
            return
        cells = self._cells(desk, skus)
        if not cells:
            self.notify(self._why_none(desk, skus), severity="warning", markup=False)
            return
        # Of several rows the line stands on the column's title: it is about none of them alone.
        head = len(skus) > 1 or skus[0] != self.table.cursor_key
        whose = (
            f" of {len(skus):,} rows" if len(skus) > 1 else f" of {clean_line(skus[0], 40)}" if head else ""
        )
        place = partial(self.table.reveal_cell, head=head)
        seen = self.table.scroll_offset.x
        texts = await self.app.push_screen_wait(CellEditor(cells, place, whose))
        self.table.scroll_to(x=seen, animate=False, force=True)
        if texts:
            await self.type(desk, skus, texts)

    def meant(self) -> list[str]:
        """The marked rows, else the one under the cursor; when there is none, that is said."""
        skus = self.table.targets()
        if not skus:
            self.notify("No row is marked or under the cursor.", severity="warning")
        return skus

    def _cells(self, desk: ListingDesk, skus: Sequence[str]) -> list[EditCell]:
        """The shown columns that can be edited; several rows begin empty: what nobody types stays."""
        line = desk.row(skus[0]) if len(skus) == 1 else None
        cells: list[EditCell] = []
        for column in self.table.shown:
            name = FIELD_OF.get(column.key)
            if name is None or (line is not None and self._refused_all(desk, skus, name)):
                continue
            text = "" if line is None else _text(line, name)
            cells.append(EditCell(column.key, name, text, _hint(line, name)))
        return cells

    def _refused_all(self, desk: ListingDesk, skus: Sequence[str], name: Field) -> bool:
        return all(desk.why_not(sku, name) for sku in desk.rows_for(skus, name))

    def _why_none(self, desk: ListingDesk, skus: Sequence[str]) -> str:
        shown = {FIELD_OF[one.key] for one in self.table.shown if one.key in FIELD_OF}
        if not shown:
            return "None of the shown columns can be edited: c shows title, prices or collection."
        why = (desk.why_not(sku, name) for name in shown for sku in desk.rows_for(skus, name))
        return next((one for one in why if one), "")

    async def type(self, desk: ListingDesk, skus: Sequence[str], texts: Mapping[Field, str]) -> None:
        """Let texts wait for Save, and say which rows may not have them."""
        try:
            typed = await desk.type(skus, texts)
        except ServiceError as error:
            self.notify(str(error), severity="error", markup=False)
            return
        if typed.refused:
            self.notify(
                f"{len(typed.refused):,} left as they are: {_listed(typed.refused)}",
                severity="warning",
                timeout=15,
                markup=False,
            )
        self.edited()

    def action_undo(self) -> None:
        """Take the last edit back."""
        if self.desk is None:
            return
        undone = self.desk.undo()
        if not undone:
            self.notify("There is nothing to undo: only edits that are not saved can be taken back.")
            return
        self.notify(f"Taken back: {_named(undone)}", markup=False)
        self.edited()

    @work(group="save", exit_on_error=False)
    async def action_save(self) -> None:
        """Keep what was typed on this shop."""
        if self.desk is not None and len(self.desk.edits) and not self.refused():
            await self.save(self.desk, None)

    async def save(self, desk: ListingDesk, skus: Sequence[str] | None) -> SavedDrafts | None:
        """Keep what was typed for these rows, or all; None when the store would not have it."""
        self.doing("saving…")
        try:
            saved = await desk.save(by=who(), skus=skus)
        except StoreError as error:
            self.notify(str(error), severity="error", timeout=20, markup=False)
            return None
        finally:
            self.doing("")
        words = f"Saved {count_of(saved.rows, 'row')}; nothing was sent."
        if saved.refused:
            words += f" {len(saved.refused):,} not saved: {_listed(saved.refused)}"
        self.notify(
            words,
            severity="warning" if saved.refused else "information",
            timeout=25 if saved.refused else 5,
            markup=False,
        )
        await desk.refresh()
        self.edited()
        return saved


def _text(line: Line, name: Field) -> str:
    row = line.row
    if name is Field.PRICE and row.highest != row.price:
        return ""  # the variants' prices differ
    value = {
        Field.TITLE: row.title,
        Field.PRICE: row.price,
        Field.SHIPPING: row.shipping,
        Field.COLLECTION: row.collection,
    }[name]
    return "" if value is None else str(value)


def _hint(line: Line | None, name: Field) -> str:
    if line is None:
        return " (untouched: stays)"
    if line.row.variants and name in {Field.PRICE, Field.SHIPPING}:
        return f" of its {count_of(line.row.variants, 'variant')}"
    return _EMPTY_IS[name]


def _listed(refused: Sequence[tuple[str, str]]) -> str:
    told = "; ".join(f"{clean_line(sku, 40)}: {why}" for sku, why in refused[:_NAMED])
    more = len(refused) - _NAMED
    return f"{told}; and {more:,} more" if more > 0 else told


def _named(skus: Sequence[str]) -> str:
    more = len(skus) - _NAMED
    return ", ".join(skus[:_NAMED]) + (f" and {more:,} more" if more > 0 else "")
