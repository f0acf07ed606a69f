"""One connected TikTok shop: who it is, whether it may act, and its settings."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from core.models.base import Instant, Model


class SyncKind(StrEnum):
    """What the timers do for an integration (domain.md A52)."""

    ORDERS = "orders"
    FULFIL = "fulfil"
    """Orders to Avasam, their tracking back to TikTok."""
    STOCK = "stock"
    PRICE = "price"
    VERIFY = "verify"
    CATALOGUE = "catalogue"
    """What exists in the shop."""
    REVIEWS = "reviews"
    """What TikTok's reviews made of listings that were sent."""
    PRODUCTS = "products"
    """Reading the whole inventory; belongs to no integration."""
    STOCK_READ = "stock_read"
    """Reading its stock alone; belongs to no integration."""


class IntegrationSettings(Model):
    """The additional settings (A39). New integrations push stock and leave prices alone (A40)."""

    stock_update: bool = True
    price_update: bool = False
    max_quantity: Annotated[int, Field(ge=0)] | None = None
    """The most that is ever advertised; None means no limit."""
    stock_threshold: Annotated[int, Field(ge=0)] | None = None
    """Real stock below this advertises 0; None means no threshold."""
    exclude_non_avasam: bool = False
    """True hides orders of which no line is mapped."""
    split_unknown: bool = False
    """True imports a mixed order with its mapped lines only."""


class Shop(Model):
    """The shop behind an authorisation (tiktok-shop-api §2)."""

    id: str
    name: str
    region: str
    cipher: str
    code: str = ""
    seller_type: str = "LOCAL"


class Integration(Model):
    """One connected TikTok shop; every mapping, listing, order and sync time belongs to one."""

    id: str
    name: str
    channel: str = "tiktok"
    shop: Shop
    authorisation_id: str
    enabled: bool = True
    needs_reauthorisation: str | None = None
    """Why a person must authorise again, in words; None while all is well (A16)."""
    settings: IntegrationSettings = IntegrationSettings()
    created_at: Instant


class Authorisation(Model):
    """A merchant's consent. `sealed_*` are ciphertext of the vault, never the tokens themselves."""

    id: str
    seller_name: str
    region: str
    scopes: tuple[str, ...] = ()
    sealed_access_token: str
    access_expires_at: Instant
    sealed_refresh_token: str
    refresh_expires_at: Instant
    refreshed_at: Instant


class PendingAuthorisation(Model):
    """An authorisation that was begun: its `state` may come back once, within half an hour (A8)."""

    state: str
    name: str
    integration_id: str | None = None
    """Set when this reauthorises an existing integration."""
    created_at: Instant


class SyncState(Model):
    """What the timer knows of one kind of sync; `last_finished_at` moves only when it finishes (A17)."""

    integration_id: str
    kind: SyncKind
    last_finished_at: Instant | None = None
    last_attempt_at: Instant | None = None
    next_run_at: Instant | None = None
    failures: int = 0
    last_error: str | None = None
    watermark: Instant | None = None
    """Orders: everything updated before this instant has been read.

    Fulfilment: when orders whose tracking is already with TikTok were last looked at again.
    """
    counts: dict[str, int] = {}
    """Of the last finished sync, e.g. {"pages": 3, "new": 12}."""
