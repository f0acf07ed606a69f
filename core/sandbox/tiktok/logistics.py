"""Warehouses, their delivery options, and who may carry a parcel (tiktok-shop-api §9)."""

from typing import Any

from core.sandbox.calls import TABLE, Call
from core.sandbox.model import DeliveryOption, Shop
from core.sandbox.wire import Refusal

SCOPE = "seller.logistics"


@TABLE.operation("getWarehouseList", scope=SCOPE)
def warehouses(call: Call) -> dict[str, Any]:
    """The shop's warehouses; one place for sales and returns has two ids."""
    return {
        "warehouses": [
            {
                "id": warehouse.id,
                "entity_id": warehouse.entity_id,
                "name": warehouse.name,
                "effect_status": warehouse.effect_status,
                "type": warehouse.type,
                "sub_type": "DOMESTIC_WAREHOUSE",
                "is_default": warehouse.is_default,
                "address": warehouse.address,
            }
            for warehouse in call.shop.warehouses
        ]
    }


@TABLE.operation("getWarehouseDeliveryOptions", scope=SCOPE)
def delivery_options(call: Call) -> dict[str, Any]:
    """How parcels may leave a warehouse."""
    warehouse_id = call.path["warehouse_id"]
    found = next((item for item in call.shop.warehouses if item.id == warehouse_id), None)
    if found is None:
        raise Refusal(12052530, "The warehouse is not of this shop")
    return {
        "delivery_options": [
            {
                "id": option.id,
                "name": option.name,
                "type": option.type,
                "description": f"{option.name} from {found.name}",
                "weight_limit": {"min_weight": 0, "max_weight": 30_000, "unit": "GRAM"},
                "dimension_limit": {
                    "max_height": 120,
                    "max_length": 120,
                    "max_width": 80,
                    "unit": "CM",
                },
                "platform": ["TIKTOK_SHOP"],
            }
            for option in found.options
        ]
    }


@TABLE.operation("getShippingProviders", scope=SCOPE)
def shipping_providers(call: Call) -> dict[str, Any]:
    """Who may carry a parcel of this option; an option that TikTok runs answers an error, no empty list."""
    option = option_of(call.shop, call.path["delivery_option_id"])
    if option is None:
        raise Refusal(98001004, "Invalid 'delivery_option_id' parameter")
    if option.platform_run:
        raise Refusal(21001001, "The delivery option is run by the platform and has no shipping providers")
    return {"shipping_providers": [{"id": one["id"], "name": one["name"]} for one in option.providers]}


@TABLE.operation("getShippingTemplateAvailability", scope=SCOPE)
def templates(_call: Call) -> dict[str, Any]:
    """Shipping templates: a shop whose seller ships has none."""
    return {"templates": []}


def option_of(shop: Shop, option_id: str) -> DeliveryOption | None:
    """A delivery option of the shop."""
    options = (option for warehouse in shop.warehouses for option in warehouse.options)
    return next((option for option in options if option.id == option_id), None)


def provider_name(shop: Shop, provider_id: str) -> str | None:
    """The name of a carrier that any option of the shop allows."""
    options = (option for warehouse in shop.warehouses for option in warehouse.options)
    providers = (one for option in options for one in option.providers)
    return next((one["name"] for one in providers if one["id"] == provider_id), None)
