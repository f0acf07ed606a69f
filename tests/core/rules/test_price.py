"""Selling price: the worked examples, the edges, and what holds for every amount."""

from datetime import UTC, datetime
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.models.listing import Listing, PricingRule
from core.models.product import Product
from core.rules.price import PriceSource, apply_rule, fault_of, round_up_to_ending, selling_price

EDITED = datetime(2026, 7, 1, tzinfo=UTC)


def rule_with(**given: object) -> PricingRule:
    values = {"id": "r1", "integration_id": "i1", "name": "Spring", "edited_at": EDITED}
    return PricingRule.model_validate(values | given)


def product_with(**given: object) -> Product:
    values = {
        "sku": "MUG-1",
        "title": "Mug",
        "cost_ex": Decimal(10),
        "shipping_ex": Decimal(3),
        "vat_percent": Decimal(20),
        "selling_price": Decimal("14.50"),
    }
    return Product.model_validate(values | given)


def listing_with(**given: object) -> Listing:
    return Listing.model_validate({"integration_id": "i1", "avasam_sku": "MUG-1"} | given)


FORTY = rule_with(percent=Decimal(40), ending=Decimal("0.99"))
WITH_SHIPPING = rule_with(percent=Decimal(40), ending=Decimal("0.99"), include_shipping=True)

amounts = st.decimals(0, 10**6, places=4)
percents = st.decimals(0, 1000, places=3)
endings = st.integers(0, 99).map(lambda pennies: Decimal(pennies) / 100)


def test_the_worked_example_without_and_with_shipping() -> None:
    inputs = (Decimal(10), Decimal(3), Decimal(20))
    assert apply_rule(FORTY, *inputs).value == Decimal("16.99")
    assert apply_rule(WITH_SHIPPING, *inputs).value == Decimal("21.99")


def test_every_step_of_a_price_is_told_in_words() -> None:
    assert str(selling_price(product_with(), None, WITH_SHIPPING)) == (
        "rule Spring -> cost 10.00 -> shipping +3.00 = 13.00 -> +40 % = 18.20 -> VAT 20 % = 21.84"
        " -> up to .99 = 21.99"
    )


def test_a_fixed_amount_is_added_before_vat() -> None:
    fixed = apply_rule(rule_with(fixed=Decimal(2)), Decimal(10), Decimal(0), Decimal(20))
    assert fixed.value == Decimal("14.40")
    assert str(fixed) == "cost 10.00 -> +2.00 = 12.00 -> VAT 20 % = 14.40 -> rounded = 14.40"


def test_a_rule_that_adjusts_nothing_sells_at_cost_and_vat() -> None:
    assert apply_rule(rule_with(), Decimal(10), Decimal(3), Decimal(20)).value == Decimal("12.00")


@pytest.mark.parametrize(
    ("gross", "price"),
    [
        ("24.99", "24.99"),
        ("24.995", "25.99"),
        ("25.00", "25.99"),
        ("24.75", "24.99"),
        ("0.01", "0.99"),
        ("0.991", "1.99"),
    ],
)
def test_the_edges_of_an_ending(gross: str, price: str) -> None:
    assert round_up_to_ending(Decimal(gross), Decimal("0.99")) == Decimal(price)


@pytest.mark.parametrize(
    ("gross", "price"), [("1.005", "1.01"), ("1.004999", "1.00"), ("2.5", "2.50"), ("0.125", "0.13")]
)
def test_without_an_ending_it_is_half_up_to_pennies(gross: str, price: str) -> None:
    assert str(round_up_to_ending(Decimal(gross), None)) == price


@given(gross=amounts, ending=endings)
def test_an_ended_price_is_the_smallest_that_is_enough(gross: Decimal, ending: Decimal) -> None:
    price = round_up_to_ending(gross, ending)
    assert price >= gross
    assert price - 1 < gross
    assert price % 1 == ending
    assert price.as_tuple().exponent == -2


@given(gross=st.decimals(0, 10**30, places=6), ending=st.none() | endings)
def test_the_callers_decimal_context_does_not_matter(gross: Decimal, ending: Decimal | None) -> None:
    with localcontext() as narrow:
        narrow.prec = 4
        narrowly = round_up_to_ending(gross, ending)
    assert narrowly == round_up_to_ending(gross, ending)


