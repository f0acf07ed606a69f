"""What `avasam mappings` prints: rows, suggestions, reports of files and of what was saved."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from core.services.mapping_edits import Edits
from core.wording import count_of
from tui.commands.output import counted, emit, say

if TYPE_CHECKING:
    from core.rules.matching import Suggestion
    from core.services.mapping_csv import Proposed
    from core.services.mapping_lists import MappingLists
    from core.services.mapping_rows import ChannelRow
    from core.services.sku_mapping import Saved

_SHOWN_REFUSALS = 50
_NOTHING = Edits()


def list_rows(lists: "MappingLists", rows: "Sequence[ChannelRow]") -> list[tuple[str, ...]]:
    """Cells of the table of channel SKUs."""
    return [
        (
            row.seller_sku,
            row.title,
            row.sku_id,
            "" if row.price is None else f"{row.price} {row.currency}",
            str(row.quantity),
            lists.mark(row, _NOTHING).value + (f" (was {row.renamed_from})" if row.renamed_from else ""),
            "" if row.partner is None else row.partner.avasam_sku,
        )
        for row in rows
    ]


def row_json(lists: "MappingLists", row: "ChannelRow") -> dict[str, object]:
    """A channel SKU for programs."""
    return {
        "sku_id": row.sku_id,
        "product_id": row.product_id,
        "channel_sku": row.seller_sku,
        "title": row.title,
        "status": row.status,
        "price": None if row.price is None else str(row.price),
        "currency": row.currency,
        "live_quantity": row.quantity,
        "state": lists.mark(row, _NOTHING).value,
        "renamed_from": row.renamed_from,
        "avasam_sku": None if row.partner is None else row.partner.avasam_sku,
        "mapped_by": None if row.partner is None else row.partner.by,
    }


def suggestion_json(lists: "MappingLists", one: "Suggestion") -> dict[str, object]:
    """A suggestion for programs."""
    return {
        "sku_id": one.sku_id,
        "channel_sku": lists.channel[one.sku_id].seller_sku,
        "avasam_sku": one.avasam_sku,
        "confidence": one.confidence,
        "reason": one.reason.value,
        "sure": one.sure,
        "rivals": list(one.rivals),
        "steps": list(one.steps),
    }


def import_json(proposed: "Proposed", saved: "Saved | None") -> dict[str, object]:
    """The report of a file for programs; `saved` is None after a dry run."""
    return {
        "counts": _import_counts(proposed),
        "refused": [asdict(row) for row in proposed.refused],
        "saved": None if saved is None else _saved_json(saved),
    }


def tell_import(proposed: "Proposed", saved: "Saved | None") -> None:
    """The report of a file for people, row by row."""
    for row in proposed.refused[:_SHOWN_REFUSALS]:
        say(f"row {row.row} ({row.cells}): {row.why}")
    if len(proposed.refused) > _SHOWN_REFUSALS:
        say(f"… and {len(proposed.refused) - _SHOWN_REFUSALS} more; --json lists all")
    if proposed.encoding != "UTF-8":
        say(f"The file was read as {proposed.encoding}.")
    say(counted(_import_counts(proposed)))
    if saved is not None:
        tell_saved(saved, as_json=False)
    elif proposed.edits:
        say("Nothing was saved yet: repeat with --apply.")


def tell_saved(saved: "Saved", *, as_json: bool) -> None:
    """What a Save did and what begins now."""
    if as_json:
        emit(_saved_json(saved))
        return
    say(counted({"mapped": saved.linked, "unlinked": saved.unlinked, "unchanged": saved.unchanged}))
    if saved.orders:
        say(
            f"{count_of(saved.orders, 'order of these SKUs is', 'orders of these SKUs are')} looked at again "
            "with the next order sync."
        )
    if saved.started:
        say(f"The worker was asked for: {', '.join(kind.value.replace('_', ' ') for kind in saved.started)}.")


def _saved_json(saved: "Saved") -> dict[str, object]:
    return {
        "mapped": saved.linked,
        "unlinked": saved.unlinked,
        "unchanged": saved.unchanged,
        "orders_offered": saved.orders,
        "jobs": [kind.value for kind in saved.started],
    }


def _import_counts(proposed: "Proposed") -> dict[str, int]:
    return {
        "to_link": proposed.links,
        "to_link_anew": proposed.relinks,
        "to_unlink": proposed.unlinks,
        "unchanged": proposed.unchanged,
        "refused": len(proposed.refused),
    }
