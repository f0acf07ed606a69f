"""Warehouses, delivery options and carriers."""

from typing import Annotated

from core.channel.tiktok.wire.base import EACH, LOOSE, Id, Reply


class WarehouseWire(Reply):
    """One warehouse of the shop."""

    id: Id
    name: Annotated[str, LOOSE] = ""
    effect_status: str = ""
    type: str = ""
    is_default: bool = False


class Warehouses(Reply):
    """GET /logistics/202309/warehouses."""

    warehouses: Annotated[tuple[WarehouseWire, ...], EACH] = ()


class DeliveryOptionWire(Reply):
    """One delivery option of a warehouse."""

    id: Id
    name: Annotated[str, LOOSE] = ""
    type: Annotated[str, LOOSE] = ""


class DeliveryOptions(Reply):
    """GET /logistics/202309/warehouses/{warehouse_id}/delivery_options."""

    delivery_options: Annotated[tuple[DeliveryOptionWire, ...], EACH] = ()


class ProviderWire(Reply):
    """A carrier that TikTok knows."""

    id: Id
    name: Annotated[str, LOOSE] = ""


class ShippingProviders(Reply):
    """GET /logistics/202309/delivery_options/{delivery_option_id}/shipping_providers."""

    shipping_providers: Annotated[tuple[ProviderWire, ...], EACH] = ()
