"""Timer runs in a row become one line: a shop syncs every minute, and what is rare must not drown in it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from core.services.activity_row import ActivityRow, Result
from core.sync.context import is_news

LONGEST: Final = timedelta(hours=1)
"""From the first to the last run of one line: how the day went is still to be seen."""
_OVER: Final = frozenset({Result.DONE, Result.FAILED})

_Stream = tuple[str | None, str]


def folded(rows: Iterable[ActivityRow]) -> Iterator[ActivityRow]:
    """Oldest first in and, by their first run, out.

    In a row are runs of one kind for one shop by its timer, that did well or failed alike; what other kinds
    did between them does not count. The line keeps the key of its first run, so that a cursor stays on it.
    """
    open_lines: dict[_Stream, list[ActivityRow]] = {}
    lines: list[list[ActivityRow]] = []
    for row in rows:
        stream = (row.integration_id, row.kind)
        line = open_lines.get(stream)
        if line is not None and _goes_on(line, row):
            line.append(row)
        else:
            open_lines[stream] = line = [row]
            lines.append(line)
    return (line[0] if len(line) == 1 else _one(line) for line in lines)


def _goes_on(line: Sequence[ActivityRow], row: ActivityRow) -> bool:
    first = line[0]
    return (
        not (first.asked_by or row.asked_by)
        and row.result in _OVER
        and (row.result, row.text) == (first.result, first.text)
        and row.at - first.at <= LONGEST
    )


def _one(line: Sequence[ActivityRow]) -> ActivityRow:
    """What changed is added up; what was only looked at or passed over is the same each time."""
    counts: dict[str, int] = {}
    for row in line:
        for name, count in row.counts.items():
            if is_news(name):
                counts[name] = counts.get(name, 0) + count
    took = sum((row.took for row in line if row.took is not None), timedelta())
    return replace(line[0], at=line[-1].at, took=took, counts=counts, runs=tuple(row.key for row in line))
