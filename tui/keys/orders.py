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
    *list_commands("orders", "orders"),
)

ORDER: Final = (
    Command("order.back", "escape,q", "Back", "Back to the list", "dismiss(None)"),
    Command("order.unblock", "u", "Unblock", UNBLOCK.help, "unblock"),
    Command("order.copy", "y", "Copy", "Copy everything shown here", "copy"),
    Command("order.write", "w", "To a file", "Write everything shown here to a file", "write"),
)
