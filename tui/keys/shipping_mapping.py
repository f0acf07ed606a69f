"""Commands of Shipping Mapping."""

from typing import Final

from tui.keys import Command

SHIPPING_MAPPING: Final = (
    Command(
        "shipping.map",
        "m",
        "Map field",
        "Pair the delivery options that are marked, else the one under the cursor, with the service",
        "map",
    ),
    Command("shipping.remove", "x", "Remove", "Take the pair away, or a pending edit back", "remove"),
    Command("shipping.save", "ctrl+s", "Save", "Put all pending pairs in force", "save"),
    Command("shipping.release", "R", "Release", "Send held orders that have a service now", "release"),
    Command("shipping.add", "n", "New service", "Put a name on the list of Avasam's services", "add_service"),
    Command(
        "shipping.drop", "delete", "Drop service", "Take a name off the list", "drop_service", show=False
    ),
    Command("shipping.seed", "I", "From orders", "Add the services in Avasam's latest orders", "seed"),
    Command("shipping.read", "d", "Read again", "Ask the shop for its delivery options", "read"),
    Command("shipping.other", "tab", "Next list", "Go to the next list", "other", show=False),
    Command("shipping.shop", "o", "Shop", "Choose another shop", "shop", show=False),
    Command("shipping.discard", "D", "Discard", "Forget all pending edits", "discard", show=False),
)
