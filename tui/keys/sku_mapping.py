"""Commands of SKU Mapping."""

from typing import Final

from tui.keys import Command

SKU_MAPPING: Final = (
    Command(
        "mapping.map",
        "m",
        "Map them",
        "Pair the marked SKUs of the shop, else the one under the cursor, with the Avasam SKU",
        "map",
    ),
    Command("mapping.take", "t", "Take", "Accept what is suggested for the SKUs that are marked", "take"),
    Command("mapping.take_all", "T", "Take all", "Accept every sure suggestion above a bar", "take_all"),
    Command("mapping.unlink", "u", "Unlink", "Sever the pair, or take a pending edit back", "unlink"),
    Command("mapping.save", "ctrl+s", "Save", "Put all pending pairs in force", "save"),
    Command("mapping.download", "d", "Download", "Fetch the shop's listings; pairs stay", "download"),
    Command(
        "mapping.suggest",
        "S",
        "Suggest",
        "Look for suggestions again; while they are looked for, stop",
        "suggest",
        show=False,
    ),
    Command("mapping.show", "f", "Narrow", "Show all, unmapped, mapped, pending or gone SKUs", "narrow"),
    Command("mapping.filter", "slash", "Filter", "Search the list that has the focus", "filter"),
    Command("mapping.other", "tab", "Other list", "Go to the other list", "other", show=False),
    Command("mapping.shop", "o", "Shop", "Choose another shop", "shop", show=False),
    Command("mapping.discard", "D", "Discard", "Forget all pending edits", "discard", show=False),
    Command("mapping.export", "w", "Export", "Write all pairs to a CSV file", "export", show=False),
    Command(
        "mapping.import",
        "I",
        "Import",
        "Read pairs from a CSV file; what it asks for is shown first, and waits for Save",
        "import",
        show=False,
    ),
    Command("mapping.clear", "escape", "Clear filter", "Show the whole list again", "clear", show=False),
)
