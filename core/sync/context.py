"""What every sync of one integration is handed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from core.channel.port import Channel
from core.clock import Clock
from core.models.integration import Integration
from core.rules.guard import GuardLimits, GuardVerdict
from core.settings import Settings
from core.store import Lease, Store

_NEWS: Final = (
    *("new", "updated", "adopted", "deleted", "offered_again"),
    *("pushed", "refused", "drifted"),
    *("changed", "gone", "missing"),
    *("taken", "unclear", "held", "dispatched", "returned", "flagged"),
    *("approved", "turned_down", "frozen", "asked"),
)

Progress = Callable[[int, int | None], Awaitable[None]]
"""Told (done, total or None) now and then during long work."""


async def no_progress(_done: int, _total: int | None) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class SyncContext:
    """One integration under a lease: every write is fenced by it, so a stopped worker cannot write."""

    store: Store
    clock: Clock
    channel: Channel
    integration: Integration
    lease: Lease
    settings: Settings
    confirmed: bool = False
    """A person has seen what the guard stopped and wants it."""
    progress: Progress = no_progress


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a sync did. `stopped` is the guard's question; then nothing was sent."""

    counts: dict[str, int] = field(default_factory=dict)
    stopped: GuardVerdict | None = None
    text: str = ""
    """What Activity says beside the counts."""
    idle: bool = False
    """It is switched off: nothing was done, so that the time of the last sync does not move (A17)."""

    def changed(self) -> bool:
        """Whether anything worth an entry in Activity happened; what was looked at or passed over is not."""
        return any(count for name, count in self.counts.items() if is_news(name))


def is_news(count: str) -> bool:
    """Whether a count of this name tells of a change; others tell what was looked at or passed over."""
    return count in _NEWS


class SyncRefused(Exception):
    """A sync could not start or finish for a reason that a person can cure; `cure` says how."""

    def __init__(self, what: str, cure: str) -> None:
        super().__init__(what)
        self.what = what
        self.cure = cure


def guard_limits(settings: Settings) -> GuardLimits:
    """The mass-change guard as the settings want it."""
    return GuardLimits(
        zeroed_percent=settings.guard_zero_percent,
        zeroed_count=settings.guard_zero_least,
        moved_percent=settings.guard_price_percent,
        far_percent=settings.guard_price_move_percent,
        shrunk_percent=settings.guard_shrink_percent,
    )
