"""Which fields of a listing an Update has to send, and what of it TikTok gives no way to take back (A28)."""

from collections.abc import Iterator
from typing import Final

from core.channel.listings import ChannelProduct
from core.models.listing import Listing
from core.models.listing_state import ListingProblem, ListingState
from core.rules.candidate import Candidate
from core.sync.listing_candidate import Family
from core.sync.listing_fingerprints import EMPTY

REVIEW_FAILED: Final = "review-failed"
DOCUMENTS: Final = {
    "size_chart": "size_chart",
    "certificates": "certificates",
    "manufacturer": "manufacturer_ids",
    "responsible_person": "responsible_person_ids",
}
"""Name -> the draft's field."""
_WITHOUT_CALL: Final = ("attributes", "brand", "weight", "size", "images", *DOCUMENTS)
"""Fields of a listing made here that are compared with what was sent, not with what the shop shows."""
_AGAIN: Final = ("title", "description", "images", "attributes", "size_chart", "certificates")
"""Fields that are sent again when a review named them: an image may be another one at the same address."""
LISTS: Final = ("attributes", "certificates", "manufacturer", "responsible_person")
"""Lists that replace each other as a whole, an empty one too: what was sent from here can be taken back."""
_STAYS: Final = {"brand": "brand", "size": "package size", "size_chart": "size chart"}
"""What an edit can replace and not take away."""


def fields_to_send(
    family: Family,
    state: ListingState,
    candidate: Candidate,
    inputs: dict[str, str],
    product: ChannelProduct | None = None,
) -> list[str]:
    """The fields that differ; without `product` as far as can be told without reading it.

    Of a listing that is linked by mapping alone only what somebody typed here is compared.
    """
    draft = family.drafts.get(candidate.sku)
    typed = {
        "title": draft is not None and draft.title is not None,
        "description": draft is not None and draft.description is not None,
    }
    fields = [
        name
        for name, by_hand in typed.items()
        if (state.product_id or by_hand) and _text_differs(name, state, candidate, inputs, product)
    ]
    fields += _beyond_texts(draft, inputs, state)
    refused = {one.field for one in state.channel_problems if one.code == REVIEW_FAILED}
    return [*fields, *(name for name in _AGAIN if name in refused and name not in fields)]


def notes_of(state: ListingState, inputs: dict[str, str]) -> tuple[ListingProblem, ...]:
    """What an Update leaves as it is although it is another one here."""
    return tuple(_notes(state, inputs))


def _text_differs(
    name: str,
    state: ListingState,
    candidate: Candidate,
    inputs: dict[str, str],
    product: ChannelProduct | None,
) -> bool:
    """Whether it is another one than was sent last, or the shop shows another one.

    While an edit is under review the shop still shows the old one.
    """
    if name in state.sent and inputs[name] != state.sent[name]:
        return True
    if product is None:
        return name not in state.sent
    if state.in_review and name in state.sent:
        return False
    if name == "description":  # of a listing made here TikTok shows it tidied up
        return not state.product_id and product.description != candidate.description
    return product.title != candidate.title


def _beyond_texts(draft: Listing | None, inputs: dict[str, str], state: ListingState) -> list[str]:
    """What else differs from what was sent; of a product that is not ours only what somebody chose for it."""
    names = [
        name
        for name in (_WITHOUT_CALL if state.product_id else DOCUMENTS)
        if state.product_id or _typed(draft, name) or name in state.sent
    ]
    return [
        name
        for name in names
        if inputs[name] != state.sent.get(name, EMPTY.get(name))
        and (inputs[name] != EMPTY.get(name) or (name in LISTS and bool(state.given.get(name))))
    ]


def _typed(draft: Listing | None, name: str) -> bool:
    """Whether somebody chose this for the very product."""
    return draft is not None and bool(getattr(draft, DOCUMENTS[name]))


def _notes(state: ListingState, inputs: dict[str, str]) -> Iterator[ListingProblem]:
    if state.product_id and inputs["category"] != state.sent.get("category"):
        yield ListingProblem(
            code="category-stays",
            field="category",
            what="TikTok keeps the category of a listing that exists",
            fix="Delete the listing and List it anew to move it.",
            blocking=False,
        )
    for name, words in _STAYS.items():
        if inputs[name] == EMPTY[name] != state.sent.get(name, EMPTY[name]):
            yield ListingProblem(
                code=f"{name.replace('_', '-')}-stays",
                field=name,
                what=f"The {words} was taken away here; TikTok lets programs only replace it",
                fix="Choose another one, or take it away in Seller Center.",
                blocking=False,
            )
