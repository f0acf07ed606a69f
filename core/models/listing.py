"""What exists in the shop (channel SKU), how it is mapped, and what we pushed to it."""

from enum import StrEnum

from core.models.base import Amount, Instant, Model
from core.models.category import CategoryAnswers


class ChannelSku(Model):
    """One SKU that exists in the TikTok shop, as the last download or verification read it.

    `quantities` is per warehouse id. `live_quantity` is their sum. Prices are of the shop's currency.
    """

    integration_id: str
    product_id: str
    sku_id: str
    seller_sku: str = ""
    title: str = ""
    variation: str = ""
    status: str = ""
    """The product's TikTok `status`, as it came: an unknown value is kept."""
    currency: str = ""
    live_price: Amount | None = None
    quantities: dict[str, int] = {}
    read_at: Instant
    deleted: bool = False
    """TikTok no longer lists it; its mapping stays until a person decides."""

    @property
    def live_quantity(self) -> int:
        """What the shop showed in all its warehouses together."""
        return sum(self.quantities.values())


class SkuMapping(Model):
    """Channel SKU -> Avasam SKU inside one integration; a channel SKU has at most one."""

    integration_id: str
    sku_id: str
    avasam_sku: str
    seller_sku: str = ""
    """What the shop called it when it was mapped; another name now is shown, and a person decides."""
    mapped_at: Instant
    mapped_by: str = ""


class Unlinked(Model):
    """The last pair that a channel SKU was severed from, and who did it; gone when it is mapped again."""

    integration_id: str
    sku_id: str
    avasam_sku: str
    at: Instant
    by: str = ""


class ShippingMapping(Model):
    """TikTok delivery option -> Avasam shipping service inside one integration."""

    integration_id: str
    delivery_option_id: str
    delivery_option_name: str = ""
    service: str
    mapped_at: Instant


class PushState(StrEnum):
    """What we did, never mixed with what the channel says (domain.md, Listing status)."""

    IDLE = "idle"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    HELD = "held"


class PushRecord(Model):
    """What was last sent to one channel SKU for one field, and what TikTok confirmed.

    `sent` is stored before the call; `confirmed` when TikTok accepted it without an error for this SKU, or
    when it was read back. After a crash `sent` without `confirmed` is simply sent again: values are absolute.
    """

    value: str | None = None
    """The last confirmed value: a quantity or a decimal amount, as text."""
    sent: str | None = None
    sent_at: Instant | None = None
    confirmed_at: Instant | None = None
    state: PushState = PushState.IDLE
    failures: int = 0
    """Identical failures in a row; three hold the action until its input changes."""
    error_code: str | None = None
    error: str | None = None
    failed_input: str | None = None


class ListingSync(Model):
    """Both push records of one mapped channel SKU."""

    integration_id: str
    sku_id: str
    stock: PushRecord = PushRecord()
    price: PushRecord = PushRecord()


class Edit(Model):
    """One field of a draft that somebody changed; long values are cut short."""

    revision: int
    field: str
    was: str | None
    now: str | None
    by: str


class Listing(CategoryAnswers):
    """What this program knows about one Avasam product on one integration: the draft."""

    integration_id: str
    avasam_sku: str
    title: str | None = None
    description: str | None = None
    category_id: str | None = None
    typed_price: Amount | None = None
    shipping_ex: Amount | None = None
    rule_id: str | None = None
    listed_here: bool = False
    collection: str = ""
    revision: int = 0
    """Grows with every edit: two people who edit one row do not overwrite each other unseen."""
    edited_by: str = ""
    edits: tuple[Edit, ...] = ()
    """The latest edits, oldest first (core.services.editing)."""


class PricingRule(Model):
    """How a selling price follows from cost (domain.md, Selling price): by `percent` or by `fixed`."""

    id: str
    integration_id: str
    name: str
    percent: Amount | None = None
    """40 means +40 %."""
    fixed: Amount | None = None
    include_shipping: bool = False
    ending: Amount | None = None
    """0.99 rounds up to the next x.99; None rounds half up to pennies."""
    floor_percent: Amount | None = None
    """The least margin over cost in per cent; a price below it is a problem, not a clamp."""
    suppliers: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    paused: bool = False
    edited_at: Instant
