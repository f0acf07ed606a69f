"""The world as bytes and back, so that a sandbox goes on after a restart where it stopped."""

from typing import Any

import orjson

from core.sandbox.bulk import collector_paused
from core.sandbox.model import (
    AvasamOrder,
    AvasamProduct,
    DeliveryOption,
    OrderLine,
    SalesAttribute,
    Seller,
    Shop,
    ShopOrder,
    ShopProduct,
    ShopSku,
    Warehouse,
    World,
)


def dump_world(world: World) -> bytes:
    """The whole world as JSON; `load_world` is its inverse."""
    return orjson.dumps(world)


@collector_paused()
def load_world(data: bytes) -> World:
    """The world that was dumped.

    ValueError when the bytes are not JSON, KeyError or TypeError when they are not a world.
    """
    known: dict[str, Any] = orjson.loads(data)
    return World(
        **{
            **known,
            "sellers": [_seller(seller) for seller in known["sellers"]],
            "avasam_products": {
                sku: AvasamProduct(**product) for sku, product in known["avasam_products"].items()
            },
            "avasam_orders": [AvasamOrder(**order) for order in known["avasam_orders"]],
            "agenda": [tuple(entry) for entry in known["agenda"]],
        }
    )


def _seller(known: dict[str, Any]) -> Seller:
    return Seller(**{**known, "shops": [_shop(shop) for shop in known["shops"]]})


def _shop(known: dict[str, Any]) -> Shop:
    return Shop(
        **{
            **known,
            "warehouses": [_warehouse(warehouse) for warehouse in known["warehouses"]],
            "products": {number: _product(product) for number, product in known["products"].items()},
            "orders": {number: _order(order) for number, order in known["orders"].items()},
        }
    )


def _warehouse(known: dict[str, Any]) -> Warehouse:
    return Warehouse(**{**known, "options": [DeliveryOption(**option) for option in known["options"]]})


def _product(known: dict[str, Any]) -> ShopProduct:
    pending = known.get("pending")
    if pending is not None and "skus" in pending:
        pending["skus"] = [_sku(sku) for sku in pending["skus"]]
    return ShopProduct(**{**known, "skus": [_sku(sku) for sku in known["skus"]]})


def _sku(known: dict[str, Any]) -> ShopSku:
    attributes = [SalesAttribute(**attribute) for attribute in known["sales_attributes"]]
    return ShopSku(**{**known, "sales_attributes": attributes})


def _order(known: dict[str, Any]) -> ShopOrder:
    return ShopOrder(**{**known, "lines": [OrderLine(**line) for line in known["lines"]]})
