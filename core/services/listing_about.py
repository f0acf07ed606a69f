"""What there is to say about one row of the grid: its first problem, and how many rows share the cause."""

from dataclasses import dataclass

from core import tables
from core.models.listing_state import ListingProblem, ListingState
from core.services.listing_desk import ListingDesk
from core.services.listing_rows import ListingRow
from core.store import Reader


@dataclass(frozen=True, slots=True)
class About:
    """`more` is how many other products have a problem of the same code."""

    problem: ListingProblem | None
    more: int = 0


async def about(store: Reader, desk: ListingDesk, row: ListingRow) -> About:
    """Read anew: a row holds only the codes of its problems."""
    if not row.problems:
        return About(None)
    key = tables.key(desk.integration.id, row.parent_sku or row.sku)
    document = await store.get(tables.LISTING_STATES, key)
    state = None if document is None else ListingState.from_document(document)
    found = [] if state is None else [one for one in state.every_problem() if one.code in row.problems]
    if not found:
        return About(None)
    own = [one for one in found if one.sku == row.sku]
    first = next((one for one in (*own, *found) if one.blocking), found[0])
    return About(first, max(0, desk.view.having("problems", first.code) - 1))
