"""Lasting problems about what TikTok says of listings: refused, deleted there, frozen (ux.md, Manners).

A row tells its own; these stand in Activity until no listing is left that has them.
"""

from typing import Final, cast

from core import tables
from core.models.job import Severity
from core.store import Json, Reader
from core.sync.listing_context import ListingContext
from core.sync.problems import note_problem, solve_problem
from core.wording import count_of

_SHOWN: Final = 3
"""How many rows a problem names."""
_CURE: Final = "In the Listing Manager (2), P shows them by cause, with the key that cures each."
_WORDS: Final[dict[str, tuple[str, str]]] = {
    "review-failed": ("TikTok refused {rows} in review", _CURE),
    "gone": (
        "{rows} were deleted on TikTok by somebody else",
        "Delete the rows here too, or list them anew.",
    ),
    "frozen": (
        "TikTok froze {rows} for breaking a policy: no change is taken, neither stock nor price",
        "See why in Seller Center and appeal there; once it is free again, Update it. " + _CURE,
    ),
}
"""Code of a channel problem -> what is wrong, and what to do now."""

FROZEN_TOLD: Final = "listing-frozen"
"""The code of that problem."""


async def tell(ctx: ListingContext) -> None:
    """Put on show what stands against listings now; what no listing has any more is solved."""
    found = await _standing(ctx.store, ctx.integration.id)
    async with ctx.store.transaction(fence=ctx.lease) as tx:
        for code, (what, cure) in _WORDS.items():
            rows = sorted(found.get(code, ()))
            if not rows:
                await solve_problem(tx, ctx.integration.id, _code(code))
                continue
            counted = count_of(len(rows), "listing")
            more = f"; and {len(rows) - _SHOWN} more" if len(rows) > _SHOWN else ""
            await note_problem(
                tx,
                ctx.clock,
                ctx.integration.id,
                _code(code),
                what=what.format(rows=counted).replace("1 listing were", "1 listing was"),
                why="; ".join(f"{sku}: {said}" for sku, said in rows[:_SHOWN]) + more,
                cure=cure,
                severity=Severity.WARNING,
            )


async def is_told(store: Reader, integration_id: str) -> bool:
    """Whether any of these problems is on show."""
    keys = [tables.key(integration_id, _code(code)) for code in _WORDS]
    return any([await store.get(tables.PROBLEMS, key) is not None for key in keys])


async def _standing(store: Reader, integration_id: str) -> dict[str, list[tuple[str, str]]]:
    """Code -> (Avasam SKU, what TikTok said) of every listing that has it."""
    found: dict[str, list[tuple[str, str]]] = {}
    fields = ("avasam_sku", "channel_problems")
    prefix = tables.prefix(integration_id)
    async for chunk in store.columns(tables.LISTING_STATES, fields, prefix=prefix):
        for _, (sku, problems) in chunk:
            for code, said in _first_of_each(problems).items():
                found.setdefault(code, []).append((str(sku), said))
    return found


def _first_of_each(problems: Json) -> dict[str, str]:
    told: dict[str, str] = {}
    for one in cast("list[dict[str, Json]]", problems or []):
        told.setdefault(str(one.get("code")), str(one.get("what")))
    return told


def _code(code: str) -> str:
    return f"listing-{code}"
