"""The menu on the left; it folds to key and three letters where the terminal is narrow."""

from textual.widgets.option_list import Option

from tui.keys.everywhere import SCREENS
from tui.widgets.options import Options


class Menu(Options):
    """One entry a screen; the digit is its key, and the sign stands behind it: there is no room elsewhere."""

    DEFAULT_CSS = """
    Menu > .option-list--option { padding: 0; }
    """
    SIGN_AT = 1

    def __init__(self, current: str) -> None:
        super().__init__(id="menu", markup=False)
        self._current = current
        self._folded: bool | None = None

    def on_mount(self) -> None:
        """Draw once."""
        self.fold(folded=False)

    def fold(self, *, folded: bool) -> None:
        """Show whole names, or key and first letters."""
        if folded == self._folded:
            return
        self._folded = folded
        self.clear_options()
        for command in SCREENS:
            name = command.label[:3] if folded else command.label
            self.add_option(Option(f"{command.keys} {name}", id=command.id))
        ids = [command.id for command in SCREENS]
        self.highlighted = ids.index(f"screen.{self._current}")
