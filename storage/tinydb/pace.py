"""Whether a commit may run on the event loop, or is handed to the store's thread.

A hand-over costs about as much as a sync to a good disk, so where no screen is drawn the loop commits by
itself, as long as the disk has proved prompt. A slow one gets the thread again, and the loop goes on.
"""

from time import perf_counter

PROMPT_SECONDS = 0.01
"""A commit that takes longer than this would be felt by whoever shares the event loop."""
_BREATH_SECONDS = 0.005
_PROOFS = 3
_SMALL = 1_000


class Pace:
    """Remembers how the latest small commits went."""

    def __init__(self, *, screen: bool) -> None:
        self._screen = screen
        self._prompt = 0
        self._breathed = 0.0

    def on_loop(self, documents: int) -> bool:
        """Whether a commit of so many documents may run on the event loop."""
        return not self._screen and self._prompt >= _PROOFS and documents <= _SMALL

    def took(self, documents: int, seconds: float) -> None:
        """Count a commit: one that dragged on takes the trust away, three prompt ones give it back."""
        if documents <= _SMALL:
            self._prompt = self._prompt + 1 if seconds <= PROMPT_SECONDS else 0

    def breath_due(self) -> bool:
        """Whether commits have kept the event loop from everything else for long enough; starts anew then."""
        now = perf_counter()
        if now - self._breathed < _BREATH_SECONDS:
            return False
        self._breathed = now
        return True
