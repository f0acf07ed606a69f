"""What every dialogue is: it ends once, however many keys wait behind the one that ended it."""

from typing import Final

from textual.await_complete import AwaitComplete
from textual.binding import Binding
from textual.screen import ModalScreen, Screen, ScreenResultType

TAB_AT_ONCE: Final = (
    Binding("tab", "app.focus_next", show=False, priority=True),
    Binding("shift+tab", "app.focus_previous", show=False, priority=True),
)
"""For a form of several lines to type in: what is typed behind a tab over a slow line belongs to the next."""


class EndsOnce(Screen[ScreenResultType]):
    """Enter pressed twice over a slow line arrives at a screen that has ended already: Textual then ends the
    one below with it, or the program.
    """

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """End with a result; the first one counts."""
        if self not in self.app.screen_stack:
            return AwaitComplete()
        return super().dismiss(result)


class Modal(EndsOnce[ScreenResultType], ModalScreen[ScreenResultType]):
    """A dialogue above a screen."""
