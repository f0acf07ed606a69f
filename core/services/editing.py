"""Two people edit one row: the second is told what changed and by whom, and nothing is overwritten unseen.

Works on rows that carry `revision` and `edited_by`, as listings do.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from core.services.errors import NotAllowedNow
from core.store import Document, Json, Store, Transaction


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that somebody else changed while it was being edited: as it was shown, as it is, as wanted."""

    field: str
    was: Json
    now: Json
    mine: Json


class EditedMeanwhile(NotAllowedNow):
    """Nothing was saved: `by` saved the same fields first. `row` is what is there now, to edit again."""

    def __init__(self, by: str, differences: tuple[Difference, ...], row: Document | None) -> None:
        if row is None:
            what, cure = "This row was removed while you edited it", "Go back; it cannot be saved any more."
        else:
            told = "; ".join(f"{one.field}: {_shown(one.was)} → {_shown(one.now)}" for one in differences)
            what = f"{by or 'Somebody'} changed this row while you edited it ({told})"
            cure = "Look at the new values, then save again to replace them, or leave them."
        super().__init__(what, cure)
        self.by = by
        self.differences = differences
        self.row = row


async def save_edit(
    store: Store, table: str, key: str, *, seen: Document | None, mine: Mapping[str, Json], by: str
) -> Document:
    """Put the fields `mine` into a row that was `seen` like this when its editing began (None: not there).

    Fields that somebody else changed meanwhile and that are not in `mine` stay as they are now. Returns the
    row as saved. Raises EditedMeanwhile when both changed a field, and differently; to insist, save again
    with `seen` being the `row` of the error.
    """
    async with store.transaction() as tx:
        return await edit_in(tx, table, key, seen=seen, mine=mine, by=by)


async def edit_in(
    tx: Transaction, table: str, key: str, *, seen: Document | None, mine: Mapping[str, Json], by: str
) -> Document:
    """The same as part of a transaction that does more."""
    row = await tx.get(table, key)
    if row is None and seen is not None:
        raise EditedMeanwhile("", (), None)
    before, present = seen or {}, row or {}
    differences = tuple(
        Difference(field, before.get(field), present.get(field), wanted)
        for field, wanted in mine.items()
        if present.get(field) not in (before.get(field), wanted)
    )
    if differences:
        raise EditedMeanwhile(str(present.get("edited_by") or ""), differences, row)
    if row is not None and all(row.get(field) == wanted for field, wanted in mine.items()):
        return row
    saved: Document = {**present, **mine, "revision": _revision(present) + 1, "edited_by": by}
    await tx.put(table, key, saved)
    return saved


def _revision(row: Document) -> int:
    revision = row.get("revision")
    return revision if isinstance(revision, int) else 0


def _shown(value: Json) -> str:
    text = "nothing" if value in (None, "") else str(value)
    return text if len(text) <= 40 else f"{text[:39]}…"
