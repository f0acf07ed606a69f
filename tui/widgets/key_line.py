"""The keys that do something here, in one line: whole keys only, drawn only when they change.

Textual's Footer makes a widget for every key anew each time the focus moves. That took most of the 130 ms
that `/` needed on a screen of twenty keys, and cut the last key off in the middle.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from rich.text import Text
from textual.events import Click
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, TextArea

_MORE: Final = " …"
"""More keys than fit; f1 has them all, and a click on it opens that."""


@dataclass(frozen=True, slots=True)
class ShownKey:
    """One key: `key` is its name for Textual, `display` and `words` are what is read."""

    key: str
    display: str
    words: str
    enabled: bool

    @property
    def width(self) -> int:
        """Cells that it takes, with a blank before, between and after."""
        return Text(f" {self.display} {self.words} ").cell_len


def fitting(keys: Sequence[ShownKey], width: int) -> tuple[Sequence[ShownKey], Sequence[ShownKey]]:
    """The keys before and behind the sign that some are left out: all before it when all fit into the width.

    Keys are whole, and the way out is never left out.
    """
    if sum(key.width for key in keys) - 1 <= width:  # nothing needs the blank at the end
        return keys, ()
    last = [key for key in keys if key.key == "escape"]
    room = width - len(_MORE) - sum(key.width for key in last)
    others = [key for key in keys if key.key != "escape"]
    ends = accumulate(key.width for key in others)
    return [key for key, end in zip(others, ends, strict=True) if end <= room], last


def _is_typed(focused: Widget | None, display: str) -> bool:
    """Whether the key writes itself there. Textual knows it of letters, not of `/`, which it calls slash."""
    return isinstance(focused, (Input, TextArea)) and len(display) == 1 and display.isascii()


class KeyLine(Widget, can_focus=False):
    """What a person can press here, as remapped; a click presses it."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES = {"key-line--key"}
    DEFAULT_CSS = """
    KeyLine {
        dock: bottom;
        height: 1;
        color: $footer-description-foreground;
        background: $footer-background;
        .key-line--key { color: $footer-key-foreground; text-style: bold; }
        &:hover { pointer: pointer; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._keys: tuple[ShownKey, ...] = ()

    def on_mount(self) -> None:
        """Follow what can be pressed."""
        self.screen.bindings_updated_signal.subscribe(self, self._follow)

    def _follow(self, screen: Screen[object]) -> None:
        if not self.is_attached or screen is not self.screen or not screen.app.app_focus:
            return
        first: dict[str, ShownKey] = {}
        for _, binding, enabled, _ in screen.active_bindings.values():
            display = self.app.get_key_display(binding)
            if binding.show and binding.action not in first and not _is_typed(screen.focused, display):
                first[binding.action] = ShownKey(binding.key, display, binding.description, enabled)
        keys = tuple(first.values())
        if keys != self._keys:
            self._keys = keys
            self.refresh()

    def render(self) -> Text:
        """The keys that fit; what cannot be pressed now is dim."""
        before, behind = fitting(self._keys, self.size.width)
        line = Text(no_wrap=True, end="")
        self._put(line, before)
        if len(before) < len(self._keys):
            line.append(_MORE)
        self._put(line, behind)
        return line

    def _put(self, line: Text, keys: Sequence[ShownKey]) -> None:
        key_style = self.get_component_rich_style("key-line--key", partial=True)
        for key in keys:
            start = len(line)
            line.append(f" {key.display}", key_style).append(f" {key.words} ")
            if not key.enabled:
                line.stylize("dim", start)

    def on_click(self, event: Click) -> None:
        """Press the key under the pointer."""
        event.stop()
        before, behind = fitting(self._keys, self.size.width)
        end = 0
        for key in (*before, None, *behind):
            end += len(_MORE) if key is None else key.width
            if event.x < end:
                self._press(key)
                return

    def _press(self, key: ShownKey | None) -> None:
        if key is None:
            self.call_later(self.app.run_action, "app.help_screen")
        elif key.enabled:
            self.app.simulate_key(key.key)
        else:
            self.app.bell()
