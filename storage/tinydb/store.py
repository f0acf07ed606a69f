"""The Store port on TinyDB and its journal.

The event loop reads memory and follows other writers in slices. What could stall it goes to one thread of the
store's own: waiting for the lock, compaction, and commits where a screen is drawn or the disk is slow.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Self

from core.clock import Clock
from core.store import Changes, Found, Lease, Where
from storage.tinydb import leases
from storage.tinydb.journal import COMPACT_AT, Journal
from storage.tinydb.migration import migrate
from storage.tinydb.pace import Pace
from storage.tinydb.pages import View
from storage.tinydb.ranking import Ranking
from storage.tinydb.reader import DocumentReader
from storage.tinydb.table import JournalDatabase
from storage.tinydb.writer import Transacting, Writer


class TinyStore(DocumentReader):
    """`core.store.Store` in one directory; several processes may have it open."""

    def __init__(self, journal: Journal, clock: Clock, lock_timeout: float, pace: Pace) -> None:
        self._journal = journal
        self._clock = clock
        self._lock_timeout = lock_timeout
        self._following = asyncio.Lock()
        self._counts: dict[tuple[str, str], tuple[object, int]] = {}
        self._writer = Writer(journal, lock_timeout, pace, self._refresh)

    @classmethod
    async def open(
        cls,
        directory: Path,
        *,
        clock: Clock,
        lock_timeout: float = 5.0,
        progress: Callable[[int, int], None] | None = None,
        allow_network: bool = False,
        group: bool = False,
        screen: bool = False,
        compact_at: int = COMPACT_AT,
    ) -> Self:
        """Open a store, made when it is not there; `progress` is told bytes done and bytes in all.

        `lock_timeout` is how many seconds a writer waits for others; `group` lets the directory's group
        read and write it from now on (2770, 0660); with `screen` no commit runs on the event loop. Raises
        StoreReadOnly, StoreCorrupt, StoreFormat, StoreBusy, and StoreError on a network file system unless
        `allow_network`.
        """
        journal = Journal(directory, clock, compact_at=compact_at)
        store = cls(journal, clock, lock_timeout, Pace(screen=screen))
        try:
            prepare = partial(journal.prepare, lock_timeout, allow_network=allow_network, group=group)
            await store._writer.in_thread(prepare)
            for done, total in journal.loading():
                if progress is not None:
                    progress(done, total)
                await asyncio.sleep(0)
            await store._writer.in_thread(partial(journal.check_tail, lock_timeout))
            await store._writer.in_thread(partial(migrate, journal, clock, lock_timeout))
        except BaseException:
            store._writer.abandon()
            raise
        return store

    @property
    def tinydb(self) -> JournalDatabase:
        """The same store for TinyDB's own, synchronous calls; each write is one commit."""
        return JournalDatabase(self._journal, lock_timeout=self._lock_timeout)

    def transaction(self, *, fence: Lease | None = None) -> Transacting:
        """Commit on leaving the block, roll back when it raises. Returns once the commit is durable."""
        return Transacting(self._writer, fence)

    async def query(
        self,
        table: str,
        where: Sequence[Where] = (),
        *,
        order_by: str | None = None,
        descending: bool = False,
        limit: int | None = None,
        offset: int = 0,
    ) -> Found:
        """Matching documents, sorted by a field (None last), ties and no `order_by` by key."""
        keep = None if limit is None else offset + limit
        ranking = Ranking(order_by, descending=descending, keep=keep)
        async for chunk in self.sifted(table, where):
            ranking.add(chunk)
        return Found(ranking.page(offset, limit), ranking.total)

    async def changes(self, after_seq: int) -> Changes:
        """What anybody committed since; cheap when nothing did."""
        await self._refresh()
        with self._journal.guard:
            return self._journal.memory.changes(after_seq)

    async def lease(self, name: str, *, owner: str, ttl: timedelta) -> Lease | None:
        """Take or renew a lease: None while another owner holds it unexpired."""
        holder = await self.holder(name)
        if holder is not None and holder.owner != owner:
            return None
        async with self.transaction() as tx:
            return await leases.take(tx, name, owner, ttl, self._clock.now())

    async def holder(self, name: str) -> Lease | None:
        """Who holds an unexpired lease now."""
        return leases.current(name, await self.get(leases.TABLE, name), self._clock.now())

    async def release(self, lease: Lease) -> None:
        """Give a lease back at once; harmless when it is already somebody else's."""
        async with self.transaction() as tx:
            await leases.give_back(tx, lease, self._clock.now())

    async def close(self) -> None:
        """Stop; every acknowledged commit is already durable."""
        await self._writer.close()

    async def count(self, table: str, where: Sequence[Where] = (), *, prefix: str = "") -> int:
        """How many documents match; without a condition it is kept until the table changes.

        Screens ask every second, and looking at 90,000 keys would be felt beside each key press.
        """
        if where:
            return await super().count(table, where, prefix=prefix)
        await self._refresh()
        with self._journal.guard:
            stamp = self._journal.memory.stamp(table)
        known = self._counts.get((table, prefix))
        if known is None or known[0] is not stamp:
            known = (stamp, await super().count(table, prefix=prefix))
            self._counts[table, prefix] = known
        return known[1]

    async def _find(self, table: str, key: str) -> bytes | None:
        await self._refresh()
        with self._journal.guard:
            return self._journal.memory.find(table, key)

    async def _view(self, table: str) -> View:
        await self._refresh()
        with self._journal.guard:
            return self._journal.memory.view(table)

    async def _refresh(self) -> None:
        """Follow what other processes committed, in slices."""
        if not self._journal.behind():
            return
        async with self._following:
            for _ in self._journal.following():
                await asyncio.sleep(0)
