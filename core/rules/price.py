"""What a product sells for, VAT included (domain.md, Selling price). Decimal throughout, and exact."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Context, Decimal, localcontext
from enum import StrEnum
from typing import Final

from core.models.decision import Decision
from core.models.listing import Listing, PricingRule
from core.models.product import Product

_PENNY: Final = Decimal("0.01")
_LARGEST: Final = 10**9
_DECIMALS: Final = 12
"""What rules may say, as much as inventories may: far beyond any price, and every sum stays exact."""
WHOLE_CURRENCIES: Final = frozenset({"CLP", "IDR", "JPY", "KRW", "VND"})
"""Currencies without pennies: TikTok takes whole amounts of them (tiktok-shop-api §6)."""
# Sums, products and whole numbers of pennies stay exact: far more digits than any price has.
_EXACT: Final = Context(prec=100)


class PriceSource(StrEnum):
    """Where a selling price came from, in order of precedence."""

    RULE = "rule"
    """The grid shows `auto` and the cell is not editable."""
    TYPED = "typed"
    OWN = "own"
    """The product's own selling price in the inventory."""


@dataclass(frozen=True, slots=True)
class PriceResult:
    """The selling price including VAT, in the product's currency; None means unknown and never pushed."""

    amount: Decimal | None
    source: PriceSource
    floor: Decimal | None = None
    """The least price that leaves the rule's margin, VAT included; unrounded. None when no floor is set."""

    @property
    def below_floor(self) -> bool:
        """The price stands, but the listing has a problem: its margin is under the rule's floor."""
        return self.amount is not None and self.floor is not None and self.amount < self.floor


def selling_price(
    product: Product, listing: Listing | None, rule: PricingRule | None
) -> Decision[PriceResult]:
    """The price to show and why: the listing's rule, else its typed price, else the product's own (A24).

    `rule` is the one that the listing names. One that is paused or meant for other suppliers or categories
    is passed over; one that cannot be worked out leaves the price unknown rather than falling back, so that
    a product is never sold at a price that its rule should have raised.
    """
    steps: tuple[str, ...] = ()
    if rule is not None:
        passed_over = _passed_over(rule, product)
        if passed_over is None:
            return _by_rule(rule, product, listing)
        steps = (f"rule {rule.name} {passed_over}",)
    if listing is not None and listing.typed_price is not None:
        return _as_given(listing.typed_price, product.currency, PriceSource.TYPED, "typed price", steps)
    if product.selling_price is not None:
        return _as_given(product.selling_price, product.currency, PriceSource.OWN, "own price", steps)
    nothing = "no rule, no typed price and no selling price in the inventory"
    return Decision(PriceResult(None, PriceSource.OWN), (*steps, nothing))


def apply_rule(
    rule: PricingRule,
    cost_ex: Decimal,
    shipping_ex: Decimal,
    vat_percent: Decimal,
    currency: str = "GBP",
) -> Decision[Decimal]:
    """`base * (1 + percent)` or `base + fixed`, then VAT, then up to the ending.

    `shipping_ex` counts only when the rule includes shipping. Raises ValueError for a rule that `fault_of`
    finds fault with.
    """
    fault = fault_of(rule, currency)
    if fault is not None:
        raise ValueError(f"rule {rule.name} {fault}")
    return _ended(rule, _gross(rule, cost_ex, shipping_ex, vat_percent), currency)


def round_up_to_ending(gross: Decimal, ending: Decimal | None, currency: str = "GBP") -> Decimal:
    """The smallest whole number plus `ending` (0.00 to 0.99) that is at least `gross`.

    Without an ending, `gross` rounded half up to pennies, or to whole units of a currency without them.
    """
    with localcontext(_EXACT):
        if ending is None:
            return gross.quantize(Decimal(1) if currency in WHOLE_CURRENCIES else _PENNY, ROUND_HALF_UP)
        return ((gross - ending).to_integral_value(ROUND_CEILING) + ending).quantize(_PENNY)


def sellable(amount: Decimal, currency: str = "GBP") -> Decimal | None:
    """A price as a shop takes it: half up to pennies when it has more decimals; None when not above 0."""
    rounded = round_up_to_ending(amount, None, currency)
    if rounded <= 0:
        return None
    return amount if rounded == amount else rounded


def fault_of(rule: PricingRule, currency: str = "GBP") -> str | None:
    """Why no price in that currency can follow from the rule, in words; None when it is sound."""
    if rule.percent is not None and rule.fixed is not None:
        return "has both a percentage and a fixed amount: fill in one only"
    numbers = (("percentage", rule.percent), ("fixed amount", rule.fixed), ("floor", rule.floor_percent))
    for name, number in numbers:
        if number is not None and (abs(number) > _LARGEST or int(number.as_tuple().exponent) < -_DECIMALS):
            return f"has the {name} {number:.6g}: at most {_LARGEST}, with {_DECIMALS} decimals"
    with localcontext(_EXACT):
        if rule.ending is not None and not (0 <= rule.ending < 1 and rule.ending % _PENNY == 0):
            return f"ends prices with {rule.ending}: an ending is from .00 to .99"
    if rule.ending and currency in WHOLE_CURRENCIES:
        return f"ends prices with {rule.ending}: {currency} has whole amounts alone"
    return None


