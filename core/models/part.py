"""What one supplier sends of an order: one order at Avasam, one parcel at TikTok."""

from enum import StrEnum

from core.models.base import Instant, Model


class PartState(StrEnum):
    """How far the asking has come; what Avasam then does with it is in `OrderPart.status`."""

    PLANNED = "planned"
    """Avasam was not asked yet."""
    SENDING = "sending"
    """The intent is stored: Avasam may have it, and is looked through before anything is repeated."""
    TAKEN = "taken"
    REFUSED = "refused"
    """Avasam read it and said no."""


class PartItem(Model):
    """An Avasam SKU and how many units of it."""

    sku: str
    units: int


class OrderPart(Model):
    """What Avasam is asked for with one CreateSellerOrder (avasam-api §1.6), and what came of it.

    `reference` is what Avasam shows as SellerRef: the TikTok order id for the first part, `<id>-2` for the
    second, so that every part can be found by an exact comparison. `line_ids` are TikTok's line items in it.
    """

    reference: str
    supplier_key: str
    items: tuple[PartItem, ...]
    line_ids: tuple[str, ...]
    state: PartState = PartState.PLANNED
    attempts: int = 0
    unclear: bool = False
    """The last asking got no clear answer."""
    first_tried_at: Instant | None = None
    last_tried_at: Instant | None = None
    refusal: str | None = None
    """Avasam's words when it said no."""

    number: str = ""
    """Avasam's own number of the order."""
    status: str = ""
    """Avasam's status by its name; one that nobody knows as it came."""
    tracking_number: str = ""
    carrier: str = ""
    corrected: bool = False
    """A person typed the tracking number: what Avasam shows does not replace it."""
    twice: bool = False
    """Avasam shows more than one order with this reference."""

    returning_since: Instant | None = None
    """When TikTok was last asked to mark it as shipped; stored before the call."""
    returned_at: Instant | None = None
    returned_tracking: str = ""
    """The tracking number that TikTok has; empty when it is to be told anew, with another carrier."""
    package_id: str = ""
    elsewhere: bool = False
    """Somebody else had already marked these lines as shipped."""
    obstacle: str | None = None
    """Why the tracking cannot go back yet, in words."""
    refused_input: str = ""
    """The tracking number and carrier that TikTok refused: only others are tried by themselves."""

    @property
    def is_returned(self) -> bool:
        """Whether TikTok knows that it left, from us or from somebody else."""
        return self.returned_at is not None or self.elsewhere


class Sighting(Model):
    """An order as Avasam shows it. Names of people and places are not read.

    `status` is its name, e.g. DISPATCH; one that nobody knows is kept as it came. A child is a piece of
    another order, which Avasam itself divided.
    """

    reference: str
    number: str
    status: str
    tracking_number: str = ""
    carrier: str = ""
    service: str = ""
    is_child: bool = False
