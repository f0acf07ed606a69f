"""Which columns a person chose for a table, remembered for next time."""

from typing import Any

from textual.app import App

from tui.screens.choose_columns import ChooseColumns
from tui.widgets.virtual_table import VirtualTable


def chosen_columns(app: App[Any], name: str) -> list[str] | None:
    """The columns chosen for the table of this name; None for the usual ones."""
    from tui.app import AvasamApp

    return app.preferences.columns.get(name) if isinstance(app, AvasamApp) else None


def remember_columns(app: App[Any], name: str, keys: list[str]) -> None:
    """Keep a choice; an empty one means the usual ones again."""
    from tui.app import AvasamApp

    if isinstance(app, AvasamApp):
        kept = {one: chosen for one, chosen in app.preferences.columns.items() if one != name}
        app.remember(columns={**kept, **({name: keys} if keys else {})})


async def ask_for_columns(table: VirtualTable[Any], name: str) -> list[str] | None:
    """Let a person choose from a worker; what was chosen, None when it was left as it is."""
    titles = [(column.key, column.title) for column in table.columns]
    shown = [column.key for column in table.shown]
    chosen = await table.app.push_screen_wait(ChooseColumns(titles, shown))
    if chosen is not None:
        remember_columns(table.app, name, chosen)
    return chosen
