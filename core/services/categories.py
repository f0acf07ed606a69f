"""TikTok categories as people choose them: search, recommended first, leaf only, remembered (A25)."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from core import tables
from core.backend import Backend
from core.channel.errors import ChannelError
from core.channel.listings import Brand
from core.models.category import (
    CategoryAnswers,
    CategoryChoice,
    CategoryNode,
    CategoryTree,
    ChosenAttribute,
    Leaf,
)
from core.models.integration import Integration
from core.models.product import Product
from core.rules.candidate import CategoryState
from core.services.category_answers import attribute, attribute_named
from core.services.draft_edits import edited
from core.services.errors import NotFound, ServiceError
from core.services.products import load_product
from core.store import Transaction
from core.sync.listing_candidate import category_key
from core.sync.listing_drafts import draft_of
from core.sync.listing_knowledge import ShopKnowledge
from core.text import words_of

_AT_ONCE: Final = 100
"""Rows of one commit; the keyboard is looked at between two."""
_UNANSWERED: Final = {
    name: CategoryAnswers.model_fields[name].default
    for name in ("attributes", "size_chart", "certificates", "sides")
}
"""Answers that mean nothing in another leaf."""


@dataclass(frozen=True, slots=True)
class CategoryFound:
    """A category with those above it; only leaves that are open can be chosen."""

    id: str
    path: str
    is_leaf: bool
    is_open: bool
    recommended: bool = False

    @property
    def why_not(self) -> str:
        """Why it cannot be chosen; empty when it can."""
        if not self.is_leaf:
            return "it has categories below it: choose one of those"
        return "" if self.is_open else "this shop may not sell here: apply for it in Seller Center first"


class CategoryService:
    """Reads go straight to the shop; a ChannelError says what went wrong."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._store = backend.store

    async def tree(self, integration: Integration, *, fresh: bool = False) -> CategoryTree:
        """The shop's own tree, at most a day old; `fresh` reads it anew."""
        return await self._knowledge(integration).tree(fresh=fresh)

    async def recommended(self, integration: Integration, title: str) -> str | None:
        """The leaf that TikTok would choose for a title, when it has an opinion and can be asked."""
        try:
            return await self._backend.listing_tools_for(integration).categories.recommend(title)
        except ChannelError:
            return None

    async def search(
        self, integration: Integration, text: str = "", *, title: str | None = None, fresh: bool = False
    ) -> list[CategoryFound]:
        """Leaves whose path holds every word of `text`; the one that TikTok recommends for `title` first."""
        knowledge = self._knowledge(integration)
        tree = await knowledge.tree(fresh=fresh)
        best = await self.recommended(integration, title) if title else None
        words = words_of(text)
        found = [
            _found(node, knowledge, recommended=node.id == best)
            for node in tree.nodes
            if node.is_leaf and all(word in knowledge.path_of(node.id).casefold() for word in words)
        ]
        found.sort(key=lambda one: (not one.recommended, not one.is_open, one.path.casefold()))
        return found

    async def branches(self, integration: Integration, parent_id: str = "0") -> list[CategoryFound]:
        """What is right below a node, for a tree that is opened step by step."""
        knowledge = self._knowledge(integration)
        tree = await knowledge.tree()
        return [
            _found(node, knowledge, recommended=False) for node in tree.nodes if node.parent_id == parent_id
        ]

    async def leaf(self, integration: Integration, category_id: str) -> tuple[CategoryFound, Leaf]:
        """A leaf and what it asks for. Raises ServiceError when it may not be chosen."""
        knowledge = self._knowledge(integration)
        state = await knowledge.state_of(category_id)
        found = await knowledge.leaf(category_id) if state is CategoryState.FINE else None
        path = knowledge.path_of(category_id)
        if state is CategoryState.NOT_LEAF:
            raise ServiceError(f"{path} has categories below it", "Choose one of those.")
        if state is CategoryState.CLOSED:
            raise ServiceError(f"This shop may not sell in {path}", "Apply for it in Seller Center first.")
        if found is None:
            raise NotFound(
                f"The shop has no category {category_id}", "Search: avasam categories search WORDS"
            )
        return CategoryFound(category_id, path, is_leaf=True, is_open=True), found

    async def brands(
        self, integration: Integration, text: str = "", *, category_id: str | None = None, most: int = 50
    ) -> list[Brand]:
        """Brands that TikTok knows under a name, those that this shop may sell first; at most `most`."""
        tools = self._backend.listing_tools_for(integration)
        found: list[Brand] = []
        async for page in tools.categories.brands(category_id=category_id, name=text.strip() or None):
            found += [one for one in page if one.is_usable]
            if len(found) >= most:
                break
        found.sort(key=lambda one: (not one.is_authorised, one.name.casefold()))
        return found[:most]

    async def choose(
        self,
        integration: Integration,
        skus: Sequence[str],
        category_id: str,
        *,
        attributes: Sequence[ChosenAttribute] = (),
        weight_kg: Decimal | None = None,
        answers: Mapping[str, object] | None = None,
        remember: bool = True,
        by: str,
        progress: Callable[[int, int], None] | None = None,
    ) -> int:
        """Choose a leaf for rows; how many rows it was set for. A variant stands for its parent.

        `progress` is told after each portion how many of how many are kept.

        `answers` are fields of CategoryAnswers that were given; the others stay, unless the leaf is another
        one than before. With `remember` they are kept for the Avasam categories of the rows too: the next
        product of such a category needs no choice. What was typed on a row itself wins.
        """
        await self.leaf(integration, category_id)
        given: dict[str, object] = {**({"attributes": tuple(attributes)} if attributes else {})}
        given |= dict(answers or {})
        usual = given if weight_kg is None else {**given, "weight_kg": weight_kg}
        wanted = list(dict.fromkeys(skus))
        fronts: dict[str, None] = {}
        kinds: dict[str, Product] = {}
        for place, sku in enumerate(wanted):
            # One that is not there is said before anything is kept.
            product = await load_product(self._store, sku)
            fronts[product.parent_sku or sku] = None
            kinds.setdefault(category_key(product), product)
            if place % _AT_ONCE == _AT_ONCE - 1:
                await asyncio.sleep(0)
        rows = list(fronts)
        for start in range(0, len(rows), _AT_ONCE):
            async with self._store.transaction() as tx:
                for front in rows[start : start + _AT_ONCE]:
                    await self._set(tx, integration, front, category_id, given, by)
            if progress is not None:
                progress(min(start + _AT_ONCE, len(rows)), len(rows))
            await asyncio.sleep(0)
        if remember:
            async with self._store.transaction() as tx:
                for product in kinds.values():
                    await self._remember(tx, integration, product, category_id, usual, by)
        return len(wanted)

    async def _set(
        self,
        tx: Transaction,
        integration: Integration,
        front: str,
        category_id: str,
        given: Mapping[str, object],
        by: str,
    ) -> None:
        draft = await draft_of(tx, integration.id, front)
        of_the_leaf = {} if draft.category_id == category_id else _UNANSWERED
        after = edited(draft, {**of_the_leaf, **given, "category_id": category_id}, by)
        if after is not draft:
            await tx.put(tables.LISTINGS, tables.key(integration.id, front), after.to_document())

    async def _remember(
        self,
        tx: Transaction,
        integration: Integration,
        product: Product,
        category_id: str,
        given: Mapping[str, object],
        by: str,
    ) -> None:
        place = tables.key(integration.id, category_key(product))
        row = await tx.get(tables.CATEGORY_CHOICES, place)
        known = None if row is None else CategoryChoice.from_document(row)
        base = {} if known is None or known.category_id != category_id else _answers_in(known)
        choice = CategoryChoice(
            integration_id=integration.id,
            avasam_category=product.category,
            category_id=category_id,
            chosen_at=self._backend.clock.now(),
            chosen_by=by,
        ).model_copy(update={**base, **given})
        await tx.put(tables.CATEGORY_CHOICES, place, choice.to_document())

    async def attributes(
        self, integration: Integration, category_id: str, typed: Sequence[str]
    ) -> list[ChosenAttribute]:
        """`Name=Value` as attributes of a leaf; several values are parted by |. Raises ServiceError."""
        _, leaf = await self.leaf(integration, category_id)
        chosen: list[ChosenAttribute] = []
        for text in typed:
            name, _, values = text.partition("=")
            rule = attribute_named(leaf, name)
            one = attribute(rule, values.split("|"))
            if one is None:
                choices = ", ".join(value for _, value in rule.values) or "a value"
                raise ServiceError(f"{rule.name} does not take {values!r}", f"It takes {choices}.")
            chosen.append(one)
        return chosen

    def _knowledge(self, integration: Integration) -> ShopKnowledge:
        return ShopKnowledge(
            self._store,
            self._backend.clock,
            integration,
            self._backend.listing_tools_for(integration).categories,
            self._backend.channel_for(integration),
        )


def _found(node: CategoryNode, knowledge: ShopKnowledge, *, recommended: bool) -> CategoryFound:
    return CategoryFound(
        node.id, knowledge.path_of(node.id), node.is_leaf, node.is_open, recommended=recommended
    )


def _answers_in(choice: CategoryChoice) -> dict[str, object]:
    return {name: getattr(choice, name) for name in CategoryAnswers.model_fields}
