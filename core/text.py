"""Text from outside is cleaned once, where it enters (architecture.md, Untrusted text)."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

TITLE_LIMIT: Final = 1_000
TEXT_LIMIT: Final = 20_000

# ESC [ ... final byte, ESC ] ... BEL or ST, and any other two-character escape; their 8-bit forms too.
_ESCAPES: Final = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|(?:\x1b\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[PX^_][^\x1b\x9c]*(?:\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)
# Bidirectional controls and invisible characters that move or hide neighbouring text on a terminal.
_INVISIBLE: Final = re.compile(
    "[\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_MARKS_IN_A_ROW: Final = 3
_MARKS_TO_COMPOSE: Final = 30
"""More than any script stacks (UAX #15, Stream-Safe Text): normalising longer runs takes quadratic time."""
_SHORTEST_SECRET: Final = 8
"""Shorter ones could be part of ordinary words, and no token, key or app secret is that short."""
_FORMULA: Final = frozenset("=+-@\t\r\n＝＋－＠")


def clean_line(text: str, limit: int = TITLE_LIMIT) -> str:
    """One line of printable text, at most `limit` characters (an ellipsis marks a cut).

    Escape sequences, control, bidirectional and zero-width characters, lone surrogates and stacked
    combining marks go; every run of white space becomes one blank. Markup such as `[red]` stays, as text.
    """
    if not text or (len(text) <= limit and text.isascii() and text.isprintable() and _is_even(text)):
        return text
    return _cut(" ".join(_printable(text, limit, keep_newlines=False).split()), limit)


def _is_even(text: str) -> bool:
    """Whether blanks stand only singly and only between words: true of almost every id, name and status."""
    return "  " not in text and text[0] != " " != text[-1]


def clean_text(text: str, limit: int = TEXT_LIMIT) -> str:
    """The same for text of several lines: newlines and tabs stay."""
    return _cut(_printable(text, limit, keep_newlines=True).strip(), limit)


def _printable(text: str, limit: int, *, keep_newlines: bool) -> str:
    # A hostile 10 MB title must not cost 10 MB of work: escapes rarely make up more than 3/4 of a text.
    text = _ESCAPES.sub("", text[: limit * 4 + 4096])
    if text.isascii() and text.isprintable():
        return text
    text = _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept: list[str] = []
    for char in text:
        category = unicodedata.category(char)
        if category in {"Cc", "Zl", "Zp"}:
            kept.append(char if keep_newlines and char in "\n\t" else " ")
        elif category not in {"Cs", "Cf", "Cn"}:
            kept.append(char)
    composed = unicodedata.normalize("NFC", _thinned("".join(kept), _MARKS_TO_COMPOSE))
    return _thinned(composed, _MARKS_IN_A_ROW)


def _thinned(text: str, most: int) -> str:
    """The text with at most `most` combining marks in a row."""
    kept: list[str] = []
    marks = 0
    for char in text:
        marks = marks + 1 if unicodedata.category(char) in {"Mn", "Me"} else 0
        if marks <= most:
            kept.append(char)
    return "".join(kept)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def without_secrets(text: str, secrets: Iterable[str]) -> str:
    """The text with every secret in it replaced by an ellipsis."""
    for secret in secrets:
        if len(secret) >= _SHORTEST_SECRET:
            text = text.replace(secret, "…")
    return text


def words_of(typed: str) -> list[str]:
    """What a person looks for: cleaned as the texts were that it may occur in, casefolded, word by word."""
    return clean_line(typed).casefold().split()


def csv_cell(text: str) -> str:
    """The text as a CSV cell that no spreadsheet runs as a formula."""
    return f"'{text}" if text[:1] in _FORMULA else text
