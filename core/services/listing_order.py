"""Products in the order of one column, sorted in portions and then kept in order as values change."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import Any, Final

from core.services.breath import Breath

Line = tuple[bool, Any, str]
"""Whether the value is unknown, the value, the SKU: unknown ones come last."""

_BUCKET: Final = 1_000
"""Lines that are sorted in one go: a millisecond's work."""


class Order:
    """SKUs in order, and beside each the text that is searched.

    The text of each is copied into the order: strings that lie in memory as they are read are read several
    times as fast.
    """

    def __init__(self) -> None:
        self._lines: list[Line] = []
        self._skus: list[str] = []
        self._texts: list[str] = []
        self._line_of: dict[str, Line] = {}

    @classmethod
    async def of(cls, rows: Iterable[tuple[Line, str]]) -> "Order":
        """From lines with their texts, in no order; a portion at a time."""
        made = cls()
        breath = Breath()
        texts: dict[str, str] = {}
        for line, text in rows:
            made._line_of[line[2]] = line
            texts[line[2]] = text
            if breath.is_due():
                await breath.take()
        buckets = await _dealt(list(made._line_of.values()), breath)
        for bucket in buckets:
            bucket.sort()
            made._lines += bucket
            skus = [line[2] for line in bucket]
            made._skus += skus
            made._texts += [f"{texts[sku]} "[:-1] for sku in skus]
            if breath.is_due():
                await breath.take()
        return made

    def __len__(self) -> int:
        return len(self._lines)

    def put(self, line: Line, text: str) -> None:
        """A product that came or changed."""
        sku = line[2]
        before = self._line_of.get(sku)
        if before == line:
            self._texts[bisect_left(self._lines, line)] = text
            return
        if before is not None:
            self._remove(before)
        place = bisect_left(self._lines, line)
        self._lines.insert(place, line)
        self._skus.insert(place, sku)
        self._texts.insert(place, text)
        self._line_of[sku] = line

    def drop(self, sku: str) -> None:
        """A product that is gone."""
        before = self._line_of.pop(sku, None)
        if before is not None:
            self._remove(before)

    def seen(self, *, descending: bool) -> tuple[Sequence[str], Sequence[str]]:
        """SKUs and texts, the greatest value first if so wanted; unknown ones come last all the same."""
        if not descending:
            return self._skus, self._texts
        known = bisect_left(self._lines, (True,))
        return (
            self._skus[:known][::-1] + self._skus[known:],
            self._texts[:known][::-1] + self._texts[known:],
        )

    def _remove(self, line: Line) -> None:
        place = bisect_left(self._lines, line)
        del self._lines[place], self._skus[place], self._texts[place]


async def _dealt(lines: list[Line], breath: Breath) -> list[list[Line]]:
    """The lines in buckets, each of which comes before the next."""
    step = max(1, len(lines) // 4096)
    sample = sorted(lines[::step])
    pivots = sample[:: max(1, _BUCKET // step)][1:]
    buckets: list[list[Line]] = [[] for _ in range(len(pivots) + 1)]
    for line in lines:
        buckets[bisect_right(pivots, line)].append(line)
        if breath.is_due():
            await breath.take()
    return buckets
