"""The Listing Manager in words: columns of the grid, the status with its sign, the heading."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from core.models.integration import SyncKind
from core.rules.listing_status import ListingStatus, StatusShown
from core.services.integrations import Overview
from core.services.listing_desk import Line
from core.services.listing_edits import Field
from core.services.listing_rows import ListingRow
from core.wording import count_of
from tui.widgets.cells import Cell, Tone
from tui.widgets.columns import Column
from tui.words.states import is_on

HELP: Final = (
    "Every Avasam product with its state on one shop (o chooses another). + opens a product with "
    "variations, - closes it, * and _ all of them; words typed after / find a product when it and its "
    "variants hold them all. e edits in the row: title, selling price, shipping price, collection; with "
    "several rows marked it edits them all. What is typed waits with a * until ctrl+s, also while you are "
    "on other screens or shops; z takes the last edit back. Nothing is sent before l (List) or u (Update): "
    "they act on the marked rows, else on the one under the cursor, and a variant stands for its parent. A "
    "price that says auto follows a pricing rule (p). The line below says what is wrong with a row and what "
    "cures it."
)
SIGNS: Final = {
    ListingStatus.LISTED: Cell("✔ Listed", Tone.GOOD),
    ListingStatus.LINKED: Cell("↔ Linked", Tone.GOOD),
    ListingStatus.ERROR: Cell("✖ Error", Tone.BAD),
    ListingStatus.NOT_LISTED: Cell("○ Not listed", Tone.DIM),
}
"""Readable without colour: every status has a sign and a word of its own."""

NARROW_COLUMNS: Final = (
    *("sku", "variation", "title", "stock", "price", "status"),
    *("cost", "shipping", "category", "description", "type", "collection", "image"),
)
"""On a narrow terminal: the first six fill 80 cells, what is not in sight is found sideways."""
_PRICE_WIDTH: Final = 11
FIELD_OF: Final = {
    "title": Field.TITLE,
    "price": Field.PRICE,
    "shipping": Field.SHIPPING,
    "collection": Field.COLLECTION,
}
"""Columns that are edited in place."""
_SYNCS: Final = (SyncKind.ORDERS, SyncKind.STOCK, SyncKind.PRICE)


def columns() -> list[Column[Line]]:
    """All fourteen of domain.md A18: Select is the mark in front of the row."""
    return [
        Column("sku", "Avasam SKU", 12, _sku),
        Column("variation", "Var", 4, _variation),
        Column("title", "Title", 16, lambda line: _typed(line, Field.TITLE, line.row.title), grow=3),
        Column("stock", "Stock", 6, _stock, right=True),
        Column("cost", "Cost", 7, lambda line: Cell(_amount(line.row.cost)), right=True),
        Column("shipping", "Ship", 6, _shipping, right=True),
        Column("price", "Sell (inc)", _PRICE_WIDTH, _price, right=True),
        Column("status", "Status", 15, lambda line: status_cell(line.row), grow=1),
        Column("category", "Category", 16, lambda line: Cell(line.row.category), grow=1),
        Column("description", "Description", 24, _description, grow=1),
        Column("type", "Product type", 16, lambda line: Cell(line.row.product_type), grow=1),
        Column("collection", "Collection", 14, _collection),
        Column("image", "Image", 28, lambda line: Cell(line.row.image or "no image", _dim(line.row.image))),
    ]


def status_cell(row: ListingRow) -> Cell:
    """Sign, word, and in one word what the column has room for."""
    sign = SIGNS[row.status.status]
    if row.status.status is ListingStatus.ERROR:
        return Cell(f"{sign.text} {row.problems[0] if row.problems else ''}".rstrip(), sign.tone)
    said = _live(row.status)
    return Cell(f"{sign.text} {said}", Tone.WARN) if said else sign


def heading(overview: Sequence[Overview], shown: str, now: datetime, *, narrow: bool, doing: str = "") -> str:
    """Each shop with its last syncs (A17), the one on show first; a narrow terminal has room for that one."""
    ordered = sorted(overview, key=lambda one: one.integration.id != shown)
    lines = [f"{'▸' if one.integration.id == shown else ' '} {_shop(one, now)}" for one in ordered]
    if doing and lines:
        lines[0] += f" · {doing}"
    room = 1 if narrow else _SHOPS
    if len(lines) > room:
        lines = [*lines[:room]]
        lines[-1] += f" · {count_of(len(ordered) - room, 'more shop')} (o)"
    return "\n".join(lines)


def shop_words(one: Overview, now: datetime) -> str:
    """A shop in the menu of shops."""
    return _shop(one, now)


_SHOPS: Final = 4
"""Shops that the heading names."""


def _shop(one: Overview, now: datetime) -> str:
    shop = one.integration
    state = "" if shop.enabled else " (disabled)"
    if shop.needs_reauthorisation is not None:
        state = " (needs reauthorisation)"
    syncs = [f"{kind} {_clock(one, kind, now) if is_on(shop, kind) else 'off'}" for kind in _SYNCS]
    return f"{shop.name}{state} · {' · '.join(syncs)}"


def _clock(one: Overview, kind: SyncKind, now: datetime) -> str:
    """The moment of the last sync that finished; `never` before the first."""
    state = one.syncs.get(kind)
    moment = None if state is None else state.last_finished_at
    if moment is None:
        return "never"
    local = moment.astimezone()
    today = local.date() == now.astimezone().date()
    return local.strftime("%H:%M" if today else "%d %b %H:%M")


def _live(status: StatusShown) -> str:
    if status.in_review:
        return "in review"
    if status.note.endswith("under way"):
        return "· under way"
    if status.note.startswith("off sale"):
        return "off sale"
    return "· quota" if status.note.startswith("waits for the listing quota") else ""


def _sku(line: Line) -> Cell:
    """A variant is indented, and named by what its parent's SKU does not say already."""
    row = line.row
    if not line.is_child:
        return Cell(row.sku)
    parent = row.parent_sku or ""
    rest = row.sku.removeprefix(parent) if len(row.sku) > len(parent) else row.sku
    return Cell(f"  {rest}")


