"""What an Update has to send of a listing: the fields that differ, checked, with every SKU that stays."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from core.channel.errors import DataRefused
from core.channel.listings import Attribute, Certificate, ChannelProduct, DraftSku, ProductChanges
from core.models.base import Money
from core.models.listing import ChannelSku
from core.models.listing_state import ListingProblem, ListingState
from core.rules.candidate import Candidate, Variant
from core.rules.preflight import preflight
from core.sync.listing_candidate import Documents, Family, attributes_of, draft_sku
from core.sync.listing_fields import DOCUMENTS, LISTS, fields_to_send, notes_of
from core.sync.listing_given import ids_given, ids_there
from core.sync.listing_links import Links
from core.sync.listing_work import Shared

Row = TypeVar("Row", Attribute, Certificate)


@dataclass(frozen=True, slots=True)
class Edit:
    """What is to be sent, its fields by name, the SKUs that are new, and what Update cannot change."""

    changes: ProductChanges
    fields: tuple[str, ...] = ()
    new: tuple[DraftSku, ...] = ()
    notes: tuple[ListingProblem, ...] = ()
    given: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """What `ListingState.given` says of the lists among the fields, once they are sent."""


async def work_out(
    shared: Shared,
    family: Family,
    state: ListingState,
    candidate: Candidate,
    inputs: dict[str, str],
    product: ChannelProduct,
) -> Edit | list[ListingProblem]:
    """The edit, or why it may not be sent."""
    new = _new_variants(candidate, shared.links, product)
    fields = fields_to_send(family, state, candidate, inputs, product)
    fields += ["variation"] if new else []
    notes = notes_of(state, inputs)
    if not fields:
        return Edit(ProductChanges(), notes=notes)
    looked, contents = candidate, dict[str, bytes]()
    if "images" in fields:
        looks, contents = await shared.images.look(candidate.addresses)
        looked = replace(candidate, images=tuple(looks))
    if set(DOCUMENTS) & set(fields):
        looked = await shared.files.look(looked)
    found = [one for one in preflight(looked) if one.blocking and _matters(one, fields, new)]
    if found:
        return found
    lists = _Lists(candidate, state, product)
    changes = _texts(candidate, fields, lists)
    if {"size_chart", "certificates"} & set(fields):
        sent = replace(
            looked,
            size_chart=looked.size_chart if "size_chart" in fields else None,
            certificates=looked.certificates if "certificates" in fields else (),
        )
        changes = _with_documents(changes, await shared.files.upload(sent), fields, lists)
    if "images" in fields:
        uris = await shared.images.upload(list(looked.images or ()), contents)
        changes = replace(changes, image_uris=uris)
    added: tuple[DraftSku, ...] = ()
    if new:
        home = (await shared.knowledge.facts()).home() or ""
        added = tuple(draft_sku(_alike(one, product), {home: one.quantity or 0}) for one in new)
        changes = replace(changes, skus=[*(_kept(one, product) for one in product.skus), *added])
    return Edit(changes, tuple(fields), added, notes, lists.given(fields))


class _Lists:
    """Lists replace each other as a whole: what was added in Seller Center is named again.

    What came from here and is here no more is left out; it counts as ours until TikTok shows it no more.
    """

    def __init__(self, candidate: Candidate, state: ListingState, product: ChannelProduct) -> None:
        self._before = state.given
        self._ours = ids_given(candidate)
        self._there = ids_there(product)
        self.attributes = [*attributes_of(candidate), *self._theirs("attributes", product.attributes)]
        self.certificates = self._theirs("certificates", product.certificates)
        """Those that are not ours: ours are uploaded first."""

    def who(self, name: str) -> Sequence[str]:
        """Ids of manufacturers or responsible persons: those chosen here, else those of Seller Center."""
        gone = self._before.get(name, ())
        return self._ours[name] or [one for one in self._there[name] if one not in gone]

    def given(self, fields: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """What counts as ours once these fields are sent."""
        return {
            name: tuple(dict.fromkeys((*self._ours[name], *self._gone(name))))
            for name in LISTS
            if name in fields
        }

    def _gone(self, name: str) -> list[str]:
        return [one for one in self._before.get(name, ()) if one in self._there[name]]

    def _theirs(self, name: str, there: Sequence[Row]) -> list[Row]:
        ours = {*self._ours[name], *self._before.get(name, ())}
        return [one for one in there if one.id not in ours]


def _with_documents(
    changes: ProductChanges, documents: Documents, fields: Sequence[str], lists: _Lists
) -> ProductChanges:
    certificates = [*documents.certificates, *lists.certificates]
    return replace(
        changes,
        size_chart=documents.size_chart if "size_chart" in fields else None,
        certificates=certificates if "certificates" in fields else None,
    )


def _texts(candidate: Candidate, fields: Sequence[str], lists: _Lists) -> ProductChanges:
    """Everything but images and SKUs; what is unknown is left as it is."""
    return ProductChanges(
        title=candidate.title if "title" in fields else None,
        description=candidate.description if "description" in fields else None,
        attributes=lists.attributes if "attributes" in fields else None,
        brand_id=candidate.brand_id if "brand" in fields else None,
        weight_kg=candidate.weight_kg if "weight" in fields else None,
        size_cm=candidate.size_cm if "size" in fields else None,
        manufacturer_ids=lists.who("manufacturer") if "manufacturer" in fields else None,
        responsible_person_ids=lists.who("responsible_person") if "responsible_person" in fields else None,
    )


def _matters(problem: ListingProblem, fields: Sequence[str], new: Sequence[Variant]) -> bool:
    """What is to be sent must be right; a live listing may lack what only a new one needs."""
    if problem.sku:
        return any(variant.sku == problem.sku for variant in new)
    return problem.field in fields


def _new_variants(candidate: Candidate, links: Links, product: ChannelProduct) -> list[Variant]:
    """Variants that the inventory has and the product has not, neither by mapping nor by seller SKU."""
    if not candidate.is_parent:
        return []
    there = {sku.seller_sku for sku in product.skus}
    return [one for one in candidate.variants if not links.sku_ids.get(one.sku) and one.sku not in there]


def _alike(variant: Variant, product: ChannelProduct) -> Variant:
    """A new variant with the ids that the product's SKUs have for the same sides and values."""
    sides = [side for row in product.sides.values() for side in row]
    names = {side.name.casefold(): side.attribute_id for side in sides}
    values = {(side.name.casefold(), side.value.casefold()): side.value_id for side in sides}
    return replace(
        variant,
        sides=tuple(
            replace(
                one,
                attribute_id=names.get(one.name.casefold()) or one.attribute_id,
                value_id=values.get((one.name.casefold(), one.value.casefold())) or one.value_id,
            )
            for one in variant.sides
        ),
    )


def _kept(sku: ChannelSku, product: ChannelProduct) -> DraftSku:
    """A SKU as the product has it: price and stock are its own, its sides are named again."""
    if sku.live_price is None:
        raise DataRefused(f"the price of SKU {sku.sku_id} could not be read", area="price")
    return DraftSku(
        seller_sku=sku.seller_sku,
        price=Money(amount=sku.live_price, currency=sku.currency),
        quantities=dict(sku.quantities),
        sides=product.sides.get(sku.sku_id, ()),
        id=sku.sku_id,
    )
