"""Commands of the Listing Manager."""

from typing import Final

from tui.keys import Command
from tui.keys.lists import list_commands

LISTINGS: Final = (
    Command(
        "listings.list",
        "l",
        "List",
        "List the marked rows on the shop, else the one under the cursor; linked ones are skipped",
        "list",
    ),
    Command(
        "listings.update",
        "u",
        "Update",
        "Send what has changed on the marked rows, else on the one under the cursor",
        "update",
    ),
    Command(
        "listings.menu",
        "x",
        "Action",
        "Delete, deactivate, activate, reset a hold, retry, explain, copy",
        "menu",
    ),
    Command(
        "listings.edit",
        "e",
        "Edit",
        "Edit title, prices and collection in the row; tab goes on, enter keeps, esc drops",
        "edit",
    ),
    Command("listings.save", "ctrl+s", "Save", "Keep everything typed on this shop; nothing is sent", "save"),
    Command(
        "listings.undo", "z,ctrl+z", "Undo", "Take the last edit that is not saved back", "undo", show=False
    ),
    Command("listings.discard", "D", "Discard", "Forget all unsaved edits", "discard", show=False),
    Command("listings.description", "d", "Description", "Edit the description", "description", show=False),
    Command(
        "listings.category",
        "t",
        "TikTok category",
        "Choose the TikTok category and its attributes for the marked rows",
        "category",
        show=False,
    ),
    Command(
        "listings.rules",
        "p",
        "Automate price",
        "Pricing rules: make one, change it, let the marked rows follow it",
        "rules",
        show=False,
    ),
    Command(
        "listings.problems", "P", "Problems", "What is wrong, by cause, with its fix", "problems", show=False
    ),
    Command(
        "listings.explain",
        "question_mark",
        "Explain",
        "Where each number of the row comes from, and its history",
        "explain",
        show=False,
    ),
    Command("listings.expand", "plus", "Expand", "Show the variants of a product", "expand", show=False),
    Command("listings.collapse", "minus", "Collapse", "Hide them again", "collapse", show=False),
    Command("listings.expand_all", "asterisk", "Expand all", "Show all variants", "expand_all", show=False),
    Command(
        "listings.collapse_all", "underscore", "Collapse all", "Hide all variants", "collapse_all", show=False
    ),
    Command("listings.shop", "o", "Shop", "Choose another shop", "shop", show=False),
    *list_commands("listings", "rows"),
)
