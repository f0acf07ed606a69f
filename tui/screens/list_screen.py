"""What Orders and Activity share: one long list that follows the store, is filtered, marked and exported."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Generic, TypeVar

from textual import on, work
from textual.events import ScreenResume
from textual.widget import Widget
from textual.widgets import Static

from core.services.book import Book
from core.services.export import Format
from tui.hand_out import copy_out, write_out
from tui.messages import Beat
from tui.screens.base import MainScreen
from tui.screens.choose import Choice, Choose
from tui.screens.chosen_columns import ask_for_columns, chosen_columns
from tui.session import Pulse, Session
from tui.widgets.filter_bar import FilterBar
from tui.widgets.say import say
from tui.widgets.virtual_table import VirtualTable

Row = TypeVar("Row")


class ListScreen(MainScreen, Generic[Row]):
    """A filter bar over a table; subclasses know their rows and what they are narrowed to."""

    ROWS = ""
    """What the rows are called."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.book = self.make_book()
        self.table = self.make_table()
        self.shops: dict[str, str] = {}
        self.now: datetime = session.backend.clock.now()
        self._loaded = False
        self._catching_up = asyncio.Lock()

    def make_book(self) -> Book[Row]:
        """The rows in memory."""
        raise NotImplementedError

    def make_table(self) -> VirtualTable[Row]:
        """The table of them."""
        raise NotImplementedError

    def view(self) -> list[str]:
        """The keys to list, in order, as filter and sort are now."""
        raise NotImplementedError

    def look_for(self, text: str) -> None:
        """Take other words into the filter."""
        raise NotImplementedError

    def is_narrowed(self) -> bool:
        """Whether the filter leaves anything out."""
        raise NotImplementedError

    def widen(self) -> None:
        """Take everything out of the filter."""
        raise NotImplementedError

    def facets(self) -> Iterable[tuple[str, str | None]]:
        """(name, chosen value) of each list one can narrow by."""
        raise NotImplementedError

    def choices(self) -> Sequence[Choice]:
        """The menu of facets."""
        raise NotImplementedError

    def narrow(self, chosen: str) -> None:
        """Take a choice of that menu into the filter."""
        raise NotImplementedError

    def nothing(self) -> str:
        """What to do when the list is empty."""
        raise NotImplementedError

    async def exported(self, keys: Sequence[str], kind: Format) -> str:
        """These rows as a file's text."""
        raise NotImplementedError

    def list_widgets(self) -> Iterable[Widget]:
        """The filter bar, the table, and the words for an empty one."""
        yield FilterBar(f"words that {self.ROWS} must hold")
        yield self.table
        yield Static("", id="nothing", markup=False)

    def on_mount(self) -> None:
        """Columns as this person chose them; rows as soon as they are read."""
        self.table.show_columns(chosen_columns(self.app, self.MODE))
        self.table.loading = True
        self.query_one("#nothing").display = False
        self.table.focus()
        self._catch_up()

    @on(ScreenResume)
    @work(group="pulse", exclusive=True, exit_on_error=False)
    async def _resumed(self) -> None:
        """Whoever comes back sees how things are now, not with the next beat."""
        self.post_message(Beat(await self.session.pulse()))

    def show(self, pulse: Pulse) -> None:
        """Follow the store; countdowns run even while nothing changes."""
        self.now = pulse.at
        self.shops = {row.integration.id: row.integration.name for row in pulse.integrations}
        self._catch_up()

    @work(group="book", exit_on_error=False)
    async def _catch_up(self) -> None:
        if self._catching_up.locked():
            return  # The next beat tries again: reading many rows must not be begun anew with every one.
        async with self._catching_up:
            await self._read()

    async def _read(self) -> None:
        changed = await self.book.refresh()
        if changed or not self._loaded:
            self._loaded = True
            self.table.loading = False
            self.list_again()
        else:
            self.still()
        await self.caught_up(changed=changed)

    def total(self, shown: int) -> int:
        """How many rows there are, of which so many are listed."""
        return len(self.book)

    def still(self) -> None:
        """Nothing changed but the time."""
        self.table.redraw()

    async def caught_up(self, *, changed: bool) -> None:
        """The book is as the store is."""

    def list_again(self) -> None:
        """List what the filter lets through, in the order asked for."""
        keys = self.view()
        self.table.show(keys, self.book)
        self.query_one(FilterBar).tell(len(keys), self.total(len(keys)), self.facets())
        nothing = self.query_one("#nothing", Static)
        nothing.display = self._loaded and not keys
        if nothing.display:
            matching = f"No {self.ROWS} match. esc shows everything again."
            say(nothing, matching if self.is_narrowed() else self.nothing())

    @on(FilterBar.Typed)
    def _typed(self, event: FilterBar.Typed) -> None:
        self.look_for(event.text)
        self.list_again()

    @on(FilterBar.Left)
    def _left(self) -> None:
        self.table.focus()

    @on(FilterBar.FacetsAsked)
    def _facets_asked(self) -> None:
        self.action_choose_filter()

    @on(VirtualTable.Marked)
    def _marked(self) -> None:
        count = len(self.table.marks)
        marked = f" · {count:,} marked" if count else ""
        say(self.query_one("#title", Static), f" AVASAM ▸ {self.HEADING}{marked}")

    def action_filter(self) -> None:
        """Type words."""
        self.query_one(FilterBar).type_here()

    def action_clear_filter(self) -> None:
        """Show everything again."""
        if self.is_narrowed():
            self.widen()
            self.query_one(FilterBar).clear()
            self.list_again()

    @work(group="menu", exclusive=True, exit_on_error=False)
    async def action_choose_filter(self) -> None:
        """Choose from lists; what is chosen already is taken away again."""
        chosen = await self.app.push_screen_wait(Choose("Only", self.choices()))
        if chosen is not None:
            self.narrow(chosen)
            self.list_again()

    @on(VirtualTable.ColumnsAsked)
    @work(group="menu", exclusive=True, exit_on_error=False)
    async def _columns_asked(self) -> None:
        chosen = await ask_for_columns(self.table, self.MODE)
        if chosen is not None:
            self.table.show_columns(chosen or None)

    def action_copy(self) -> None:
        """Copy the marked rows, else the one under the cursor, as CSV."""
        self._copy_rows()

    @work(group="hand out", exclusive=True, exit_on_error=False)
    async def _copy_rows(self) -> None:
        keys = self.table.targets()
        if keys:
            copy_out(self, await self.exported(keys, Format.CSV), rows=len(keys))

    @work(group="hand out", exclusive=True, exit_on_error=False)
    async def action_export(self) -> None:
        """Write the marked rows, else all that are listed, to a file."""
        keys = self.table.marks.keys or list(self.table.view)
        kinds: list[Choice] = [(Format.CSV, "CSV, for spreadsheets"), (Format.JSON, "JSON, for programs")]
        chosen = await self.app.push_screen_wait(Choose(f"Write {len(keys):,} {self.ROWS} to a file", kinds))
        if chosen is not None:
            text = await self.exported(keys, Format(chosen))
            write_out(self, self.session, f"{self.MODE}-{self.now:%Y%m%d-%H%M%S}.{chosen}", text)
