"""Commands that every screen around one long list has."""

from tui.keys import Command


def list_commands(screen: str, what: str) -> tuple[Command, ...]:
    """Filter, copy, export; `what` names the rows in their help."""
    return (
        Command(
            f"{screen}.filter", "slash", "Filter", f"Shrink the list to {what} with all words typed", "filter"
        ),
        Command(
            f"{screen}.choose", "f", "Narrow", "Choose from lists what to narrow the list to", "choose_filter"
        ),
        Command(
            f"{screen}.clear", "escape", "Clear filter", "Show everything again", "clear_filter", show=False
        ),
        Command(
            f"{screen}.copy",
            "y",
            "Copy",
            f"Copy the marked {what}, else the one under the cursor",
            "copy",
            show=False,
        ),
        Command(
            f"{screen}.export",
            "w",
            "Export",
            f"Write the marked {what}, else all that are listed, to a CSV or JSON file",
            "export",
            show=False,
        ),
    )
