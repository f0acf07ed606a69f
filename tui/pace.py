"""How fast long work goes and how long it still takes, in words (ux.md, Manners)."""

from collections import deque
from datetime import datetime, timedelta
from typing import Final

_WINDOW: Final = timedelta(seconds=20)
"""How far back the rate looks: long enough to be steady, short enough to follow a change."""


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
        parts = [f"{done:,} of {total:,}"]
        rate = self.a_second
        if rate is not None and done < total:
            parts += [
                f"{rate:.1f} a second" if rate < 10 else f"{rate:.0f} a second",
                left((total - done) / rate),
            ]
        return " · ".join(parts)


def left(seconds: float) -> str:
    """`15 s left`, `3 min left`, `2 h left`."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s left"
    return f"{round(seconds / 60)} min left" if seconds < 5_400 else f"{seconds / 3_600:.1f} h left"
