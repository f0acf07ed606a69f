"""Starts the screens."""

import os
import sys
from collections.abc import Set as AbstractSet


def start_screens(flags: AbstractSet[str]) -> int:
    """Run until the person leaves; the exit code."""
    from tui.app import AvasamApp
    from tui.preferences import preferences_file
    from tui.session import Session

    _believe_the_terminal()
    session = Session(sandbox="--sandbox" in flags, read_only="--read-only" in flags)
    app = AvasamApp(session, plain_glyphs="--ascii" in flags, preferences_file=preferences_file())
    app.run(mouse="--no-mouse" not in flags)
    return app.return_code or 0


def _believe_the_terminal() -> None:
    """Forget exported LINES and COLUMNS, which a resize leaves behind, where the terminal knows its size."""
    try:
        columns, lines = os.get_terminal_size(sys.__stdout__.fileno() if sys.__stdout__ else 1)
    except (OSError, ValueError):
        return
    if columns and lines:
        os.environ.pop("LINES", None)
        os.environ.pop("COLUMNS", None)
