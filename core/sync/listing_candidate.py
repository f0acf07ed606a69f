"""Brings together what one listing would be: product, variants, drafts, rules, category (A18 to A26)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Final

from core import tables
from core.channel.errors import ChannelError
from core.channel.listings import Attribute, DraftSku, ProductDraft, Side
from core.models.base import Money
from core.models.category import CategoryChoice, ChosenAttribute, Leaf, ShopFacts
from core.models.integration import Integration
from core.models.listing import Listing, PricingRule
from core.models.product import Product, ProductKind
from core.rules.candidate import Candidate, CategoryState, SideValue, Variant
from core.rules.description import as_html
from core.rules.listing_limits import limits_for
from core.rules.price import selling_price
from core.rules.stock import advertised_quantity
from core.store import Reader
from core.sync.listing_knowledge import ShopKnowledge

_EAN_DIGITS: Final = 13
_SPELLINGS: Final = {"color": "colour", "colors": "colour", "colours": "colour", "sizes": "size"}


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
        row = await store.get(tables.LISTINGS, tables.key(integration_id, one.sku))
        if row is not None:
            drafts[one.sku] = Listing.from_document(row)
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
    category_id = _category_of(draft, family.choice)
    state, leaf, facts, name = await _known(knowledge, category_id)
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
        attributes=_attributes(family, draft, category_id, leaf),
        brand_id=draft.brand_id if draft else None,
        weight_kg=_weight(family, draft),
        size_cm=draft.size_cm if draft else None,
        variants=_variants(family, integration, rules, leaf, is_parent=is_parent),
        addresses=_addresses(family)[: limits_for(integration.shop.region).images_most + 1],
        facts=facts,
    )


def draft_of(candidate: Candidate, image_uris: Sequence[str], facts: ShopFacts) -> ProductDraft:
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


def fingerprints(candidate: Candidate) -> dict[str, str]:
    """Field -> a short hash of what would be sent for it: tells what changed without keeping it twice."""
    parts = {
        "title": candidate.title,
        "description": candidate.description,
        "category": candidate.category_id,
        "attributes": [one.model_dump() for one in candidate.attributes],
        "brand": candidate.brand_id,
        "weight": candidate.weight_kg,
        "size": candidate.size_cm,
        "images": candidate.addresses,
        "variation": [(one.sku, one.sides) for one in candidate.variants],
        "sku": [one.sku for one in candidate.variants],
        "price": [(one.sku, one.price) for one in candidate.variants],
        "stock": [(one.sku, one.quantity) for one in candidate.variants],
    }
    return {
        name: sha256(repr(part).encode("utf-8", "replace")).hexdigest()[:16] for name, part in parts.items()
    }


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


def _category_of(draft: Listing | None, choice: CategoryChoice | None) -> str | None:
    if draft is not None and draft.category_id is not None:
        return draft.category_id
    return None if choice is None else choice.category_id


def _description(family: Family, draft: Listing | None) -> str:
    if draft is not None and draft.description is not None:
        return draft.description
    return family.front.description or next(
        (one.description for one in family.members if one.description), ""
    )


def _weight(family: Family, draft: Listing | None) -> Decimal | None:
    """Typed, else the inventory's (the heaviest of the variants), else the category's usual one."""
    if draft is not None and draft.weight_kg is not None:
        return draft.weight_kg
    known = [one.weight_kg for one in (family.front, *family.members) if one.weight_kg is not None]
    if known:
        return max(known)
    return None if family.choice is None else family.choice.weight_kg


def _attributes(
    family: Family, draft: Listing | None, category_id: str | None, leaf: Leaf | None
) -> tuple[ChosenAttribute, ...]:
    """Chosen for the listing, else remembered for the category, else what the inventory calls alike."""
    chosen = {one.id: one for one in (draft.attributes if draft else ())}
    if family.choice is not None and family.choice.category_id == category_id:
        for one in family.choice.attributes:
            chosen.setdefault(one.id, one)
    for rule in leaf.attributes if leaf is not None else ():
        value = family.front.attributes.get(rule.name)
        if rule.is_side or rule.id in chosen or value is None:
            continue
        value_id = rule.value_id(value)
        if value_id is not None:
            chosen[rule.id] = ChosenAttribute(id=rule.id, value_ids=(value_id,))
        elif rule.takes_own:
            chosen[rule.id] = ChosenAttribute(id=rule.id, value_names=(value,))
    return tuple(chosen[key] for key in sorted(chosen))


def _addresses(family: Family) -> tuple[str, ...]:
    own = family.front.images
    return own or tuple(dict.fromkeys(address for one in family.members for address in one.images))


def _variants(
    family: Family,
    integration: Integration,
    rules: Mapping[str, PricingRule],
    leaf: Leaf | None,
    *,
    is_parent: bool,
) -> tuple[Variant, ...]:
    names = _varying(family.members) if is_parent else ()
    return tuple(_variant(one, family, integration, rules, leaf, names) for one in family.members)


def _variant(
    product: Product,
    family: Family,
    integration: Integration,
    rules: Mapping[str, PricingRule],
    leaf: Leaf | None,
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
            _side(name, product.attributes[name], leaf) for name in names if name in product.attributes
        ),
        ean=ean,
        below_floor=price.value.below_floor,
    )


def _varying(members: Sequence[Product]) -> tuple[str, ...]:
    """The attributes that set the variants apart; all of them when there is only one variant."""
    names = dict.fromkeys(name for one in members for name in one.attributes)
    if len(members) == 1:
        return tuple(names)
    return tuple(name for name in names if len({one.attributes.get(name) for one in members}) > 1)


def _side(name: str, value: str, leaf: Leaf | None) -> SideValue:
    wanted = _spelt(name)
    for rule in leaf.attributes if leaf is not None else ():
        if rule.is_side and _spelt(rule.name) == wanted:
            return SideValue(rule.name, value, rule.id, rule.value_id(value))
    return SideValue(name, value)


def _spelt(name: str) -> str:
    folded = name.casefold().strip()
    return _SPELLINGS.get(folded, folded)
