"""Opens a main screen without reading every stylesheet twice more.

Textual takes a new screen for one that no theme has styled yet, though it was styled as it was mounted.
Reading all stylesheets anew, twice, was two thirds of the time from the key to the screen.
"""

from weakref import WeakKeyDictionary

from textual.app import App
from textual.screen import Screen


class StyledOnce(App[None]):
    """Remembers under which theme each screen was styled."""

    def __init__(self, *, ansi_color: bool) -> None:
        super().__init__(ansi_color=ansi_color)
        self._styled_by: WeakKeyDictionary[Screen[object], dict[str, str]] = WeakKeyDictionary()
        self._read_with: dict[str, str] | None = None
        """What the stylesheets were read with last."""

    def refresh_css(self, animate: bool = True) -> None:
        """Style what is on show anew, unless this theme has styled it already.

        A screen that is on show for the first time was mounted under the theme of now.
        """
        now = self.get_css_variables()
        shown = [*self.screen_stack]
        if now == self._read_with and all(self._styled_by.setdefault(one, now) == now for one in shown):
            return
        super().refresh_css(animate)
        self._read_with = now
        self._styled_by.update(dict.fromkeys(shown, now))
