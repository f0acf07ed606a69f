"""Something to read in full, to copy, and to keep in a file."""

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Label, Static

from core.text import clean_line, clean_text
from tui.hand_out import copy_out, write_out
from tui.screens.modal import Modal
from tui.session import Session


class Sheet(Modal[None]):
    """A title over plain text. `name` is what its file is called."""

    BINDINGS = [
        ("escape,enter,q", "dismiss(None)", "Close"),
        ("y", "copy", "Copy"),
        ("w", "write", "Write to a file"),
    ]

    def __init__(self, session: Session, title: str, text: str, *, name: str) -> None:
        super().__init__()
        self.text = clean_text(text)
        self._session = session
        self._title = clean_line(title)
        self._file = name

    def compose(self) -> ComposeResult:
        """The text and the keys."""
        with VerticalScroll(classes="dialog wide"):
            yield Label(self._title, classes="dialog-title", markup=False)
            yield Static(self.text, markup=False)
            yield Label("y copy · w write to a file · esc close", markup=False)

    def action_copy(self) -> None:
        """Hand the text to the terminal."""
        copy_out(self, self.text)

    def action_write(self) -> None:
        """Keep the text in a file."""
        write_out(self, self._session, self._file, self.text)
