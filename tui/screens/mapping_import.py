"""A CSV file of mappings taken in: what it asks for, row by row, then pending until Save (domain.md A38)."""

from collections.abc import Callable
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button, Label, Static

from core.services.errors import ServiceError
from core.services.mapping_csv import Proposed
from core.services.mapping_desk import MappingDesk
from core.services.mapping_import import against, propose
from tui.hand_out import copy_out, write_out
from tui.screens.ask import Ask
from tui.screens.modal import Modal
from tui.screens.shop_screen import ShopScreen
from tui.session import Session
from tui.words.mapping_import import report, summary
from tui.words.progress import progress


class ImportReport(Modal[bool]):
    """The dry run; True when its changes are taken, to wait for Save."""

    BINDINGS = [
        ("escape", "dismiss(False)", "Cancel"),
        ("y", "copy", "Copy"),
        ("w", "write", "Write to a file"),
    ]

    def __init__(self, session: Session, name: str, proposed: Proposed, desk: MappingDesk) -> None:
        super().__init__()
        self._session = session
        self._file = name
        self._proposed = proposed
        self._lists = desk.lists
        self.text = report(proposed, desk.lists)

    def compose(self) -> ComposeResult:
        """Counts, the rows, two buttons. Cancel has the focus."""
        with Vertical(classes="dialog wide"):
            yield Label(f"{self._file}: {summary(self._proposed)}", classes="dialog-title", markup=False)
            with VerticalScroll(id="import-rows"):
                yield Static(self.text or "Nothing in it changes anything.", markup=False)
            yield Label("Nothing is saved yet · y copy · w write to a file", markup=False)
            with Horizontal(classes="dialog-buttons"):
                yield Button("Cancel", id="cancel")
                if count := len(self._proposed.edits):
                    yield Button(f"Take {count:,}, pending until Save", id="go", variant="warning")

    def on_mount(self) -> None:
        """Taking is never one key away by chance."""
        self.query_one("#cancel", Button).focus()

    def action_copy(self) -> None:
        """Hand the report to the terminal."""
        copy_out(self, self.text)

    def action_write(self) -> None:
        """Keep all of it in a file."""
        whole = f"{summary(self._proposed)}\n{report(self._proposed, self._lists, most=None)}\n"
        write_out(self, self._session, f"{Path(self._file).stem}-report.txt", whole)

    @on(Button.Pressed)
    def _answer(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "go")


async def import_csv(screen: ShopScreen, desk: MappingDesk, tell: Callable[[str], None]) -> bool:
    """Ask for a file, show what is in it, take it if wanted; whether anything is pending because of it."""
    path = await screen.app.push_screen_wait(
        Ask(
            "A CSV file of mappings, as w writes it", "/path/to/mappings.csv or ~/mappings.csv", check=against
        )
    )
    if path is None:
        return False
    clock = screen.session.backend.clock
    began = clock.now()

    def told(read: int, total: int) -> None:
        tell(f"reading {progress(read, total, (clock.now() - began).total_seconds())}")

    try:
        proposed = await propose(path, desk.lists, told)
    except ServiceError as error:
        screen.notify(str(error), severity="error", timeout=20, markup=False)
        return False
    finally:
        tell("")
    name = Path(path).name
    if not await screen.app.push_screen_wait(ImportReport(screen.session, name, proposed, desk)):
        return False
    desk.edits = desk.edits.having(*proposed.edits)
    return True
