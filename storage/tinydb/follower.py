"""The reading side of the journal: load a store directory, then follow what others commit, without a lock."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

from core.store import StoreCorrupt, StoreError
from storage.tinydb import files, generation, snapshot
from storage.tinydb.generation import Generation
from storage.tinydb.memory import Memory
from storage.tinydb.state import State


class Follower:
    """A store directory in memory. Safe to use from several threads.

    `guard` is held while memory changes: whoever takes it sees whole transactions only.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.guard = threading.RLock()
        self._path = str(directory)
        self._process = os.getpid()
        self._state: State | None = None
        self._writing = False

    @property
    def memory(self) -> Memory:
        """The documents as of the last transaction that was followed."""
        return self.state.memory

    @property
    def state(self) -> State:
        """What is loaded; StoreError before `loading` and after `close`."""
        if self._state is None:
            raise StoreError(f"{self.directory} is closed. Open the store again.")
        return self._state

    def loading(self) -> Iterator[tuple[int, int]]:
        """Read everything, step by step; yields bytes done and bytes in all."""
        return self._load(self.newest())

    def behind(self) -> bool:
        """Whether the files hold more than memory does: one stat and one fstat."""
        self.refuse_fork()
        with self.guard:
            state = self.state
            if self._writing:
                return False
            return state.size() != state.offset or self._identity() != state.generation.identity

    def following(self) -> Iterator[None]:
        """Catch up with other writers, a slice at a time."""
        while True:
            with self.guard, files.explained(self.directory, "read"):
                if self._writing:
                    return
                state = self.state
                moved = state.advance()
                fresh = None if moved else self._successor(state)
                if fresh is not None and self._continues(fresh, state):
                    state.adopt(fresh)
                    continue
            if fresh is not None:
                for _ in self._load(fresh):
                    yield
            elif moved:
                yield
            else:
                return

    def newest(self) -> Generation:
        """The generation on disk, opened."""
        fresh = generation.open_newest(self.directory)
        if fresh is None:
            raise self.missing()
        return fresh

    def missing(self) -> StoreCorrupt:
        """The error for a store without its snapshot."""
        return StoreCorrupt(
            f"{self.directory / generation.SNAPSHOT} is missing. "
            "Stop the program and restore the directory from a backup."
        )

    def close(self) -> None:
        """Give the files back."""
        with self.guard:
            state, self._state = self._state, None
        if state is not None:
            state.generation.close()

    def refuse_fork(self) -> None:
        """Raise StoreError in a forked child: it would share the parent's lock."""
        if os.getpid() != self._process:
            raise StoreError(
                f"{self.directory} was opened by process {self._process}, "
                f"of which this one ({os.getpid()}) is a fork. Open the store again in this process."
            )

    def _identity(self) -> files.Stamp:
        try:
            return generation.snapshot_identity(self._path)
        except FileNotFoundError:
            raise self.missing() from None

    def _successor(self, state: State) -> Generation | None:
        """A newer generation than the loaded one, whose journal is then final and read to its end."""
        if self._identity() == state.generation.identity:
            return None
        while state.advance():
            pass
        return self.newest()

    def _continues(self, fresh: Generation, state: State) -> bool:
        """Whether a newer generation holds exactly what is in memory, so that nothing need be read again."""
        before, after = state.generation.header, fresh.header
        return after.seq == state.memory.seq and after.gen > before.gen and after.format == before.format

    def _load(self, fresh: Generation) -> Iterator[tuple[int, int]]:
        """Read a generation aside, then put it in the place of the current one.

        It is dropped when another thread was quicker and has moved on meanwhile: what is in force then may be
        newer, and a writer may be using its files. Whoever follows looks again afterwards.

        Memory then holds no containers by the document, so that the garbage collector has nothing to walk.
        """
        unused: Generation | None = fresh
        with self.guard:
            outgrown = self._state
            outgrown_generation = outgrown.generation if outgrown is not None else None
        try:
            with files.explained(self.directory, "read"):
                state = State(fresh)
                yield from _fill(state, self.directory / generation.SNAPSHOT)
            with self.guard:
                now = self._state
                generation_now = now.generation if now is not None else None
                if (now, generation_now) == (outgrown, outgrown_generation) and not self._writing:
                    self._state, unused = state, outgrown_generation
        finally:
            if unused is not None:
                unused.close()


def _fill(state: State, path: Path) -> Iterator[tuple[int, int]]:
    header = state.generation.header
    reading = snapshot.Reading(state.generation.snapshot, path)
    total = header.size + state.size()
    for batch in reading.batches():
        state.memory.load(batch.table, batch.rows)
        yield batch.done, total
    if (reading.size, reading.crc) != (header.size, header.crc):
        raise generation.changed(path, snapshot.first_unreadable(state.generation.snapshot))
    while state.advance():
        yield min(header.size + state.offset, total), total
    yield total, total
