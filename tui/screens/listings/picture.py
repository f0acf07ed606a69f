"""A row's picture, or its address where it cannot be drawn."""

from importlib import import_module
from importlib.util import find_spec

from textual.widget import Widget
from textual.widgets import Static

from tui.session import Session

_WHERE = "tui.widgets.picture"


def picture(session: Session, address: str) -> Widget:
    """The picture behind an address (A31)."""
    if not address:
        return Static("No picture.", classes="dialog-words", markup=False)
    if find_spec(_WHERE) is None:
        return Static(address, classes="dialog-words", markup=False)
    drawn: Widget = import_module(_WHERE).Picture(session, address)
    return drawn
