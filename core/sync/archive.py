"""Old finished orders and activity leave the store for compressed files of their month, a portion at a time.

Orders that are over on both sides and untouched for `archive_days`, activity older than `activity_days`. Open
problems and whatever is not finished stay. A document leaves the store only when it is durable in a file, so
that it is never in neither; one that died in between is found in both and leaves with the next portion.
"""

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from core import tables
from core.clock import Clock
from core.models.base import iso
from core.models.order import Order, OrderState
from core.store import Document, Lease, Reader, Store, Where
from core.sync.archive_files import Archived, ArchiveFiles
from core.text import words_of

LEASE: Final = "archive"
TTL: Final = timedelta(minutes=10)
PORTION: Final = 500
"""Documents that one step moves: a few milliseconds' work for the event loop."""
_OURS_OVER: Final = (OrderState.TRACKING_RETURNED, OrderState.CLOSED, OrderState.CANCELLED)
_THEIRS_OVER: Final = ("COMPLETED", "CANCELLED")
"""TikTok's own last words on an order: one that is read again in such a status is never sent."""
_OVER: Final = (Where("state", "in", _OURS_OVER), Where("source.status", "in", _THEIRS_OVER))


@dataclass(frozen=True, slots=True)
class Moved:
    """What was archived."""

    orders: int = 0
    activity: int = 0

    def __add__(self, other: "Moved") -> "Moved":
        return Moved(self.orders + other.orders, self.activity + other.activity)

    def __bool__(self) -> bool:
        return bool(self.orders or self.activity)


@dataclass(frozen=True, slots=True)
class Ages:
    """How many days finished orders and finished activity stay in the store."""

    orders: int
    activity: int


class Archive:
    """The archive of one store."""

    def __init__(self, store: Store, clock: Clock, directory: Path) -> None:
        self._store = store
        self._clock = clock
        self._files = ArchiveFiles(directory)
        self._due: deque[tuple[str, str, list[str]]] = deque()

    async def look(self, ages: Ages) -> bool:
        """Find what is old enough; whether there is something. `portion` then moves it."""
        months: dict[tuple[str, str], list[str]] = {}
        old = self._before(ages.orders)
        over = (*_OVER, Where("source.updated_at", "lt", old))
        async for chunk in self._store.columns(tables.ORDERS, ("downloaded_at",), over):
            for key, (at,) in chunk:
                months.setdefault((tables.ORDERS, _month(at)), []).append(key)
        ended = (Where("finished_at", "lt", self._before(ages.activity)),)
        async for chunk in self._store.columns(tables.ACTIVITY, ("finished_at",), ended):
            for key, (at,) in chunk:
                months.setdefault((tables.ACTIVITY, _month(at)), []).append(key)
        self._due = deque(
            (table, month, keys[start : start + PORTION])
            for (table, month), keys in months.items()
            for start in range(0, len(keys), PORTION)
        )
        return bool(self._due)

    async def portion(self, ages: Ages, lease: Lease) -> Moved | None:
        """Move some of what `look` found, as it is now; None when nothing is left.

        Raises LeaseLost, and ArchiveTrouble when the files cannot be written.
        """
        if not self._due:
            self._files.rest()
            return None
        table, month, keys = self._due.popleft()
        rows = []
        for key in await _untroubled(self._store, table, keys):
            row = await self._store.get(table, key)
            if row is not None and self._is_old(table, row, ages):
                rows.append(Archived(month, table, key, row))
        if not rows:
            return Moved()
        await asyncio.to_thread(self._files.add, rows)
        dropped = await self._drop(rows, lease)
        return Moved(orders=dropped) if table == tables.ORDERS else Moved(activity=dropped)

    async def search(self, text: str = "", *, limit: int = 100) -> list[Archived]:
        """Documents in which all words of `text` occur, newest month first. Raises ArchiveTrouble."""
        return await asyncio.to_thread(self._files.search, words_of(text), limit)

    def files(self) -> list[Path]:
        """The monthly files, newest first."""
        return self._files.files()

    def _before(self, days: int) -> str:
        return str(iso(self._clock.now() - timedelta(days=days)))

    def _is_old(self, table: str, row: Document, ages: Ages) -> bool:
        if table == tables.ACTIVITY:
            return str(row["finished_at"]) < self._before(ages.activity)
        order = Order.from_document(row)
        now = self._clock.now()
        over = order.state in _OURS_OVER and order.source.status in _THEIRS_OVER
        followed = order.follow_until is not None and order.follow_until > now
        return over and not followed and order.source.updated_at < now - timedelta(days=ages.orders)

    async def _drop(self, rows: Sequence[Archived], lease: Lease) -> int:
        """Delete archived documents, but for those that changed since they were read."""
        dropped = 0
        by_key = {row.key: row for row in rows}
        async with self._store.transaction(fence=lease) as tx:
            for key in await _untroubled(tx, rows[0].table, by_key):
                one = by_key[key]
                if await tx.get(one.table, key) == one.document:
                    dropped += await tx.delete(one.table, key)
        return dropped


async def _untroubled(store: Reader, table: str, keys: Iterable[str]) -> list[str]:
    """The keys of which no open problem speaks."""
    if table != tables.ORDERS:
        return list(keys)
    troubled = " ".join([key async for chunk in store.columns(tables.PROBLEMS, ()) for key, _ in chunk])
    return [key for key in keys if key.rpartition("/")[2] not in troubled]


def _month(instant: object) -> str:
    return f"{datetime.fromisoformat(str(instant)):%Y-%m}"