def _passed_over(rule: PricingRule, product: Product) -> str | None:
    if rule.paused:
        return "is paused"
    if rule.suppliers and not _among(rule.suppliers, product.supplier, product.supplier_key):
        return "is for other suppliers"
    if rule.categories and not _among(rule.categories, product.category, product.category_id):
        return "is for other categories"
    return None


def _among(wanted: Iterable[str], *names: str) -> bool:
    """Whether one of the names is wanted, however it is capitalised."""
    return not {name.casefold() for name in names if name}.isdisjoint(name.casefold() for name in wanted)


def _by_rule(rule: PricingRule, product: Product, listing: Listing | None) -> Decision[PriceResult]:
    head = f"rule {rule.name}"
    typed_shipping = None if listing is None else listing.shipping_ex
    shipping = product.shipping_ex if typed_shipping is None else typed_shipping
    fault = fault_of(rule, product.currency)
    if fault is not None:
        return _unpriced(f"{head} {fault}")
    if product.cost_ex is None:
        return _unpriced(head, "cost unknown")
    if product.vat_percent is None:
        return _unpriced(head, "VAT unknown")
    if shipping is None and rule.include_shipping:
        return _unpriced(head, "shipping price unknown")
    inputs = (product.cost_ex, shipping or Decimal(0), product.vat_percent)
    gross = _gross(rule, *inputs)
    if gross.value <= 0:
        return _unpriced(head, *gross.steps, "a price must be above 0")
    price = _ended(rule, gross, product.currency)
    if price.value <= 0:
        return _unpriced(head, *price.steps, "a price must be above 0")
    result = PriceResult(price.value, PriceSource.RULE, _floor(rule, *inputs))
    steps = (head, *price.steps)
    if result.below_floor:
        steps += (f"below the floor of +{_number(rule.floor_percent or Decimal(0))} % over cost",)
    return Decision(result, steps)


def _gross(
    rule: PricingRule, cost_ex: Decimal, shipping_ex: Decimal, vat_percent: Decimal
) -> Decision[Decimal]:
    with localcontext(_EXACT):
        amount = cost_ex
        steps = [f"cost {_shown(cost_ex)}"]
        if rule.include_shipping:
            amount += shipping_ex
            steps.append(f"shipping +{_shown(shipping_ex)} = {_shown(amount)}")
        if rule.percent is not None:
            amount *= 1 + rule.percent * _PENNY
            steps.append(f"{_signed(_number(rule.percent))} % = {_shown(amount)}")
        elif rule.fixed is not None:
            amount += rule.fixed
            steps.append(f"{_signed(_shown(rule.fixed))} = {_shown(amount)}")
        amount *= 1 + vat_percent * _PENNY
        steps.append(f"VAT {_number(vat_percent)} % = {_shown(amount)}")
    return Decision(amount, tuple(steps))


def _ended(rule: PricingRule, gross: Decision[Decimal], currency: str) -> Decision[Decimal]:
    price = round_up_to_ending(gross.value, rule.ending, currency)
    how = "rounded" if rule.ending is None else f"up to {_shown(rule.ending).lstrip('0')}"
    return Decision(price, (*gross.steps, f"{how} = {_shown(price)}"))


def _floor(rule: PricingRule, cost_ex: Decimal, shipping_ex: Decimal, vat_percent: Decimal) -> Decimal | None:
    """The margin is over everything that the price has to pay: cost, and shipping when it is included."""
    if rule.floor_percent is None:
        return None
    with localcontext(_EXACT):
        base = cost_ex + shipping_ex if rule.include_shipping else cost_ex
        return base * (1 + rule.floor_percent * _PENNY) * (1 + vat_percent * _PENNY)


def _as_given(
    amount: Decimal, currency: str, source: PriceSource, name: str, steps: tuple[str, ...]
) -> Decision[PriceResult]:
    steps = (*steps, f"{name} {_shown(amount)}")
    price = sellable(amount, currency)
    if price is None:
        return Decision(PriceResult(None, source), (*steps, "a price must be above 0"))
    if price != amount:
        steps += (f"rounded = {_shown(price)}",)
    return Decision(PriceResult(price, source), steps)


def _unpriced(*steps: str) -> Decision[PriceResult]:
    return Decision(PriceResult(None, PriceSource.RULE), (*steps, "no price"))


def _shown(amount: Decimal) -> str:
    """An amount with at least two decimals, and every one that it has."""
    with localcontext(_EXACT):
        number = _number(amount)
        decimals = len(number.partition(".")[2])
        return number if decimals > 2 else f"{amount:.2f}"


def _number(value: Decimal) -> str:
    """The number without idle zeros: 40, 17.5."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _signed(number: str) -> str:
    return number if number.startswith("-") else f"+{number}"
