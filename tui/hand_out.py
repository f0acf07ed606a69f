"""Copying and keeping what a screen shows, with words about what was done."""

from typing import cast

from textual.app import App
from textual.widget import Widget

from core.wording import count_of
from tui.clipboard import copy, write_file
from tui.session import Session


def copy_out(screen: Widget, text: str, *, rows: int | None = None) -> None:
    """Hand text to the terminal; `rows` says how many it stands for."""
    said = copy(cast("App[None]", screen.app), text)
    counted = "" if rows is None else f"{count_of(rows, 'row')}. "
    screen.notify(f"{counted}{said}", markup=False)


def write_out(screen: Widget, session: Session, name: str, text: str) -> None:
    """Keep text in a file beside the store, and say where."""
    try:
        path = write_file(session.backend.settings.home, name, text)
    except OSError as error:
        screen.notify(
            f"It was not written: {error.strerror or error}. Make room, or copy it with y.",
            severity="error",
            markup=False,
        )
    else:
        screen.notify(f"Written to {path}", markup=False, timeout=15)
