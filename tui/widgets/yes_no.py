"""A checkbox that can be read without colour: Textual's own shows its X whether it is on or off."""

from textual.widgets import Checkbox


class YesNo(Checkbox):
    """An X when on, a blank when off."""

    def watch_value(self) -> None:
        """Draw the new state."""
        self.BUTTON_INNER = "X" if self.value else " "
        super().watch_value()

    def on_mount(self) -> None:
        """Draw the first state."""
        self.BUTTON_INNER = "X" if self.value else " "
