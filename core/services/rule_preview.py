"""What a pricing rule would do to rows, counted and with the worst of it first (A24)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from core.services.pricing_rules import Previewed

WORST: Final = 10


@dataclass(frozen=True, slots=True)
class RuleEffect:
    """Rows whose price changes, of all that were looked at."""

    rows: int
    changed: int
    unpriced: int
    """Rows that would have no price: their cost, shipping price or VAT is not known."""
    below_floor: int
    worst: tuple[Previewed, ...]
    """Without a price, below the floor, then those that move furthest."""


def effect_of(found: Sequence[Previewed]) -> RuleEffect:
    """Count what a preview found."""
    changed = [one for one in found if one.then.value.amount != one.now]
    flawed = [one for one in found if one.then.value.amount is None or one.then.value.below_floor]
    shown = {one.sku: one for one in (*flawed, *changed)}
    return RuleEffect(
        rows=len(found),
        changed=len(changed),
        unpriced=sum(one.then.value.amount is None for one in found),
        below_floor=sum(one.then.value.below_floor for one in found),
        worst=tuple(sorted(shown.values(), key=_badness)[:WORST]),
    )


def _badness(one: Previewed) -> tuple[bool, bool, Decimal, str]:
    then = one.then.value
    return then.amount is not None, not then.below_floor, -moved(one), one.sku


def moved(one: Previewed) -> Decimal:
    """By which part of its price a row moves; 0 where there is no price to compare."""
    then = one.then.value.amount
    if not one.now or then is None:
        return Decimal(0)
    return abs(then - one.now) / one.now
