"""The one status that a row shows, from what we did and what the channel says (domain.md, Listing status)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from core.models.listing_state import Deed, ListingState


class ListingStatus(StrEnum):
    """The four values of the status column."""

    LISTED = "listed"
    """Linked, and listed through this program."""
    LINKED = "linked"
    """Linked by mapping alone."""
    ERROR = "error"
    NOT_LISTED = "not_listed"

    @property
    def word(self) -> str:
        """As it is shown: `Not listed`."""
        return self.value.replace("_", " ").capitalize()


@dataclass(frozen=True, slots=True)
class StatusShown:
    """A row's status; `linked` stays true beside an error, `note` says what the column has no room for."""

    status: ListingStatus
    linked: bool = False
    in_review: bool = False
    note: str = ""


def listing_status(*, linked: bool, listed_here: bool, state: ListingState | None) -> StatusShown:
    """The status of a row. An error never hides that it is linked: stock and stop actions go on."""
    if state is None:
        return StatusShown(_without_error(linked=linked, listed_here=listed_here), linked)
    if state.deed is Deed.FAILED or state.channel_problems:
        return StatusShown(ListingStatus.ERROR, linked, state.in_review, _why(state))
    status = _without_error(linked=linked, listed_here=listed_here)
    return StatusShown(status, linked, state.in_review and linked, _note(state, linked=linked))


def _without_error(*, linked: bool, listed_here: bool) -> ListingStatus:
    if not linked:
        return ListingStatus.NOT_LISTED
    return ListingStatus.LISTED if listed_here else ListingStatus.LINKED


def _why(state: ListingState) -> str:
    if state.old_version_live:
        return "TikTok refused the edit; buyers still see the old version"
    first = next((one for one in state.every_problem() if one.blocking), None)
    return "" if first is None else first.what


def _note(state: ListingState, *, linked: bool) -> str:
    if state.deed is Deed.QUEUED and state.queued_until is not None:
        return f"waits for the listing quota until {state.queued_until:%Y-%m-%d}"
    if state.deed is Deed.SENDING:
        return f"{state.action} under way" if state.action else "under way"
    if state.in_review:
        return "in review"
    return _OFF_SALE.get(state.status or "", "") if linked else ""


_OFF_SALE: Final = {
    "SELLER_DEACTIVATED": "off sale: it was deactivated",
    "PLATFORM_DEACTIVATED": "off sale: TikTok took it off",
    "FREEZE": "off sale: TikTok froze it",
}
"""What TikTok says of a product that is linked all the same."""
