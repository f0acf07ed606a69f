"""The selling price of a row from its light parts: typed, own, or what its rule makes of it (A24)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.models.listing import Listing, PricingRule
from core.models.product import Product
from core.rules.price import selling_price
from core.services.listing_parts import (
    GOODS_FIELDS,
    OWN_PRICE,
    RULE,
    TYPED_PRICE,
    TYPED_SHIPPING,
    Part,
    amount,
)

Rules = Mapping[str, PricingRule]
"""Id -> rule of one shop."""
Kids = Sequence[tuple[Part, Part | None]]
"""Product and draft of each variant of a parent."""


@dataclass(frozen=True, slots=True)
class Priced:
    """`amount` to `highest` is one price, or the range of a parent's variants; None while it is unknown.

    `rule_id` is the rule in force (`auto`), `why` how it came to the price, or why there is none.
    """

    rule_id: str | None = None
    amount: Decimal | None = None
    highest: Decimal | None = None
    why: str = ""


def in_force(draft: Part | None, rules: Rules) -> PricingRule | None:
    """The rule that the row follows: one that is paused, or gone, leaves the typed or own price."""
    rule = None if draft is None else rules.get(str(draft[RULE]))
    return None if rule is None or rule.paused else rule


def price_of(goods: Part, draft: Part | None, rules: Rules, *, worked_out: bool) -> Priced:
    """The price of a single or a variant; a rule's is None unless it is to be `worked_out`."""
    rule = in_force(draft, rules)
    if rule is not None:
        return _by_rule(goods, draft, rule) if worked_out else Priced(rule.id)
    typed = None if draft is None else amount(draft[TYPED_PRICE])
    price = amount(goods[OWN_PRICE]) if typed is None else typed
    return Priced(None, price, price)


def range_of(kids: Kids, rules: Rules, *, worked_out: bool) -> Priced:
    """Of a variation parent: a rule only when all variants follow the same."""
    found = [price_of(goods, draft, rules, worked_out=worked_out) for goods, draft in kids]
    ids = {one.rule_id for one in found}
    rule_id = ids.pop() if len(ids) == 1 else None
    prices = [one.amount for one in found if one.amount is not None]
    why = next((one.why for one in found if one.rule_id is not None and one.amount is None), "")
    if not prices:
        return Priced(rule_id, why=why)
    return Priced(rule_id, min(prices), max(prices), why)


def _by_rule(goods: Part, draft: Part | None, rule: PricingRule) -> Priced:
    """The same as the price that is sent, without the cost of checking again what a model has written."""
    known = dict(zip(GOODS_FIELDS, goods, strict=True))
    product = Product.model_construct(
        sku="",
        title="",
        cost_ex=amount(known["cost_ex"]),
        shipping_ex=amount(known["shipping_ex"]),
        vat_percent=amount(known["vat_percent"]),
        selling_price=amount(known["selling_price"]),
        currency=str(known["currency"] or ""),
        supplier=str(known["supplier"] or ""),
        supplier_key=str(known["supplier_key"] or ""),
        category=str(known["category"] or ""),
        category_id=str(known["category_id"] or ""),
    )
    listing = None if draft is None else _listing(draft)
    decision = selling_price(product, listing, rule)
    steps = decision.steps
    if decision.value.amount is None:
        steps = tuple(step for step in steps if step != "no price")
    price = decision.value.amount
    return Priced(rule.id, price, price, " -> ".join(steps))


def _listing(draft: Part) -> Listing:
    return Listing.model_construct(
        integration_id="",
        avasam_sku="",
        typed_price=amount(draft[TYPED_PRICE]),
        shipping_ex=amount(draft[TYPED_SHIPPING]),
    )
