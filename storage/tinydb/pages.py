"""Documents of the snapshot stay in its file: memory holds where they are, and reads them when asked.

The file is mapped, so the kernel keeps one copy for all processes and drops it when memory is short. A
mapped snapshot is never changed: a new one gets a new inode.
"""

import mmap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Stored: TypeAlias = int | bytes
"""A document: its JSON text, or its place in the snapshot as `place` makes it."""

_BITS = 32
_LENGTH = (1 << _BITS) - 1


def place(offset: int, length: int) -> int:
    """Where a text is in a snapshot, in one number; both in bytes, texts up to 4 GiB."""
    return offset << _BITS | length


class Pages:
    """The bytes of a snapshot, mapped; they stay readable when the file has lost its name."""

    __slots__ = ("_map",)

    def __init__(self, snapshot: int) -> None:
        self._map = mmap.mmap(snapshot, 0, access=mmap.ACCESS_READ)

    def text(self, stored: Stored) -> bytes:
        """The JSON text of a document."""
        if type(stored) is bytes:
            return stored
        offset = int(stored) >> _BITS
        return self._map[offset : offset + (int(stored) & _LENGTH)]

    def texts(self, rows: Iterable[tuple[str, Stored]]) -> list[tuple[str, bytes]]:
        """(key, JSON text) of many documents."""
        pages = self._map
        return [
            (key, stored)
            if type(stored) is bytes
            else (key, pages[(at := int(stored) >> _BITS) : at + (int(stored) & _LENGTH)])
            for key, stored in rows
        ]


@dataclass(frozen=True, slots=True)
class View:
    """The keyed documents of a table at one moment: (key, id) pairs, and what is stored under the ids."""

    keys: Sequence[tuple[str, str]]
    rows: Mapping[str, Stored]
    pages: Pages

    def chunks(self, size: int, prefix: str = "") -> Iterator[list[tuple[str, Stored]]]:
        """(key, stored document) of keys that begin with `prefix`, at most `size` at a time, unsorted."""
        rows = self.rows
        for start in range(0, len(self.keys), size):
            part = self.keys[start : start + size]
            yield [(key, rows[identifier]) for key, identifier in part if key.startswith(prefix)]
