"""The TikTok category of rows: a leaf of the shop's own tree, and answers to all that it asks (A25)."""

from collections.abc import Sequence
from typing import Final

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.events import Resize
from textual.widgets import ContentSwitcher, OptionList, Static
from textual.widgets.option_list import Option

from core.channel.errors import ChannelError
from core.models.integration import Integration
from core.services.category_desk import CategoryDesk
from core.services.category_fields import Field, next_missing
from core.services.errors import ServiceError
from core.store import StoreError
from tui.keys import bindings
from tui.keys.listing_forms import CATEGORY
from tui.person import who
from tui.screens.base import NARROW
from tui.screens.confirm import Confirm
from tui.screens.listings.category_editors import answer, take_away
from tui.screens.listings.category_pick import CategoryPick
from tui.screens.modal import Modal
from tui.session import Session
from tui.widgets.key_line import KeyLine
from tui.widgets.options import Options
from tui.words.category import field_line, heading, hint, missing_text, replacing, standing
from tui.words.listing_actions import rows

_FAULTS: Final = (ServiceError, StoreError)
_MANY: Final = 500
"""Rows from which reading and saving say how far they are."""
_OF_ANSWERS: Final = frozenset({"save", "other", "remember", "clear"})
"""What works only where a leaf's questions are on show."""


