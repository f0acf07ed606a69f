"""Before List, Update or Delete: every problem of every variant of every row at once (domain.md A26)."""

import asyncio
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final

from textual import on, work
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Button, ProgressBar, Static

from core.models.integration import Integration
from core.models.listing_state import Action
from core.services.listing_check import Checked, ListingCheck
from tui.hand_out import copy_out, write_out
from tui.keys import bindings
from tui.keys.listing_actions import PREFLIGHT
from tui.screens.listings.dialog import DialogTable, ListingDialog
from tui.session import Session
from tui.widgets.virtual_table import VirtualTable
from tui.words.listing_actions import (
    ACTION,
    FINE,
    NOTE,
    PROBLEM,
    SKIPPED,
    CheckLine,
    check_columns,
    check_lines,
    rows,
)
from tui.words.progress import Pace

_WITH_PICTURES: Final = frozenset({Action.PUBLISH, Action.UPDATE})
_DRAW_SECONDS: Final = 0.1
"""How often the list grows while rows are looked at."""


class _Show(StrEnum):
    PROBLEMS = "problems"
    SKIPPED = "skipped"
    FINE = "fine"
    ALL = "all"


_MARKS: Final = {
    _Show.PROBLEMS: frozenset({PROBLEM, NOTE}),
    _Show.SKIPPED: frozenset({SKIPPED}),
    _Show.FINE: frozenset({FINE}),
    _Show.ALL: frozenset({PROBLEM, NOTE, SKIPPED, FINE}),
}
"""What each shows, by the mark of a line."""


