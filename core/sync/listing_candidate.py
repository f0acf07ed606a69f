"""Brings together what one listing would be: product, variants, drafts, rules, category (A18 to A26)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from core import tables
from core.channel.errors import ChannelError
from core.channel.listings import Attribute, Certificate, DraftSku, ProductDraft, Side, SizeChartRef
from core.models.base import Money
from core.models.category import CategoryAnswers, CategoryChoice, Leaf, ShopFacts
from core.models.integration import Integration
from core.models.listing import Listing, PricingRule
from core.models.product import Product, ProductKind
from core.rules.candidate import Candidate, CategoryState, SideValue, Variant
from core.rules.description import as_html
from core.rules.listing_limits import limits_for
from core.rules.price import selling_price
from core.rules.stock import advertised_quantity
from core.store import Reader
from core.sync.listing_answers import answers_of, category_of
from core.sync.listing_drafts import kept_draft
from core.sync.listing_knowledge import ShopKnowledge

_EAN_DIGITS: Final = 13
_SPELLINGS: Final = {"color": "colour", "colors": "colour", "colours": "colour", "sizes": "size"}


@dataclass(frozen=True, slots=True)
class Documents:
    """A size chart and certificates that TikTok has, as a draft names them."""

    size_chart: SizeChartRef | None = None
    certificates: Sequence[Certificate] = ()


@dataclass(frozen=True, slots=True)
class _Sides:
    """What the category knows of variations, and what a person said about ours."""

    leaf: Leaf | None
    answers: CategoryAnswers


@dataclass(frozen=True, slots=True)
class Family:
    """A single with itself, or a parent with its children, and the draft of each by SKU."""

    front: Product
    members: tuple[Product, ...]
    """What becomes SKUs: a parent itself does not."""
    drafts: Mapping[str, Listing]
    choice: CategoryChoice | None

    @property
    def skus(self) -> tuple[str, ...]:
        """Avasam SKUs of the front and its members."""
        return tuple(dict.fromkeys((self.front.sku, *(one.sku for one in self.members))))


async def children_of(store: Reader) -> dict[str, list[str]]:
    """Parent SKU -> SKUs of its children that the inventory still has."""
    found: dict[str, list[str]] = {}
    async for chunk in store.columns(tables.PRODUCTS, ("parent_sku", "missing")):
        for sku, (parent, missing) in chunk:
            if isinstance(parent, str) and not missing:
                found.setdefault(parent, []).append(sku)
    for children in found.values():
        children.sort()
    return found


async def rules_of(store: Reader, integration_id: str) -> dict[str, PricingRule]:
    """The integration's pricing rules by id."""
    rows = [row async for _, row in store.scan(tables.PRICING_RULES, prefix=tables.prefix(integration_id))]
    return {rule.id: rule for rule in map(PricingRule.from_document, rows)}


async def read_family(
    store: Reader, integration_id: str, sku: str, children: Mapping[str, Sequence[str]]
) -> Family | None:
    """The product with its variants; None when the inventory has no such product."""
    document = await store.get(tables.PRODUCTS, sku)
    if document is None:
        return None
    front = Product.from_document(document)
    members = [front]
    if front.kind is ProductKind.PARENT:
        rows = [await store.get(tables.PRODUCTS, child) for child in children.get(sku, ())]
        members = [Product.from_document(row) for row in rows if row is not None]
    drafts: dict[str, Listing] = {}
    for one in (front, *members):
        draft = await kept_draft(store, integration_id, one.sku)
        if draft is not None:
            drafts[one.sku] = draft
    row = await store.get(tables.CATEGORY_CHOICES, tables.key(integration_id, category_key(front)))
    choice = None if row is None else CategoryChoice.from_document(row)
    return Family(front, tuple(members), drafts, choice)


def category_key(product: Product) -> str:
    """What a category choice is remembered under: the Avasam category's name, or its id without one."""
    return product.category or product.category_id or "-"


async def candidate_of(
    family: Family,
    integration: Integration,
    rules: Mapping[str, PricingRule],
    knowledge: ShopKnowledge | None,
) -> Candidate:
    """The family as it would be listed. Without `knowledge` category and shop stay unchecked."""
    front, draft = family.front, family.drafts.get(family.front.sku)
    category_id = category_of(draft, family.choice)
    state, leaf, facts, name = await _known(knowledge, category_id)
    answered = answers_of((front, *family.members), draft, family.choice, leaf)
    answers = answered.answers
    is_parent = front.kind is ProductKind.PARENT
    return Candidate(
        sku=front.sku,
        region=integration.shop.region,
        title=(draft.title if draft and draft.title is not None else front.title),
        description=as_html(_description(family, draft)),
        is_parent=is_parent,
        category_id=category_id,
        category_state=state,
        category_name=name,
        leaf=leaf,
        attributes=answers.attributes,
        brand_id=answers.brand_id,
        weight_kg=answers.weight_kg,
        size_cm=answers.size_cm,
        size_chart=answers.size_chart,
        certificates=answers.certificates,
        certificates_remembered=answered.certificates_remembered,
        manufacturer_ids=answers.manufacturer_ids,
        responsible_person_ids=answers.responsible_person_ids,
        variants=_variants(family, integration, rules, _Sides(leaf, answers), is_parent=is_parent),
        addresses=_addresses(family)[: limits_for(integration.shop.region).images_most + 1],
        facts=facts,
    )


