"""Typing into a row of the grid: the line stands where the cell is, and says what is wrong as you type."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from textual import on
from textual.app import ComposeResult
from textual.events import Key, Resize
from textual.geometry import Region
from textual.widgets import Input, Static

from core.services.errors import ServiceError
from core.services.listing_edits import Field, checked
from tui.screens.modal import Modal

_LEAST: Final = 32
"""Cells that a title needs to be read while it is typed."""
_SHORT: Final = 12
_PADDING: Final = 2
_LONG: Final = frozenset({Field.TITLE, Field.COLLECTION})


@dataclass(frozen=True, slots=True)
class EditCell:
    """One cell: its column, what it is, the text that is there, and what to know about it."""

    column: str
    field: Field
    text: str
    hint: str = ""


class _Line(Input):
    """Takes tab among what is typed: keys behind it over a slow line belong to the next cell."""

    async def _on_key(self, event: Key) -> None:
        by = {"tab": 1, "shift+tab": -1}.get(event.key)
        if by is None:
            await super()._on_key(event)
            return
        event.stop()
        event.prevent_default()
        if isinstance(self.screen, CellEditor):
            self.screen.action_go(by)


class CellEditor(Modal[dict[Field, str] | None]):
    """What was typed, by field, of one row or of all that are marked; None when it was dropped.

    Cells that nobody changed are not among it.
    """

    DEFAULT_CSS = """
    CellEditor {
        background: transparent;
        #cell-text { position: absolute; background: $surface; color: $foreground; text-style: bold; }
        #cell-says {
            position: absolute; width: auto; max-width: 100%; height: auto; background: $panel; color: $text;
            padding: 0 1;
        }
        #cell-says.bad { background: $error; color: $text; text-style: bold; }
    }
    """
    BINDINGS = [
        ("escape", "dismiss(None)", "Drop"),
        ("ctrl+s", "keep", "Keep"),
    ]

    def __init__(self, cells: Sequence[EditCell], place: Callable[[str], Region | None], whose: str) -> None:
        super().__init__()
        self._cells = cells
        self._place = place
        self._whose = whose
        self._texts = {one.field: one.text for one in cells}
        self._at = 0

    def compose(self) -> ComposeResult:
        """The line, and what there is to say about it."""
        yield _Line(id="cell-text", compact=True, select_on_focus=False)
        yield Static("", id="cell-says", markup=False)

    def on_mount(self) -> None:
        """A blinking cursor costs bytes over SSH (ux.md, Manners)."""
        self.query_one(Input).cursor_blink = False
        self._open()

    @on(Resize)
    def _resized(self) -> None:
        self._stand()

    def action_go(self, by: int) -> None:
        """The next cell that can be edited; what was typed stays."""
        self._take()
        self._at = (self._at + by) % len(self._cells)
        self._open()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        """What stands there now: the event may be of a cell that was left since."""
        event.stop()
        self._take()
        self._say()

    def _take(self) -> None:
        self._texts[self._cell.field] = self.query_one(Input).value

    @on(Input.Submitted)
    def _kept(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_keep()

    def action_keep(self) -> None:
        """All cells, unless one of them holds what may not be kept: that one comes back."""
        self._take()
        for index, cell in enumerate(self._cells):
            if self._refusal(cell):
                self._at = index
                self._open()
                return
        changed = {one.field: self._texts[one.field] for one in self._cells if self._is_changed(one)}
        self.dismiss(changed)

    @property
    def _cell(self) -> EditCell:
        return self._cells[self._at]

    def _is_changed(self, cell: EditCell) -> bool:
        return self._texts[cell.field] != cell.text

    def _open(self) -> None:
        line = self.query_one(Input)
        line.value = self._texts[self._cell.field]
        line.cursor_position = len(line.value)
        if self._cell.field not in _LONG:
            line.action_select_all()
        self._stand()
        self._say()

    def _stand(self) -> None:
        """Put the line on its cell, and the words below it, or above where there is no room."""
        region = self._place(self._cell.column)
        if region is None:
            return
        least = _LEAST if self._cell.field in _LONG else _SHORT
        width = max(region.width, min(least, self.size.width - region.x))
        line, says = self.query_one(Input), self.query_one("#cell-says", Static)
        line.styles.offset = (region.x, region.y)
        line.styles.width = width
        lines = -(-self._said_width // max(1, self.size.width - _PADDING))
        below = region.y + 1 if region.y + 1 + lines < self.size.height else region.y - lines
        says.styles.width = "auto" if lines == 1 else "100%"
        says.styles.offset = (max(0, min(region.x, self.size.width - self._said_width)), max(0, below))

    def _say(self) -> None:
        says = self.query_one("#cell-says", Static)
        refusal = self._refusal(self._cell)
        says.set_class(bool(refusal), "bad")
        says.update(refusal or self._words())
        self._stand()

    @property
    def _said_width(self) -> int:
        return len(self._refusal(self._cell) or self._words()) + _PADDING

    def _words(self) -> str:
        cell = self._cell
        more = " · tab next" if len(self._cells) > 1 else ""
        return f"{cell.field.word}{self._whose}{cell.hint}{more} · enter keep · esc drop"

    def _refusal(self, cell: EditCell) -> str | None:
        """Why what stands there may not be kept; what nobody touched is not looked at."""
        if not self._is_changed(cell):
            return None
        try:
            checked(cell.field, self._texts[cell.field])
        except ServiceError as error:
            return str(error)
        return None
