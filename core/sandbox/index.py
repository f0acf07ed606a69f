"""Sorted indexes over a shop's orders and products, so that a page costs the page and not the shop."""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

Key = tuple[int, str]
FIELDS = ("create_time", "update_time")
BULK = 500


class Timed(Protocol):
    """What can be indexed: an order or a product."""

    id: str
    status: str
    create_time: int
    update_time: int


T = TypeVar("T", bound=Timed)


@dataclass(frozen=True, slots=True)
class Window:
    """Which rows a search walks: one status or all, by one time field, from `start` up to but not `end`."""

    status: str | None
    field: str
    start: int = 0
    end: int = 2**62


class TimeIndex(Generic[T]):
    """`items` by create and by update time, whole and per status.

    The items are changed by others: `touch` one after changing it, or `refresh` when it is unknown which.
    """

    def __init__(self, items: Mapping[str, T]) -> None:
        self._items = items
        self._seen: dict[str, tuple[int, int, str]] = {}
        self._keys: dict[tuple[str, str | None], list[Key]] = {}
        self.refresh()

    def touch(self, item_id: str) -> None:
        """Place one item anew; one that is gone is forgotten."""
        item = self._items.get(item_id)
        fresh = None if item is None else (item.create_time, item.update_time, item.status)
        stale = self._seen.get(item_id)
        if stale == fresh:
            return
        if stale is not None:
            for keys, key in self._places(item_id, stale):
                del keys[bisect_left(keys, key)]
            del self._seen[item_id]
        if fresh is not None:
            for keys, key in self._places(item_id, fresh):
                insort(keys, key)
            self._seen[item_id] = fresh

    def refresh(self) -> None:
        """Find what changed and place it anew."""
        changed = [
            item_id
            for item_id, item in self._items.items()
            if self._seen.get(item_id) != (item.create_time, item.update_time, item.status)
        ]
        gone = (
            []
            if len(self._items) >= len(self._seen) + len(changed)
            else self._seen.keys() - self._items.keys()
        )
        if len(changed) > BULK:
            self._rebuild()
            return
        for item_id in (*changed, *gone):
            self.touch(item_id)

    def count(self, window: Window, fits: Callable[[T], bool] | None = None) -> int:
        """How many rows are in the window, and pass `fits` when one is given."""
        keys, low, high = self._slice(window)
        if fits is None:
            return high - low
        return sum(fits(self._items[item_id]) for _, item_id in keys[low:high])

    def walk(
        self, window: Window, *, after: Key | None = None, descending: bool = False
    ) -> Iterator[tuple[Key, T]]:
        """The rows of the window in time order from behind `after`, each with its place."""
        keys, low, high = self._slice(window)
        if after is not None and descending:
            high = min(high, bisect_left(keys, after))
        elif after is not None:
            low = max(low, bisect_left(keys, (after[0], after[1] + "\0")))
        for position in range(high - 1, low - 1, -1) if descending else range(low, high):
            yield keys[position], self._items[keys[position][1]]

    def _slice(self, window: Window) -> tuple[list[Key], int, int]:
        keys = self._keys.get((window.field, window.status), [])
        low = bisect_left(keys, (window.start, ""))
        return keys, low, max(low, bisect_left(keys, (window.end, "")))

    def _places(self, item_id: str, times: tuple[int, int, str]) -> Iterator[tuple[list[Key], Key]]:
        for field, time in zip(FIELDS, times[:2], strict=True):
            for status in (None, times[2]):
                yield self._keys.setdefault((field, status), []), (time, item_id)

    def _rebuild(self) -> None:
        self._seen = {
            item_id: (item.create_time, item.update_time, item.status)
            for item_id, item in self._items.items()
        }
        self._keys = {}
        for item_id, times in self._seen.items():
            for keys, key in self._places(item_id, times):
                keys.append(key)
        for keys in self._keys.values():
            keys.sort()
