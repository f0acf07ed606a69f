"""What all main screens share: the title, the menu, the status line and the footer."""

from collections.abc import Iterable

from textual import on
from textual.app import ComposeResult, ScreenStackError
from textual.containers import Horizontal, Vertical
from textual.events import Resize
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import OptionList, Static

from tui.messages import Beat
from tui.session import Pulse, Session
from tui.widgets.banner import Banner
from tui.widgets.hints import Hints
from tui.widgets.key_line import KeyLine
from tui.widgets.menu import Menu
from tui.widgets.status_line import StatusLine

NARROW = 100
"""Columns below which the menu folds and side-by-side panes become tabs (ux.md)."""


class MainScreen(Screen[None]):
    """One entry of the menu. Subclasses compose their content and show each pulse."""

    MODE = ""
    HEADING = ""
    HELP_TEXT = ""
    KEEPS_UNSAVED = False
    """Whether unsaved work is still there after going to another screen: then only quitting asks about it."""
    AUTO_FOCUS = "#content DataTable, #content VirtualTable"
    """The list has the focus, not the menu."""
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    """Unlike in Textual the screen is not drawn anew (15 kB) when the focus moves; both widgets are."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session

    @property
    def is_current(self) -> bool:
        """Whether this screen is drawn: not while a dialogue lies over it.

        For a screen beneath another, Textual draws the whole terminal again with every message, 15 kB each
        time over SSH. What changes meanwhile is drawn when the dialogue is gone.
        """
        try:
            return self.is_attached and self.app.screen is self
        except ScreenStackError:
            return False  # the program is ending

    @property
    def unsaved(self) -> str:
        """What would be lost by leaving now, in words such as `3 pending pairs`; empty when nothing would."""
        return ""

    def discard(self) -> None:
        """Let go of what is unsaved."""

    def content(self) -> Iterable[Widget]:
        """The widgets of this screen."""
        raise NotImplementedError

    def show(self, pulse: Pulse) -> None:
        """Bring the content up to date."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """Title, what nobody should miss, menu beside content, status line, footer."""
        with Horizontal(id="title-line"):
            yield Static(f" AVASAM ▸ {self.HEADING}", id="title", markup=False)
            yield Hints()
        yield Banner()
        with Horizontal(id="body"):
            yield Menu(self.MODE)
            with Vertical(id="content"):
                yield from self.content()
        yield StatusLine(read_only=self.session.read_only)
        yield KeyLine()

    @on(Resize)
    def _fold(self, event: Resize) -> None:
        narrow = event.size.width < NARROW
        self.set_class(narrow, "narrow")
        self.query_one(Menu).fold(folded=narrow)

    @on(Beat)
    def _beat(self, event: Beat) -> None:
        if not self.query(StatusLine):
            return  # a pulse on its way while the screen opens or closes
        self.query_one(StatusLine).show(event.pulse)
        self.query_one(Banner).show(event.pulse)
        self.show(event.pulse)

    @on(OptionList.OptionSelected, "#menu")
    def _go(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.app.run_worker(self.app.run_action(f"show('{str(event.option_id).removeprefix('screen.')}')"))
