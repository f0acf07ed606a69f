"""TikTok Shop's operations, one file a noun; importing this package fills the table of operations."""

from core.sandbox.calls import TABLE
from core.sandbox.tiktok import (
    authorization,
    cancellations,
    categories,
    following,
    fulfilment,
    global_products,
    logistics,
    orders,
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
    "following",
    "fulfilment",
    "logistics",
    "restock",
    "quality",
    "parcels",
    "global_products",
    "orders",
    "product_states",
    "product_writes",
    "products",
    "sku_updates",
    "uploads",
]
