"""A list that shrinks as one types: pick one of it, or mark several, or use the words themselves."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from core.channel.errors import ChannelError
from core.services.errors import ServiceError
from tui.keys import bindings
from tui.keys.listing_forms import VALUES
from tui.screens.modal import Modal
from tui.widgets.key_line import KeyLine
from tui.widgets.options import Options

_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Offer:
    """Something to pick: what is handed back for it, and its words."""

    key: str
    words: str


Find = Callable[[str], Awaitable[Sequence[Offer]]]
"""What there is for some typed words. May raise a ServiceError or a ChannelError, which is shown."""


class PickValues(Modal[tuple[str, ...] | None]):
    """The keys that were picked, in the order of picking; None when it was cancelled."""

    BINDINGS = [
        *bindings(VALUES),
        ("down", "move('cursor_down')", "Down"),
        ("up", "move('cursor_up')", "Up"),
        ("pagedown", "move('page_down')", "Page down"),
        ("pageup", "move('page_up')", "Page up"),
    ]
    DEFAULT_CSS = """
    PickValues { align: center middle; }
    PickValues .dialog { height: 90%; }
    PickValues .dialog OptionList { height: 1fr; }
    PickValues .dialog Static { padding: 0; }
    """

    def __init__(
        self,
        title: str,
        takes: str,
        find: Find,
        *,
        chosen: Sequence[str] = (),
        several: bool = False,
        pause: float = 0.02,
    ) -> None:
        super().__init__()
        self._title = title
        self._takes = takes
        self._find = find
        self._marked = dict.fromkeys(chosen)
        self._several = several
        self._pause = pause
        self._offers: Sequence[Offer] = ()
        self._looked_for: str | None = None

    def compose(self) -> ComposeResult:
        """Words, list, and what was said."""
        with Vertical(classes="dialog wide"):
            yield Label(self._title, classes="dialog-title", markup=False)
            yield Static(self._takes, id="values-takes", markup=False)
            yield Input(placeholder="type to narrow the list", id="values-words", compact=True)
            yield Options(id="values-list", markup=False)
            yield Static("", id="values-said", markup=False)
            yield KeyLine()

    def on_mount(self) -> None:
        """Everything there is, to begin with."""
        self.query_one(Input).cursor_blink = False
        self._look()

    @on(Input.Changed)
    @work(group="find", exclusive=True, exit_on_error=False)
    async def _look(self) -> None:
        if self.query_one(Input).value:
            await asyncio.sleep(self._pause)
        await self._look_now()

    async def _look_now(self) -> None:
        text = self.query_one(Input).value
        self._say("Looking…")
        try:
            self._offers = await self._find(text)
        except ServiceError as error:
            self._offers = ()
            self._say(f"✖ {error}")
        except ChannelError as error:
            self._offers = ()
            self._say(f"✖ {error}. {error.cure} Type again to retry.")
        else:
            self._looked_for = text
            self._tell()
        self._list()

    def _tell(self) -> None:
        count = len(self._offers)
        more = f"{_SHOWN} of {count:,} shown: type to narrow. " if count > _SHOWN else ""
        if self._several:
            self._say(
                f"{more}enter marks · ctrl+s keeps {len(self._marked)} marked · esc leaves it as it was"
            )
        else:
            self._say(f"{more}enter takes it · esc leaves it as it was" if count else "Nothing matches.")

    def _list(self) -> None:
        there = self.query_one(OptionList)
        place = there.highlighted or 0
        shown = self._offers[:_SHOWN]
        there.set_options([Option(self._line(one)) for one in shown])
        if shown:
            there.highlighted = min(place, len(shown) - 1)

    def _line(self, one: Offer) -> str:
        return f"{'●' if one.key in self._marked else ' '} {one.words}"

    def action_move(self, action: str) -> None:
        """Move in the list while the words keep the focus."""
        getattr(self.query_one(OptionList), f"action_{action}")()

    @on(Input.Submitted)
    @work(group="find", exclusive=True, exit_on_error=False)
    async def _entered(self) -> None:
        """Who types and presses enter at once means what was typed, not what was listed before."""
        if self.query_one(Input).value != self._looked_for:
            await self._look_now()
        place = self.query_one(OptionList).highlighted
        if place is not None and place < len(self._offers):
            self._take(place)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self._take(event.option_index)

    def _take(self, place: int) -> None:
        key = self._offers[place].key
        if not self._several:
            self.dismiss((key,) if key else ())
            return
        if key in self._marked:
            del self._marked[key]
        else:
            self._marked[key] = None
        self.query_one(OptionList).highlighted = place
        self._list()
        self._tell()

    def action_save(self) -> None:
        """Hand back what is marked, or the one under the cursor where only one is taken."""
        if self._several:
            self.dismiss(tuple(self._marked))
        else:
            self._entered()

    def _say(self, words: str) -> None:
        self.query_one("#values-said", Static).update(words)
