"""How far long work is, in one line: a bar, the count, the rate, the time left (ux.md, Manners)."""

from typing import Final

_CELLS: Final = 10
_MINUTE: Final = 60


def progress(done: int, total: int, seconds: float) -> str:
    """`████░░░░░░ 4,000 of 10,000 · 900/s · 7 s left`; without a rate while none can be told."""
    full = 0 if total <= 0 else min(_CELLS, done * _CELLS // total)
    line = f"{'█' * full}{'░' * (_CELLS - full)} {done:,} of {total:,}"
    if done <= 0 or seconds <= 0 or total <= 0:
        return line
    rate = done / seconds
    left = round(max(0, total - done) / rate)
    shown = f"{left} s" if left < _MINUTE else f"{left // _MINUTE} min {left % _MINUTE:02d} s"
    return f"{line} · {rate:,.0f}/s · {shown} left"
