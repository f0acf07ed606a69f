"""f1: what has the focus shows, and the keys that work there right now."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widgets import Static

from tui.keys.registry import BY_SCREEN
from tui.screens.modal import Modal

Keys = Sequence[tuple[str, str, str]]
"""(key, label, help)."""

_LAST: Final = ("Long lists", "Everywhere")
"""What every screen has comes below what is special to this one."""
_HEADING_OF: Final = {command.id: heading for heading, group in BY_SCREEN.items() for command in group}
_DIALOGUE: Final = "tab goes from one thing to the next, enter chooses, esc leaves without doing anything."


@dataclass(frozen=True, slots=True)
class Help:
    """What to tell: a heading, the words, and the keys by the heading of their group."""

    heading: str
    text: str
    keys: Mapping[str, Keys]


def help_here(screen: Screen[object]) -> Help:
    """The words of whatever is nearest around the focus and has some, with the keys that work there now."""
    inmost: DOMNode = screen if screen.focused is None else screen.focused
    told = next((node for node in inmost.ancestors_with_self if getattr(node, "HELP_TEXT", "")), None)
    return Help(
        heading=str(getattr(told, "HEADING", "")) or "This dialogue",
        text=str(getattr(told, "HELP_TEXT", "")) or _DIALOGUE,
        keys=dict(_grouped(screen)),
    )


def _grouped(screen: Screen[object]) -> Iterator[tuple[str, Keys]]:
    """One row a command, its keys side by side; the groups in the order in which somebody looks for them."""
    rows: dict[str, dict[str, tuple[str, str, str]]] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        if not binding.tooltip:
            continue
        group = rows.setdefault(_HEADING_OF.get(binding.id or "", "Here"), {})
        key, known = screen.app.get_key_display(binding), binding.id or binding.key
        keys = f"{group[known][0]} {key}" if known in group else key
        group[known] = (keys, binding.description, binding.tooltip)
    for heading in (*(name for name in rows if name not in _LAST), *(name for name in _LAST if name in rows)):
        order = [command.id for command in BY_SCREEN.get(heading, ())]
        names = sorted(rows[heading], key=lambda name: order.index(name) if name in order else -1)
        yield heading, [rows[heading][name] for name in names]


class HelpScreen(Modal[None]):
    """The words, then a table of keys for each group; f1 or esc closes it."""

    BINDINGS = [("escape,f1,q", "dismiss(None)", "Close")]

    def __init__(self, told: Help) -> None:
        super().__init__()
        self.told = told

    def compose(self) -> ComposeResult:
        """The text, then one row a command."""
        label_width = max(
            (cell_len(label) for rows in self.told.keys.values() for _, label, _ in rows), default=0
        )
        with VerticalScroll(classes="dialog wide", id="help") as box:
            yield Static(self.told.text, markup=False)
            for heading, keys in self.told.keys.items():
                yield Static(Text(heading, style="bold"), classes="help-group")
                yield Static(_table(keys, label_width))
        box.border_title = Text(f"Help · {self.told.heading}").markup
        box.border_subtitle = "↑ ↓ scroll · esc close"


def _table(keys: Keys, label_width: int) -> Table:
    rows = Table.grid(padding=(0, 2))
    rows.add_column(no_wrap=True, min_width=9)
    rows.add_column(no_wrap=True, min_width=label_width)
    rows.add_column()
    for key, label, words in keys:
        rows.add_row(Text(key, style="bold"), Text(label), Text(words))
    return rows
