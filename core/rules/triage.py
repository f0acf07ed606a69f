"""Problems of many listings by their cause, so that one fix serves them all (A32)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.models.listing_state import ListingProblem

_VARIABLE: Final = re.compile(r"\b\d[\d.,:/-]*\b|https?://\S+|'[^']*'")
_EDITS: Final = {
    "title": "set --title",
    "description": "set --description",
    "category": "set --category",
    "attributes": "set --attribute",
    "brand": "set --brand",
    "weight": "set --weight",
    "size": "set --size",
    "size_chart": "set --size-chart",
    "certificates": "set --certificate",
    "manufacturer": "set --manufacturer",
    "responsible_person": "set --responsible-person",
    "price": "set --price",
}


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One problem of one row, since when, and of which action."""

    sku: str
    problem: ListingProblem
    since: datetime | None
    action: str
    held: bool = False
    """Refused three times alike: that action waits until its input changes or somebody resets it."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause: a card with the plain cause, the field, the fix, and what opens the field."""

    id: str
    code: str
    field: str
    what: str
    """The words of the newest occurrence."""
    fix: str
    opens: str
    """What of `avasam listings` cures it; empty where Avasam or Seller Center must."""
    blocking: bool
    skus: tuple[str, ...]
    oldest: datetime | None
    newest: datetime | None
    targets: tuple[str, ...] = ()
    """The rows into which a fix is typed: variants where the problem is theirs."""
    held: int = 0
    """How many rows are held."""

    @property
    def count(self) -> int:
        """How many rows have it."""
        return len(self.skus)


def causes(occurrences: Iterable[Occurrence]) -> list[Cause]:
    """Grouped by cause: those that stop something first, then the most frequent."""
    groups: dict[str, list[Occurrence]] = {}
    for one in occurrences:
        groups.setdefault(cause_id(one.problem), []).append(one)
    found = [_cause(name, group) for name, group in groups.items()]
    found.sort(key=lambda cause: (not cause.blocking, -cause.count, cause.id))
    return found


def cause_id(problem: ListingProblem) -> str:
    """What problems of one cause share: code and field, and the words where a code says little."""
    if problem.code in {"review-failed", "tiktok-check", "tiktok-warning"}:
        words = _VARIABLE.sub("", problem.what).casefold()
        return f"{problem.code}:{problem.field}:{'-'.join(re.findall('[a-z]+', words)[:6])}"
    return f"{problem.code}:{problem.field}"


def _cause(name: str, group: list[Occurrence]) -> Cause:
    moments = sorted(one.since for one in group if one.since is not None)
    latest = max(group, key=lambda one: ("" if one.since is None else one.since.isoformat(), one.sku))
    problem = latest.problem
    return Cause(
        id=name,
        code=problem.code,
        field=problem.field,
        what=problem.what,
        fix=problem.fix,
        opens=_EDITS.get(problem.field, ""),
        blocking=any(one.problem.blocking for one in group),
        skus=tuple(dict.fromkeys(sorted(one.sku for one in group))),
        oldest=moments[0] if moments else None,
        newest=moments[-1] if moments else None,
        targets=tuple(dict.fromkeys(sorted(one.problem.sku or one.sku for one in group))),
        held=len({one.sku for one in group if one.held}),
    )
