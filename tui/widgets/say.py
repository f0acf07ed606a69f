"""Words in a place of fixed size: drawn only when they change, and nothing is laid out anew for them.

`Static.update` lays out the whole screen, which costs more than a key press may (ux.md, Tables).
"""

from rich.text import Text
from textual.widgets import Static


def say(place: Static, words: str | Text) -> None:
    """Show these words where others were; `place` has a height and width of its own."""
    if place.content != words:
        place.update(words, layout=False)


def retell(place: Static, words: str | Text) -> None:
    """Show these words where others were; they decide how high the place is."""
    if place.content != words:
        place.update(words)
