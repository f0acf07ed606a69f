"""One generation in memory, and how far its journal has been applied."""

import os

from storage.tinydb import files, record
from storage.tinydb.generation import Generation
from storage.tinydb.memory import Memory
from storage.tinydb.pages import Pages

SLICE = 256 * 1024
"""Bytes of journal that are applied at a time: a few milliseconds' work."""


class State:
    """Memory equals the snapshot plus the journal from `generation.start` to `offset` (storage.md I2)."""

    def __init__(self, generation: Generation) -> None:
        self.generation = generation
        self.memory = Memory(generation.header.seq, Pages(generation.snapshot))
        self.offset = generation.start

    def size(self) -> int:
        """The journal's size on disk, in bytes."""
        return os.fstat(self.generation.journal).st_size

    def adopt(self, generation: Generation) -> None:
        """Go on with a generation whose snapshot holds exactly what is in memory."""
        self.generation.close()
        self.generation, self.offset = generation, generation.start

    def advance(self) -> bool:
        """Apply the next slice of whole, undamaged, consecutive transactions; whether there was one."""
        before = self.offset
        for line in self._lines():
            entry = record.decode(line)
            if entry is None or entry.seq != self.memory.seq + 1:
                break
            self.memory.apply(entry.seq, entry.changes)
            self.offset += len(line)
        return self.offset > before

    def tail(self) -> bytes:
        """The bytes after the last transaction that could be applied."""
        return files.read_at(self.generation.journal, max(self.size() - self.offset, 0), self.offset)

    def _lines(self) -> list[bytes]:
        length = SLICE
        while True:
            data = files.read_at(self.generation.journal, length, self.offset)
            end = data.rfind(b"\n")
            if end >= 0:
                return [line + b"\n" for line in data[:end].split(b"\n")]
            if len(data) < length:
                return []
            length *= 4
