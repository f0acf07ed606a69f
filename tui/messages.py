"""What travels from the program to its screens."""

from textual.message import Message

from tui.session import Pulse


class Beat(Message):
    """Something changed, or a second has passed: show `pulse`."""

    def __init__(self, pulse: Pulse) -> None:
        super().__init__()
        self.pulse = pulse

    def can_replace(self, message: Message) -> bool:
        """A newer beat makes an older one pointless."""
        return isinstance(message, Beat)
