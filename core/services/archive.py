"""Old finished orders and activity, in one compressed file a month, where they can still be searched.

Orders move there, activity is copied there before the worker forgets it (`activity_days`). Open problems and
whatever is not finished on both sides stay where they are. A file is `orders-2026-01.jsonl.gz` with lines
`[table, key, document]`; it is replaced as a whole, and an order leaves the store only when it is durable.
"""

import asyncio
import gzip
import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import orjson

from core import tables
from core.clock import Clock
from core.models.order import Order, OrderState
from core.services.errors import NotAllowedNow, ServiceError
from core.services.filing import private_file
from core.store import Document, Lease, Store, Where

LEASE: Final = "archive"
_LEASE_TTL: Final = timedelta(minutes=10)
_OURS_OVER: Final = (OrderState.TRACKING_RETURNED, OrderState.CLOSED, OrderState.CANCELLED)
_THEIRS_OVER: Final = ("COMPLETED", "CANCELLED")
"""TikTok's own last words on an order: one that is read again in such a status is never sent."""
_FILE: Final = re.compile(r"(orders|activity)-([0-9]{4}-[0-9]{2})\.jsonl\.gz")
_BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Archived:
    """One document in the archive; `month` is `2026-01`."""

    month: str
    table: str
    key: str
    document: Document


@dataclass(frozen=True, slots=True)
class Moved:
    """What a run archived."""

    orders: int
    activity: int


class Archive:
    """The archive of one installation: a directory of monthly files, made when first needed."""

    def __init__(self, store: Store, clock: Clock, directory: Path, *, owner: str) -> None:
        self._store = store
        self._clock = clock
        self._directory = directory
        self._owner = owner

    async def run(self, *, days: int) -> Moved:
        """Archive orders that are over and untouched for `days`, and all finished activity.

        Safe to repeat and to interrupt. NotAllowedNow while another program does the same.
        """
        lease = await self._store.lease(LEASE, owner=self._owner, ttl=_LEASE_TTL)
        if lease is None:
            raise NotAllowedNow("Another program is archiving", "Wait until it has finished.")
        try:
            orders = await self._orders(days)
            await self._keep(orders)
            moved = await self._drop(orders, lease)
            activity = [
                Archived(_month(row["finished_at"]), tables.ACTIVITY, key, row)
                async for key, row in self._store.scan(tables.ACTIVITY)
            ]
            return Moved(moved, await self._keep(activity))
        finally:
            await self._store.release(lease)

    async def search(self, text: str = "", *, limit: int = 100) -> list[Archived]:
        """Documents in which all words of `text` occur, newest month first."""
        return await asyncio.to_thread(self._search, text.casefold().split(), limit)

    def files(self) -> list[Path]:
        """The monthly files, newest first."""
        if not self._directory.is_dir():
            return []
        found = [path for path in self._directory.iterdir() if _FILE.fullmatch(path.name)]
        return sorted(found, key=_order, reverse=True)

    async def _orders(self, days: int) -> list[Archived]:
        now = self._clock.now()
        before = now - timedelta(days=days)
        troubled = {key async for chunk in self._store.columns(tables.PROBLEMS, ()) for key, _ in chunk}
        over = (Where("state", "in", _OURS_OVER), Where("source.status", "in", _THEIRS_OVER))
        found = []
        async for key, row in self._store.scan(tables.ORDERS, over):
            order = Order.from_document(row)
            followed = order.follow_until is not None and order.follow_until > now
            if order.source.updated_at >= before or followed:
                continue
            if any(order.source.id in problem for problem in troubled):
                continue
            found.append(Archived(_month(row["downloaded_at"]), tables.ORDERS, key, row))
        return found

    async def _keep(self, documents: Iterable[Archived]) -> int:
        """Add documents to their months' files; how many were not there yet."""
        by_file: dict[Path, list[Archived]] = defaultdict(list)
        for one in documents:
            by_file[self._directory / f"{one.table}-{one.month}.jsonl.gz"].append(one)
        if by_file:
            await asyncio.to_thread(self._make)
        return sum([await asyncio.to_thread(_add, path, rows) for path, rows in by_file.items()])

    async def _drop(self, orders: list[Archived], lease: Lease) -> int:
        """Delete archived orders, but for those that changed since they were read."""
        dropped = 0
        for start in range(0, len(orders), _BATCH):
            async with self._store.transaction(fence=lease) as tx:
                for one in orders[start : start + _BATCH]:
                    if await tx.get(one.table, one.key) == one.document:
                        dropped += await tx.delete(one.table, one.key)
        return dropped

    def _make(self) -> None:
        try:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            what = f"{self._directory} cannot be made: {error.strerror}"
            raise ServiceError(what, "Make room, or let this user write there.") from None

    def _search(self, words: list[str], limit: int) -> list[Archived]:
        found: list[Archived] = []
        for path in self.files():
            for line in _lines(path):
                folded = line.decode().casefold()
                if all(word in folded for word in words):
                    table, key, document = orjson.loads(line)
                    found.append(Archived(_months(path), table, key, document))
                    if len(found) >= limit:
                        return found
        return found


def _add(path: Path, rows: list[Archived]) -> int:
    """Rewrite a month's file with what it lacks; how much that was."""
    lines = dict.fromkeys(_lines(path) if path.exists() else ())
    before = len(lines)
    lines.update(dict.fromkeys(orjson.dumps([row.table, row.key, row.document]) + b"\n" for row in rows))
    if len(lines) > before:
        with (
            private_file(path) as file,
            gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed,
        ):
            packed.writelines(lines)
    return len(lines) - before


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with gzip.open(path, "rb") as file:
            yield from file
    except (OSError, EOFError, zlib.error) as error:
        cure = "Restore this file from a copy, or move it away; the others can be searched without it."
        raise ServiceError(f"{path} cannot be read: {error}", cure) from None


def _order(path: Path) -> tuple[str, str]:
    return _months(path), path.name


def _months(path: Path) -> str:
    match = _FILE.fullmatch(path.name)
    return match[2] if match else ""


def _month(instant: object) -> str:
    return f"{datetime.fromisoformat(str(instant)):%Y-%m}"
