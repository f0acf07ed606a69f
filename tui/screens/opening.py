"""The first frame: what is being opened, and how far."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Label, ProgressBar


class OpeningScreen(Screen[None]):
    """Shown until the store is open; says what is wrong when it cannot be."""

    BINDINGS = [("q,escape,ctrl+q", "leave", "Quit")]

    exit_code = 0

    def compose(self) -> ComposeResult:
        """A title, a line of words and a bar in the middle."""
        with Vertical(id="opening"):
            yield Label("avasam", id="opening-title", markup=False)
            yield Label("Starting", id="opening-words", markup=False)
            yield ProgressBar(id="opening-bar", show_eta=False)

    def say(self, words: str) -> None:
        """What is being done now."""
        self.query_one("#opening-words", Label).update(words)

    def progress(self, done: int, total: int) -> None:
        """How much of the store has been read, in bytes."""
        self.query_one(ProgressBar).update(total=max(total, 1), progress=done)

    def fail(self, words: str, exit_code: int) -> None:
        """It cannot be opened: say why and how to leave."""
        self.exit_code = exit_code
        self.query_one(ProgressBar).display = False
        self.query_one("#opening-title", Label).update("✖ avasam cannot start")
        self.query_one("#opening-words", Label).update(f"{words}\n\nq  leave")

    def action_leave(self) -> None:
        """Leave, with the code of what went wrong if anything did."""
        self.app.exit(return_code=self.exit_code)
