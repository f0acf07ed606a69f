"""The snapshot: TinyDB's own JSON, one document per line, so that it is read and written in chunks.

Its first table, `_meta`, holds one document: format, generation, and the sequence number of the last
transaction inside.
"""

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeAlias, cast

import orjson

from core.store import Document, StoreCorrupt, StoreFormat
from storage.tinydb import files

Tables: TypeAlias = Mapping[str, Mapping[str, Document]]
"""Table -> document id -> document."""

FORMAT = 1
META = "_meta"

_CHUNK = 256 * 1024
_OPENING = b'{"_meta":'
_CURE = "Restore the directory from a backup; nothing was changed by this program."


@dataclass(frozen=True, slots=True)
class Meta:
    """The document of the `_meta` table."""

    format: int
    gen: int
    seq: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Some documents of one table, and how far into the file they reach, in bytes."""

    table: str
    documents: Mapping[str, Document]
    done: int


def write(descriptor: int, meta: Meta, tables: Tables) -> tuple[int, int]:
    """Write a snapshot from the start of an empty file; its size in bytes and its crc32."""
    size = crc = 0
    for chunk in _chunks(_lines(meta, tables)):
        files.write_at(descriptor, chunk, size)
        size, crc = size + len(chunk), zlib.crc32(chunk, crc)
    return size, crc


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
        case {"_meta": {"1": {"format": int(version), "gen": int(gen), "seq": int(seq)}}}:
            if version > FORMAT:
                raise StoreFormat(
                    f"{path} has format {version}; this program reads up to {FORMAT}. Update avasam-tui."
                )
            return Meta(version, gen, seq)
        case _:
            raise damaged(path, 0, "its first line does not describe the snapshot")


def damaged(path: Path, offset: int, reason: str) -> StoreCorrupt:
    """The error for a file that is not as it was written."""
    return StoreCorrupt(f"{path} is damaged at byte {offset}: {reason}. {_CURE}")


class Reading:
    """One pass over a snapshot; afterwards `size` and `crc` are those of the bytes that were read."""

    def __init__(self, descriptor: int, path: Path) -> None:
        self._descriptor = descriptor
        self._path = path
        self._table: str | None = None
        self._closed = False
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
            except (orjson.JSONDecodeError, ValueError) as error:
                raise damaged(self._path, self.size - len(chunk), str(error)) from error
        if rest or not self._closed:
            raise damaged(self._path, self.size, "the end is missing")

    def _read(self, lines: list[bytes]) -> Iterator[Batch]:
        documents: list[bytes] = []
        for line in lines:
            if line.startswith(_OPENING):
                continue
            if self._table is None:
                self._open_table(line)
            elif line in (b"}", b"},"):
                yield self._batch(self._table, documents)
                self._table, documents = None, []
            else:
                documents.append(line)
        if self._table is not None:
            yield self._batch(self._table, documents)

    def _open_table(self, line: bytes) -> None:
        if line == b"}" and not self._closed:
            self._closed = True
            return
        if self._closed or not line.endswith(b":{"):
            raise ValueError("a line is not where it belongs")
        name = orjson.loads(line.removesuffix(b":{"))
        if not isinstance(name, str):
            raise ValueError("a table has no name")
        self._table = name

    def _batch(self, table: str, lines: list[bytes]) -> Batch:
        text = b"".join([b"{", *lines])
        documents = cast("dict[str, Document]", orjson.loads(text.removesuffix(b",") + b"}"))
        return Batch(table, documents, self.size)


def _lines(meta: Meta, tables: Tables) -> Iterator[bytes]:
    yield orjson.dumps({META: {"1": asdict(meta)}})[:-1]
    for name, documents in tables.items():
        if not documents:
            continue
        yield b",\n%b:{" % orjson.dumps(name)
        separator = b"\n"
        for identifier, document in documents.items():
            yield b'%b"%b":%b' % (separator, identifier.encode(), orjson.dumps(document))
            separator = b",\n"
        yield b"\n}"
    yield b"\n}\n"


def _chunks(parts: Iterator[bytes]) -> Iterator[bytes]:
    pending: list[bytes] = []
    weight = 0
    for part in parts:
        pending.append(part)
        weight += len(part)
        if weight >= _CHUNK:
            yield b"".join(pending)
            pending, weight = [], 0
    yield b"".join(pending)
