"""What a file of mappings asks for, row by row, before anything of it is taken (domain.md A38)."""

from typing import Final

from core.services.mapping_csv import Proposed
from core.services.mapping_lists import MappingLists
from core.text import clean_line

_MOST: Final = 1_000
"""Lines of each sort that are shown; the file of the report has them all."""


def summary(proposed: Proposed) -> str:
    """How many rows ask for what."""
    counts = {
        "to map": proposed.links,
        "to map anew": proposed.relinks,
        "to unlink": proposed.unlinks,
        "as they are": proposed.unchanged,
        "refused": len(proposed.refused),
    }
    told = ", ".join(f"{count:,} {name}" for name, count in counts.items() if count) or "no row"
    return told if proposed.encoding == "UTF-8" else f"{told} (read as {proposed.encoding})"


def report(proposed: Proposed, lists: MappingLists, *, most: int | None = _MOST) -> str:
    """Refused rows first, with their numbers and reasons; then what would change."""
    lines = [f"✖ row {row.row} ({row.cells}): {row.why}" for row in proposed.refused[:most]]
    lines += _more(len(proposed.refused), most)
    edits = list(proposed.edits)
    for edit in edits[:most]:
        row = lists.channel.get(edit.sku_id)
        name = clean_line(row.seller_sku, 60) if row is not None and row.seller_sku else edit.sku_id
        if edit.avasam_sku is None:
            lines.append(f"- {name} loses {edit.seen}")
        else:
            instead = f" instead of {edit.seen}" if edit.seen else ""
            lines.append(f"+ {name} ↔ {edit.avasam_sku}{instead}")
    return "\n".join([*lines, *_more(len(edits), most)])


def _more(count: int, most: int | None) -> list[str]:
    return [] if most is None or count <= most else [f"… and {count - most:,} more; w writes all to a file"]
