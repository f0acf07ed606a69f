"""The rows that a category is chosen for: how they stand, what varies in them, what they say already."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core import tables
from core.models.category import CategoryAnswers, CategoryChoice
from core.models.integration import Integration
from core.models.listing import Listing
from core.models.product import Product, ProductKind
from core.services.errors import NotFound
from core.services.products import load_product
from core.store import Store
from core.sync.listing_answers import category_of
from core.sync.listing_candidate import category_key, children_of, varying
from core.sync.listing_drafts import kept_draft

_AT_ONCE: Final = 100
"""Rows between two looks at the keyboard."""


@dataclass(frozen=True, slots=True)
class ChosenRows:
    """Rows of one shop, each variant counted as its parent."""

    skus: tuple[str, ...]
    """What was asked for."""
    title: str
    """That of the first, which TikTok is asked about."""
    standing: tuple[tuple[str | None, int], ...]
    """(TikTok category or None, how many rows have it), the most frequent first."""
    avasam_categories: tuple[str, ...]
    varying: tuple[str, ...]
    """Avasam's names of what sets variants apart, of all parents together."""
    know_weight: bool
    """Whether the inventory knows the weight of every row."""
    draft: Listing | None
    """What was typed for the first row."""
    choice: CategoryChoice | None
    """What is remembered for its Avasam category."""

    def answers_for(self, category_id: str) -> CategoryAnswers:
        """What was answered to this leaf already: on the first row, else for its Avasam category."""
        found: dict[str, object] = {}
        of_the_leaf = self.choice is not None and self.choice.category_id == category_id
        known: list[CategoryAnswers] = [self.choice] if of_the_leaf and self.choice is not None else []
        if self.draft is not None and category_of(self.draft, self.choice) == category_id:
            known.append(self.draft)
        for answers in known:
            values = {name: getattr(answers, name) for name in CategoryAnswers.model_fields}
            found |= {name: value for name, value in values.items() if value not in (None, ())}
        return CategoryAnswers().model_copy(update=found)


async def read_chosen(store: Store, integration: Integration, skus: Sequence[str]) -> ChosenRows:
    """Read them. Raises NotFound for a product that the inventory does not have."""
    fronts: dict[str, Product] = {}
    for place, sku in enumerate(dict.fromkeys(skus)):
        product = await load_product(store, sku)
        if product.parent_sku and product.parent_sku not in fronts:
            product = await load_product(store, product.parent_sku)
        fronts.setdefault(product.parent_sku or product.sku, product)
        if place % _AT_ONCE == _AT_ONCE - 1:
            await asyncio.sleep(0)
    if not fronts:
        raise NotFound("No row is chosen", "Mark rows first.")
    standing: Counter[str | None] = Counter()
    first: tuple[Listing | None, CategoryChoice | None] | None = None
    for place, product in enumerate(fronts.values()):
        draft, choice = await _said(store, integration, product)
        if place % _AT_ONCE == _AT_ONCE - 1:
            await asyncio.sleep(0)
        first = first or (draft, choice)
        standing[category_of(draft, choice)] += 1
    front = next(iter(fronts.values()))
    draft, choice = first or (None, None)
    return ChosenRows(
        skus=tuple(dict.fromkeys(skus)),
        title=draft.title if draft is not None and draft.title else front.title,
        standing=tuple(standing.most_common()),
        avasam_categories=tuple(dict.fromkeys(category_key(one) for one in fronts.values())),
        varying=await _varying(store, list(fronts.values())),
        know_weight=all(one.weight_kg is not None for one in fronts.values()),
        draft=draft,
        choice=choice,
    )


async def _said(
    store: Store, integration: Integration, product: Product
) -> tuple[Listing | None, CategoryChoice | None]:
    kept = await store.get(tables.CATEGORY_CHOICES, tables.key(integration.id, category_key(product)))
    return (
        await kept_draft(store, integration.id, product.sku),
        None if kept is None else CategoryChoice.from_document(kept),
    )


async def _varying(store: Store, fronts: Sequence[Product]) -> tuple[str, ...]:
    parents = [one.sku for one in fronts if one.kind is ProductKind.PARENT]
    if not parents:
        return ()
    children = await children_of(store)
    names: dict[str, None] = {}
    for parent in parents:
        members = [await load_product(store, sku) for sku in children.get(parent, ())]
        names |= dict.fromkeys(varying(members))
    return tuple(names)
