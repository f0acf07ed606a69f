"""Two people edit one row: the second is told what changed and by whom, and nothing is overwritten unseen.

Works on rows that carry `revision`, `edited_by` and `edits`, as listings do (core.models.listing.Edit).
"""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from core.services.errors import NotAllowedNow
from core.store import Document, Json, Transaction

_REMEMBERED: Final = 12
"""Edits that a row remembers."""
_SHOWN: Final = 40


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that somebody else changed while it was being edited: as it was shown, as it is, as wanted."""

    field: str
    was: Json
    now: Json
    mine: Json
    by: str = dataclasses.field(default="", compare=False)


class EditedMeanwhile(NotAllowedNow):
    """Nothing was saved: `by` saved the same fields first. `row` is what is there now, to edit again."""

    def __init__(
        self, by: str, differences: tuple[Difference, ...], row: Document | None, *, name: str = "this row"
    ) -> None:
        if row is None:
            what = f"{_first_up(name)} was removed while you edited it"
            cure = "Go back; it cannot be saved any more."
        else:
            what = f"{by or 'Somebody'} changed {name} while you edited it"
            if differences:
                what += f" ({_told(differences)})"
            cure = "Look at the new values, then save again to replace them, or leave them."
        super().__init__(what, cure)
        self.by = by
        self.differences = differences
        self.row = row


def edited_since(row: Document, revision: int, mine: Mapping[str, Json], *, name: str) -> EditedMeanwhile:
    """The error for somebody who saw a row at an older `revision`: what changed since, and by whom.

    What happened before the edits that the row remembers is not told.
    """
    first: dict[str, Document] = {}
    by: dict[str, str] = {}
    for edit in _edits(row):
        if _number(edit.get("revision")) > revision:
            first.setdefault(str(edit["field"]), edit)
            by[str(edit["field"])] = str(edit["by"])
    differences = tuple(
        Difference(changed, edit["was"], row.get(changed), mine.get(changed), by[changed])
        for changed, edit in first.items()
    )
    return EditedMeanwhile(
        _people(by.values()) or str(row.get("edited_by") or ""), differences, row, name=name
    )


def stamp(row: Document, changed: Mapping[str, Json], by: str) -> Document:
    """Revision, editor and remembered edits of a row that is about to get the values `changed`."""
    revision = _number(row.get("revision")) + 1
    fresh: list[Json] = [
        {
            "revision": revision,
            "field": name,
            "was": _cut(row.get(name)),
            "now": _cut(value),
            "by": by,
        }
        for name, value in changed.items()
        if row.get(name) != value
    ]
    return {"revision": revision, "edited_by": by, "edits": [*_edits(row), *fresh][-_REMEMBERED:]}


async def edit_in(
    tx: Transaction, table: str, key: str, *, seen: Document | None, mine: Mapping[str, Json], by: str
) -> Document:
    """Put the fields `mine` into a row that was `seen` like this when its editing began (None: not there).

    Fields that somebody else changed meanwhile and that are not in `mine` stay as they are now. Returns the
    row as saved. Raises EditedMeanwhile when both changed a field, and differently; to insist, save again
    with `seen` being the `row` of the error.
    """
    row = await tx.get(table, key)
    if row is None and seen is not None:
        raise EditedMeanwhile("", (), None)
    before, present = seen or {}, row or {}
    editors = {str(edit["field"]): str(edit["by"]) for edit in _edits(present)}
    last = str(present.get("edited_by") or "")
    differences = tuple(
        Difference(name, before.get(name), present.get(name), wanted, editors.get(name, last))
        for name, wanted in mine.items()
        if present.get(name) not in (before.get(name), wanted)
    )
    if differences:
        raise EditedMeanwhile(_people(one.by for one in differences), differences, row)
    if row is not None and all(row.get(name) == wanted for name, wanted in mine.items()):
        return row
    saved: Document = {**present, **mine, **stamp(present, mine, by)}
    await tx.put(table, key, saved)
    return saved


def _edits(row: Document) -> list[Document]:
    edits = row.get("edits")
    return [edit for edit in edits if isinstance(edit, dict)] if isinstance(edits, list) else []


def _number(value: Json) -> int:
    return value if isinstance(value, int) else 0


def _people(names: Iterable[str]) -> str:
    return " and ".join(dict.fromkeys(name for name in names if name))


def _told(differences: Iterable[Difference]) -> str:
    every = list(differences)
    several = len({one.by for one in every}) > 1
    return "; ".join(
        f"{one.field}: {_shown(one.was)} → {_shown(one.now)}{f' by {one.by}' if several and one.by else ''}"
        for one in every
    )


def _shown(value: Json) -> str:
    return _cut(value) or "nothing"


def _cut(value: Json) -> str | None:
    if value is None:
        return None
    text = _plain(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _plain(value: Json) -> str:
    """Answers of several parts as one reads them: without brackets, quotes and the names of fields."""
    if isinstance(value, dict):
        return " ".join(text for one in value.values() if (text := _plain(one)))
    if isinstance(value, list):
        return ", ".join(text for one in value if (text := _plain(one)))
    return "" if value is None else str(value)


def _first_up(name: str) -> str:
    return name[:1].upper() + name[1:]
