"""Starts the screens."""

from collections.abc import Set as AbstractSet


def start_screens(flags: AbstractSet[str]) -> int:
    """Run until the person leaves; the exit code."""
    from tui.app import AvasamApp
    from tui.preferences import preferences_file
    from tui.session import Session

    session = Session(sandbox="--sandbox" in flags, read_only="--read-only" in flags)
    app = AvasamApp(session, plain_glyphs="--ascii" in flags, preferences_file=preferences_file())
    app.run(mouse="--no-mouse" not in flags)
    return app.return_code or 0
