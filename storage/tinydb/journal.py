"""The writing side of the journal: one writer at a time appends transactions (storage.md "Commit")."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from core.clock import Clock
from core.store import OutcomeUnknown, StoreError, StorePoisoned
from storage.tinydb import files, generation, record
from storage.tinydb.crashpoints import reach
from storage.tinydb.draft import Draft
from storage.tinydb.follower import Follower
from storage.tinydb.generation import Generation
from storage.tinydb.lock import WriterLock
from storage.tinydb.network import refuse_network
from storage.tinydb.pages import Pages
from storage.tinydb.record import Changes
from storage.tinydb.repair import cut_torn_tail
from storage.tinydb.snapshot import Tables
from storage.tinydb.state import State

COMPACT_AT = 8 * 1024 * 1024
"""A journal larger than this, and than its snapshot, is folded into a new snapshot. Bytes."""

_log = structlog.get_logger(__name__)


class Journal(Follower):
    """An open store directory. Call `prepare`, exhaust `loading`, call `check_tail`, before anything else."""

    def __init__(self, directory: Path, clock: Clock, *, compact_at: int = COMPACT_AT) -> None:
        super().__init__(directory)
        self._clock = clock
        self._lock: WriterLock | None = None
        self._poisoned = ""
        self._compact_at = self._compact_step = compact_at

    @property
    def lock(self) -> WriterLock:
        """What a writer holds from `begin` to the end of `commit` or `compact`."""
        if self._lock is None:
            raise StoreError(f"{self.directory} is closed. Open the store again.")
        return self._lock

    def prepare(self, lock_timeout: float, *, allow_network: bool = False, group: bool = False) -> None:
        """Make what is missing: the directory, the lock, an empty store; `group` shares it with its group."""
        files.make_directory(self.directory, group=group)
        if not allow_network:
            refuse_network(self.directory)
        self._lock = lock = WriterLock(self.directory / "lock")
        exists = (self.directory / generation.SNAPSHOT).exists()
        if exists and not lock.try_acquire():
            return
        if not exists:
            lock.acquire(lock_timeout)
        try:
            self._create_or_sweep()
        finally:
            lock.release()

    def check_tail(self, lock_timeout: float) -> None:
        """After loading: when the journal does not end with a whole transaction, find out why."""
        if self.state.tail():
            with self.holding(lock_timeout):
                self.begin()

    def close(self) -> None:
        """Give all files back. Acknowledged transactions are durable already."""
        super().close()
        lock, self._lock = self._lock, None
        if lock is not None:
            lock.close()

    @contextmanager
    def holding(self, timeout: float) -> Iterator[None]:
        """Hold the lock, waiting for it at most `timeout` seconds."""
        self.check_writable()
        lock = self.lock
        lock.acquire(timeout)
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def writing(self, timeout: float) -> Iterator[Draft]:
        """A transaction: commits when the block ends, writes nothing when it raises."""
        with self.holding(timeout):
            self.begin()
            draft = Draft(self.memory)
            yield draft
            changes = draft.settled()
            if changes:
                self.commit(changes)
            if self.compaction_due():
                self.compact()

    def check_writable(self) -> None:
        """Raise when this process may not commit: forked off, poisoned or closed."""
        self.refuse_fork()
        if self._poisoned:
            raise StorePoisoned(self._poisoned)

    def begin(self) -> None:
        """With the lock held: catch up, and clear away what a writer that died left unfinished."""
        self.check_writable()
        if self.behind():
            for _ in self.following():
                pass
            cut_torn_tail(self.state, self._journal_path(), self._clock)
        reach("commit.locked")

    def begin_current(self) -> None:
        """The same once `behind` has said, with the lock held, that there is nothing to catch up with."""
        self.check_writable()
        reach("commit.locked")

    def commit(self, changes: Changes) -> None:
        """With the lock held, after `begin`: append, sync, apply. On return the transaction is durable."""
        state = self.state
        line = record.encode(state.memory.seq + 1, changes)
        reach("commit.encoded")
        with self.guard:
            self._writing = True
        try:
            self._append(state, line)
            reach("commit.appended")
            self._sync(state)
            reach("commit.synced")
            with self.guard:
                state.memory.apply(state.memory.seq + 1, changes)
                state.offset += len(line)
        finally:
            self._writing = False
        reach("commit.applied")

    def compaction_due(self) -> bool:
        """Whether the journal has outgrown its snapshot."""
        state = self.state
        return state.offset > max(self._compact_at, state.generation.header.size) and not self._poisoned

    def compact(self) -> None:
        """With the lock held, after `begin`: start a new generation. Errors are logged: all is durable."""
        state = self.state
        number = state.generation.header.gen + 1
        reach("compact.begun")
        with self._own_write():
            try:
                memory = state.memory
                tables = ((name, memory.texts(name)) for name in memory.names())
                fresh, places = self._publish(number, memory.seq, tables)
            except (OSError, StoreError) as error:
                self._compact_at = state.offset + self._compact_step
                _log.warning("compaction failed; the journal goes on growing", why=str(error))
                return
            self._compact_at = self._compact_step
            self._adopt(state, fresh, places)

    def rewrite(self, tables: Tables) -> None:
        """With the lock held, after `begin`: a new generation of documents that memory does not hold yet."""
        outgrown = self._journal_path()
        number = self.state.generation.header.gen + 1
        with self._own_write(), files.explained(self.directory / generation.SNAPSHOT, "written"):
            self._publish(number, self.memory.seq, tables)[0].close()
            files.sync_directory(self.directory)
        outgrown.unlink(missing_ok=True)
        for _ in self._load(self.newest()):
            pass

    def _publish(self, number: int, seq: int, tables: Tables) -> tuple[Generation, generation.Places]:
        fresh, places = generation.prepare(self.directory, number, seq, tables)
        try:
            generation.install(self.directory)
        except OSError:
            fresh.close()
            generation.discard(self.directory, number)
            raise
        return fresh, places

    def _adopt(self, state: State, fresh: Generation, places: generation.Places) -> None:
        """Go on with a generation that others see already; when it is not durable, commits to it were not."""
        outgrown = self._journal_path()
        with self.guard:
            state.adopt(fresh)
            state.memory.rebase(Pages(fresh.snapshot), places)
        try:
            files.sync_directory(self.directory)
            reach("compact.rename-synced")
        except OSError as error:
            self._poison(self.directory, error)
            return
        outgrown.unlink(missing_ok=True)
        reach("compact.old-unlinked")

    @contextmanager
    def _own_write(self) -> Iterator[None]:
        """While this process writes, memory is current, and nobody here follows the unfinished bytes."""
        with self.guard:
            self._writing = True
        try:
            yield
        finally:
            self._writing = False

    def _create_or_sweep(self) -> None:
        if (self.directory / generation.SNAPSHOT).exists():
            current = self.newest()
            current.close()
            generation.sweep(self.directory, current.header.gen)
            return
        if generation.holds_data(self.directory):
            raise self.missing()
        with files.explained(self.directory / generation.SNAPSHOT, "written"):
            generation.prepare(self.directory, 1, 0, ())[0].close()
            generation.install(self.directory)
            files.sync_directory(self.directory)

    def _journal_path(self) -> Path:
        return generation.journal_path(self.directory, self.state.generation.header.gen)

    def _append(self, state: State, line: bytes) -> None:
        try:
            files.write_at(state.generation.journal, line, state.offset)
        except OSError as error:
            path = self._journal_path()
            try:
                os.ftruncate(state.generation.journal, state.offset)
            except OSError as second:
                self._poison(path, second)
            raise files.explain(error, path, "written") from error

    def _sync(self, state: State) -> None:
        try:
            files.sync_data(state.generation.journal)
        except OSError as error:
            path = self._journal_path()
            self._poison(path, error)
            raise OutcomeUnknown(
                f"{path} could not be synced to disk: {error.strerror}. "
                "The change may or may not have been kept. Check the disk, start the program again and look."
            ) from error

    def _poison(self, path: Path, error: OSError) -> None:
        """Commit nothing any more: after a failed sync the kernel may have dropped what it did not write."""
        self._poisoned = (
            f"{path} could not be synced to disk ({error.strerror}); nothing more is written. "
            "Check the disk, then start the program again."
        )
        _log.error("the store is poisoned", why=self._poisoned)
