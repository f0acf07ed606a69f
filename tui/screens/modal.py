"""What every dialogue is: it ends once, however many keys wait behind the one that ended it."""

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, Screen, ScreenResultType


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
