"""TikTok categories as people choose them: search, recommended first, leaf only, remembered (A25)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from core import tables
from core.backend import Backend
from core.channel.errors import ChannelError
from core.models.category import CategoryChoice, CategoryNode, ChosenAttribute, Leaf
from core.models.integration import Integration
from core.models.listing import Listing
from core.models.product import Product
from core.rules.candidate import CategoryState
from core.services.errors import NotFound, ServiceError
from core.sync.listing_candidate import category_key
from core.sync.listing_knowledge import ShopKnowledge


@dataclass(frozen=True, slots=True)
class CategoryFound:
    """A category with those above it; only leaves that are open can be chosen."""

    id: str
    path: str
    is_leaf: bool
    is_open: bool
    recommended: bool = False


class CategoryService:
    """Reads go straight to the shop; a ChannelError says what went wrong."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._store = backend.store

    async def search(
        self, integration: Integration, text: str = "", *, title: str | None = None, fresh: bool = False
    ) -> list[CategoryFound]:
        """Leaves whose path holds every word of `text`; the one that TikTok recommends for `title` first."""
        knowledge = self._knowledge(integration)
        tree = await knowledge.tree(fresh=fresh)
        best = await self._recommended(integration, title) if title else None
        words = text.casefold().split()
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

    async def choose(
        self,
        integration: Integration,
        skus: Sequence[str],
        category_id: str,
        *,
        attributes: Sequence[ChosenAttribute] = (),
        weight_kg: Decimal | None = None,
        by: str,
    ) -> int:
        """Choose a leaf for rows and remember it for their Avasam categories; how many rows it was set for.

        The next product of such a category needs no choice; what was typed on a row itself wins.
        """
        await self.leaf(integration, category_id)
        now = self._backend.clock.now()
        chosen = 0
        async with self._store.transaction() as tx:
            for sku in dict.fromkeys(skus):
                document = await tx.get(tables.PRODUCTS, sku)
                if document is None:
                    raise NotFound(f"There is no product {sku!r}", "Read the inventory, then try again.")
                product = Product.from_document(document)
                front = product.parent_sku or product.sku
                key = tables.key(integration.id, front)
                row = await tx.get(tables.LISTINGS, key)
                draft = (
                    Listing(integration_id=integration.id, avasam_sku=front)
                    if row is None
                    else Listing.from_document(row)
                )
                update = {"category_id": category_id, "revision": draft.revision + 1, "edited_by": by}
                if attributes:
                    update["attributes"] = tuple(attributes)
                await tx.put(tables.LISTINGS, key, draft.model_copy(update=update).to_document())
                place = tables.key(integration.id, category_key(product))
                remembered = await tx.get(tables.CATEGORY_CHOICES, place)
                known = None if remembered is None else CategoryChoice.from_document(remembered)
                same = known is not None and known.category_id == category_id
                choice = CategoryChoice(
                    integration_id=integration.id,
                    avasam_category=product.category,
                    category_id=category_id,
                    attributes=tuple(attributes) or (known.attributes if known and same else ()),
                    weight_kg=weight_kg or (known.weight_kg if known and same else None),
                    chosen_at=now,
                    chosen_by=by,
                )
                await tx.put(tables.CATEGORY_CHOICES, place, choice.to_document())
                chosen += 1
        return chosen

    async def attributes(
        self, integration: Integration, category_id: str, typed: Sequence[str]
    ) -> list[ChosenAttribute]:
        """`Name=Value` as attributes of a leaf; several values are parted by |. Raises ServiceError."""
        _, leaf = await self.leaf(integration, category_id)
        known = {one.name.casefold(): one for one in leaf.attributes if not one.is_side}
        known |= {one.id: one for one in leaf.attributes if not one.is_side}
        chosen: list[ChosenAttribute] = []
        for text in typed:
            name, _, values = text.partition("=")
            rule = known.get(name.strip().casefold())
            if rule is None:
                names = ", ".join(sorted({one.name for one in known.values()}))
                raise ServiceError(f"This category has no attribute {name!r}", f"Attributes: {names}.")
            wanted = [value.strip() for value in values.split("|") if value.strip()]
            ids = [rule.value_id(value) for value in wanted]
            own = [value for value, known_id in zip(wanted, ids, strict=True) if known_id is None]
            if not wanted or (own and not rule.takes_own) or (len(wanted) > 1 and not rule.takes_several):
                choices = ", ".join(value for _, value in rule.values) or "a value"
                raise ServiceError(f"{rule.name} does not take {values!r}", f"It takes {choices}.")
            chosen.append(
                ChosenAttribute(
                    id=rule.id,
                    value_ids=tuple(one for one in ids if one is not None),
                    value_names=tuple(own),
                )
            )
        return chosen

    async def _recommended(self, integration: Integration, title: str) -> str | None:
        try:
            return await self._backend.listing_tools_for(integration).categories.recommend(title)
        except ChannelError:
            return None

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
