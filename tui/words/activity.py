"""Syncs, jobs and problems in words: columns of the Activity list, and one entry in full."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from rich.text import Text

from core.models.job import Problem, Severity
from core.services.activity_row import ActivityRow, Result
from core.text import clean_line
from tui.widgets.cells import Cell, Tone
from tui.widgets.columns import Column
from tui.words.states import ago, counted

RESULTS: Final = {
    Result.RUNNING: Cell("▸ running", Tone.GOOD),
    Result.WAITING: Cell("○ waiting", Tone.DIM),
    Result.ASKS: Cell("◆ asks you", Tone.WARN),
    Result.FAILED: Cell("✖ failed", Tone.BAD),
    Result.CANCELLED: Cell("· cancelled", Tone.DIM),
    Result.DONE: Cell("✔ done", Tone.GOOD),
}
"""Readable without colour."""


class ActivityCells:
    """The columns of the Activity list; `now` and `shops` (id -> name) are kept up to date from outside."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.shops: Mapping[str, str] = {}

    def columns(self) -> list[Column[ActivityRow]]:
        """All columns, the most telling first."""
        return [
            Column("at", "Ago", 6, lambda row: Cell(ago(row.at, self.now)), right=True, sortable=False),
            Column("result", "Result", 11, lambda row: RESULTS[row.result], sortable=False),
            Column("kind", "What", 18, lambda row: Cell(row.kind), sortable=False),
            Column("took", "Took", 7, lambda row: Cell(duration(row.took)), right=True, sortable=False),
            Column("did", "Did", 20, _did, grow=1, sortable=False),
            Column("shop", "Shop", 14, self._shop, sortable=False),
            Column("by", "Asked by", 10, lambda row: Cell(row.asked_by or "timer"), sortable=False),
        ]

    def _shop(self, row: ActivityRow) -> Cell:
        return Cell(shop_name(row.integration_id, self.shops))


def shop_name(integration_id: str | None, shops: Mapping[str, str]) -> str:
    """The name of an integration; work such as reading the inventory belongs to all of them."""
    return "all" if integration_id is None else shops.get(integration_id, "(removed)")


def duration(took: timedelta | None) -> str:
    """How long: `0.4 s`, `12 s`, `3 min`; nothing while it is not over."""
    if took is None:
        return ""
    seconds = max(0.0, took.total_seconds())
    if seconds < 10:
        return f"{seconds:.1f} s"
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def entry_text(row: ActivityRow, shop: str, runs: Sequence[ActivityRow] = ()) -> str:
    """One entry in full; `runs` are those that it stands for."""
    lines = [
        f"{row.kind} · {RESULTS[row.result].text} · {shop}",
        f"At {_at(row)}" + (f", took {duration(row.took)}" if row.took is not None else ""),
        f"Asked for by {row.asked_by}" if row.asked_by else "Run by its timer",
        row.text,
        "",
        *(f"{count:>9,}  {name.replace('_', ' ').replace('.', ': ')}" for name, count in row.counts.items()),
    ]
    if len(runs) > 1:
        lines[1] = f"{len(runs):,} runs, from {_at(runs[-1])} to {_at(runs[0])}"
        lines += [
            "",
            *(f"{_at(one)}  {duration(one.took):>6}  {one.text or did(one.counts)}" for one in runs),
        ]
        return "\n".join(lines)
    return "\n".join(line for index, line in enumerate(lines) if line or index == 4).rstrip()


def _at(row: ActivityRow) -> str:
    return row.at.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def problem_line(problem: Problem, shop: str, now: datetime) -> Text:
    """One problem in a list, cut where the list ends."""
    sign, style = ("✖", "bold red") if problem.severity is Severity.ERROR else ("!", "yellow")
    again = f" · {problem.count} times" if problem.count > 1 else ""
    line = Text(no_wrap=True, overflow="ellipsis", end="")
    line.append(f"{sign} ", style=style)
    line.append(clean_line(problem.what))
    line.append(f"  {shop} · since {ago(problem.since, now)}{again}", style="dim")
    return line


def did(counts: Mapping[str, int]) -> str:
    """Counts in words: what changed before what was only looked at or passed over."""

    def only_seen(name: str) -> bool:
        last = name.rpartition(".")[2]
        return last in _ONLY_SEEN or last.startswith("skipped")

    return counted({name.replace(".", " "): counts[name] for name in sorted(counts, key=only_seen)})


_ONLY_SEEN: Final = frozenset(
    {"pages", "checked", "unchanged", "skus", "ignored", "excluded", "looked", "asked", "planned"}
)


def _did(row: ActivityRow) -> Cell:
    if row.result is Result.RUNNING:
        return Cell(
            f"{row.done:,} of {row.total:,}" if row.total else f"{row.done:,} so far" if row.done else ""
        )
    runs = f"{len(row.runs):,} runs: " if row.runs else ""
    if row.text:
        return Cell(f"{runs}{row.text}", Tone.BAD if row.result is Result.FAILED else Tone.PLAIN)
    return Cell(f"{runs}{did(row.counts)}" if row.result is Result.DONE else "")
