"""The answers to a leaf for one product: typed, else remembered, else what the inventory knows (A25)."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from core.models.category import CategoryAnswers, CategoryChoice, ChosenAttribute, Leaf
from core.models.listing import Listing
from core.models.product import Product

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Answered:
    """The answers that count, and whether the certificates are those of the Avasam category."""

    category_id: str | None
    answers: CategoryAnswers
    certificates_remembered: bool = False


def answers_of(
    products: tuple[Product, ...], draft: Listing | None, choice: CategoryChoice | None, leaf: Leaf | None
) -> Answered:
    """Of the front, the first of `products`, with its members. What the leaf does not take is left out."""
    category_id = category_of(draft, choice)
    kept = choice if choice is not None and choice.category_id == category_id else None

    def first(value: Callable[[CategoryAnswers], Value]) -> Value | None:
        """What was typed, else what is remembered."""
        rows = (one for one in (draft, kept) if one is not None)
        return next((found for row in rows if (found := value(row))), None)

    certificates = first(lambda one: one.certificates) or ()
    chart = first(lambda one: one.size_chart)
    if leaf is not None:
        known = {one.id for one in leaf.documents}
        certificates = tuple(one for one in certificates if one.id in known)
        chart = chart if leaf.takes_size_chart or "size_chart" in leaf.required else None
    answers = CategoryAnswers(
        attributes=_attributes(products[0], draft, kept, leaf),
        brand_id=_brand(draft, kept),
        weight_kg=_weight(products, draft, choice),
        size_cm=first(lambda one: one.size_cm),
        size_chart=chart,
        certificates=certificates,
        manufacturer_ids=first(lambda one: one.manufacturer_ids) or (),
        responsible_person_ids=first(lambda one: one.responsible_person_ids) or (),
        sides=first(lambda one: one.sides) or (),
    )
    remembered = bool(certificates) and not (draft is not None and draft.certificates)
    return Answered(category_id, answers, remembered)


def category_of(draft: Listing | None, choice: CategoryChoice | None) -> str | None:
    """The leaf chosen for the product, else for its Avasam category."""
    if draft is not None and draft.category_id is not None:
        return draft.category_id
    return None if choice is None else choice.category_id


def _brand(draft: Listing | None, kept: CategoryChoice | None) -> str | None:
    if draft is not None and draft.brand_id is not None:
        return draft.brand_id or None
    return (kept.brand_id or None) if kept is not None else None


def _weight(
    products: tuple[Product, ...], draft: Listing | None, choice: CategoryChoice | None
) -> Decimal | None:
    """Typed, else the inventory's (the heaviest of the variants), else the category's usual one."""
    if draft is not None and draft.weight_kg is not None:
        return draft.weight_kg
    known = [one.weight_kg for one in products if one.weight_kg is not None]
    if known:
        return max(known)
    return None if choice is None else choice.weight_kg


def _attributes(
    front: Product, draft: Listing | None, kept: CategoryChoice | None, leaf: Leaf | None
) -> tuple[ChosenAttribute, ...]:
    """Chosen for the listing, else remembered for the category, else what the inventory calls alike."""
    chosen = {one.id: one for one in (draft.attributes if draft else ())}
    for one in kept.attributes if kept is not None else ():
        chosen.setdefault(one.id, one)
    for rule in leaf.attributes if leaf is not None else ():
        value = front.attributes.get(rule.name)
        if rule.is_side or rule.id in chosen or value is None:
            continue
        value_id = rule.value_id(value)
        if value_id is not None:
            chosen[rule.id] = ChosenAttribute(id=rule.id, value_ids=(value_id,))
        elif rule.takes_own:
            chosen[rule.id] = ChosenAttribute(id=rule.id, value_names=(value,))
    return tuple(chosen[key] for key in sorted(chosen))
