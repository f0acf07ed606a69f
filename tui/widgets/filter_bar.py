"""Search as you type and what else the list is narrowed to, with `n of N` beside it (ux.md, Keys)."""

from collections.abc import Iterable

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.events import Click
from textual.geometry import Size
from textual.message import Message
from textual.reactive import Reactive
from textual.widgets import Input, Static

from tui.widgets.say import say


class FilterBar(Vertical):
    """The words that are looked for, the facets chosen from lists, and how many rows are left."""

    DEFAULT_CSS = """
    FilterBar {
        height: 2;
        Horizontal { height: 1; }
        #filter-sign { width: 2; color: $text-muted; }
        #filter-words { width: 1fr; }
        #filter-count { width: auto; padding: 0 1; color: $text-muted; text-align: right; }
        #filter-facets { height: 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
        &:focus-within #filter-sign { color: $text-accent; text-style: bold; }
    }
    """

    class Typed(Message):
        """The words changed."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

        def can_replace(self, message: Message) -> bool:
            """Only the latest words matter."""
            return isinstance(message, FilterBar.Typed)

    class Left(Message):
        """Done with typing: the words stay, the list wants the focus."""

    class FacetsAsked(Message):
        """Somebody wants to choose from the lists."""

    def __init__(self, placeholder: str) -> None:
        super().__init__(id="filter-bar")
        self._placeholder = placeholder
        self._total = -1

    def compose(self) -> ComposeResult:
        """Words and count, below them the facets."""
        with Horizontal():
            yield Static("/", id="filter-sign", markup=False)
            yield _Words(
                placeholder=self._placeholder, id="filter-words", compact=True, select_on_focus=False
            )
            yield Static("", id="filter-count", markup=False)
        yield _Facets("", id="filter-facets", markup=False)

    @property
    def text(self) -> str:
        """The words that are looked for."""
        return self.query_one(_Words).value

    def type_here(self) -> None:
        """Put the focus on the words."""
        self.query_one(_Words).focus()

    def clear(self) -> None:
        """Look for nothing."""
        self.query_one(_Words).value = ""

    def tell(self, shown: int, total: int, facets: Iterable[tuple[str, str | None]]) -> None:
        """How many of how many, and (name, chosen value or None) of each facet."""
        count = self.query_one("#filter-count", Static)
        if total != self._total:
            self._total = total
            count.styles.width = len(f"{total:,} of {total:,}") + 2  # as wide as it can get, with its padding
        say(count, f"{shown:,} of {total:,}")
        chosen = (f"{name}: {value or 'any'} ▾" for name, value in facets)
        say(self.query_one("#filter-facets", Static), "  ".join(chosen))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Typed(event.value))

    @on(Input.Submitted)
    def _kept(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Left())


class _Words(Input):
    """Escape clears, then leaves; enter and down keep the words and leave."""

    BINDINGS = [
        Binding("escape", "clear_or_leave", "Clear, then leave"),
        Binding("down", "submit", "To the list"),
    ]
    virtual_size: Reactive[Size] = Reactive(Size(0, 0))
    """Unlike in Textual it lays nothing out: the place of the words is as wide whatever is typed."""

    def on_mount(self) -> None:
        """A blinking cursor costs bytes over SSH (ux.md, Manners)."""
        self.cursor_blink = False

    def action_clear_or_leave(self) -> None:
        """The first escape takes the words away, the second one the focus."""
        if self.value:
            self.value = ""
        else:
            self.post_message(FilterBar.Left())


class _Facets(Static):
    """What was chosen; a click chooses again."""

    def on_click(self, event: Click) -> None:
        """Ask for the lists."""
        event.stop()
        self.post_message(FilterBar.FacetsAsked())
