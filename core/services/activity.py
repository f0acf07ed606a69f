"""What was done, what is being done, and what is wrong (ux.md, Manners; domain.md A52)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar, Final

from core import tables
from core.backend import Backend
from core.models.job import JobState, Problem, Severity
from core.services.activity_fold import Folded
from core.services.activity_row import ActivityRow, Result
from core.services.book import Book, Values, counts, moment, text
from core.services.charts import Charts, read_charts
from core.store import Store
from core.text import words_of

_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


_RESULTS: Final = {
    JobState.QUEUED: Result.WAITING,
    JobState.RUNNING: Result.RUNNING,
    JobState.DONE: Result.DONE,
    JobState.FAILED: Result.FAILED,
    JobState.CANCELLED: Result.CANCELLED,
    JobState.NEEDS_CONFIRMATION: Result.ASKS,
}


@dataclass(frozen=True, slots=True)
class ActivityFilter:
    """What is looked for: all of it must hold. None and empty mean any."""

    text: str = ""
    result: Result | None = None
    kind: str | None = None
    integration_id: str | None = None
    folds: bool = False
    """Whether timer runs in a row are one line, as long as nothing else is looked for."""

    def is_empty(self) -> bool:
        """Whether everything matches."""
        return self == ActivityFilter(folds=self.folds)


class ActivityBook(Book[ActivityRow]):
    """Finished syncs and all jobs."""

    FIELDS: ClassVar = {
        tables.ACTIVITY: (*("integration_id", "kind", "started_at", "finished_at", "ok", "counts", "text"),),
        tables.JOBS: (
            *("integration_id", "kind", "state", "requested_by", "requested_at", "started_at", "finished_at"),
            *("done", "total", "counts", "error", "cure"),
        ),
    }

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._lines: dict[str, ActivityRow] = {}
        self._folds = Folded()
        self._came: dict[str, ActivityRow] = {}
        """Runs that are in no line yet."""
        self._jobs: set[str] = set()

    def make(self, table: str, key: str, values: Values) -> ActivityRow:
        """One row."""
        if table == tables.JOBS:
            self._jobs.add(key)
            return _of_job(key, values)
        row = self._came[key] = _of_sync(key, values)
        return row

    def view(self, wanted: ActivityFilter) -> list[str]:
        """The keys of what matches, newest first; what is running or waits comes before all that is over."""
        if wanted.folds and wanted.is_empty():
            return self._in_order(self._folded())
        rows = [
            row
            for row in self.rows()
            if (wanted.result is None or row.result is wanted.result)
            and (wanted.kind is None or row.kind == wanted.kind)
            and (wanted.integration_id is None or row.integration_id == wanted.integration_id)
        ]
        for word in words_of(wanted.text):
            rows = [row for row in rows if word in row.haystack]
        self._lines = {}
        return self._in_order(rows)

    def row(self, key: str) -> ActivityRow | None:
        """The line with this key, as it was listed last."""
        return self._lines.get(key) or super().row(key)

    def runs(self, key: str) -> list[ActivityRow]:
        """What a line stands for, newest first; a run stands for itself."""
        line = self.row(key)
        keys = () if line is None else line.runs[::-1] or (key,)
        return [row for one in keys if (row := super(ActivityBook, self).row(one)) is not None]

    def _folded(self) -> list[ActivityRow]:
        """Every line: jobs stand alone. Where only runs were added, the lines of before are kept."""
        jobs = [row for key in self._jobs if (row := super(ActivityBook, self).row(key)) is not None]
        runs = len(self) - len(jobs)
        if self._folds.count + len(self._came) != runs or not self._folds.add(self._came.values()):
            self._folds = Folded()
            self._folds.add(row for row in self.rows() if row.key not in self._jobs)
        self._came = {}
        lines = self._folds.rows()
        self._lines = {line.key: line for line in lines if line.runs}
        return [*jobs, *lines]

    def _in_order(self, rows: Iterable[ActivityRow]) -> list[str]:
        ordered = sorted(rows, key=lambda row: (row.result in _UNDER_WAY, row.at, row.key), reverse=True)
        return [row.key for row in ordered]

    def results(self) -> dict[Result, int]:
        """How many there are of each result."""
        found = Counter(row.result for row in self.rows())
        return {result: found[result] for result in Result if found[result]}

    def kinds(self) -> dict[str, int]:
        """How many there are of each kind."""
        return dict(sorted(Counter(row.kind for row in self.rows()).items()))


_UNDER_WAY: Final = frozenset({Result.RUNNING, Result.WAITING, Result.ASKS})


class ActivityService:
    """The use cases of the Activity screen."""

    def __init__(self, backend: Backend) -> None:
        self._store = backend.store
        self._clock = backend.clock

    def book(self) -> ActivityBook:
        """The list for a screen; call its `refresh` before the first look and after each change."""
        return ActivityBook(self._store)

    async def problems(self) -> Sequence[Problem]:
        """Open problems: errors before warnings, oldest first. They go when they are solved."""
        rows = [Problem.from_document(row) async for _, row in self._store.scan(tables.PROBLEMS)]
        return in_order(rows)

    async def charts(self) -> Charts:
        """What the last hour and day looked like."""
        return await read_charts(self._store, self._clock.now())


def in_order(problems: Sequence[Problem]) -> list[Problem]:
    """Errors before warnings, oldest first."""
    return sorted(problems, key=lambda one: (one.severity is not Severity.ERROR, one.since, one.id))


def told(problem: Problem, shop: str) -> str:
    """A problem in full, as it is copied, kept in a file, and sent to whoever helps."""
    lines = [
        problem.what,
        f"Why: {problem.why}" if problem.why else "",
        f"What to do now: {problem.cure}",
        f"Shop: {shop}" if shop else "",
        f"Since: {problem.since:%Y-%m-%d %H:%M:%S} UTC, last seen {problem.last_seen:%Y-%m-%d %H:%M:%S} UTC",
        f"Seen: {problem.count} times" if problem.count > 1 else "",
        f"TikTok request id: {problem.request_id}" if problem.request_id else "",
        f"Code: {problem.code}",
    ]
    return "\n".join(line for line in lines if line)


def _of_sync(key: str, values: Values) -> ActivityRow:
    shop, kind, started, finished, ok, counted, said = values
    began, ended = moment(started), moment(finished)
    named = text(kind).replace("_", " ")
    return ActivityRow(
        key=key,
        at=ended or began or _LONG_AGO,
        integration_id=text(shop) or None,
        kind=named,
        result=Result.DONE if ok else Result.FAILED,
        took=None if began is None or ended is None else ended - began,
        counts=counts(counted),
        text=text(said),
        asked_by="",
        done=0,
        total=None,
        haystack=_haystack(named, text(said), counts(counted)),
    )


def _of_job(key: str, values: Values) -> ActivityRow:
    shop, kind, state, by, asked, started, finished, done, total, counted, error, cure = values
    began, ended = moment(started), moment(finished)
    named = text(kind).replace("_", " ")
    said = ". ".join(part.rstrip(".") for part in (text(error), text(cure)) if part)
    return ActivityRow(
        key=key,
        at=ended or began or moment(asked) or _LONG_AGO,
        integration_id=text(shop) or None,
        kind=named,
        result=_RESULTS[JobState(text(state))],
        took=None if began is None or ended is None else ended - began,
        counts=counts(counted),
        text=said,
        asked_by=text(by),
        done=done if isinstance(done, int) else 0,
        total=total if isinstance(total, int) else None,
        haystack=_haystack(named, f"{said}\n{text(by)}", counts(counted)),
    )


def _haystack(kind: str, said: str, counted: dict[str, int]) -> str:
    return "\n".join((kind, said, *(name.replace("_", " ") for name in counted))).casefold()
