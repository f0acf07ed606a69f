"""One line of text, asked for."""

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Label

from tui.screens.modal import Modal
from tui.widgets.say import say


class Ask(Modal[str | None]):
    """What was typed, or None. Optional, it may be empty; what `check` has words against is not taken."""

    BINDINGS = [("escape", "dismiss(None)", "Cancel")]
    DEFAULT_CSS = "Ask #ask-refusal { height: 2; width: 100%; color: $text-error; }"

    def __init__(
        self,
        title: str,
        hint: str,
        *,
        value: str = "",
        optional: bool = False,
        check: Callable[[str], str | None] | None = None,
    ) -> None:
        super().__init__()
        self._title = title
        self._hint = hint
        self._value = value
        self._optional = optional
        self._check = check

    def compose(self) -> ComposeResult:
        """The question and a line to answer on."""
        with Vertical(classes="dialog"):
            yield Label(self._title, classes="dialog-title", markup=False)
            yield Input(self._value, placeholder=self._hint, compact=True)
            if self._check is not None:
                yield Label("", id="ask-refusal", markup=False)
            yield Label(f"enter  {'go on' if self._optional else 'keep'}   esc  cancel", markup=False)

    def on_mount(self) -> None:
        """A blinking cursor costs bytes over SSH (ux.md, Manners)."""
        self.query_one(Input).cursor_blink = False

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        typed = event.value.strip()
        against = self._check(typed) if self._check is not None and typed else None
        if against is not None:
            say(self.query_one("#ask-refusal", Label), f"✖ {against}")
            return
        self.dismiss(typed if typed or self._optional else None)