def draft_of(
    candidate: Candidate, image_uris: Sequence[str], documents: Documents, facts: ShopFacts
) -> ProductDraft:
    """What a create sends. The candidate must have passed preflight: prices and quantities are known."""
    home = facts.home() or ""
    return ProductDraft(
        title=candidate.title,
        description=candidate.description,
        category_id=candidate.category_id or "",
        image_uris=list(image_uris),
        skus=[draft_sku(variant, {home: variant.quantity or 0}) for variant in candidate.variants],
        brand_id=candidate.brand_id,
        attributes=attributes_of(candidate),
        weight_kg=candidate.weight_kg,
        size_cm=candidate.size_cm,
        size_chart=documents.size_chart,
        certificates=documents.certificates,
        manufacturer_ids=candidate.manufacturer_ids,
        responsible_person_ids=candidate.responsible_person_ids,
        external_id=candidate.sku,
    )


def draft_sku(variant: Variant, quantities: dict[str, int]) -> DraftSku:
    """One SKU as it is sent."""
    return DraftSku(
        seller_sku=variant.sku,
        price=Money(amount=variant.price or Decimal(0), currency=variant.currency),
        quantities=quantities,
        sides=[Side(one.name, one.value, one.attribute_id, one.value_id) for one in variant.sides],
        ean=variant.ean,
    )


def attributes_of(candidate: Candidate) -> list[Attribute]:
    """The product attributes as they are sent."""
    return [Attribute(one.id, one.value_ids, one.value_names) for one in candidate.attributes]


async def _known(
    knowledge: ShopKnowledge | None, category_id: str | None
) -> tuple[CategoryState, Leaf | None, ShopFacts | None, str]:
    if knowledge is None:
        state = CategoryState.UNCHECKED if category_id else CategoryState.NONE
        return state, None, None, ""
    try:
        state = await knowledge.state_of(category_id)
        leaf = await knowledge.leaf(category_id) if category_id and state is CategoryState.FINE else None
        if state is CategoryState.FINE and leaf is None:
            state = CategoryState.VANISHED
        name = knowledge.path_of(category_id) if category_id else ""
        return state, leaf, await knowledge.facts(), name
    except ChannelError:
        if not category_id:
            return CategoryState.NONE, None, None, ""
        return CategoryState.UNCHECKED, None, None, ""


def _description(family: Family, draft: Listing | None) -> str:
    if draft is not None and draft.description is not None:
        return draft.description
    return family.front.description or next(
        (one.description for one in family.members if one.description), ""
    )


def _addresses(family: Family) -> tuple[str, ...]:
    own = family.front.images
    return own or tuple(dict.fromkeys(address for one in family.members for address in one.images))


def _variants(
    family: Family,
    integration: Integration,
    rules: Mapping[str, PricingRule],
    known: _Sides,
    *,
    is_parent: bool,
) -> tuple[Variant, ...]:
    names = varying(family.members) if is_parent else ()
    return tuple(_variant(one, family, integration, rules, known, names) for one in family.members)


def _variant(
    product: Product,
    family: Family,
    integration: Integration,
    rules: Mapping[str, PricingRule],
    known: _Sides,
    names: Sequence[str],
) -> Variant:
    draft = family.drafts.get(product.sku)
    price = selling_price(product, draft, rules.get(draft.rule_id) if draft and draft.rule_id else None)
    stock = advertised_quantity(product.stock, integration.settings)
    ean = product.barcode if product.barcode and len(product.barcode) == _EAN_DIGITS else None
    return Variant(
        sku=product.sku,
        price=price.value.amount,
        price_steps=price.steps,
        currency=product.currency,
        quantity=stock.value,
        quantity_steps=stock.steps,
        sides=tuple(
            _side(name, product.attributes[name], known) for name in names if name in product.attributes
        ),
        ean=ean,
        below_floor=price.value.below_floor,
    )


def varying(members: Sequence[Product]) -> tuple[str, ...]:
    """The attributes that set the variants apart; all of them when there is only one variant."""
    names = dict.fromkeys(name for one in members for name in one.attributes)
    if len(members) == 1:
        return tuple(names)
    return tuple(name for name in names if len({one.attributes.get(name) for one in members}) > 1)


def _side(name: str, value: str, known: _Sides) -> SideValue:
    """Under the sales attribute that a person named, else one spelt alike, else one of our own."""
    named = dict(known.answers.sides).get(name)
    wanted = _spelt(name)
    for rule in known.leaf.attributes if known.leaf is not None else ():
        fits = rule.id == named if named is not None else _spelt(rule.name) == wanted
        if rule.is_side and fits:
            return SideValue(rule.name, value, rule.id, rule.value_id(value))
    return SideValue(name, value)


def _spelt(name: str) -> str:
    folded = name.casefold().strip()
    return _SPELLINGS.get(folded, folded)