@given(
    cost=amounts,
    shipping=amounts,
    vat=percents,
    adjustment=percents,
    by_percent=st.booleans(),
    include=st.booleans(),
    ending=endings,
)
def test_a_price_agrees_with_the_formula_worked_in_fractions(
    cost: Decimal,
    shipping: Decimal,
    vat: Decimal,
    adjustment: Decimal,
    *,
    by_percent: bool,
    include: bool,
    ending: Decimal,
) -> None:
    rule = rule_with(
        percent=adjustment if by_percent else None,
        fixed=None if by_percent else adjustment,
        include_shipping=include,
        ending=ending,
    )
    base = Fraction(cost) + (Fraction(shipping) if include else 0)
    adjusted = base * (1 + Fraction(adjustment) / 100) if by_percent else base + Fraction(adjustment)
    gross = adjusted * (1 + Fraction(vat) / 100)
    price = Fraction(apply_rule(rule, cost, shipping, vat).value)
    assert gross <= price < gross + 1
    assert (price - Fraction(ending)).denominator == 1


def test_a_rule_goes_before_a_typed_price_and_that_before_the_products_own() -> None:
    """A24"""
    product, typed = product_with(), listing_with(typed_price=Decimal("13.00"))
    ruled = selling_price(product, typed, FORTY).value
    assert (ruled.amount, ruled.source) == (Decimal("16.99"), PriceSource.RULE)
    by_hand = selling_price(product, typed, None)
    assert (by_hand.value.amount, by_hand.value.source) == (Decimal("13.00"), PriceSource.TYPED)
    assert str(by_hand) == "typed price 13.00"
    own = selling_price(product, listing_with(), None)
    assert (own.value.amount, own.value.source) == (Decimal("14.50"), PriceSource.OWN)
    assert str(own) == "own price 14.50"


def test_a_paused_rule_is_passed_over_and_says_so() -> None:
    paused = FORTY.model_copy(update={"paused": True})
    decision = selling_price(product_with(), None, paused)
    assert decision.value.source is PriceSource.OWN
    assert str(decision) == "rule Spring is paused -> own price 14.50"


@pytest.mark.parametrize(
    ("chosen", "applies"),
    [
        ({"suppliers": ("Acme",)}, True),
        ({"suppliers": ("key-1",)}, True),
        ({"suppliers": ("ACME",), "categories": ("kitchen",)}, True),
        ({"suppliers": ("Other",)}, False),
        ({"categories": ("Kitchen",)}, True),
        ({"categories": ("251",)}, True),
        ({"categories": ("Garden", "Toys")}, False),
        ({"suppliers": ("Acme",), "categories": ("Garden",)}, False),
        ({}, True),
    ],
)
def test_a_rule_applies_to_its_suppliers_and_categories_alone(
    chosen: dict[str, tuple[str, ...]], applies: bool
) -> None:
    product = product_with(supplier="Acme", supplier_key="key-1", category="Kitchen", category_id="251")
    source = selling_price(product, None, rule_with(percent=Decimal(10), **chosen)).value.source
    assert source is (PriceSource.RULE if applies else PriceSource.OWN)


@pytest.mark.parametrize(
    ("missing", "why"),
    [("cost_ex", "cost unknown"), ("vat_percent", "VAT unknown"), ("shipping_ex", "shipping price unknown")],
)
def test_what_a_rule_needs_and_does_not_know_leaves_the_price_unknown(missing: str, why: str) -> None:
    typed = listing_with(typed_price=Decimal("13.00"))
    decision = selling_price(product_with(**{missing: None}), typed, WITH_SHIPPING)
    assert decision.value.amount is None
    assert decision.value.source is PriceSource.RULE
    assert str(decision) == f"rule Spring -> {why} -> no price"


def test_unknown_shipping_does_not_matter_to_a_rule_without_shipping() -> None:
    assert selling_price(product_with(shipping_ex=None), None, FORTY).value.amount == Decimal("16.99")


def test_the_listings_shipping_price_overrides_the_products() -> None:
    """A23"""
    overridden = listing_with(shipping_ex=Decimal(0))
    assert selling_price(product_with(), overridden, WITH_SHIPPING).value.amount == Decimal("16.99")


def test_a_product_with_no_price_anywhere_has_none() -> None:
    decision = selling_price(product_with(selling_price=None), None, None)
    assert decision.value.amount is None
    assert str(decision) == "no rule, no typed price and no selling price in the inventory"


@pytest.mark.parametrize("amount", ["0", "-1.50"])
def test_a_price_that_is_not_above_zero_is_no_price(amount: str) -> None:
    free = Decimal(amount)
    assert selling_price(product_with(selling_price=free), None, None).value.amount is None
    assert selling_price(product_with(), listing_with(typed_price=free), None).value.amount is None
    assert selling_price(product_with(cost_ex=free), None, FORTY).value.amount is None


def test_a_price_below_the_floor_stands_and_is_marked() -> None:
    thin = rule_with(percent=Decimal(5), floor_percent=Decimal(10))
    decision = selling_price(product_with(), None, thin)
    assert decision.value.amount == Decimal("12.60")
    assert decision.value.floor == Decimal("13.2")
    assert decision.value.below_floor
    assert decision.steps[-1] == "below the floor of +10 % over cost"


