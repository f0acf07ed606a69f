"""Ids of a listing's lists: what came from here, and what TikTok shows (ListingState.given)."""

from core.channel.listings import ChannelProduct, ProductDraft
from core.models.listing_state import ListingState
from core.rules.candidate import Candidate

Given = dict[str, tuple[str, ...]]
"""Field -> ids."""


def ids_given(what: Candidate | ProductDraft) -> Given:
    """The ids that are sent from here."""
    return {
        "attributes": tuple(one.id for one in what.attributes),
        "certificates": tuple(one.id for one in what.certificates),
        "manufacturer": tuple(what.manufacturer_ids),
        "responsible_person": tuple(what.responsible_person_ids),
    }


def ids_there(product: ChannelProduct) -> Given:
    """The ids that the product has."""
    return {
        "attributes": tuple(one.id for one in product.attributes),
        "certificates": tuple(one.id for one in product.certificates),
        "manufacturer": tuple(product.manufacturer_ids),
        "responsible_person": tuple(product.responsible_person_ids),
    }


def still_given(state: ListingState, product: ChannelProduct) -> Given:
    """Once a review is over: what TikTok shows no more is not ours any more, should somebody add it there."""
    there = ids_there(product)
    return {name: tuple(one for one in ids if one in there[name]) for name, ids in state.given.items()}
