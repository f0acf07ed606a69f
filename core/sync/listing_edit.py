"""What an Update has to send of a listing: the fields that differ, checked, with every SKU that stays."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from core.channel.errors import DataRefused
from core.channel.listings import Attribute, ChannelProduct, DraftSku, ProductChanges
from core.models.base import Money
from core.models.listing import ChannelSku, Listing
from core.models.listing_state import ListingProblem, ListingState
from core.rules.candidate import Candidate, Variant
from core.rules.preflight import preflight
from core.sync.listing_candidate import Documents, Family, attributes_of, draft_sku
from core.sync.listing_fingerprints import EMPTY
from core.sync.listing_links import Links
from core.sync.listing_work import Shared

_DOCUMENTS: Final = {
    "size_chart": "size_chart",
    "certificates": "certificates",
    "manufacturer": "manufacturer_ids",
    "responsible_person": "responsible_person_ids",
}
"""Name -> the draft's field."""
_WITHOUT_CALL: Final = ("attributes", "brand", "weight", "size", "images", *_DOCUMENTS)
"""Fields of a listing made here that are compared with what was sent, not with what the shop shows."""
REVIEW_FAILED: Final = "review-failed"
_AGAIN: Final = ("title", "description", "images", "attributes", "size_chart", "certificates")
"""Fields that are sent again when a review named them: an image may be another one at the same address."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What is to be sent, its fields by name, the SKUs that are new, and what Update cannot change."""

    changes: ProductChanges
    fields: tuple[str, ...] = ()
    new: tuple[DraftSku, ...] = ()
    notes: tuple[ListingProblem, ...] = field(default=())


async def work_out(
    shared: Shared,
    family: Family,
    state: ListingState,
    candidate: Candidate,
    inputs: dict[str, str],
    product: ChannelProduct,
) -> Edit | list[ListingProblem]:
    """The edit, or why it may not be sent.

    Of a listing that is linked by mapping alone only what somebody typed here is compared. A size chart or a
    certificate that was taken away here stays on TikTok: nothing is removed that somebody may have put there.
    """
    new = _new_variants(candidate, shared.links, product)
    fields = _changed(family, state, candidate, inputs, product)
    fields += ["variation"] if new else []
    notes = _notes(state, inputs)
    if not fields:
        return Edit(ProductChanges(), notes=notes)
    looked, contents = candidate, dict[str, bytes]()
    if "images" in fields:
        looks, contents = await shared.images.look(candidate.addresses)
        looked = replace(candidate, images=tuple(looks))
    if set(_DOCUMENTS) & set(fields):
        looked = await shared.files.look(looked)
    found = [one for one in preflight(looked) if one.blocking and _matters(one, fields, new)]
    if found:
        return found
    changes = _texts(candidate, fields, product)
    if {"size_chart", "certificates"} & set(fields):
        sent = replace(
            looked,
            size_chart=looked.size_chart if "size_chart" in fields else None,
            certificates=looked.certificates if "certificates" in fields else (),
        )
        changes = _with_documents(changes, await shared.files.upload(sent), fields, product)
    if "images" in fields:
        uris = await shared.images.upload(list(looked.images or ()), contents)
        changes = replace(changes, image_uris=uris)
    added: tuple[DraftSku, ...] = ()
    if new:
        home = (await shared.knowledge.facts()).home() or ""
        added = tuple(draft_sku(_alike(one, product), {home: one.quantity or 0}) for one in new)
        changes = replace(changes, skus=[*(_kept(one, product) for one in product.skus), *added])
    return Edit(changes, tuple(fields), added, notes)


def _changed(
    family: Family,
    state: ListingState,
    candidate: Candidate,
    inputs: dict[str, str],
    product: ChannelProduct,
) -> list[str]:
    draft = family.drafts.get(candidate.sku)
    ours = bool(state.product_id)
    fields: list[str] = []
    for name, live_differs, typed in (
        ("title", product.title != candidate.title, draft is not None and draft.title is not None),
        (
            "description",
            not ours and product.description != candidate.description,
            draft is not None and draft.description is not None,
        ),
    ):
        if (ours or typed) and _differs(name, inputs, state, live_differs=live_differs):
            fields.append(name)
    fields += _beyond_texts(draft, inputs, state)
    refused = _refused(state)
    return [*fields, *(name for name in _AGAIN if name in refused and name not in fields)]


