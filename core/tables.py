"""The tables of the store and how their keys are made. Keys of one integration share the prefix `<id>/`."""

from typing import Final

INTEGRATIONS: Final = "integrations"
AUTHORISATIONS: Final = "authorisations"
PENDING_AUTHORISATIONS: Final = "pending_authorisations"
SYNC_STATES: Final = "sync_states"
PRODUCTS: Final = "products"
CHANNEL_SKUS: Final = "channel_skus"
SKU_MAPPINGS: Final = "sku_mappings"
UNLINKED: Final = "unlinked"
SHIPPING_MAPPINGS: Final = "shipping_mappings"
SHIPPING_SERVICES: Final = "shipping_services"
CARRIER_CHOICES: Final = "carrier_choices"
LISTINGS: Final = "listings"
PRICING_RULES: Final = "pricing_rules"
LISTING_SYNCS: Final = "listing_syncs"
LISTING_STATES: Final = "listing_states"
LISTING_ATTEMPTS: Final = "listing_attempts"
JOB_ROWS: Final = "job_rows"
IMAGE_UPLOADS: Final = "image_uploads"
CATEGORY_TREES: Final = "category_trees"
CATEGORY_LEAVES: Final = "category_leaves"
CATEGORY_CHOICES: Final = "category_choices"
SHOP_FACTS: Final = "shop_facts"
ORDERS: Final = "orders"
TOMBSTONES: Final = "tombstones"
JOBS: Final = "jobs"
ACTIVITY: Final = "activity"
PROBLEMS: Final = "problems"
METRICS: Final = "metrics"

OF_ONE_INTEGRATION: Final = (
    SYNC_STATES,
    CHANNEL_SKUS,
    SKU_MAPPINGS,
    UNLINKED,
    SHIPPING_MAPPINGS,
    CARRIER_CHOICES,
    LISTINGS,
    PRICING_RULES,
    LISTING_SYNCS,
    LISTING_STATES,
    LISTING_ATTEMPTS,
    JOB_ROWS,
    IMAGE_UPLOADS,
    CATEGORY_TREES,
    CATEGORY_LEAVES,
    CATEGORY_CHOICES,
    SHOP_FACTS,
    TOMBSTONES,
    PROBLEMS,
    METRICS,
)
"""What goes when an integration is removed; order history stays (domain.md, Removal)."""

EVERYWHERE: Final = "-"
"""Stands for the integration in keys of things that belong to none, such as reading the inventory."""


def key(integration_id: str | None, *parts: str) -> str:
    """The key of a document inside an integration, e.g. `key("i1", "1729")` is `i1/1729`."""
    return "/".join((integration_id or EVERYWHERE, *parts))


def prefix(integration_id: str | None) -> str:
    """What all keys of one integration start with."""
    return f"{integration_id or EVERYWHERE}/"
