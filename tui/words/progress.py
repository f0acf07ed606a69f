"""How far long work is, in one line: a bar, the count, the rate, the time left (ux.md, Manners)."""

from collections import deque
from datetime import datetime, timedelta
from typing import Final

_CELLS: Final = 10
_WINDOW: Final = timedelta(seconds=20)
"""How far back the rate looks: long enough to be steady, short enough to follow a change."""


def bar(done: int, total: int, cells: int = _CELLS) -> str:
    """`████░░░░░░`; empty while there is nothing to do."""
    full = 0 if total <= 0 else min(cells, done * cells // total)
    return f"{'█' * full}{'░' * (cells - full)}"


def progress(done: int, total: int, seconds: float) -> str:
    """`████░░░░░░ 4,000 of 10,000 · 800 a second · 8 s left`; without a rate while none can be told."""
    line = f"{bar(done, total)} {done:,} of {total:,}"
    if done <= 0 or seconds <= 0 or total <= 0:
        return line
    return f"{line} · {speed(done / seconds, total - done)}"


def speed(a_second: float, more: int) -> str:
    """`38 a second · 15 s left` for work of which so many pieces are left."""
    rate = f"{a_second:.1f}" if a_second < 10 else f"{a_second:,.0f}"
    return f"{rate} a second · {left(max(0, more) / a_second)}"


def left(seconds: float) -> str:
    """`15 s left`, `3 min left`, `2.0 h left`."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s left"
    return f"{round(seconds / 60)} min left" if seconds < 5_400 else f"{seconds / 3_600:.1f} h left"


class Pace:
    """Told now and then how much is done; knows the rate of late."""

    def __init__(self) -> None:
        self._told: deque[tuple[datetime, int]] = deque()

    def note(self, done: int, now: datetime) -> None:
        """`done` so far."""
        self._told.append((now, done))
        while len(self._told) > 2 and now - self._told[0][0] > _WINDOW:
            self._told.popleft()

    @property
    def a_second(self) -> float | None:
        """Pieces a second; None until it can be told."""
        if len(self._told) < 2:
            return None
        (began, first), (at, last) = self._told[0], self._told[-1]
        took = (at - began).total_seconds()
        return (last - first) / took if took > 0 and last > first else None

    def words(self, done: int, total: int) -> str:
        """`412 of 1,000 · 38 a second · 15 s left`."""
        count, rate = f"{done:,} of {total:,}", self.a_second
        return count if rate is None or done >= total else f"{count} · {speed(rate, total - done)}"
