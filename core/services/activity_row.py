"""One line of Activity."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Result(StrEnum):
    """How a piece of work stands."""

    RUNNING = "running"
    WAITING = "waiting"
    ASKS = "asks"
    """The mass-change guard stopped it until a person confirms."""
    FAILED = "failed"
    CANCELLED = "cancelled"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """One sync, or one job that somebody asked for."""

    key: str
    at: datetime
    """When it ended; while it has not, when it began or was asked for."""
    integration_id: str | None
    kind: str
    result: Result
    took: timedelta | None
    counts: dict[str, int]
    text: str
    """What went wrong, with what to do about it."""
    asked_by: str
    """Who asked for it; empty for a timer's own work."""
    done: int
    total: int | None
    haystack: str
    runs: tuple[str, ...] = ()
    """Keys of the runs that this line stands for, oldest first; none where it is one run itself."""
