"""The snapshot: TinyDB's own JSON, one document per line, so that it is read and written in chunks.

Its first table, `_meta`, holds one document: format, generation, and the sequence number of the last
transaction inside, and which version of the program it needs.
"""

import os
import re
import zlib
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeAlias

import orjson

from core.store import StoreCorrupt, StoreFormat
from storage.tinydb import files
from storage.tinydb.documents import key_of
from storage.tinydb.pages import place

Tables: TypeAlias = Iterable[tuple[str, Iterable[tuple[str, bytes]]]]
"""Table, then (document id, JSON text); a table has at least one document."""

FORMAT = 2
NEEDS = "0.1.0"
"""The oldest program that reads this format."""
META = "_meta"

_CHUNK = 256 * 1024
_OPENING = b'{"_meta":'
_ROW = re.compile(rb'"([0-9]+)":(?=\{(?:"_key":"([^"\\]*)")?)')
_CURE = "Restore the directory from a backup; nothing was changed by this program."


@dataclass(frozen=True, slots=True)
class Meta:
    """The document of the `_meta` table."""

    format: int
    gen: int
    seq: int
    needs: str = NEEDS


@dataclass(frozen=True, slots=True)
class Batch:
    """Some documents of one table: (id, key, place), and how far into the file they reach, in bytes."""

    table: str
    rows: Sequence[tuple[str, str | None, int]]
    done: int


@dataclass(frozen=True, slots=True)
class Written:
    """Size in bytes and crc32 of a snapshot, and where its documents are, by table, in the order given."""

    size: int
    crc: int
    places: Mapping[str, "array[int]"]


def write(descriptor: int, meta: Meta, tables: Tables) -> Written:
    """Write a snapshot from the start of an empty file."""
    output = _Output(descriptor)
    places: dict[str, array[int]] = {}
    output.add(orjson.dumps({META: {"1": asdict(meta)}})[:-1])
    for name, documents in tables:
        here = places[name] = array("Q")
        output.add(b",\n%b:{" % orjson.dumps(name))
        separator = b"\n"
        for identifier, text in documents:
            output.add(b'%b"%b":' % (separator, identifier.encode()))
            here.append(place(output.end, len(text)))
            output.add(text)
            separator = b",\n"
        output.add(b"\n}")
    output.add(b"\n}\n")
    output.flush()
    return Written(output.end, output.crc, places)


def read_meta(descriptor: int, path: Path) -> Meta:
    """The `_meta` document; StoreFormat for a file of another program or of a newer one."""
    line, _, _ = files.read_at(descriptor, 4096, 0).partition(b"\n")
    if not line:
        raise StoreCorrupt(f"{path} is empty. {_CURE}")
    if not line.startswith(_OPENING):
        raise StoreFormat(f"{path} was not written by this program. Choose another directory for the store.")
    try:
        content = orjson.loads(line.removesuffix(b",") + b"}")
    except orjson.JSONDecodeError as error:
        raise damaged(path, 0, f"its first line is no JSON ({error})") from error
    match content:
        case {"_meta": {"1": {"format": int(version), "gen": int(gen), "seq": int(seq), **more}}}:
            needs = more.get("needs", NEEDS)
            if version > FORMAT:
                raise StoreFormat(
                    f"{path} has format {version}; this program reads up to {FORMAT}. "
                    f"Update avasam-tui to version {needs} or newer."
                )
            return Meta(version, gen, seq, str(needs))
        case _:
            raise damaged(path, 0, "its first line does not describe the snapshot")


def damaged(path: Path, offset: int, reason: str) -> StoreCorrupt:
    """The error for a file that is not as it was written."""
    return StoreCorrupt(f"{path} is damaged at byte {offset}: {reason}. {_CURE}")


def first_unreadable(descriptor: int) -> int | None:
    """Where the first line begins that holds no document although it should; None when all do."""
    offset = 0
    with os.fdopen(os.dup(descriptor), "rb") as file:
        file.seek(0)
        for line in file:
            match = _ROW.match(line)
            try:
                if match:
                    orjson.loads(line.rstrip(b"\n").removesuffix(b",")[match.end() :])
            except orjson.JSONDecodeError:
                return offset
            offset += len(line)
    return None


class Reading:
    """One pass over a snapshot; afterwards `size` and `crc` are those of the bytes that were read."""

    def __init__(self, descriptor: int, path: Path) -> None:
        self._descriptor = descriptor
        self._path = path
        self._table: str | None = None
        self._closed = False
        self._at = 0
        self.size = 0
        self.crc = 0

    def batches(self) -> Iterator[Batch]:
        """The documents in file order, about a quarter of a megabyte at a time."""
        rest = b""
        while chunk := files.read_at(self._descriptor, _CHUNK, self.size):
            self.crc = zlib.crc32(chunk, self.crc)
            self.size += len(chunk)
            *lines, rest = (rest + chunk).split(b"\n")
            try:
                yield from self._read(lines)
            except ValueError as error:
                raise damaged(self._path, self._at, str(error)) from error
        if rest or not self._closed:
            raise damaged(self._path, self.size, "the end is missing")

    def _read(self, lines: list[bytes]) -> Iterator[Batch]:
        rows: list[tuple[str, str | None, int]] = []
        for line in lines:
            if self._table is None:
                self._open_table(line)
            elif line in (b"}", b"},"):
                yield Batch(self._table, rows, self.size)
                self._table, rows = None, []
            else:
                rows.append(self._row(line))
            self._at += len(line) + 1
        if self._table is not None:
            yield Batch(self._table, rows, self.size)

    def _row(self, line: bytes) -> tuple[str, str | None, int]:
        match = _ROW.match(line)
        if match is None:
            raise ValueError("a line is no document")
        start = match.end()
        end = len(line) - line.endswith(b",")
        key = match[2].decode() if match[2] is not None else key_of(line[start:end])
        return match[1].decode(), key, place(self._at + start, end - start)

    def _open_table(self, line: bytes) -> None:
        if line.startswith(_OPENING) and self._at == 0:
            return
        if line == b"}" and not self._closed:
            self._closed = True
            return
        if self._closed or not line.endswith(b":{"):
            raise ValueError("a line is not where it belongs")
        name = orjson.loads(line.removesuffix(b":{"))
        if not isinstance(name, str):
            raise ValueError("a table has no name")
        self._table = name


class _Output:
    """Collects parts into large writes, and counts and sums them."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._pending = bytearray()
        self.end = 0
        self.crc = 0

    def add(self, part: bytes) -> None:
        self._pending += part
        self.end += len(part)
        if len(self._pending) >= _CHUNK:
            self.flush()

    def flush(self) -> None:
        data = bytes(self._pending)
        self._pending.clear()
        files.write_at(self._descriptor, data, self.end - len(data))
        self.crc = zlib.crc32(data, self.crc)
