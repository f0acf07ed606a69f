"""The main screens by mode; imported after the first frame, for they bring pydantic and services along."""

from tui.screens.activity import ActivityScreen
from tui.screens.base import MainScreen
from tui.screens.integrations import IntegrationsScreen
from tui.screens.listings.screen import ListingManagerScreen
from tui.screens.orders import OrdersScreen
from tui.screens.shipping_mapping import ShippingMappingScreen
from tui.screens.sku_mapping import SkuMappingScreen

SCREENS: tuple[type[MainScreen], ...] = (
    IntegrationsScreen,
    ListingManagerScreen,
    SkuMappingScreen,
    ShippingMappingScreen,
    OrdersScreen,
    ActivityScreen,
)
"""One entry a screen; its `MODE` is what the menu's `screen.<mode>` command goes to."""
