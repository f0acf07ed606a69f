"""The Store port on TinyDB and its journal.

The event loop reads memory and follows other writers in slices. One thread of its own waits for the lock,
writes, syncs and compacts, so that a slow disk never stalls the loop.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Self, TypeVar

import structlog

from core.clock import Clock
from core.store import Changes, Found, Lease, StoreError, Where
from storage.tinydb import leases, record
from storage.tinydb.crashpoints import reach
from storage.tinydb.draft import Draft
from storage.tinydb.journal import COMPACT_AT, Journal
from storage.tinydb.migration import migrate
from storage.tinydb.pages import View
from storage.tinydb.ranking import Ranking
from storage.tinydb.reader import DocumentReader
from storage.tinydb.table import JournalDatabase
from storage.tinydb.transaction import TinyTransaction
from storage.tinydb.waiting import outcome

_log = structlog.get_logger(__name__)
T = TypeVar("T")


class TinyStore(DocumentReader):
    """`core.store.Store` in one directory; several processes may have it open."""

    def __init__(self, journal: Journal, clock: Clock, lock_timeout: float) -> None:
        self._journal = journal
        self._clock = clock
        self._lock_timeout = lock_timeout
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="avasam-store")
        self._turn = asyncio.Lock()
        self._following = asyncio.Lock()
        self._writer: asyncio.Task[object] | None = None
        self._compaction: asyncio.Task[None] | None = None

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
        compact_at: int = COMPACT_AT,
    ) -> Self:
        """Open a store, made when it is not there; `progress` is told bytes done and bytes in all.

        `lock_timeout` is how many seconds a writer waits for others; `group` lets the directory's group
        read and write it from now on (2770, 0660). Raises StoreReadOnly, StoreCorrupt,
        StoreFormat, StoreBusy, and StoreError on a network file system unless `allow_network`.
        """
        journal = Journal(directory, clock, compact_at=compact_at)
        store = cls(journal, clock, lock_timeout)
        try:
            prepare = partial(journal.prepare, lock_timeout, allow_network=allow_network, group=group)
            await store._in_thread(prepare)
            for done, total in journal.loading():
                if progress is not None:
                    progress(done, total)
                await asyncio.sleep(0)
            await store._in_thread(partial(journal.check_tail, lock_timeout))
            await store._in_thread(partial(migrate, journal, clock, lock_timeout))
        except BaseException:
            journal.close()
            store._thread.shutdown()
            raise
        return store

    @property
    def tinydb(self) -> JournalDatabase:
        """The same store for TinyDB's own, synchronous calls; each write is one commit."""
        return JournalDatabase(self._journal, lock_timeout=self._lock_timeout)

    @asynccontextmanager
    async def transaction(self, *, fence: Lease | None = None) -> AsyncIterator[TinyTransaction]:
        """Commit on leaving the block, roll back when it raises. Returns once the commit is durable."""
        async with self._taking_turn():
            await self._take_lock()
            held = True
            tx: TinyTransaction | None = None
            try:
                await self._refresh()
                self._journal.begin()
                draft = Draft(self._journal.memory)
                tx = TinyTransaction(draft)
                if fence is not None:
                    await leases.check(tx, fence)
                yield tx
                changes = draft.settled()
                if changes:
                    committing = self._submit(partial(self._commit_and_release, changes))
                    held = False
                    await outcome(committing)
            finally:
                if tx is not None:
                    tx.end()
                if held:
                    self._journal.lock.release()
        self._compact_when_due()

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
        if self._compaction is not None:
            await asyncio.wait({self._compaction})
        async with self._taking_turn():
            self._journal.close()
            self._thread.shutdown()

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

    @asynccontextmanager
    async def _taking_turn(self) -> AsyncIterator[None]:
        """One writer at a time within this process, first come, first served."""
        task = asyncio.current_task()
        if self._writer is task:
            raise StoreError(
                "this task has a transaction open already. Leave it before starting another one."
            )
        async with self._turn:
            self._writer = task
            try:
                yield
            finally:
                self._writer = None

    async def _take_lock(self) -> None:
        """Hold the lock between processes; waiting for it happens in the thread."""
        self._journal.check_writable()
        lock = self._journal.lock
        if lock.try_acquire():
            return
        abandoned = threading.Event()
        waiting = self._submit(partial(lock.acquire, self._lock_timeout, abandoned=abandoned))
        try:
            await outcome(waiting, when_cancelled=abandoned.set)
        except asyncio.CancelledError:
            if waiting.exception() is None and waiting.result():
                lock.release()
            raise

    def _commit_and_release(self, changes: record.Changes) -> None:
        try:
            self._journal.commit(changes)
        finally:
            self._journal.lock.release()
            reach("commit.unlocked")

    def _compact_when_due(self) -> None:
        if self._journal.compaction_due() and (self._compaction is None or self._compaction.done()):
            self._compaction = asyncio.create_task(self._compact(), name="store compaction")

    async def _compact(self) -> None:
        """Compact after the commit that made it due has been acknowledged."""
        try:
            async with self._taking_turn():
                await self._take_lock()
                await self._in_thread(self._compact_and_release)
        except StoreError as error:
            _log.warning("compaction was put off", why=str(error))

    def _compact_and_release(self) -> None:
        try:
            self._journal.begin()
            if self._journal.compaction_due():
                self._journal.compact()
        finally:
            self._journal.lock.release()

    def _submit(self, work: Callable[[], T]) -> "asyncio.Future[T]":
        return asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        """What `work` returns, run in the store's thread; cancelling waits for it to end."""
        return await outcome(self._submit(work))
