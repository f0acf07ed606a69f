"""Starts the screens."""

from collections.abc import Set as AbstractSet


def start_screens(flags: AbstractSet[str]) -> int:
    """Run until the person leaves; the exit code."""
    from tui.app import AvasamApp
    from tui.session import Session

    session = Session(sandbox="--sandbox" in flags, read_only="--read-only" in flags)
    app = AvasamApp(session)
    app.run(mouse="--no-mouse" not in flags)
    return app.return_code or 0