class CategoryForm(Modal[int | None]):
    """How many rows it was saved for; None when it was cancelled, or nothing changed."""

    BINDINGS = bindings(CATEGORY)
    DEFAULT_CSS = """
    CategoryForm { align: center middle; }
    #category-box { width: 96%; height: 96%; background: $surface; border: round $primary; padding: 0 1; }
    #category-title, #category-path { height: 1; text-style: bold; }
    #category-title, #category-path { text-wrap: nowrap; text-overflow: ellipsis; }
    #category-standing { height: auto; max-height: 3; }
    #category-stages { height: 1fr; }
    #category-answers { height: 1fr; }
    #category-panes { height: 1fr; }
    #category-fields { width: 2fr; height: 1fr; border: none; }
    #category-aside { width: 1fr; height: 1fr; padding: 0 1; border-left: solid $primary; }
    #category-missing { height: auto; }
    #category-hint { height: auto; max-height: 4; color: $text-muted; }
    #category-said { height: auto; max-height: 4; text-style: bold; }
    CategoryForm.narrow {
        #category-box { width: 100%; height: 100%; border: none; }
        #category-panes { layout: vertical; }
        #category-fields { width: 1fr; height: 3fr; }
        #category-aside { width: 1fr; height: 2fr; border-left: none; padding: 0; }
        #category-aside { border-top: solid $primary; }
    }
    """

    def __init__(self, session: Session, integration: Integration, skus: Sequence[str]) -> None:
        super().__init__()
        self._session = session
        self._desk = CategoryDesk(session.backend, integration, skus)
        self._fields: list[Field] = []

    def compose(self) -> ComposeResult:
        """First the leaf, then what it asks."""
        with Vertical(id="category-box"):
            yield Static(heading(self._desk), id="category-title", markup=False)
            yield Static("", id="category-standing", markup=False)
            with ContentSwitcher(initial="category-pick", id="category-stages"):
                yield CategoryPick(self._desk)
                with Vertical(id="category-answers"):
                    yield Static("", id="category-path", markup=False)
                    with Horizontal(id="category-panes"):
                        yield Options(id="category-fields", markup=False)
                        with VerticalScroll(id="category-aside", can_focus=False):
                            yield Static("", id="category-missing", markup=False)
                    yield Static("", id="category-hint", markup=False)
            yield Static("", id="category-said", markup=False)
            yield KeyLine()

    def on_mount(self) -> None:
        """Read rows and tree."""
        self._put("#category-standing", "")
        self._pick.focus_here()
        self._read(fresh=False)

    @property
    def _pick(self) -> CategoryPick:
        return self.query_one(CategoryPick)

    @property
    def _picks(self) -> bool:
        """Whether a leaf is being chosen."""
        return self.query_one(ContentSwitcher).current == "category-pick"

    @on(Resize)
    def _fold(self, event: Resize) -> None:
        self.set_class(event.size.width < NARROW, "narrow")

    @work(group="category read", exclusive=True, exit_on_error=False)
    async def _read(self, *, fresh: bool) -> None:
        desk, first = self._desk, self._desk.rows is None
        try:
            if first and len(desk.skus) > _MANY:
                self._say(f"Reading {len(desk.skus):,} rows…")
            rows = await desk.open() if desk.rows is None else desk.rows
            self.query_one("#category-title", Static).update(heading(desk))
            self._say("Reading the shop's categories…")
            await desk.read_tree(fresh=fresh)
        except ChannelError as error:
            self._say(f"✖ The categories could not be read: {error}. {error.cure} ctrl+r tries again.")
            return
        except _FAULTS as error:
            self._say(f"✖ {error}")
            return
        self._say("")
        self._put("#category-standing", standing(desk))
        self._pick.show()
        known = rows.standing[0][0] if len(rows.standing) == 1 else None
        if first and known is not None:
            await self._open_leaf(known)

    async def _open_leaf(self, category_id: str) -> None:
        """Show what a leaf asks; one that is not open any more stays to be chosen anew."""
        self._say("Reading what this category asks for…")
        try:
            await self._desk.take(category_id)
        except ChannelError as error:
            self._say(f"✖ The category could not be read: {error}. {error.cure} Choose it again to retry.")
        except _FAULTS as error:
            self._say(f"✖ {error}")
        else:
            self._say("")
            self.query_one("#category-fields", OptionList).highlighted = None
            self._show_answers()
            self._turn_to_answers()

    @on(CategoryPick.Chosen)
    @work(group="category read", exclusive=True, exit_on_error=False)
    async def _chosen(self, event: CategoryPick.Chosen) -> None:
        if self._desk.chosen is None or self._desk.chosen.id != event.category_id:
            await self._open_leaf(event.category_id)
        else:
            self._turn_to_answers()

    def _turn_to_answers(self) -> None:
        self.query_one(ContentSwitcher).current = "category-answers"
        self.call_after_refresh(self.query_one("#category-fields").focus)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Before a leaf is chosen there is nothing to save, take away or remember."""
        if action in _OF_ANSWERS and self.is_mounted:
            return not self._picks
        return True

    def _show_answers(self, *, goes_on: bool = False) -> None:
        """The cursor stays on its field, or goes on to the next that is still missing."""
        desk = self._desk
        if desk.chosen is None:
            return
        before = self._field
        self._fields = desk.fields()
        there = self.query_one("#category-fields", OptionList)
        keys = [one.key for one in self._fields]
        place = keys.index(before.key) if before is not None and before.key in keys else None
        if goes_on or place is None:
            place = next_missing(self._fields, place)
        width = min(24 if self.has_class("narrow") else 30, max(len(one.label) + 2 for one in self._fields))
        there.set_options([Option(field_line(one, width)) for one in self._fields])
        there.highlighted = place
        self.query_one("#category-path", Static).update(f"{desk.chosen.path}   (f3 another)")
        self.query_one("#category-missing", Static).update(missing_text(desk))
        self._show_hint()

    @property
    def _field(self) -> Field | None:
        place = self.query_one("#category-fields", OptionList).highlighted
        return self._fields[place] if place is not None and place < len(self._fields) else None

    @on(OptionList.OptionHighlighted, "#category-fields")
    def _show_hint(self) -> None:
        self.query_one("#category-hint", Static).update(hint(self._field))

    @on(OptionList.OptionSelected, "#category-fields")
    @work(group="category answer", exclusive=True, exit_on_error=False)
    async def _answer(self) -> None:
        field = self._field
        if field is None:
            return
        try:
            changed = await answer(self, self._desk, field)
        except _FAULTS as error:
            self._say(f"✖ {error}")
            return
        if changed:
            self._say("")
            self._show_answers(goes_on=True)

    @work(group="category answer", exclusive=True, exit_on_error=False)
    async def action_clear(self) -> None:
        """No answer to the field under the cursor."""
        field = self._field
        if self._picks or field is None:
            return
        try:
            await take_away(self._desk, field)
        except _FAULTS as error:
            self._say(f"✖ {error}")
        else:
            self._show_answers()

    def action_browse(self) -> None:
        """Search, or open the tree step by step."""
        if not self._picks:
            self.action_other()
        self._pick.switch()

    def action_other(self) -> None:
        """Back to choosing a leaf; the answers wait."""
        self.query_one(ContentSwitcher).current = "category-pick"
        self.call_after_refresh(self._pick.focus_here)
        self.refresh_bindings()

    def action_remember(self) -> None:
        """For these rows alone, or for the next products too."""
        self._desk.remember = not self._desk.remember
        self._show_answers()

    def action_read(self) -> None:
        """Ask the shop again."""
        self._read(fresh=True)

    def action_up(self) -> None:
        """The branch above."""
        if self._picks:
            self._pick.up()

    @work(group="category save", exclusive=True, exit_on_error=False)
    async def action_save(self) -> None:
        """Keep it for all rows; categories that would be replaced are named first."""
        desk = self._desk
        if self._session.read_only:
            self._say("✖ This is a read-only session: nothing is changed from here.")
            return
        if desk.chosen is None or self._picks:
            return
        if desk.replaced and not await self.app.push_screen_wait(
            Confirm(
                f"Replace the TikTok category of {rows(sum(count for _, count in desk.replaced))}?",
                f"They have now:\n{replacing(desk.replaced)}\nAfterwards: {desk.chosen.path}",
                "Replace",
            )
        ):
            return
        try:
            saved = await desk.save(by=who(), progress=self._saving)
        except ChannelError as error:
            self._say(f"✖ Nothing was saved: {error}. {error.cure}")
        except _FAULTS as error:
            self._say(f"✖ Nothing was saved: {error}")
        else:
            self.dismiss(saved)

    def _saving(self, done: int, total: int) -> None:
        if total > _MANY:
            self._say(f"Saving… {done:,} of {total:,} rows ({done / total:.0%})")

    @work(group="category leave", exclusive=True, exit_on_error=False)
    async def action_cancel(self) -> None:
        """From the list of leaves back to the answers, from there away; what was answered is asked about."""
        if self._picks and self._desk.chosen is not None:
            self._turn_to_answers()
            return
        question = Confirm(
            "Drop what you chose here?", "The rows stay as they were; ctrl+s keeps it.", "Drop it"
        )
        if not self._desk.is_dirty or await self.app.push_screen_wait(question):
            self.dismiss(None)

    def _say(self, words: str) -> None:
        self._put("#category-said", words)

    def _put(self, selector: str, words: str) -> None:
        """A line without words takes no room."""
        line = self.query_one(selector, Static)
        line.display = bool(words)
        line.update(words)
