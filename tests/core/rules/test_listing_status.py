"""One status from two axes: what we did, and what the channel says."""

import pytest

from core.models.listing_state import Deed, ListingProblem, ListingState
from core.rules.listing_status import ListingStatus, listing_status

REASON = ListingProblem(code="review-failed", field="title", what="Title promises a result", fix="Change it.")


def state(**fields: object) -> ListingState:
    return ListingState(integration_id="i", avasam_sku="s").model_copy(update=fields)


@pytest.mark.parametrize(
    ("linked", "here", "known", "status"),
    [
        (False, False, None, ListingStatus.NOT_LISTED),
        (True, False, None, ListingStatus.LINKED),
        (True, True, state(deed=Deed.SENT), ListingStatus.LISTED),
        (True, True, state(deed=Deed.SENT, in_review=True), ListingStatus.LISTED),
        (False, False, state(deed=Deed.FAILED), ListingStatus.ERROR),
        (True, True, state(deed=Deed.FAILED), ListingStatus.ERROR),
        (True, True, state(deed=Deed.SENT, channel_problems=(REASON,)), ListingStatus.ERROR),
        (False, True, state(deed=Deed.DRAFT), ListingStatus.NOT_LISTED),
    ],
)
def test_the_status_follows_from_both_axes(
    *, linked: bool, here: bool, known: ListingState | None, status: ListingStatus
) -> None:
    assert listing_status(linked=linked, listed_here=here, state=known).status is status


def test_a_listing_in_review_is_listed_with_the_mark() -> None:
    shown = listing_status(linked=True, listed_here=True, state=state(deed=Deed.SENT, in_review=True))
    assert (shown.in_review, shown.note) == (True, "in review")


def test_what_is_linked_and_off_sale_says_so() -> None:
    off = state(deed=Deed.SENT, status="SELLER_DEACTIVATED")
    shown = listing_status(linked=True, listed_here=True, state=off)
    assert (shown.status, shown.note) == (ListingStatus.LISTED, "off sale: it was deactivated")
    assert listing_status(linked=False, listed_here=True, state=off).note == ""


def test_an_error_keeps_the_link_and_says_why() -> None:
    shown = listing_status(linked=True, listed_here=True, state=state(channel_problems=(REASON,)))
    assert (shown.linked, shown.note) == (True, "Title promises a result")
