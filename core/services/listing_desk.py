"""One person's work on the listings of one shop: rows, the view of them, edits that wait for Save."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from core import tables
from core.backend import Backend
from core.models.integration import Integration
from core.models.listing import Listing, PricingRule
from core.models.listing_state import Action
from core.portions import portions
from core.rules.listing_status import ListingStatus, StatusShown
from core.services.breath import Breath
from core.services.editing import EditedMeanwhile, edit_in
from core.services.errors import NotAllowedNow, NotFound, ServiceError
from core.services.listing_book import ListingBook, Refreshed
from core.services.listing_edits import Edits, Field, Pending, Values, checked
from core.services.listing_goods import Inventory
from core.services.listing_rows import ListingRow
from core.services.listing_view import BY_SKU, ListingView, Sort
from core.store import Document, Json, Store, Transaction

_AT_ONCE: Final = 500
"""Rows a commit: others wait for the store's lock meanwhile."""
_OF_VARIANTS: Final = frozenset({Field.PRICE, Field.SHIPPING})
"""What a parent has none of its own of: typed there, it is typed for each of its variants."""
_ON_THE_SHOP: Final = frozenset({ListingStatus.LISTED, ListingStatus.LINKED})

Refusals = Sequence[tuple[str, str]]
"""(SKU, why not and what to do)."""


class Line(NamedTuple):
    """A row as it is shown: with what was typed, and where it stands in its family."""

    row: ListingRow
    edited: frozenset[Field]
    is_child: bool
    is_open: bool


@dataclass(frozen=True, slots=True)
class Typed:
    """How many values wait for Save now that did not before, and the rows that may not have them."""

    changed: int
    refused: Refusals


@dataclass(frozen=True, slots=True)
class SavedDrafts:
    """How many rows were saved, and those that were not: their edits still wait."""

    rows: int
    refused: Refusals


