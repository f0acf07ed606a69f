"""One answer, typed, and judged while it is typed."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.suggester import Suggester
from textual.widgets import Input, Label, Static

from core.services.errors import ServiceError
from core.services.paths import completion
from tui.screens.modal import Modal

_PAUSE_SECONDS: Final = 0.05

Check = Callable[[str], Awaitable[str]]
"""What the text means, in words. Raises the ServiceError that says why it cannot be taken."""


class TypeIn(Modal[str | None]):
    """The text, which has passed its check; None when it was cancelled. Empty takes the answer away."""

    BINDINGS = [("escape", "dismiss(None)", "Cancel")]
    DEFAULT_CSS = """
    TypeIn { align: center middle; }
    TypeIn .dialog Static { padding: 0; max-height: 8; }
    """

    def __init__(self, title: str, takes: str, value: str, check: Check, *, paths: bool = False) -> None:
        super().__init__()
        self._title = title
        self._takes = takes
        self._value = value
        self._check = check
        self._paths = paths

    def compose(self) -> ComposeResult:
        """What is asked, a line to answer on, and what is wrong with the answer."""
        with Vertical(classes="dialog wide"):
            yield Label(self._title, classes="dialog-title", markup=False)
            yield Static(self._takes, id="typed-takes", markup=False)
            suggester = _Paths() if self._paths else None
            yield Input(self._value, id="typed-text", compact=True, suggester=suggester)
            yield Static("", id="typed-said", markup=False)
            more = " · right arrow completes a path" if self._paths else ""
            yield Label(f"enter keeps · empty takes it away · esc cancels{more}", markup=False)

    def on_mount(self) -> None:
        """A blinking cursor costs bytes over SSH (ux.md, Manners)."""
        self.query_one(Input).cursor_blink = False

    @on(Input.Changed)
    @work(group="check", exclusive=True, exit_on_error=False)
    async def _typed(self) -> None:
        await asyncio.sleep(_PAUSE_SECONDS)
        await self._judge()

    @on(Input.Submitted)
    @work(group="check", exclusive=True, exit_on_error=False)
    async def _entered(self) -> None:
        if await self._judge():
            self.dismiss(self.query_one(Input).value.strip())

    async def _judge(self) -> bool:
        said = self.query_one("#typed-said", Static)
        try:
            words = await self._check(self.query_one(Input).value)
        except ServiceError as error:
            said.update(Text(f"✖ {error}", style="bold red"))
            return False
        said.update(Text(f"✔ {words}", style="green") if words else "")
        return True


class _Paths(Suggester):
    """Completes paths."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """See completion."""
        return await completion(value)
