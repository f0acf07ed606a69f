"""Warehouses, delivery options and carriers."""

from core.channel.tiktok.wire.base import Id, Reply


class WarehouseWire(Reply):
    """One warehouse of the shop."""

    id: Id
    name: str = ""
    effect_status: str = ""
    type: str = ""
    is_default: bool = False


class Warehouses(Reply):
    """GET /logistics/202309/warehouses."""

    warehouses: tuple[WarehouseWire, ...] = ()


class DeliveryOptionWire(Reply):
    """One delivery option of a warehouse."""

    id: Id
    name: str = ""
    type: str = ""


class DeliveryOptions(Reply):
    """GET /logistics/202309/warehouses/{warehouse_id}/delivery_options."""

    delivery_options: tuple[DeliveryOptionWire, ...] = ()


class ProviderWire(Reply):
    """A carrier that TikTok knows."""

    id: Id
    name: str = ""


class ShippingProviders(Reply):
    """GET /logistics/202309/delivery_options/{delivery_option_id}/shipping_providers."""

    shipping_providers: tuple[ProviderWire, ...] = ()
