"""Causes of problems in words: columns, the card of one, and text for copying."""

from collections.abc import Callable, Sequence
from datetime import datetime

from core.rules.triage import Cause, Occurrence
from tui.widgets.cells import Cell, Tone
from tui.widgets.columns import Column
from tui.words.listing_actions import rows
from tui.words.listing_text import since

Now = Callable[[], datetime]


def cause_columns(now: Now) -> list[Column[Cause]]:
    """The list of causes; what stops something has another sign than what is only worth knowing."""
    return [
        Column("count", "Rows", 7, lambda one: Cell(f"{one.count:,}"), right=True, sortable=False),
        Column("mark", "", 1, _mark, sortable=False),
        Column("what", "Cause", 30, lambda one: Cell(one.what), grow=1, sortable=False),
        Column("field", "Field", 11, lambda one: Cell(one.field, Tone.DIM), sortable=False),
        Column("held", "Held", 5, _held, right=True, sortable=False),
        Column("newest", "Newest", 7, lambda one: Cell(since(one.newest, now())), right=True, sortable=False),
        Column("oldest", "Oldest", 7, lambda one: Cell(since(one.oldest, now())), right=True, sortable=False),
    ]


def row_columns(now: Now) -> list[Column[Occurrence]]:
    """The rows of a cause."""
    return [
        Column("sku", "Row", 16, lambda one: Cell(one.problem.sku or one.sku), grow=1, sortable=False),
        Column("held", "", 6, lambda one: Cell("▲ held" if one.held else "", Tone.WARN), sortable=False),
        Column("what", "What", 34, lambda one: Cell(one.problem.what), grow=4, sortable=False),
        Column("since", "Since", 7, lambda one: Cell(since(one.since, now())), right=True, sortable=False),
    ]


def card(cause: Cause, way: str, now: datetime) -> str:
    """The plain cause, the field, the fix, and the key that opens it."""
    sign = "✖" if cause.blocking else "-"
    lines = [
        f"{sign} {cause.what}",
        f"Field: {cause.field} · {cause.code} · {rows(cause.count)}{_between(cause, now)}",
        f"Fix: {cause.fix}",
        f"e  {way}; then they are tried again" if way else "It is not cured here; r tries again afterwards",
    ]
    if cause.held:
        lines.append(f"▲ {rows(cause.held)} held after three identical refusals: change it (e), or z resets")
    return "\n".join(lines)


def cause_text(cause: Cause, found: Sequence[Occurrence]) -> str:
    """The cause with its rows, one a line."""
    head = f"{cause.what}\t{cause.field}\t{cause.code}\t{cause.fix}"
    return "\n".join([head, *(f"{one.problem.sku or one.sku}\t{one.problem.what}" for one in found)])


def _between(cause: Cause, now: datetime) -> str:
    if cause.newest is None:
        return ""
    newest, oldest = since(cause.newest, now), since(cause.oldest, now)
    return f" · {newest} ago" if newest == oldest else f" · newest {newest} ago, oldest {oldest} ago"


def _mark(cause: Cause) -> Cell:
    return Cell("✖", Tone.BAD) if cause.blocking else Cell("-", Tone.WARN)


def _held(cause: Cause) -> Cell:
    return Cell(f"▲{cause.held}" if cause.held else "", Tone.WARN)
