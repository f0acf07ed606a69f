"""Timer runs in a row become one line: a shop syncs every minute, and what is rare must not drown in it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Final

from core.services.activity_row import ActivityRow
from core.sync.context import is_news

LONGEST: Final = timedelta(hours=1)
"""From the first to the last run of one line: how the day went is still to be seen."""
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


class Folded:
    """The lines of all runs, brought up to date with new runs alone.

    In a row are runs of one kind for one shop that did well, or failed alike; what other kinds did between
    them does not count.
    """

    def __init__(self) -> None:
        self.count = 0
        """How many runs there are in all lines."""
        self._until = _LONG_AGO
        self._lines: list[_Line] = []
        self._open: dict[tuple[str | None, str], _Line] = {}

    def add(self, rows: Iterable[ActivityRow]) -> bool:
        """Take in runs that ended after all that are here; False when one did not: then all begins anew."""
        added = sorted(rows, key=attrgetter("at", "key"))
        if added and added[0].at < self._until:
            return False
        for row in added:
            stream = (row.integration_id, row.kind)
            line = self._open.get(stream)
            if line is None or not line.goes_on(row):
                line = self._open[stream] = _Line(row)
                self._lines.append(line)
            else:
                line.add(row)
            self._until = row.at
        self.count += len(added)
        return True

    def rows(self) -> list[ActivityRow]:
        """A row for each line; it has the key of its first run, so that a cursor stays on it."""
        return [line.row for line in self._lines]


class _Line:
    def __init__(self, row: ActivityRow) -> None:
        self._runs = [row]
        self._row: ActivityRow | None = row

    def goes_on(self, row: ActivityRow) -> bool:
        first = self._runs[0]
        return (row.result, row.text) == (first.result, first.text) and row.at - first.at <= LONGEST

    def add(self, row: ActivityRow) -> None:
        self._runs.append(row)
        self._row = None

    @property
    def row(self) -> ActivityRow:
        if self._row is None:
            self._row = self._together()
        return self._row

    def _together(self) -> ActivityRow:
        """What changed is added up; what was only looked at or passed over is the same each time."""
        counts: Counter[str] = Counter()
        took = timedelta()
        for run in self._runs:
            counts.update(run.counts)
            took += run.took or timedelta()
        return replace(
            self._runs[0],
            at=self._runs[-1].at,
            took=took,
            counts={name: count for name, count in counts.items() if is_news(name)},
            runs=tuple(run.key for run in self._runs),
        )
