"""SKU mappings in words: signs for where a SKU stands, the columns of both lists, the lines around them."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Final

from core.models.job import JobKind
from core.services.mapping_desk import MappingDesk, Shown
from core.services.mapping_lists import Mark
from core.services.mapping_rows import ProductRow
from core.services.sku_mapping import Saved
from core.wording import count_of
from tui.widgets.cells import Cell, Tone
from tui.widgets.columns import Column

MARKS: Final = {
    Mark.UNMAPPED: Cell("○ unmapped", Tone.DIM),
    Mark.MAPPED: Cell("✔ mapped", Tone.GOOD),
    Mark.TO_MAP: Cell("+ to map", Tone.WARN),
    Mark.TO_UNLINK: Cell("- to unlink", Tone.WARN),
    Mark.GONE: Cell("✖ gone", Tone.BAD),
    Mark.RENAMED: Cell("! renamed", Tone.BAD),
}
"""Readable without colour: every state has a sign and a word of its own."""
_BEGINS: Final = {
    JobKind.VERIFY: "stock",
    JobKind.SYNC_PRICE: "price",
    JobKind.SYNC_ORDERS: "orders",
}

_SIGNS: Final = {"GBP": "£", "EUR": "€", "USD": "$"}
"""Others are told by their code."""

HELP: Final = (
    "Left, the SKUs of the shop; right, Avasam's. m pairs the two under the cursors, or all that are marked "
    "on the left. Nothing takes effect before ctrl+s: then stock and price begin for new pairs and stop for "
    "unlinked ones. What is suggested stands in the line below, with how sure it is and why; t takes it, T "
    "takes all sure ones above a bar. A SKU that TikTok no longer lists, or lists under another name, is "
    "marked and keeps its partner until you decide."
)


def channel_columns() -> list[Column[Shown]]:
    """The left list."""
    return [
        Column("sku", "Channel SKU", 12, lambda line: Cell(line.row.seller_sku or "(none)"), grow=1),
        Column("state", "State", 11, lambda line: MARKS[line.mark], sortable=False),
        Column("title", "Title", 9, lambda line: Cell(line.row.title), grow=2),
        Column("partner", "Avasam SKU", 10, _partner, grow=1),
        Column("price", "Price", 9, lambda line: Cell(money(line.row.price, line.row.currency)), right=True),
        Column("live", "Live", 5, lambda line: Cell(str(line.row.quantity)), right=True),
        Column("id", "SKU id", 19, lambda line: Cell(line.row.sku_id), sortable=False),
    ]


def product_columns(served: Callable[[str], int]) -> list[Column[ProductRow]]:
    """The right list; `served` is how many channel SKUs each Avasam SKU has."""
    return [
        Column("sku", "Avasam SKU", 11, lambda row: Cell(row.sku), grow=1),
        Column("title", "Title", 10, lambda row: Cell(row.title), grow=2),
        Column("stock", "Stock", 7, _stock, right=True),
        Column("cost", "Cost", 8, lambda row: Cell(money(row.cost, row.currency)), right=True),
        Column("used", "Used", 4, lambda row: Cell(str(served(row.sku) or "")), right=True),
    ]


def heading(desk: MappingDesk, doing: str) -> str:
    """Which shop, how old its list is, and what waits."""
    counts = desk.counts()
    as_of = _clock(desk.lists.as_of)
    parts = [desk.integration.name, f"as of {as_of}", f"{counts.unmapped:,} unmapped"]
    if counts.gone:
        parts.append(f"{counts.gone:,} gone or renamed")
    if counts.pending:
        parts.append(f"{counts.pending:,} pending (ctrl+s saves)")
    if doing:
        parts.append(doing)
    return " · ".join(parts)


def about(line: Shown | None) -> str:
    """What there is to say about the SKU under the left cursor."""
    if line is None:
        return ""
    name = line.row.seller_sku or line.row.sku_id
    suggested = line.suggestion
    if suggested is not None:
        return f"suggested: {name} ↔ {suggested.avasam_sku}   {suggested.confidence:.2f}   {_why(line)}"
    if line.mark is Mark.TO_UNLINK:
        return f"{name} loses its partner with Save"
    if line.mark is Mark.TO_MAP:
        return f"{name} ↔ {line.partner} with Save"
    if line.partner is None or line.row.partner is None:
        return f"{name} has no partner, and nothing is like it"
    if line.row.deleted:
        return f"TikTok no longer lists {name}; {line.partner} stays its partner until you unlink it (u)"
    if line.row.renamed_from is not None:
        was = line.row.renamed_from
        return f"TikTok calls it {name} now; it was {was} when {line.partner} became its partner"
    return f"{name} ↔ {line.partner}" + (f", mapped by {line.row.partner.by}" if line.row.partner.by else "")


def saved_words(saved: Saved, *, enabled: bool) -> str:
    """What a Save did, and what begins now."""
    did = [
        f"{saved.linked:,} mapped" if saved.linked else "",
        f"{saved.unlinked:,} unlinked" if saved.unlinked else "",
    ]
    words = "Saved: " + (", ".join(part for part in did if part) or "all was there already") + "."
    if saved.started:
        words += f" Asked the worker for {', '.join(_BEGINS[kind] for kind in saved.started)}."
    elif saved.linked and not enabled:
        words += " It begins when the shop is enabled and authorised."
    if saved.orders:
        orders = count_of(saved.orders, "order of these SKUs is", "orders of these SKUs are")
        words += f" {orders} looked at again."
    return words


def _why(line: Shown) -> str:
    found = line.suggestion
    if found is None:
        return ""
    return found.reason.value if found.sure else f"{found.reason.value}, {found.steps[-1]}"


def _partner(line: Shown) -> Cell:
    if line.partner is not None:
        return Cell(line.partner)
    if line.suggestion is not None:
        sure = "" if line.suggestion.sure else "?"
        return Cell(f"{line.suggestion.avasam_sku}{sure} {line.suggestion.confidence:.2f}", Tone.DIM)
    return Cell("")


def _stock(row: ProductRow) -> Cell:
    if row.missing:
        return Cell("gone", Tone.BAD)
    return Cell("unknown", Tone.DIM) if row.stock is None else Cell(str(row.stock))


def money(amount: Decimal | None, currency: str) -> str:
    """`£7.00`; nothing when it is not known. An inventory's `7` reads like the others."""
    if amount is None:
        return ""
    digits = f"{amount:,.2f}" if int(amount.as_tuple().exponent) > -2 else f"{amount:,}"
    return f"{_SIGNS.get(currency, f'{currency} ' if currency else '')}{digits}"


def _clock(moment: datetime | None) -> str:
    return "never" if moment is None else moment.astimezone().strftime("%d %b %H:%M")
