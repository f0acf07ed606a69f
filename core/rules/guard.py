"""The mass-change guard: a plan that changes too much at once stops and asks (domain.md, Desired state)."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from core.models.base import Model
from core.wording import count_of

Percent = Annotated[int, Field(ge=0, le=100)]


class GuardLimits(Model):
    """How much may change without asking. A share of 100 switches a check off; limits are exclusive."""

    zeroed_percent: Percent = 30
    """Share of the mapped SKUs that one plan may set to zero."""
    zeroed_count: Annotated[int, Field(ge=0)] = 20
    """And this many may always be set to zero, however few are mapped."""
    moved_percent: Percent = 30
    """Share of the prices that one plan may move far."""
    far_percent: Annotated[int, Field(ge=0)] = 50
    """A price that moves by more than this share of its old value moves far."""
    shrunk_percent: Percent = 30
    """Share of the products that one inventory read may lack compared with the one before."""


class GuardVerdict(Model):
    """Whether to stop, and the words to ask with: what would happen, why it was stopped, how to go on."""

    stopped: bool = False
    what: str = ""
    why: str = ""
    cure: str = ""


GO_ON = GuardVerdict()
"""Nothing out of the ordinary."""


def check_stock(plan_zeroing: int, mapped: int, limits: GuardLimits) -> GuardVerdict:
    """`plan_zeroing` of `mapped` SKUs would go from something to zero."""
    if plan_zeroing <= limits.zeroed_count or not _more(plan_zeroing, mapped, limits.zeroed_percent):
        return GO_ON
    return GuardVerdict(
        stopped=True,
        what=f"{plan_zeroing} of {mapped} mapped SKUs would be set to 0. Nothing was sent.",
        why=f"That is more than {limits.zeroed_percent} % and more than {limits.zeroed_count} SKUs at once.",
        cure="Check the stock in Avasam and the threshold in the settings. If it is right, confirm the sync.",
    )


def moves_far(old: Decimal, new: Decimal, limits: GuardLimits) -> bool:
    """Whether a price moves, up or down, by more than `far_percent` of its old value."""
    return abs(new - old) * 100 > old * limits.far_percent


def check_prices(moved_far: int, priced: int, limits: GuardLimits) -> GuardVerdict:
    """`moved_far` of `priced` SKUs would move far, as `moves_far` tells."""
    if not _more(moved_far, priced, limits.moved_percent):
        return GO_ON
    return GuardVerdict(
        stopped=True,
        what=f"{moved_far:,} of {count_of(priced, 'price')} would move by more than {limits.far_percent} %. "
        "Nothing was sent.",
        why=f"That is more than {limits.moved_percent} % of the prices at once.",
        cure="Check the costs in Avasam and the pricing rules. If it is right, confirm the sync.",
    )


def check_inventory(before: int, after: int, limits: GuardLimits) -> GuardVerdict:
    """An inventory read brought `after` products where the one before brought `before`."""
    if not _more(before - after, before, limits.shrunk_percent):
        return GO_ON
    return GuardVerdict(
        stopped=True,
        what=f"The inventory shrank from {before:,} to {count_of(after, 'product')}. Nothing was changed.",
        why=f"That is more than {limits.shrunk_percent} % less than the last read; it may be incomplete.",
        cure="Check that Avasam or the file shows every product. If it is right, confirm the read.",
    )


def _more(part: int, whole: int, percent: int) -> bool:
    """Whether `part` is more than `percent` of `whole`, in whole numbers."""
    return part * 100 > whole * percent
