"""Names that people keep for shipping: Avasam's services, and which TikTok carrier a carrier's name means."""

from core.models.base import Instant, Model


class ShippingService(Model):
    """An Avasam shipping service by its name; Avasam lists them nowhere (avasam-api §1.9)."""

    name: str
    seen: bool = False
    """It came with an order that Avasam showed; else somebody typed it."""
    removed: bool = False
    """Somebody took it off the list: seeing it again does not bring it back."""


class CarrierChoice(Model):
    """Which of TikTok's shipping providers an Avasam carrier's name means, inside one integration."""

    integration_id: str
    carrier: str
    provider_id: str
    provider_name: str = ""
    chosen_at: Instant
