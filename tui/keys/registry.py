"""All commands of all screens, for the palette, the help and the README."""

from typing import Final

from tui.keys.activity import ACTIVITY
from tui.keys.everywhere import EVERYWHERE, SCREENS
from tui.keys.integrations import AUTHORISE, INTEGRATION, INTEGRATIONS
from tui.keys.listing_actions import LISTING_ACTIONS
from tui.keys.listing_forms import CATEGORY, DESCRIPTION, VALUES
from tui.keys.listings import LISTINGS
from tui.keys.orders import ORDER, ORDERS
from tui.keys.shipping_mapping import SHIPPING_MAPPING
from tui.keys.sku_mapping import SKU_MAPPING
from tui.keys.table import TABLE

BY_SCREEN: Final = {
    "Everywhere": (*SCREENS, *EVERYWHERE),
    "Integrations": INTEGRATIONS,
    "An integration": INTEGRATION,
    "Authorise": AUTHORISE,
    "Listing Manager": LISTINGS,
    **LISTING_ACTIONS,
    "Description": DESCRIPTION,
    "TikTok category": CATEGORY,
    "Values of a field": VALUES,
    "SKU Mapping": SKU_MAPPING,
    "Shipping Mapping": SHIPPING_MAPPING,
    "Orders": ORDERS,
    "An order": ORDER,
    "Activity": ACTIVITY,
    "Long lists": TABLE,
}
"""Heading -> commands, in the order in which the README lists them."""
