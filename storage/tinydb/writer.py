"""The writing side of the store: transactions take turns, hold the lock, commit, compact when it is due."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from time import perf_counter
from types import TracebackType
from typing import TypeVar

import structlog

from core.store import Lease, StoreError
from storage.tinydb import leases
from storage.tinydb.crashpoints import reach
from storage.tinydb.draft import Draft
from storage.tinydb.journal import Journal
from storage.tinydb.pace import Pace
from storage.tinydb.record import Changes
from storage.tinydb.transaction import TinyTransaction
from storage.tinydb.waiting import outcome

_log = structlog.get_logger(__name__)
T = TypeVar("T")


class Writer:
    """One writer at a time within this process, first come, first served."""

    def __init__(
        self, journal: Journal, lock_timeout: float, pace: Pace, refresh: Callable[[], Awaitable[None]]
    ) -> None:
        self._journal = journal
        self._lock_timeout = lock_timeout
        self._pace = pace
        self._refresh = refresh
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="avasam-store")
        self._turn = asyncio.Lock()
        self._task: asyncio.Task[object] | None = None
        self._compaction: asyncio.Task[None] | None = None

    async def begin(self, fence: Lease | None) -> TinyTransaction:
        """A transaction on the newest state; the lock is held until `end`."""
        await self._take_turn()
        try:
            await self._take_lock()
            try:
                if self._journal.behind():
                    await self._refresh()
                    self._journal.begin()
                else:
                    self._journal.begin_current()
                tx = TinyTransaction(Draft(self._journal.memory))
                if fence is not None:
                    await leases.check(tx, fence)
            except BaseException:
                self._journal.lock.release()
                raise
        except BaseException:
            self._leave_turn()
            raise
        return tx

    async def end(self, tx: TinyTransaction, *, keep: bool) -> None:
        """Commit what was changed, or forget it; returns once it is durable."""
        held = True
        try:
            draft = tx.end()
            changes = draft.settled() if keep else None
            if changes:
                held = False
                await self._commit(changes)
        finally:
            if held:
                self._journal.lock.release()
            self._leave_turn()
        if changes and self._journal.compaction_due():
            self._compact_soon()
            await asyncio.sleep(0)
        elif changes and self._pace.breath_due():
            await asyncio.sleep(0)

    async def close(self) -> None:
        """Wait for what is under way, then give the files back."""
        if self._compaction is not None:
            await asyncio.wait({self._compaction})
        await self._take_turn()
        try:
            self.abandon()
        finally:
            self._leave_turn()

    def abandon(self) -> None:
        """Give the files back at once."""
        self._journal.close()
        self._thread.shutdown()

    async def in_thread(self, work: Callable[[], T]) -> T:
        """What `work` returns, run in the store's thread; cancelling waits for it to end."""
        return await outcome(self._submit(work))

    async def _take_turn(self) -> None:
        task = asyncio.current_task()
        if self._task is task:
            raise StoreError(
                "this task has a transaction open already. Leave it before starting another one."
            )
        await self._turn.acquire()
        self._task = task

    def _leave_turn(self) -> None:
        self._task = None
        self._turn.release()

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

    async def _commit(self, changes: Changes) -> None:
        documents = sum(map(len, changes.values()))
        if self._pace.on_loop(documents):
            self._commit_and_release(changes, documents)
        else:
            await self.in_thread(partial(self._commit_and_release, changes, documents))

    def _commit_and_release(self, changes: Changes, documents: int) -> None:
        began = perf_counter()
        try:
            self._journal.commit(changes)
        finally:
            self._journal.lock.release()
            self._pace.took(documents, perf_counter() - began)
            reach("commit.unlocked")

    def _compact_soon(self) -> None:
        if self._compaction is None or self._compaction.done():
            self._compaction = asyncio.create_task(self._compact(), name="store compaction")

    async def _compact(self) -> None:
        """Compact after the commit that made it due has been acknowledged."""
        try:
            await self._take_turn()
            try:
                await self._take_lock()
                await self.in_thread(self._compact_and_release)
            finally:
                self._leave_turn()
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


class Transacting:
    """The block of a transaction: commits on leaving it, rolls back when it raises."""

    __slots__ = ("_fence", "_tx", "_writer")

    def __init__(self, writer: Writer, fence: Lease | None) -> None:
        self._writer = writer
        self._fence = fence

    async def __aenter__(self) -> TinyTransaction:
        self._tx = await self._writer.begin(self._fence)
        return self._tx

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._writer.end(self._tx, keep=kind is None)
