"""Commands of the Orders screen and of one order."""

from typing import Final

from tui.keys import Command
from tui.keys.lists import list_commands

UNBLOCK: Final = Command(
    "orders.unblock",
    "u",
    "Unblock",
    "Go to whatever gets a held order going again, or say what does",
    "unblock",
)

ORDERS: Final = (
    UNBLOCK,
    Command(
        "orders.release",
        "x",
        "Release",
        "Look at the marked held orders again, else the one under the cursor, with the mappings of now",
        "release",
    ),
    Command(
        "orders.settle",
        "d",
        "Settle",
        "Decide about flagged or held orders: ship anyway, dealt with, drop, or take that back",
        "settle",
    ),
    Command(
        "orders.tracking",
        "t",
        "Tracking",
        "Give the order under the cursor another tracking number; TikTok takes it for 72 hours",
        "tracking",
        show=False,
    ),
    *list_commands("orders", "orders"),
)

ORDER: Final = (
    Command("order.back", "escape,q", "Back", "Back to the list", "dismiss(None)"),
    Command("order.unblock", "u", "Unblock", UNBLOCK.help, "unblock"),
    Command("order.settle", "d", "Settle", "Ship it anyway, dealt with, drop, or take that back", "settle"),
    Command("order.tracking", "t", "Tracking", "Give or correct its tracking number", "tracking"),
    Command("order.copy", "y", "Copy", "Copy everything shown here", "copy"),
    Command("order.write", "w", "To a file", "Write everything shown here to a file", "write"),
)
