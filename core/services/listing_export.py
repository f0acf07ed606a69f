"""Rows of the grid as text for other programs, in portions: a file of 100,000 rows never stops the keys."""

from collections.abc import Sequence
from typing import Final

from core.portions import portions
from core.services.breath import Breath
from core.services.export import Format, Record, rendered
from core.services.listing_desk import ListingDesk
from core.services.listing_rows import ListingRow

LISTING_HEADINGS: Final = (
    *("sku", "kind", "parent_sku", "title", "description", "category", "stock", "cost_ex", "shipping_ex"),
    *("price", "currency", "product_type", "collection", "status", "note", "problems", "image"),
)
_AT_ONCE: Final = 100


async def exported(desk: ListingDesk, keys: Sequence[str], kind: Format) -> str:
    """The rows in this order as they are shown, unsaved edits included; those that are gone are left out."""
    parts: list[str] = []
    breath = Breath()
    for portion in portions(keys, _AT_ONCE):
        lines = [line for key in portion if (line := desk.row(key)) is not None]
        text = rendered([listing_record(line.row) for line in lines], LISTING_HEADINGS, kind)
        parts.append(text)
        if breath.is_due():
            await breath.take()
    return _joined(parts, kind) if parts else rendered([], LISTING_HEADINGS, kind)


def listing_record(row: ListingRow) -> Record:
    """One row. A price that follows a rule is `auto`."""
    return {
        "sku": row.sku,
        "kind": row.kind.value,
        "parent_sku": row.parent_sku,
        "title": row.title,
        "description": row.description,
        "category": row.category,
        "stock": row.stock,
        "cost_ex": _plain(row.cost),
        "shipping_ex": _plain(row.shipping),
        "price": "auto" if row.rule_id is not None else _plain(row.price),
        "currency": row.currency,
        "product_type": row.product_type,
        "collection": row.collection,
        "status": row.status.status.word,
        "note": row.status.note,
        "problems": "; ".join(row.problems),
        "image": row.image,
    }


def _joined(parts: Sequence[str], kind: Format) -> str:
    """One text of several: one heading, or one array."""
    if kind is Format.JSON:
        inside = [part.strip().removeprefix("[").removesuffix("]").strip("\n") for part in parts]
        return "[\n" + ",\n".join(one for one in inside if one) + "\n]\n"
    first, *rest = parts
    return first + "".join(part.partition("\r\n")[2] for part in rest)


def _plain(amount: object) -> str | None:
    return None if amount is None else str(amount)
