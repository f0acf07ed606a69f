"""What is done to listings, in words: actions, results of rows, lines of a check."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from core.models.job import Job, JobState
from core.models.listing_state import Action, RowResult
from core.services.job_report import RowTold
from core.services.listing_check import Checked
from core.sync.listing_ask import ACTION_OF
from core.wording import count_of
from tui.widgets.cells import Cell, Tone
from tui.widgets.columns import Column

ACTION: Final = {
    Action.PUBLISH: "List",
    Action.UPDATE: "Update",
    Action.DELETE: "Delete",
    Action.DEACTIVATE: "Deactivate",
    Action.ACTIVATE: "Activate",
}
RESULT: Final = {
    RowResult.WAITING: Cell("· waiting", Tone.DIM),
    RowResult.DONE: Cell("✔ done", Tone.GOOD),
    RowResult.SKIPPED: Cell("→ skipped", Tone.DIM),
    RowResult.FAILED: Cell("✖ failed", Tone.BAD),
    RowResult.QUEUED: Cell("◷ tomorrow", Tone.WARN),
}
"""Readable without colour: every result has a sign and a word of its own."""
_NOT_TRIED: Final = Cell("- not tried", Tone.WARN)
FINE, SKIPPED = Cell("✔", Tone.GOOD), Cell("→", Tone.DIM)
PROBLEM, NOTE = Cell("✖", Tone.BAD), Cell("-", Tone.WARN)
"""Signs of a check's lines; the counts above the list have the word of each."""
ORDER: Final = (
    RowResult.FAILED,
    RowResult.QUEUED,
    RowResult.SKIPPED,
    RowResult.DONE,
    RowResult.WAITING,
)
"""What a person has to see first."""


def rows(count: int) -> str:
    """`1 row`, `1,000 rows`."""
    return count_of(count, "row")


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One line of a check: a row that is fine or skipped, or one problem of a row."""

    front: str
    name: str
    """Shown where the row begins."""
    mark: Cell
    what: str
    variant: str = ""
    fix: str = ""
    field: str = ""
    code: str = ""

    @property
    def text(self) -> str:
        """The whole line, for copying."""
        parts = (self.front, self.variant, self.mark.text, self.what, self.fix, self.field, self.code)
        return "\t".join(parts)


def check_lines(checked: Checked) -> Iterator[CheckLine]:
    """The lines of one row: every problem of every variant."""
    name = checked.sku
    if checked.skipped:
        yield CheckLine(checked.sku, name, SKIPPED, checked.skipped)
        return
    if checked.is_fine:
        count = f"{checked.variants} variants · " if checked.variants > 1 else ""
        yield CheckLine(checked.sku, name, FINE, f"{count}{_sends(checked)}")
    # Named anew: where problems alone are shown, the line above is not.
    for one in checked.problems:
        mark = PROBLEM if one.blocking else NOTE
        variant = one.sku if one.sku != checked.sku else ""
        yield CheckLine(checked.sku, name, mark, one.what, variant, one.fix, one.field, one.code)
        name = ""


def _sends(checked: Checked) -> str:
    """What goes: of an Update the fields that differ, of anything else the product."""
    if checked.changes is None:
        return checked.title
    return f"sends {'; '.join(checked.changes)}" if checked.changes else "nothing new to send"


def check_columns() -> list[Column[CheckLine]]:
    """The list of a check."""
    return [
        Column("mark", "", 1, lambda line: line.mark, sortable=False),
        Column("row", "Row", 11, lambda line: Cell(line.name), grow=1, sortable=False),
        Column("variant", "Variant", 10, lambda line: Cell(line.variant), grow=1, sortable=False),
        Column("what", "What", 22, lambda line: Cell(line.what), grow=4, sortable=False),
        Column("fix", "Fix", 14, lambda line: Cell(line.fix), grow=2, sortable=False),
        Column("field", "Field", 9, lambda line: Cell(line.field, Tone.DIM), sortable=False),
    ]


def result_columns() -> list[Column[RowTold]]:
    """The rows of a job."""
    return [
        Column("sku", "Row", 14, lambda row: Cell(row.sku), grow=1, sortable=False),
        Column("result", "", 11, _result, sortable=False),
        Column("text", "What became of it", 28, lambda row: Cell(row.text), grow=4, sortable=False),
        Column("fix", "Fix", 18, lambda row: Cell(row.fix), grow=2, sortable=False),
    ]


def _result(row: RowTold) -> Cell:
    """A row that has words and waits is of a job that ended without it."""
    return _NOT_TRIED if row.result is RowResult.WAITING and row.text else RESULT[row.result]


def in_order(told: Iterable[tuple[str, RowTold]], only: RowResult | None = None) -> list[str]:
    """Keys of rows: those that need a person first."""
    place = {result: number for number, result in enumerate(ORDER)}
    shown = [(place[row.result], row.sku, key) for key, row in told if only is None or row.result is only]
    return [key for _, _, key in sorted(shown)]


def counted(counts: dict[str, int]) -> str:
    """`412 done · 3 skipped · 9 failed`."""
    names = {"queued": "queued for tomorrow"}
    found = [(one.value, counts.get(one.value, 0)) for one in reversed(ORDER)]
    parts = [f"{count:,} {names.get(name, name)}" for name, count in found if count and name != "waiting"]
    return " · ".join(parts) or "nothing is over yet"


def job_line(job: Job) -> str:
    """Where a job stands, and what to do when it does not go on."""
    name = ACTION[ACTION_OF[job.kind]]
    if job.cancel_requested and job.state is JobState.RUNNING:
        return f"{name}: ends after the rows that are under way"
    if job.error:
        return f"{name} {job.state.value}: {job.error}. {job.cure or ''}".strip()
    words = {
        JobState.QUEUED: "waits for the worker",
        JobState.RUNNING: "under way",
        JobState.DONE: counted(job.counts) if job.counts else "done",
    }
    return f"{name}: {words.get(job.state, job.state.value)}"


def results_text(told: Sequence[RowTold]) -> str:
    """Rows as lines, for copying."""
    return "\n".join(f"{row.sku}\t{row.result.value}\t{row.text}\t{row.fix}".rstrip() for row in told)
