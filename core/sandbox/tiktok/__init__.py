"""TikTok Shop's operations, one file a noun; importing this package fills the table of operations."""

from core.sandbox.calls import TABLE
from core.sandbox.tiktok import (
    authorization,
    cancellations,
    categories,
    combining,
    following,
    fulfilment,
    global_products,
    labels,
    logistics,
    orders,
    packages,
    parcels,
    product_states,
    product_writes,
    products,
    quality,
    restock,
    sku_updates,
    uploads,
)

OPERATIONS = TABLE

__all__ = [
    "OPERATIONS",
    "authorization",
    "cancellations",
    "categories",
    "combining",
    "following",
    "fulfilment",
    "global_products",
    "labels",
    "logistics",
    "orders",
    "packages",
    "parcels",
    "product_states",
    "product_writes",
    "products",
    "quality",
    "restock",
    "sku_updates",
    "uploads",
]
