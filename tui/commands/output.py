"""What commands print: aligned text for people, one JSON value for programs, and documented exit codes."""

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import IntEnum
from typing import Any

from rich.cells import cell_len, set_cell_size

from core import wording

_WIDEST = 60


class Exit(IntEnum):
    """What a command's exit code means; the README has the same table."""

    OK = 0
    FAILED = 1
    """Something failed, wholly or in part; the output says what."""
    USAGE = 2
    """The command was called wrongly, or names something that is not there."""
    NEEDS_CONFIRMATION = 3
    """The mass-change guard stopped it; nothing was sent. Repeat with --confirm if it is right."""
    NEEDS_REAUTHORISATION = 4
    """The merchant must give consent again."""
    STORE = 5
    """The store, the key or the settings are not usable."""
    BUSY = 6
    """Another worker is at it."""


def emit(value: Any) -> None:
    """One JSON value on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=_plain) + "\n")


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], *, empty: str) -> None:
    """Aligned columns measured in terminal cells; `empty` says what to do when there is nothing."""
    if not rows:
        sys.stdout.write(f"{empty}\n")
        return
    widths = [
        min(_WIDEST, max(cell_len(row[index]) for row in (headings, *rows))) for index in range(len(headings))
    ]
    for row in (headings, *rows):
        line = "  ".join(_fit(cell, width) for cell, width in zip(row, widths, strict=True))
        sys.stdout.write(line.rstrip() + "\n")


def say(text: str) -> None:
    """A line for the person, beside the data: on standard error."""
    sys.stderr.write(f"{text}\n")


def fail(what: str, cure: str = "", *, as_json: bool, code: str = "error") -> None:
    """Tell what went wrong, to the person or to the program."""
    if as_json:
        emit({"error": {"code": code, "what": what, "cure": cure}})
    else:
        say(f"avasam: {what}" + (f"\n  {cure}" if cure else ""))


def local(moment: datetime | None, never: str = "never") -> str:
    """An instant in local time, to the second."""
    return never if moment is None else moment.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def counted(counts: Mapping[str, int]) -> str:
    """Counts as words: `3 new, 1 updated`; names are turned into plain text."""
    return wording.counted(counts, empty="nothing to do")


def _fit(text: str, width: int) -> str:
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(text, width - 1).rstrip() + "…"


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