def _typed(draft: Listing | None, name: str) -> bool:
    """Whether somebody chose this for the very product."""
    return draft is not None and bool(getattr(draft, _DOCUMENTS[name]))


def _with_documents(
    changes: ProductChanges, documents: Documents, fields: Sequence[str], product: ChannelProduct
) -> ProductChanges:
    """Certificates replace each other as a whole: those that were added in Seller Center are named again."""
    ours = {one.id for one in documents.certificates}
    kept = [one for one in product.certificates if one.id not in ours]
    return replace(
        changes,
        size_chart=documents.size_chart if "size_chart" in fields else None,
        certificates=[*documents.certificates, *kept] if "certificates" in fields else None,
    )


def likely_fields(
    family: Family, state: ListingState, candidate: Candidate, inputs: dict[str, str]
) -> frozenset[str]:
    """The fields that an Update would send, as far as can be told without reading the product."""
    draft = family.drafts.get(candidate.sku)
    ours = bool(state.product_id)
    typed = {
        "title": draft is not None and draft.title is not None,
        "description": draft is not None and draft.description is not None,
    }
    fields = {
        name for name, by_hand in typed.items() if (ours or by_hand) and inputs[name] != state.sent.get(name)
    }
    fields |= set(_beyond_texts(draft, inputs, state))
    return frozenset(fields | {name for name in _AGAIN if name in _refused(state)})


def _beyond_texts(draft: Listing | None, inputs: dict[str, str], state: ListingState) -> list[str]:
    """What else differs from what was sent; of a product that is not ours only what somebody chose for it."""
    if state.product_id:
        fields = [name for name in _WITHOUT_CALL if inputs[name] != state.sent.get(name, EMPTY.get(name))]
    else:
        typed_here = (name for name in _DOCUMENTS if _typed(draft, name))
        fields = [name for name in typed_here if inputs[name] != state.sent.get(name)]
    return [name for name in fields if inputs[name] != EMPTY.get(name)]


def _refused(state: ListingState) -> set[str]:
    return {one.field for one in state.channel_problems if one.code == REVIEW_FAILED}


def _differs(name: str, inputs: dict[str, str], state: ListingState, *, live_differs: bool) -> bool:
    """Whether it is another one than was sent last, or the shop shows another one.

    While an edit is under review the shop still shows the old one.
    """
    if name in state.sent and inputs[name] != state.sent[name]:
        return True
    return live_differs and not (state.in_review and name in state.sent)


def _texts(candidate: Candidate, fields: Sequence[str], product: ChannelProduct) -> ProductChanges:
    """Everything but images and SKUs; what is unknown is left as it is."""
    return ProductChanges(
        title=candidate.title if "title" in fields else None,
        description=candidate.description if "description" in fields else None,
        attributes=_attributes(candidate, product) if "attributes" in fields else None,
        brand_id=candidate.brand_id if "brand" in fields else None,
        weight_kg=candidate.weight_kg if "weight" in fields else None,
        size_cm=candidate.size_cm if "size" in fields else None,
        manufacturer_ids=candidate.manufacturer_ids if "manufacturer" in fields else None,
        responsible_person_ids=(candidate.responsible_person_ids if "responsible_person" in fields else None),
    )


def _attributes(candidate: Candidate, product: ChannelProduct) -> list[Attribute]:
    """Attributes replace each other as a whole: those that were given in Seller Center are named again."""
    chosen = attributes_of(candidate)
    ours = {one.id for one in chosen}
    return [*chosen, *(one for one in product.attributes if one.id not in ours)]


def _notes(state: ListingState, inputs: dict[str, str]) -> tuple[ListingProblem, ...]:
    if not state.product_id or inputs["category"] == state.sent.get("category"):
        return ()
    return (
        ListingProblem(
            code="category-stays",
            field="category",
            what="TikTok keeps the category of a listing that exists",
            fix="Delete the listing and List it anew to move it.",
            blocking=False,
        ),
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
