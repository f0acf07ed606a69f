"""Commands of the description window and of the TikTok category form."""

from typing import Final

from tui.keys import Command

DESCRIPTION: Final = (
    Command("description.save", "ctrl+s", "Save", "Keep the text; nothing is sent yet", "save"),
    Command(
        "description.preview",
        "f2",
        "Preview",
        "Change between the text and what buyers will see, where both have no room",
        "preview",
    ),
    Command("description.undo", "ctrl+z", "Undo", "Take the last change back; ctrl+y makes it again", "undo"),
    Command("description.cancel", "escape", "Cancel", "Leave; changes are asked about and dropped", "cancel"),
)

CATEGORY: Final = (
    Command("category.save", "ctrl+s", "Save", "Keep category and answers for all these rows", "save"),
    Command(
        "category.browse",
        "f2",
        "Browse",
        "Open the tree step by step, or go back to searching",
        "browse",
    ),
    Command("category.other", "f3", "Other category", "Choose another category", "other"),
    Command(
        "category.remember",
        "f4",
        "Remember",
        "Whether the next products of the same Avasam category get these answers too",
        "remember",
    ),
    Command("category.read", "ctrl+r", "Read again", "Ask the shop for its categories anew", "read"),
    Command("category.clear", "delete", "Take away", "Take the answer of this field away", "clear", False),
    Command("category.up", "left,backspace", "Up", "Back to the branch above", "up", False),
    Command("category.cancel", "escape", "Cancel", "Leave; changes are asked about and dropped", "cancel"),
)

VALUES: Final = (
    Command("values.save", "ctrl+s", "Save", "Keep the values that are marked", "save"),
    Command("values.cancel", "escape", "Cancel", "Leave the field as it was", "dismiss(None)"),
)
"""Of the list of values or brands that opens from a field."""
