"""What we did with a listing and what the channel says of it: two axes, never mixed (domain.md)."""

from enum import StrEnum

from core.models.base import Instant, Model


class Deed(StrEnum):
    """What we did last."""

    DRAFT = "draft"
    QUEUED = "queued"
    """Waits for tomorrow's listing quota."""
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


class Action(StrEnum):
    """What a person can ask for."""

    PUBLISH = "publish"
    UPDATE = "update"
    DELETE = "delete"
    DEACTIVATE = "deactivate"
    ACTIVATE = "activate"


class ListingProblem(Model):
    """One thing that is wrong: its code, the field that cures it, plain words, and what to do now."""

    code: str
    field: str
    what: str
    fix: str
    sku: str = ""
    """The variant it is about; empty for the product as a whole."""
    blocking: bool = True
    """False for what is only left out or worth knowing."""
    request_id: str | None = None


class Strikes(Model):
    """Identical refusals in a row of one action, and fingerprints of the inputs that they named."""

    code: str
    count: int
    inputs: dict[str, str]


class Event(Model):
    """One line of a listing's history."""

    at: Instant
    action: str
    text: str
    code: str = ""
    request_id: str | None = None


class ListingState(Model):
    """How one Avasam product, a single or a variation parent, stands on one integration."""

    integration_id: str
    avasam_sku: str
    product_id: str = ""
    """The TikTok product that was made for it here; empty for one linked by mapping alone."""
    category_id: str = ""
    """TikTok's category of that product, as it was sent or last read."""
    deed: Deed = Deed.DRAFT
    action: Action | None = None
    """What `deed` was about."""
    problems: tuple[ListingProblem, ...] = ()
    """Why the last action failed, and notes on one that went well."""
    failed_at: Instant | None = None
    status: str = ""
    """TikTok's `status`, as it was last read."""
    review: str = ""
    """TikTok's `audit.status`, as it was last read."""
    in_review: bool = False
    followed_id: str = ""
    """The product whose review is followed."""
    channel_problems: tuple[ListingProblem, ...] = ()
    """What TikTok found in its review, or that the product is gone."""
    old_version_live: bool = False
    """TikTok refused an edit: buyers still see what was there before."""
    read_at: Instant | None = None
    sent: dict[str, str] = {}
    """Field -> fingerprint of what was last sent."""
    confirmed: dict[str, str] = {}
    """Field -> fingerprint of what passed its review."""
    given: dict[str, tuple[str, ...]] = {}
    """Of attributes, certificates and who made it: ids that came from here.

    What is taken away here goes there too; what somebody added in Seller Center stays.
    """
    strikes: dict[str, Strikes] = {}
    """Action -> its identical refusals in a row."""
    queued_until: Instant | None = None
    events: tuple[Event, ...] = ()

    def every_problem(self) -> tuple[ListingProblem, ...]:
        """Ours and the channel's."""
        return (*self.problems, *self.channel_problems)


class Attempt(Model):
    """A create that was begun: stored before the call, gone when its outcome is known.

    `draft` is exactly what was sent, so that a repetition under the same key asks for the same product.
    """

    integration_id: str
    avasam_sku: str
    key: str
    started_at: Instant
    draft: dict[str, object]
    skus: dict[str, str]
    """Seller SKU -> Avasam SKU."""
    sent: dict[str, str]


class RowResult(StrEnum):
    """What became of one row of a listing job."""

    WAITING = "waiting"
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"
    QUEUED = "queued"


class JobRow(Model):
    """One row of a listing job: written when it is asked for, again when it is over."""

    integration_id: str
    job_id: str
    avasam_sku: str
    result: RowResult = RowResult.WAITING
    text: str = ""


class ImageUpload(Model):
    """An image that TikTok has already: the same bytes are never uploaded to one shop twice."""

    integration_id: str
    content_hash: str
    uri: str
    uploaded_at: Instant
