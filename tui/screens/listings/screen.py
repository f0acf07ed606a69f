"""The Listing Manager: every Avasam product with its state on one shop (domain.md A17 to A30)."""

from tui.keys import bindings
from tui.keys.listings import LISTINGS
from tui.screens.listings.acting import ListingActor
from tui.words.listings import HELP


class ListingManagerScreen(ListingActor):
    """The grid with all of its keys."""

    HEADING = "Listing Manager"
    HELP_TEXT = HELP
    BINDINGS = bindings(LISTINGS)