def test_a_price_on_the_floor_is_not_below_it() -> None:
    exact = rule_with(percent=Decimal(10), floor_percent=Decimal(10))
    assert not selling_price(product_with(), None, exact).value.below_floor


def test_the_floor_is_over_shipping_too_when_the_price_has_to_pay_it() -> None:
    rule = rule_with(fixed=Decimal(1), floor_percent=Decimal(10), include_shipping=True)
    assert selling_price(product_with(), None, rule).value.floor == Decimal("17.16")


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"percent": Decimal(1), "fixed": Decimal(1)}, "fill in one only"),
        ({"ending": Decimal("1.99")}, "an ending is from .00 to .99"),
        ({"ending": Decimal("0.995")}, "an ending is from .00 to .99"),
        ({"ending": Decimal("-0.01")}, "an ending is from .00 to .99"),
        ({"ending": Decimal("1E+400")}, "an ending is from .00 to .99"),
        ({"ending": Decimal("1E-400")}, "an ending is from .00 to .99"),
        ({"percent": Decimal("1E+400")}, "has the percentage 1e+400"),
        ({"percent": Decimal("1E-400")}, "has the percentage 1e-400"),
        ({"fixed": Decimal("-1E+10")}, "has the fixed amount"),
        ({"floor_percent": Decimal("1E+400")}, "has the floor 1e+400"),
    ],
)
def test_an_unsound_rule_gives_no_price_and_says_what_is_wrong(given: dict[str, Decimal], why: str) -> None:
    unsound = rule_with(**given)
    assert why in (fault_of(unsound) or "")
    decision = selling_price(product_with(), None, unsound)
    assert decision.value.amount is None
    assert why in str(decision)
    with pytest.raises(ValueError, match="rule Spring") as caught:
        apply_rule(unsound, Decimal(1), Decimal(0), Decimal(20))
    assert why in str(caught.value)


def test_a_currency_without_pennies_is_priced_in_whole_units() -> None:
    yen = product_with(currency="JPY", cost_ex=Decimal(1234), vat_percent=Decimal(10))
    assert selling_price(yen, None, rule_with(percent=Decimal(15))).value.amount == Decimal(1561)
    assert selling_price(yen, None, rule_with(ending=Decimal("0.00"))).value.amount == Decimal(1358)
    decision = selling_price(yen, None, FORTY)
    assert decision.value.amount is None
    assert "JPY has whole amounts alone" in str(decision)


@given(
    cost=st.decimals(0, 10**9, places=12),
    vat=st.decimals(0, 100, places=12),
    number=st.decimals(-(10**9), 10**9, places=12),
    ending=st.none() | endings,
    by_percent=st.booleans(),
)
def test_whatever_inventory_and_rule_may_hold_gives_a_price_or_a_reason(
    cost: Decimal, vat: Decimal, number: Decimal, ending: Decimal | None, *, by_percent: bool
) -> None:
    rule = rule_with(**{"percent" if by_percent else "fixed": number}, ending=ending, floor_percent=number)
    decision = selling_price(product_with(cost_ex=cost, vat_percent=vat), None, rule)
    gross = (
        Fraction(cost) * (1 + Fraction(number) / 100) if by_percent else Fraction(cost) + Fraction(number)
    ) * (1 + Fraction(vat) / 100)
    price = decision.value.amount
    least = Fraction(1, 200) if ending is None else 0
    assert (price is None) is (gross < least or gross <= 0)
    if price is not None and ending is None:
        assert abs(Fraction(price) - gross) <= Fraction(1, 200)
    elif price is not None and ending is not None:
        assert gross <= Fraction(price) < gross + 1


def test_a_price_that_rounds_to_nothing_is_no_price() -> None:
    decision = selling_price(product_with(cost_ex=Decimal("0.003")), None, rule_with(percent=Decimal(10)))
    assert decision.value.amount is None
    assert str(decision).endswith("rounded = 0.00 -> a price must be above 0 -> no price")


@pytest.mark.parametrize(
    ("amount", "currency", "price", "steps"),
    [
        ("14.505", "GBP", "14.51", "own price 14.505 -> rounded = 14.51"),
        ("14.5", "GBP", "14.5", "own price 14.50"),
        ("0.004", "GBP", None, "own price 0.004 -> a price must be above 0"),
        ("1234.5", "JPY", "1235", "own price 1234.50 -> rounded = 1235.00"),
    ],
)
def test_a_given_price_is_brought_to_what_a_shop_takes(
    amount: str, currency: str, price: str | None, steps: str
) -> None:
    decision = selling_price(product_with(selling_price=Decimal(amount), currency=currency), None, None)
    assert (None if decision.value.amount is None else str(decision.value.amount)) == price
    assert str(decision) == steps