class ListingDesk:
    """Nothing typed here is sent before List or Update, or kept before `save`."""

    def __init__(self, backend: Backend, integration: Integration, inventory: Inventory) -> None:
        self.integration = integration
        self.book = ListingBook(backend.store, integration.id, inventory)
        self.view = ListingView(self.book)
        self.edits = Edits()
        self.sort: Sort = BY_SKU
        self._store: Store = backend.store
        self._reading = asyncio.Lock()
        self._values = Values(self.edits)

    async def refresh(self) -> Refreshed:
        """Take in what was committed since and bring the view up to date."""
        async with self._reading:
            refreshed = await self.book.refresh()
            if refreshed:
                await self.view.take(refreshed)
            if not self.view.is_ready(self.sort):
                await self.view.sort(self.sort)
        return refreshed

    async def sort_by(self, sort: Sort) -> None:
        """List by another column, once it is sorted."""
        await self.view.sort(sort)
        self.sort = sort

    def row(self, key: str) -> Line | None:
        """A line of the grid; None once that SKU is gone."""
        row = self.book.row(key, self._values)
        if row is None:
            return None
        is_child = self.book.front_of(key) != key
        edited = set(self.edits.by_sku.get(key, ()))
        if row.variants and self.edits:
            kids = (self.edits.by_sku.get(kid, {}) for kid in self.book.children(key))
            edited |= {name for kid in kids for name in kid if name in _OF_VARIANTS}
        return Line(row, frozenset(edited), is_child, key in self.view.expanded)

    def is_for(self, sku: str, action: Action) -> bool:
        """List is for what is not on the shop, or failed; Update for what is."""
        row = self.book.row(sku)
        status = StatusShown(ListingStatus.NOT_LISTED) if row is None else row.status
        return status.status not in _ON_THE_SHOP if action is Action.PUBLISH else status.linked

    def why_not(self, sku: str, name: Field) -> str | None:
        """Why a value may not be typed for a row; None when it may."""
        if name is Field.PRICE and self.book.is_auto(sku):
            return f"The price of {sku} follows a pricing rule (auto): p changes the rule or detaches it"
        if name is Field.DESCRIPTION and self.book.front_of(sku) != sku:
            return f"{sku} is a variant: its description is that of {self.book.front_of(sku)}"
        return None

    async def description(self, sku: str) -> str:
        """The whole description of a row: as typed here, else as saved, else Avasam's."""
        typed = self.edits.by_sku.get(sku, {}).get(Field.DESCRIPTION)
        text = (await self._draft(sku)).get("description") if typed is None else typed.value
        if text is None:
            text = (await self._store.get(tables.PRODUCTS, sku) or {}).get("description")
        return str(text or "")

    def rows_for(self, skus: Sequence[str], name: Field) -> list[str]:
        """The rows that a value typed for these is meant for: a parent's price is that of its variants."""
        if name not in _OF_VARIANTS:
            return list(dict.fromkeys(skus))
        return list(dict.fromkeys(one for sku in skus for one in self.book.children(sku) or [sku]))

    async def type(self, skus: Sequence[str], texts: Mapping[Field, str]) -> Typed:
        """Let texts wait for Save; rows that may not have one are left out. Raises ServiceError in words."""
        wanted = {name: checked(name, text) for name, text in texts.items()}
        typed: list[tuple[str, Field, Json, Json]] = []
        refused: list[tuple[str, str]] = []
        breath = Breath()
        for name, value in wanted.items():
            for sku in self.rows_for(skus, name):
                why = self.why_not(sku, name)
                if why is not None:
                    refused.append((sku, why))
                else:
                    typed.append((sku, name, value, (await self._draft(sku)).get(name.value)))
                if breath.is_due():
                    await breath.take()
        changed = self.edits.put(typed)
        return Typed(changed, refused)

    def undo(self) -> list[str]:
        """Take the last edit back; the SKUs that it was about."""
        return self.edits.undo()

    def discard(self) -> None:
        """Forget every edit."""
        self.edits.clear()

    async def save(self, *, by: str, skus: Sequence[str] | None = None) -> SavedDrafts:
        """Keep what was typed, of these rows or all, in portions; a refused row never stops the others.

        Where somebody else changed a value meanwhile, the row is refused once and says what it is now;
        saving again replaces it.
        """
        wanted = self.edits.by_sku if skus is None else dict.fromkeys(skus)
        waiting = {sku: dict(self.edits.by_sku[sku]) for sku in wanted if sku in self.edits.by_sku}
        order, refused, saved = sorted(waiting), list[tuple[str, str]](), 0
        for some in portions(order, _AT_ONCE):
            faults: dict[str, ServiceError] = {}
            async with self._store.transaction() as tx:
                for sku in some:
                    try:
                        await self._save_row(tx, sku, waiting[sku], by)
                    except ServiceError as error:
                        faults[sku] = error
            for sku in some:
                fault = faults.get(sku)
                if fault is None:
                    self.edits.saved(sku, waiting[sku])
                    saved += 1
                else:
                    refused.append((sku, _words(fault)))
                    if isinstance(fault, EditedMeanwhile) and fault.row is not None:
                        self.edits.rebase(sku, fault.row)
        return SavedDrafts(saved, refused)

    async def _save_row(self, tx: Transaction, sku: str, mine: Mapping[Field, Pending], by: str) -> None:
        if await tx.get(tables.PRODUCTS, sku) is None:
            raise NotFound(f"There is no product {sku} any more", "Undo its edits (z).")
        key = tables.key(self.integration.id, sku)
        draft = await tx.get(tables.LISTINGS, key)
        if Field.PRICE in mine and mine[Field.PRICE].value is not None and draft is not None:
            await self._check_rule(tx, draft)
        if draft is None:
            await tx.put(tables.LISTINGS, key, self._blank(sku))
        seen: Document = {name.value: one.seen for name, one in mine.items()}
        values = {name.value: one.value for name, one in mine.items()}
        await edit_in(tx, tables.LISTINGS, key, seen=seen, mine=values, by=by)

    async def _check_rule(self, tx: Transaction, draft: Document) -> None:
        rule_id = draft.get("rule_id")
        if rule_id is None:
            return
        document = await tx.get(tables.PRICING_RULES, tables.key(self.integration.id, str(rule_id)))
        if document is not None and not PricingRule.from_document(document).paused:
            raise NotAllowedNow(
                "Its price follows a pricing rule by now (auto)",
                "Undo the typed price (z), or detach the rule.",
            )

    async def _draft(self, sku: str) -> Document:
        draft = await self._store.get(tables.LISTINGS, tables.key(self.integration.id, sku))
        return self._blank(sku) if draft is None else draft

    def _blank(self, sku: str) -> Document:
        return Listing(integration_id=self.integration.id, avasam_sku=sku).to_document()


def _words(fault: ServiceError) -> str:
    """For a row: who changed what from what to what, and what to do."""
    if isinstance(fault, EditedMeanwhile) and fault.differences:
        told = "; ".join(
            f"{Field(one.field).word} from {_shown(one.was)} to {_shown(one.now)}"
            for one in fault.differences
        )
        return f"{fault.by or 'somebody'} changed its {told}. Yours still waits: save again to replace it"
    return str(fault)


def _shown(value: Json) -> str:
    text = "Avasam's own" if value is None else str(value) or "nothing"
    return text if len(text) <= 40 else f"{text[:39]}…"