def _variation(line: Line) -> Cell:
    if line.is_child:
        return Cell("└")
    return Cell(f"{'▾' if line.is_open else '▸'} {line.row.variants}" if line.row.variants else "")


def _stock(line: Line) -> Cell:
    stock = line.row.stock
    if stock is None:
        return Cell("?", Tone.DIM)
    return Cell(f"{stock:,}", Tone.PLAIN if stock > 0 else Tone.WARN)


def _price(line: Line) -> Cell:
    row = line.row
    if row.rule_id is not None:
        return Cell(_auto(row), Tone.DIM)
    if row.price is not None and row.highest is not None and row.highest != row.price:
        return _typed(
            line, Field.PRICE, _range(row.price, row.highest, _PRICE_WIDTH - (Field.PRICE in line.edited))
        )
    return _typed(line, Field.PRICE, _amount(row.price))


def _auto(row: ListingRow) -> str:
    """With the price that the rule gives: whole, or not at all."""
    if row.price is None:
        return "auto ?"
    words = f"auto {_amount(row.price)}{'+' if row.highest != row.price else ''}"
    return words if len(words) <= _PRICE_WIDTH else "auto"


def _shipping(line: Line) -> Cell:
    return _typed(line, Field.SHIPPING, _amount(line.row.shipping))


def _collection(line: Line) -> Cell:
    return _typed(line, Field.COLLECTION, line.row.collection)


def _description(line: Line) -> Cell:
    return _typed(line, Field.DESCRIPTION, line.row.description)


def _typed(line: Line, name: Field, text: str) -> Cell:
    """What waits for Save has a star, not only a colour."""
    return Cell(f"*{text}", Tone.WARN) if name in line.edited else Cell(text)


def _dim(text: str) -> Tone:
    return Tone.PLAIN if text else Tone.DIM


def _range(lowest: Decimal, highest: Decimal, room: int) -> str:
    """Of variants; where both have no room, the lower one: half a number would be read as another."""
    low = _amount(lowest)
    return next(
        (words for words in (f"{low}-{_amount(highest)}", f"from {low}") if len(words) <= room), f"{low}+"
    )


def _amount(amount: Decimal | None) -> str:
    """Money with two decimals, or as many as it has; nothing where there is none."""
    if amount is None:
        return ""
    return f"{amount:.2f}" if amount == round(amount, 2) else f"{amount.normalize():f}"
