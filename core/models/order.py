"""A TikTok order as we keep it: what TikTok said, what we decided, and why."""

from enum import StrEnum

from core.models.base import Amount, Instant, Model
from core.models.part import OrderPart


class OrderState(StrEnum):
    """Where an order stands with us (not TikTok's `status`, which is kept beside it)."""

    HELD = "held"
    """Waits for something that `held_reason` names."""
    READY = "ready"
    """Everything is known; it goes to Avasam next."""
    SENDING = "sending"
    """The intent is stored and the call may be under way."""
    SENT = "sent"
    DISPATCHED = "dispatched"
    TRACKING_RETURNED = "tracking_returned"
    NON_AVASAM = "non_avasam"
    """No line is mapped: shown, never sent, deleted after 72 hours."""
    CLOSED = "closed"
    """It was already shipped when first seen; somebody else fulfils it."""
    CANCELLED = "cancelled"
    FLAGGED = "flagged"
    """A person has to decide."""


class OrderKind(StrEnum):
    """How much of an order is ours (domain.md, Words)."""

    AVASAM = "avasam"
    MIXED = "mixed"
    NON_AVASAM = "non_avasam"


class OrderLine(Model):
    """One line item: exactly one unit (tiktok-shop-api §8). `avasam_sku` is set when its SKU is mapped."""

    line_id: str
    sku_id: str
    product_id: str = ""
    seller_sku: str = ""
    title: str = ""
    variation: str = ""
    price: Amount | None = None
    currency: str = ""
    status: str = ""
    package_id: str = ""
    tracking_number: str = ""
    """Of the parcel that TikTok knows it is in."""
    avasam_sku: str | None = None


class Address(Model):
    """Where an order goes, only as far as TikTok tells it. `masked` when platform logistics hides it."""

    name: str = ""
    phone: str = ""
    line: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""
    email: str = ""
    masked: bool = False


class ChannelOrder(Model):
    """An order as the channel gives it, cleaned; no decision of ours is in it."""

    id: str
    status: str
    fulfilment_type: str = ""
    shipping_type: str = ""
    created_at: Instant
    updated_at: Instant
    lines: tuple[OrderLine, ...] = ()
    address: Address = Address()
    delivery_option_id: str = ""
    delivery_option_name: str = ""
    warehouse_id: str = ""
    currency: str = ""
    total: Amount | None = None
    is_sample: bool = False
    is_replacement: bool = False
    is_exchange: bool = False
    is_on_hold: bool = False
    order_type: str = ""
    cancel_requested: bool = False
    cancel_reason: str = ""
    buyer_message: str = ""
    ship_by: Instant | None = None
    cancel_by: Instant | None = None
    package_ids: tuple[str, ...] = ()
    tracking_number: str = ""

    def flags(self) -> tuple[str, ...]:
        """What is special about it: sample, replacement, exchange, lottery (domain.md, Which orders)."""
        named = {
            "sample": self.is_sample,
            "replacement": self.is_replacement,
            "exchange": self.is_exchange,
            "lottery": self.order_type == "ZERO_LOTTERY",
        }
        return tuple(name for name, present in named.items() if present)


class Verdict(StrEnum):
    """What a person decided about a flagged order."""

    SHIP = "ship"
    """Avasam ships it like any other."""
    LEAVE = "leave"
    """It is dealt with elsewhere: nothing more is done with it here."""
    DROP = "drop"
    """It never goes to Avasam."""


class OrderEvent(Model):
    """One entry of an order's timeline: what was done, when, in words."""

    at: Instant
    text: str


class Order(Model):
    """A downloaded order inside one integration."""

    integration_id: str
    source: ChannelOrder
    kind: OrderKind
    state: OrderState
    held_reason: str | None = None
    steps: tuple[str, ...] = ()
    """How the import rule decided."""
    downloaded_at: Instant
    purge_at: Instant | None = None
    """Non-Avasam orders only: when they are deleted if still unmapped."""
    allocated_service: str | None = None
    given_at: Instant | None = None
    """When Avasam was first asked to take it; None while it never was, or when it refused all of it."""
    parts: tuple[OrderPart, ...] = ()
    """One for each supplier; planned when it is first sent, and kept as planned from then on."""
    obstacle: str | None = None
    """Why it could not be sent: Avasam's words, or what its address lacks. Until somebody releases it."""
    verdict: Verdict | None = None
    verdict_words: str = ""
    """The decision with who took it and their note, as it is shown."""
    follow_until: Instant | None = None
    """Until when Avasam is looked at again although TikTok has the tracking."""
    answer_cancel_by: Instant | None = None
    """Until when the buyer's wish to cancel must be answered, as TikTok says."""
    timeline: tuple[OrderEvent, ...] = ()


class Tombstone(Model):
    """An order that is not kept: the next sync must not bring it back, mapping its SKU offers it again."""

    integration_id: str
    order_id: str
    sku_ids: tuple[str, ...]
    since: Instant
    reason: str = "purged"
    """`purged` after 72 hours, or `excluded` by the settings."""
