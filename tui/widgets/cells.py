"""Text from anywhere at exactly the width it is given, measured in terminal cells (style.md, rule 6)."""

from enum import StrEnum
from typing import NamedTuple

from rich.cells import cell_len, get_character_cell_size

from core.text import clean_line

_MARKS = 4
"""Characters that may share a cell: a letter with the marks that `clean_line` leaves on it."""

_NO_GLYPH = "\ufffd"
"""Stands for characters of private use: every terminal draws those differently wide."""


class Tone(StrEnum):
    """What a colour stands for; the theme decides which colour that is."""

    PLAIN = ""
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    DIM = "dim"


class Cell(NamedTuple):
    """What a table shows in one place. The text is data, never markup."""

    text: str
    tone: Tone = Tone.PLAIN


def fit(text: str, width: int, *, right: bool = False) -> str:
    """The text cut or padded to exactly `width` cells; an ellipsis marks a cut."""
    if width <= 0:
        return ""
    if text.isascii() and text.isprintable():
        if len(text) > width:
            return f"{text[: width - 1]}…"
        return text.rjust(width) if right else text.ljust(width)
    shown = _drawable(text, width)
    used = cell_len(shown)
    if used > width:
        shown = _cut(shown, width - 1)
        shown = f"{shown}{' ' * (width - 1 - cell_len(shown))}…"
        used = width
    pad = " " * (width - used)
    return pad + shown if right else shown + pad


def _drawable(text: str, width: int) -> str:
    """The beginning of the text, without what has no place of its own on a terminal."""
    shown = clean_line(text, (width + 1) * _MARKS)
    if not shown.isprintable():
        shown = "".join(char if char.isprintable() else _NO_GLYPH for char in shown)
    while shown and get_character_cell_size(shown[0]) == 0:
        shown = shown[1:]
    return shown


def _cut(text: str, width: int) -> str:
    """The longest beginning that is at most `width` cells wide."""
    used = 0
    for index, char in enumerate(text):
        used += get_character_cell_size(char)
        if used > width:
            return text[:index]
    return text
