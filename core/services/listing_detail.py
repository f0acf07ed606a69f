"""Everything that is known of one row: at a glance, then with what the shop has of it (A22, A27, A31).

Both are read from the store alone, so that it opens at once; what the shop must be asked is `explain`'s.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from core import tables
from core.backend import Backend
from core.models.integration import Integration
from core.models.listing import ChannelSku, Listing, ListingSync, SkuMapping
from core.models.listing_state import Action, ListingProblem, ListingState
from core.models.product import Product
from core.rules.candidate import Candidate
from core.services.errors import NotFound
from core.store import Where
from core.sync.listing_candidate import candidate_of, children_of, read_family, rules_of
from core.sync.listing_drafts import kept_draft
from core.sync.listing_fingerprints import fingerprints
from core.sync.listing_record import held, load


@dataclass(frozen=True, slots=True)
class Glance:
    """A row by its own documents. `front` is the row itself, or a variant's parent."""

    sku: str
    front: str
    product: Product
    draft: Listing | None
    state: ListingState

    @property
    def title(self) -> str:
        """As it would be listed."""
        typed = None if self.draft is None else self.draft.title
        return self.product.title if typed is None else typed

    @property
    def description(self) -> str:
        """As it would be listed, of the row's own."""
        typed = None if self.draft is None else self.draft.description
        return self.product.description if typed is None else typed


@dataclass(frozen=True, slots=True)
class Sold:
    """One SKU of the shop that sells a variant of the row, with what was pushed to it."""

    shown: ChannelSku | None
    """What the shop showed when it was last read; None when it was never downloaded."""
    mapping: SkuMapping
    pushed: ListingSync | None


@dataclass(frozen=True, slots=True)
class Known:
    """What would be sent, with every step of every number; what the shop has; what is held."""

    candidate: Candidate
    sold: tuple[Sold, ...]
    held: tuple[ListingProblem, ...]

    @property
    def names(self) -> dict[str, str]:
        """Channel SKU id -> seller SKU."""
        return {
            one.mapping.sku_id: one.shown.seller_sku or one.mapping.avasam_sku
            for one in self.sold
            if one.shown
        }


class DetailService:
    """Reads one row. Nothing is asked of anybody."""

    def __init__(self, backend: Backend, integration: Integration) -> None:
        self._store = backend.store
        self._integration = integration

    async def glance(self, sku: str) -> Glance:
        """A few documents. Raises NotFound."""
        document = await self._store.get(tables.PRODUCTS, sku)
        if document is None:
            raise NotFound(f"There is no product {sku!r}", "Look for it with: avasam listings show -s WORDS")
        product = Product.from_document(document)
        front = product.parent_sku or sku
        return Glance(
            sku=sku,
            front=front,
            product=product,
            draft=await kept_draft(self._store, self._integration.id, sku),
            state=await load(self._store, self._integration.id, front),
        )

    async def known(self, glance: Glance) -> Known | None:
        """The row with its variants; None when its parent is not in the inventory."""
        store, shop = self._store, self._integration
        family = await read_family(store, shop.id, glance.front, await children_of(store))
        if family is None:
            return None
        candidate = await candidate_of(family, shop, await rules_of(store, shop.id), None)
        inputs = fingerprints(candidate)
        holds = [held(glance.state, action, inputs) for action in (Action.PUBLISH, Action.UPDATE)]
        return Known(
            candidate=candidate,
            sold=tuple(await self._sold(family.skus)),
            held=tuple(one for one in holds if one is not None),
        )

    async def _sold(self, skus: Sequence[str]) -> list[Sold]:
        where = (Where("avasam_sku", "in", tuple(skus)),)
        prefix = tables.prefix(self._integration.id)
        found: list[Sold] = []
        async for key, row in self._store.scan(tables.SKU_MAPPINGS, where, prefix=prefix):
            shown = await self._store.get(tables.CHANNEL_SKUS, key)
            pushed = await self._store.get(tables.LISTING_SYNCS, key)
            found.append(
                Sold(
                    None if shown is None else ChannelSku.from_document(shown),
                    SkuMapping.from_document(row),
                    None if pushed is None else ListingSync.from_document(pushed),
                )
            )
        return found