class Preflight(ListingDialog[Sequence[str] | None]):
    """Looks at all rows, says which are fine and which are not, then asks; the rows to act on, or None."""

    BINDINGS = bindings(PREFLIGHT)
    DEFAULT_CSS = """
    Preflight {
        #check-rows { height: 1fr; }
        #check-line { height: auto; max-height: 4; padding: 0 1; color: $text-muted; }
        #check-nothing { height: 1fr; padding: 1 2; color: $text-muted; }
    }
    """

    def __init__(
        self, session: Session, integration: Integration, action: Action, skus: Sequence[str]
    ) -> None:
        super().__init__(session, integration)
        self._action = action
        self._skus = list(skus)
        self._found: list[Checked] = []
        self._lines: dict[str, CheckLine] = {}
        self._fronts: list[str] = []
        self._left_out: list[tuple[str, str]] = []
        self._show = _Show.PROBLEMS
        self._pictures = False
        self._pace = Pace()
        self._is_over = False

    @property
    def heading(self) -> str:
        """What is about to be done."""
        what = f"{ACTION[self._action]} {rows(len(self._skus))} on {self.integration.name}"
        return f"{what}: a look before anything is sent"

    @property
    def fine(self) -> list[str]:
        """Rows that would go."""
        return [one.sku for one in self._found if one.is_fine]

    def content(self) -> Iterable[Widget]:
        """The bar, the counts, the lines, the line under the cursor in full, the choice."""
        yield ProgressBar(show_eta=False, show_percentage=False, id="check-bar")
        yield Static("", id="check-words", classes="line", markup=False)
        yield Static("", id="check-counts", classes="line", markup=False)
        yield DialogTable(check_columns(), id="check-rows")
        yield Static("", id="check-nothing", markup=False)
        yield Static("", id="check-line", markup=False)
        yield Horizontal(
            Button("Cancel", id="cancel"),
            Button("", id="fine", variant="primary"),
            Button("", id="every"),
            classes="dialog-buttons",
        )

    def on_mount(self) -> None:
        """Begin at once."""
        self.query_one(DialogTable).focus()
        self._look()

    @work(group="check", exclusive=True, exit_on_error=False)
    async def _look(self) -> None:
        self._found, self._lines, self._pace, self._is_over = [], {}, Pace(), False
        check = ListingCheck(self.session.backend, self.integration, self._action, images=self._pictures)
        fronts = await check.fronts(self._skus)
        self._fronts, self._left_out = fronts.skus, fronts.left_out
        loop = asyncio.get_running_loop()
        drawn = loop.time()
        self._draw()
        async for one in check.run(fronts.skus):
            self._take(one)
            if loop.time() - drawn >= _DRAW_SECONDS:
                self._draw()
                drawn = loop.time()
        self._end()

    def _take(self, one: Checked) -> None:
        self._found.append(one)
        for number, line in enumerate(check_lines(one)):
            self._lines[f"{one.sku}/{number}"] = line

    def _end(self) -> None:
        self._is_over = True
        if self._show is _Show.PROBLEMS and not any(one.is_blocked for one in self._found):
            self._show = _Show.ALL
        self._draw()

    def row(self, key: str) -> CheckLine | None:
        """A line of the list."""
        return self._lines.get(key)

    def _draw(self) -> None:
        done, total = len(self._found), len(self._fronts)
        self._pace.note(done, self.session.backend.clock.now())
        self.query_one("#check-bar", ProgressBar).update(total=max(1, total), progress=done)
        unseen = self._action in _WITH_PICTURES and not self._pictures
        looked = " · pictures: p looks at them too" if unseen else ""
        over = " · done" if self._is_over else " · x stops"
        self.query_one("#check-words", Static).update(f"{self._pace.words(done, total)}{over}{looked}")
        blocked = sum(one.is_blocked for one in self._found)
        skipped = sum(bool(one.skipped) for one in self._found)
        fine = len(self.fine)
        parts = [f"✔ {fine:,} fine", f"✖ {blocked:,} with problems", f"→ {skipped:,} skipped"]
        parts.append(f"showing {self._show}")
        if self._left_out:
            parts.append(f"{len(self._left_out):,} left out ({self._left_out[0][1]})")
        self.query_one("#check-counts", Static).update(" · ".join(parts))
        self._offer(fine)
        marks = _MARKS[self._show]
        view = [key for key, line in self._lines.items() if line.mark in marks]
        table, nothing = self.query_one(DialogTable), self.query_one("#check-nothing", Static)
        table.display = bool(view) or not self._is_over
        nothing.display = not table.display
        nothing.update("Nothing to show here; n shows something else.")
        table.show(view, self)
        self._tell()

    def _offer(self, fine: int) -> None:
        """Name the counts on the buttons; what has not been looked at to its end is not offered."""
        word, total = ACTION[self._action], len(self._fronts)
        first, second = self.query_one("#fine", Button), self.query_one("#every", Button)
        first.label = f"{word} the {fine:,} that {'is' if fine == 1 else 'are'} fine"
        second.label = f"{word} all {total:,}"
        first.disabled = not (self._is_over and fine)
        first.display = 0 < fine < total or not self._is_over
        second.disabled = not (self._is_over and total)

    @on(VirtualTable.Highlighted)
    def _tell(self) -> None:
        """The line under the cursor in full."""
        key = self.query_one(DialogTable).cursor_key
        line = None if key is None else self._lines.get(key)
        name = "" if line is None else line.variant or line.front
        words = "" if line is None else f"{name}: {line.what}"
        if line is not None and line.fix:
            words += f"\nFix: {line.fix}  ({line.field}, {line.code})"
        self.query_one("#check-line", Static).update(words)

    @on(VirtualTable.Opened)
    def _opened(self, event: VirtualTable.Opened) -> None:
        """All that is known of the row; the check is still there afterwards."""
        from tui.screens.listings.detail import ListingDetail

        line = self._lines.get(event.key)
        if line is not None:
            self.app.push_screen(ListingDetail(self.session, self.integration, line.front))

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "fine":
            self.action_fine()
        elif event.button.id == "every":
            self.action_every()
        else:
            self.dismiss(None)

    def action_fine(self) -> None:
        """Go on with what is fine."""
        self._go(self.fine)

    def action_every(self) -> None:
        """Go on with all of them."""
        self._go(self._fronts)

    def _go(self, skus: Sequence[str]) -> None:
        if self.refused():
            return
        if not self._is_over:
            self.notify("Not all rows have been looked at yet; x stops here.", severity="warning")
        elif not skus:
            self.notify("No row is fine; nothing would be sent.", severity="warning")
        else:
            self.dismiss(list(skus))

    def action_pictures(self) -> None:
        """Look again, and at the pictures too."""
        if self._action not in _WITH_PICTURES:
            self.notify(f"{ACTION[self._action]} sends no pictures.", severity="warning")
            return
        self._pictures = True
        self._look()

    def action_stop(self) -> None:
        """Look at no more; what was seen stays."""
        if self._is_over:
            return
        self.workers.cancel_group(self, "check")
        self._fronts = [one.sku for one in self._found]
        self._end()

    def action_narrow(self) -> None:
        """The next kind of lines."""
        order = list(_Show)
        self._show = order[(order.index(self._show) + 1) % len(order)]
        self._draw()

    @property
    def text(self) -> str:
        """Every line, for copying."""
        return "\n".join(line.text for line in self._lines.values())

    def action_copy(self) -> None:
        """Hand every line to the terminal."""
        copy_out(self, self.text)

    def action_write(self) -> None:
        """Keep every line in a file."""
        write_out(self, self.session, f"check-{self.integration.name}.tsv", self.text)
