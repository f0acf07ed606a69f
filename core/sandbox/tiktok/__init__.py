"""TikTok Shop's operations, one file a noun; importing this package fills the table of operations."""

from core.sandbox.calls import TABLE
from core.sandbox.tiktok import (
    authorization,
    cancellations,
    categories,
    following,
    fulfilment,
    logistics,
    orders,
    product_states,
    product_writes,
    products,
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
    "orders",
    "product_states",
    "product_writes",
    "products",
    "sku_updates",
    "uploads",
]
