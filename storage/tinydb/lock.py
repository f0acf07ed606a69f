"""The one writer at a time: a lock between the threads of this process and between processes."""

import fcntl
import os
import threading
import time
from contextlib import suppress
from pathlib import Path

from core.store import StoreBusy
from storage.tinydb import files

_POLL = 0.001
_QUICK_POLL = 0.0002
_QUICK_SECONDS = 0.05
_COURTESY_SECONDS = 0.03
_TURN = 1_000
_NO_EVENT = threading.Event()


class WriterLock:
    """A thread lock, then flock on a file that names its holder's pid.

    Waiting polls at a flat pace: with a growing one, a waiter starves behind busy writers. The first to wait
    marks that it is next, by a lock on a byte of the file, and others let it pass: without that, whoever
    just let go is the first to ask again. A mark is a courtesy of 30 ms, so that a waiter that is stopped
    stops nobody. The operating system frees everything when its holder dies. Whichever thread
    took the lock, any thread may release it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._name = str(path)
        self._threads = threading.Lock()
        self._file = files.open_or_create(path)
        self._identity = files.identity(os.fstat(self._file))
        self._mark = b"%-10d\n" % os.getpid()

    def try_acquire(self) -> bool:
        """Take the lock if it is free at this moment and nobody is next; never waits."""
        return self._attempt(stay_next=False, insist=False)

    def acquire(self, timeout: float, *, abandoned: threading.Event = _NO_EVENT) -> bool:
        """Wait up to `timeout` seconds, then raise StoreBusy; False when `abandoned` was set meanwhile."""
        began = time.monotonic()
        try:
            while not self._attempt(stay_next=True, insist=time.monotonic() - began > _COURTESY_SECONDS):
                waited = time.monotonic() - began
                if abandoned.is_set():
                    return False
                if waited >= timeout:
                    raise self._busy(timeout)
                time.sleep(_QUICK_POLL if waited < _QUICK_SECONDS else _POLL)
        finally:
            self._step_back()
        return True

    def release(self) -> None:
        """Let the next one in."""
        with suppress(OSError):
            fcntl.flock(self._file, fcntl.LOCK_UN)
        self._threads.release()

    def holder(self) -> str:
        """Who took the lock last, for a message: "process 1234"."""
        with suppress(OSError, ValueError):
            return f"process {int(os.pread(self._file, 16, 0))}"
        return "another process"

    def close(self) -> None:
        """Give the file back; the lock with it."""
        os.close(self._file)

    def _attempt(self, *, stay_next: bool, insist: bool) -> bool:
        if not self._threads.acquire(blocking=False):
            return False
        taken = False
        try:
            if self._be_next() or insist:
                taken = self._take_file()
            if not stay_next:
                self._step_back()
        except OSError as error:
            raise files.explain(error, self._path, "locked") from error
        finally:
            if not taken:
                self._threads.release()
        return taken

    def _busy(self, timeout: float) -> StoreBusy:
        return StoreBusy(
            f"{self._path.parent} is being written by {self.holder()}, which did not finish within "
            f"{timeout:g} s. Wait for it, or stop that process, then try again."
        )

    def _be_next(self) -> bool:
        """Mark this process as the next one; False when another is."""
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _TURN)
        except (BlockingIOError, PermissionError):
            return False
        return True

    def _step_back(self) -> None:
        with suppress(OSError):
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, _TURN)

    def _take_file(self) -> bool:
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if self._is_current():
                    return False
            else:
                if self._is_current():
                    break
            self._reopen()
        if os.pread(self._file, len(self._mark), 0) != self._mark:
            with suppress(OSError):
                os.pwrite(self._file, self._mark, 0)
        return True

    def _is_current(self) -> bool:
        """Whether the open file is still the one that others find under its name."""
        try:
            return files.identity(os.stat(self._name)) == self._identity  # noqa: PTH116 - in every commit
        except FileNotFoundError:
            return False

    def _reopen(self) -> None:
        fresh = files.open_or_create(self._path)
        os.close(self._file)
        self._file = fresh
        self._identity = files.identity(os.fstat(fresh))
