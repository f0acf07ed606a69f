"""Commands that work on every screen, and the screens themselves."""

from typing import Final

from tui.keys import Command

SCREENS: Final = (
    Command(
        "screen.integrations",
        "1",
        "Integrations",
        "The connected shops and their last syncs",
        "app.show('integrations')",
        show=False,
    ),
    Command(
        "screen.listings",
        "2",
        "Listing Manager",
        "Every product with its state on a shop: list, price, update, delete",
        "app.show('listings')",
        show=False,
    ),
    Command(
        "screen.sku_mapping",
        "3",
        "SKU Mapping",
        "Which Avasam SKU each SKU of a shop sells",
        "app.show('sku_mapping')",
        show=False,
    ),
    Command(
        "screen.shipping_mapping",
        "4",
        "Shipping Mapping",
        "Which Avasam service each delivery option means",
        "app.show('shipping_mapping')",
        show=False,
    ),
    Command(
        "screen.orders",
        "5",
        "Orders",
        "Every order: where it stands and what it waits for",
        "app.show('orders')",
        show=False,
    ),
    Command(
        "screen.activity",
        "6",
        "Activity",
        "Open problems, how busy it was, every sync and job",
        "app.show('activity')",
        show=False,
    ),
)
"""The menu's entries, in order."""

EVERYWHERE: Final = (
    Command("sync", "r", "Sync", "Choose what to sync now", "app.sync_now"),
    Command(
        "jump", "ctrl+o", "Jump", "Put a letter on everything that can take the focus", "app.jump", show=False
    ),
    Command(
        "palette",
        "ctrl+p",
        "Commands",
        "Every command there is, found by typing; themes",
        "app.command_palette",
        show=False,
    ),
    Command("help", "f1", "Help", "What this screen shows, and its keys", "app.help_screen", show=False),
    Command(
        "quit",
        "ctrl+q",
        "Quit",
        "Leave; the worker that this program started ends too",
        "app.quit",
        show=False,
    ),
)
