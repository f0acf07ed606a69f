"""Everything the sandbox holds, in the open, for a proof that does not go through the wire."""

from collections import Counter
from typing import Any

from core.sandbox.model import Shop, ShopOrder, ShopProduct
from core.sandbox.runtime import Sandbox

JSON = dict[str, Any]
SHOWN = ("manufacturer_ids", "responsible_person_ids")


def state_of(sandbox: Sandbox, only: str | None = None) -> JSON:
    """The clock, every shop (or the one named) with products and orders by id, and Avasam's side."""
    shop = sandbox.shop(only) if only else None
    if only and shop is None:
        raise ValueError(f"no shop has the id or name {only!r}")
    shops = [shop] if shop else sandbox.world.shops()
    return {
        "now": sandbox.now(),
        "revision": sandbox.revision,
        "sellers": [
            {"open_id": seller.open_id, "name": seller.name, "shops": [shop.id for shop in seller.shops]}
            for seller in sandbox.world.sellers
        ],
        "shops": {shop.id: _shop(shop) for shop in shops},
        "avasam": _avasam(sandbox),
    }


def _shop(shop: Shop) -> JSON:
    return {
        "name": shop.name,
        "region": shop.region,
        "currency": shop.currency,
        "cipher": shop.cipher,
        "warehouses": [
            {"id": warehouse.id, "type": warehouse.type, "effect_status": warehouse.effect_status}
            for warehouse in shop.warehouses
        ],
        "products": {product.id: _product(product) for product in shop.products.values()},
        "orders": {order.id: _order(order) for order in shop.orders.values()},
    }


def _product(product: ShopProduct) -> JSON:
    return {
        "title": product.title,
        "status": product.status,
        "audit_status": product.audit_status,
        "update_time": product.update_time,
        "category_id": product.category_id,
        "attributes": product.attributes,
        "brand_id": product.brand_id,
        "size_chart": product.size_chart,
        "certifications": product.certifications,
        **{name: product.extra[name] for name in SHOWN if name in product.extra},
        "under_review": product.pending is not None or product.review_due is not None,
        "skus": {
            sku.id: {
                "seller_sku": sku.seller_sku,
                "price": sku.price,
                "currency": sku.currency,
                "quantity": sum(sku.quantity.values()),
                "warehouses": sku.quantity,
                "committed": sum(sku.committed.values()),
            }
            for sku in product.skus
        },
    }


def _order(order: ShopOrder) -> JSON:
    return {
        "status": order.status,
        "create_time": order.create_time,
        "update_time": order.update_time,
        "fulfillment_type": order.fulfillment_type,
        "delivery_option_id": order.delivery_option_id,
        "units": len(order.lines),
        "skus": dict(Counter(line.sku_id for line in order.lines)),
        "packages": sorted({line.package_id for line in order.lines if line.package_id}),
        "tracking": sorted({line.tracking_number for line in order.lines if line.tracking_number}),
    }


def _avasam(sandbox: Sandbox) -> JSON:
    world = sandbox.world
    return {
        "orders": len(world.avasam_orders),
        "by_ref": dict(Counter(order.seller_ref for order in world.avasam_orders)),
        "list": [
            {
                "number": order.number,
                "seller_ref": order.seller_ref,
                "status": order.status,
                "tracking_number": order.tracking_number,
                "body": order.body,
            }
            for order in world.avasam_orders
        ],
        "products": {
            product.sku: {"stock": product.stock, "price": product.price}
            for product in world.avasam_products.values()
        },
    }
