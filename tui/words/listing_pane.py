"""The lines below the grid: what is wrong with a row, what cures it, and what waits for Save."""

from typing import Final

from core.rules.listing_status import ListingStatus
from core.services.listing_about import About
from core.services.listing_desk import Line
from core.services.listing_edits import Field
from core.services.listing_rows import ListingRow
from core.text import clean_line
from tui.words.listings import SIGNS

_CURES: Final = {
    "title": "e edits it",
    "description": "d edits it",
    "category": "t chooses it",
    "attributes": "t fills them in",
    "brand": "t fills it in",
    "weight": "t fills it in",
    "size": "t fills it in",
    "price": "e edits it, p automates it",
}
"""Field of a problem -> the key that opens it."""

_OF_THE_SHOP: Final = frozenset({"frozen", "gone"})
"""Codes of problems that no retry can cure."""


def pane(line: Line, said: About) -> str:
    """Three lines."""
    problem = said.problem
    if problem is None:
        third = _unsaved(line) or _auto(line.row)
        return "\n".join(clean_line(one) for one in (_status(line.row), _next(line.row), third))
    sign = "✖" if problem.blocking else "!"
    field = f"{problem.field}, " if problem.field else ""
    shared = f" · same cause on {said.more:,} more (P)" if said.more else ""
    cure = _CURES.get(problem.field)
    keys = f" · {cure}" if cure else ""
    retry = "" if problem.code in _OF_THE_SHOP else " · retry (x)"
    return "\n".join(
        (
            clean_line(f"{sign} {problem.what} ({field}{problem.code}){shared}"),
            clean_line(f"Fix: {problem.fix}{keys}{retry} · explain (?) · copy (y)"),
            clean_line(_unsaved(line) or f"{line.row.sku} · {line.row.title}"),
        )
    )


def _status(row: ListingRow) -> str:
    note = f" · {row.status.note}" if row.status.note else ""
    return f"{SIGNS[row.status.status].text}{note} · {row.sku} · {row.title}"


def _next(row: ListingRow) -> str:
    """What one may do with it now."""
    if row.status.status is ListingStatus.NOT_LISTED:
        return "l lists it: every problem is shown before anything is sent · e edits · t TikTok category"
    return "u sends what has changed · e edits · x delete, deactivate · enter everything about it"


def _auto(row: ListingRow) -> str:
    """What the pricing rule makes of it, or why that is no price."""
    if row.rule_id is None:
        return ""
    if row.price is None:
        return f"! auto, and no price: {row.price_why}: none is sent until that is known · p changes the rule"
    return f"auto: {row.price_why} · p changes the rule" if row.price_why else "auto · p changes the rule"


def _unsaved(line: Line) -> str:
    if not line.edited:
        return ""
    names = ", ".join(one.word for one in Field if one in line.edited)
    return f"* unsaved: {names} · ctrl+s saves · z undoes"
