"""Pricing rules in words: columns, worked examples, and what a rule does to rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from core.models.integration import Integration
from core.models.listing import PricingRule
from core.services.pricing_rules import Previewed
from core.services.rule_preview import RuleEffect
from core.services.rule_values import floor, formula, scope
from core.wording import count_of
from tui.widgets.cells import Cell, Tone
from tui.widgets.columns import Column
from tui.words.listing_actions import rows

HOW: Final = (
    "A rule prices the rows it is attached to (a), and of those only the products of its suppliers and "
    "categories: all others keep their typed or own price. It fires by itself when cost or shipping price "
    "changes, and when it is edited."
)
EMPTY: Final = "No pricing rule yet. n makes one: cost + shipping + 40 %, VAT, up to .99, for instance."


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule with how many rows follow it, of all and of those it was opened for."""

    rule: PricingRule
    followers: int
    here: int


def rule_columns() -> list[Column[RuleRow]]:
    """The list of rules."""
    return [
        Column("name", "Rule", 12, lambda row: Cell(row.rule.name), grow=1, sortable=False),
        Column("formula", "Formula", 22, lambda row: Cell(formula(row.rule)), grow=2, sortable=False),
        Column("floor", "Floor", 11, lambda row: Cell(floor(row.rule)), sortable=False),
        Column("scope", "For", 6, lambda row: Cell(scope(row.rule)), grow=1, sortable=False),
        Column("rows", "Rows", 5, lambda row: Cell(f"{row.followers:,}"), right=True, sortable=False),
        Column("here", "These", 5, lambda row: Cell(f"{row.here:,}"), right=True, sortable=False),
        Column("state", "", 8, _state, sortable=False),
    ]


def _state(row: RuleRow) -> Cell:
    return Cell("‖ paused", Tone.WARN) if row.rule.paused else Cell("● on", Tone.GOOD)


def followers_words(count: int) -> str:
    """`1 row follows it`, `5 rows follow it`."""
    return count_of(count, "row follows it", "rows follow it")


def when_sent(integration: Integration) -> str:
    """When the prices of a rule reach the shop."""
    if integration.settings.price_update:
        return "Nothing is sent now: prices go with the next price sync, or Update."
    return (
        f"Nothing is sent now. Price update is off for {integration.name}: prices go with Update (u) alone, "
        "or by themselves once it is on (Integrations, enter)."
    )


def line(one: Previewed) -> str:
    """`MUG-1: 9.99 -> 16.99`, with what is wrong with it."""
    then = one.then.value
    after = "no price" if then.amount is None else money(then.amount)
    wrong = ""
    if then.amount is None:
        steps = [step for step in one.then.steps if step != "no price"]
        wrong = f"  ✖ {steps[-1]}"
    elif then.below_floor:
        wrong = f"  ▲ below the floor of {money(then.floor)}"
    return f"{one.sku}: {money(one.now)} -> {after}{wrong}"


def summary(effect: RuleEffect) -> Iterator[str]:
    """How many rows change, and what is wrong with them."""
    verb = "changes" if effect.changed == 1 else "change"
    yield f"{rows(effect.rows)} looked at · {effect.changed:,} {verb} price"
    if effect.unpriced:
        yield f"✖ {rows(effect.unpriced)} would have no price: it is never sent then"
    if effect.below_floor:
        yield f"▲ {rows(effect.below_floor)} below the floor: a problem of the listing, the price stands"


def worst(effect: RuleEffect) -> Iterator[str]:
    """The worst ten."""
    return map(line, effect.worst)


def preview_text(found: Sequence[Previewed]) -> str:
    """The row under the cursor, step by step."""
    if not found:
        return ""
    one = found[0]
    return f"{one.sku}, now {money(one.now)}: {one.then}"


def money(amount: Decimal | None) -> str:
    """An amount with two decimals, or that there is none."""
    return "no price" if amount is None else f"{amount:.2f}"
