"""A short menu: one of these, or none."""

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from tui.screens.modal import Modal
from tui.widgets.options import Options

Choice = tuple[str | None, str]
"""Id and words; without an id it is a heading."""


class Choose(Modal[str | None]):
    """The id of what was chosen, or None."""

    BINDINGS = [
        ("escape,q", "dismiss(None)", "Cancel"),
        ("j", "list('cursor_down')", "Down"),
        ("k", "list('cursor_up')", "Up"),
    ]

    def __init__(self, title: str, choices: Sequence[Choice]) -> None:
        super().__init__()
        self._title = title
        self._choices = choices

    def compose(self) -> ComposeResult:
        """The question and the choices."""
        with Vertical(classes="dialog"):
            yield Label(self._title, classes="dialog-title", markup=False)
            yield Options(
                *(Option(words, id=name, disabled=name is None) for name, words in self._choices),
                markup=False,
            )

    def action_list(self, action: str) -> None:
        """Move as in every list."""
        getattr(self.query_one(OptionList), f"action_{action}")()

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_id)
