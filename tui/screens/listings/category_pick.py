"""Choosing a leaf: search as you type over the path, or open the tree step by step (A25)."""

from typing import Final

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from core.services.categories import CategoryFound
from core.services.category_desk import CategoryDesk
from tui.widgets.options import Options

_SHOWN: Final = 200


class CategoryPick(Vertical):
    """Two ways to one list. Those that cannot be chosen say why."""

    BINDINGS = [
        ("down", "move('cursor_down')", "Down"),
        ("up", "move('cursor_up')", "Up"),
        ("pagedown", "move('page_down')", "Page down"),
        ("pageup", "move('page_up')", "Page up"),
    ]
    DEFAULT_CSS = """
    CategoryPick {
        height: 1fr;
        Horizontal { height: 1; }
        #category-words { width: 1fr; }
        #category-count { width: auto; color: $text-muted; padding: 0 1; }
        #category-list { height: 1fr; border: none; }
        #category-why { height: auto; color: $text-muted; }
        #category-above { height: 1; text-style: bold; display: none; }
        &.browse { #category-above { display: block; } Horizontal { display: none; } }
    }
    """

    class Chosen(Message):
        """Somebody chose an open leaf."""

        def __init__(self, category_id: str) -> None:
            super().__init__()
            self.category_id = category_id

    def __init__(self, desk: CategoryDesk) -> None:
        super().__init__(id="category-pick")
        self._desk = desk
        self._rows: list[CategoryFound] = []
        self._branch = "0"

    def compose(self) -> ComposeResult:
        """Words or the branch above, the list, and why the one under the cursor cannot be chosen."""
        with Horizontal():
            yield Input(placeholder="words of the category's path", id="category-words", compact=True)
            yield Static("", id="category-count", markup=False)
        yield Static("", id="category-above", markup=False)
        yield Options(id="category-list", markup=False)
        yield Static("", id="category-why", markup=False)

    def on_mount(self) -> None:
        """A blinking cursor costs bytes over SSH (ux.md, Manners)."""
        self.query_one(Input).cursor_blink = False

    @property
    def browses(self) -> bool:
        """Whether the tree is opened step by step."""
        return self.has_class("browse")

    def show(self) -> None:
        """List what there is, from the tree as it was read."""
        if self.browses:
            self._rows = self._desk.below(self._branch)
            above = self._desk.path_of(self._branch) if self._branch != "0" else "All departments"
            self.query_one("#category-above", Static).update(f"{above}   ← up")
        else:
            self._rows = self._desk.search(self.query_one(Input).value)
            count = f"{len(self._rows):,} of {self._desk.count:,}"
            self.query_one("#category-count", Static).update(count)
        there = self.query_one(OptionList)
        there.set_options([Option(self._line(one)) for one in self._rows[:_SHOWN]])
        if self._rows:
            there.highlighted = 0
        self._explain()

    def focus_here(self) -> None:
        """Where one types, or moves."""
        self.query_one(OptionList if self.browses else Input).focus()

    def switch(self) -> None:
        """The other way of choosing; the tree opens at the branch of the one under the cursor."""
        if not self.browses and (one := self._under) is not None and self.query_one(Input).value:
            self._branch = self._desk.parent_of(one.id)
        self.toggle_class("browse")
        self.show()
        self.call_after_refresh(self.focus_here)

    def up(self) -> bool:
        """The branch above; False at the top, or while searching."""
        if not self.browses or self._branch == "0":
            return False
        self._branch = self._desk.parent_of(self._branch)
        self.show()
        return True

    def action_move(self, action: str) -> None:
        """Move in the list while the words keep the focus."""
        getattr(self.query_one(OptionList), f"action_{action}")()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.show()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self._take()

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._take()

    @on(OptionList.OptionHighlighted)
    def _moved(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._explain()

    def _take(self) -> None:
        one = self._under
        if one is None:
            return
        if one.is_leaf and one.is_open:
            self.post_message(self.Chosen(one.id))
        elif self.browses and not one.is_leaf:
            self._branch = one.id
            self.show()

    @property
    def _under(self) -> CategoryFound | None:
        place = self.query_one(OptionList).highlighted
        return self._rows[place] if place is not None and place < len(self._rows) else None

    def _line(self, one: CategoryFound) -> Text:
        name = one.path.rpartition(" > ")[2] if self.browses else one.path
        if not one.is_leaf:
            return Text(f"▸ {name}")
        if not one.is_open:
            return Text(f"✖ {name}   closed to this shop", style="dim")
        return Text(f"  {name}", style="bold" if one.recommended else "") + Text(
            "   ◆ recommended" if one.recommended else "", style="green"
        )

    def _explain(self) -> None:
        one = self._under
        if one is None:
            words = "No leaf category has all these words." if self._desk.count else ""
        elif len(self._rows) > _SHOWN:
            words = f"The first {_SHOWN} are shown: type more words."
        elif one.is_leaf and one.is_open:
            words = "enter chooses it"
        else:
            words = "enter opens it" if not one.is_leaf else f"It cannot be chosen: {one.why_not}"
        self.query_one("#category-why", Static).update(words)
