"""Which columns a table shows, and in what order."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from tui.screens.modal import Modal
from tui.widgets.options import Options


class ChooseColumns(Modal[list[str] | None]):
    """The keys of the columns to show, in order; None leaves them as they are, empty means the usual."""

    BINDINGS = [
        ("escape,q", "dismiss(None)", "Cancel"),
        ("space", "switch", "Show or hide"),
        ("K,shift+up", "shift(-1)", "Further left"),
        ("J,shift+down", "shift(1)", "Further right"),
        ("enter", "keep", "Keep"),
        ("0", "dismiss([])", "As usual"),
    ]

    def __init__(self, columns: Sequence[tuple[str, str]], shown: Sequence[str]) -> None:
        super().__init__()
        self._titles = dict(columns)
        self._order = [*shown, *(key for key in self._titles if key not in shown)]
        self._shown = set(shown)

    def compose(self) -> ComposeResult:
        """Every column, shown ones marked."""
        with Vertical(classes="dialog"):
            yield Label("Columns", classes="dialog-title", markup=False)
            yield _Columns(*(Option(self._words(key)) for key in self._order), markup=False)
            yield Label("space show or hide · K J move · enter keep · 0 as usual · esc cancel", markup=False)

    def action_switch(self) -> None:
        """Show or hide the column under the cursor; the last one stays."""
        index = self._index
        key = self._order[index]
        if key in self._shown and len(self._shown) > 1:
            self._shown.remove(key)
        else:
            self._shown.add(key)
        self._redraw(index)

    def action_shift(self, by: int) -> None:
        """Move the column under the cursor."""
        index = self._index
        target = index + by
        if 0 <= target < len(self._order):
            self._order[index], self._order[target] = self._order[target], self._order[index]
            self._redraw(index, target)
            self.query_one(OptionList).highlighted = target

    def action_keep(self) -> None:
        """Answer with what is shown now."""
        self.dismiss([key for key in self._order if key in self._shown])

    @property
    def _index(self) -> int:
        return self.query_one(OptionList).highlighted or 0

    def _redraw(self, *indices: int) -> None:
        options = self.query_one(OptionList)
        for index in indices:
            options.replace_option_prompt_at_index(index, self._words(self._order[index]))

    def _words(self, key: str) -> str:
        return f"{'✔' if key in self._shown else '·'} {self._titles[key]}"


class _Columns(Options, inherit_bindings=False):
    """The list without its own enter: the dialog keeps the choice with it."""

    BINDINGS = [("down,j", "cursor_down", "Down"), ("up,k", "cursor_up", "Up")]
