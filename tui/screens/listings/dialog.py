"""What the large dialogs of the Listing Manager share: a heading, room for lists, and the footer's keys."""

from collections.abc import Iterable, Sequence
from typing import Final, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.events import Resize
from textual.widget import Widget
from textual.widgets import Label

from core.models.integration import Integration
from tui.keys import bindings
from tui.keys.listing_actions import DIALOG_LIST
from tui.screens.base import NARROW
from tui.screens.modal import Modal
from tui.session import Session
from tui.widgets.columns import Column
from tui.widgets.key_line import KeyLine
from tui.widgets.virtual_table import VirtualTable

Row = TypeVar("Row")
Answer = TypeVar("Answer")

READ_ONLY: Final = "This is a read-only session: nothing is changed from here."


class DialogTable(VirtualTable[Row], inherit_bindings=False):
    """A list inside a dialog: moved through like every long list, neither marked nor sorted."""

    BINDINGS = bindings(DIALOG_LIST)

    def __init__(self, columns: Sequence[Column[Row]], *, id: str) -> None:  # noqa: A002 - as Textual calls it
        super().__init__(columns, id=id, frozen=0)


class ListingDialog(Modal[Answer]):
    """One shop, a heading, content, footer."""

    DEFAULT_CSS = """
    ListingDialog {
        align: center middle;
        #dialog-box { width: 96%; height: 96%; padding: 0 1; background: $surface; border: round $primary; }
        &.narrow #dialog-box { width: 100%; height: 1fr; border: none; }
        #dialog-heading, .line { width: 100%; height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
        #dialog-heading { text-style: bold; }
        .dialog-words { width: 100%; height: auto; color: $text-muted; }
        .dialog-buttons { height: 1; align-horizontal: right; padding: 0; }
        .dialog-buttons Button { height: 1; border: none; min-width: 12; margin-left: 2; }
        .dialog-buttons Button.-primary { border: none; }
        ProgressBar { width: 100%; height: 1; }
        ProgressBar Bar { width: 1fr; }
    }
    """

    def __init__(self, session: Session, integration: Integration) -> None:
        super().__init__()
        self.session = session
        self.integration = integration

    @property
    def heading(self) -> str:
        """The first line."""
        raise NotImplementedError

    def content(self) -> Iterable[Widget]:
        """What stands below it."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """Heading, content, footer."""
        with Vertical(id="dialog-box"):
            yield Label(self.heading, id="dialog-heading", markup=False)
            yield from self.content()
        yield KeyLine()

    @on(Resize)
    def _fold(self, event: Resize) -> None:
        self.set_class(event.size.width < NARROW, "narrow")

    def refused(self) -> bool:
        """Whether this session may change nothing; then it says so."""
        if self.session.read_only:
            self.notify(READ_ONLY, severity="warning")
        return self.session.read_only
