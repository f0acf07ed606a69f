r"""Lines of the journal: `["<crc32 of body, 8 hex>", <body>]\n`, one line a transaction.

The body of the first line is `{"h": {...}}` and describes the snapshot that the journal continues; the
others are `{"s": seq, "o": {table: {id: document or null}}}`.
"""

import re
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TypeAlias, cast

import orjson

Changes: TypeAlias = Mapping[str, Mapping[str, bytes | None]]
"""What a transaction does: table -> id -> the text of the new document, or None for one that goes."""

_START = re.compile(rb'\["[0-9a-f]{8}", \{')
_BODY = len(b'["00000000", ')


@dataclass(frozen=True, slots=True)
class Header:
    """The first line: generation and sequence number of the snapshot, its size in bytes and crc32."""

    format: int
    gen: int
    seq: int
    size: int
    crc: int


@dataclass(frozen=True, slots=True)
class Record:
    """One committed transaction."""

    seq: int
    changes: Changes


def encode(seq: int, changes: Changes) -> bytes:
    """The line of a transaction."""
    documents = {
        table: {
            identifier: None if text is None else orjson.Fragment(text) for identifier, text in texts.items()
        }
        for table, texts in changes.items()
    }
    return _line({"s": seq, "o": documents})


def encode_header(header: Header) -> bytes:
    """The first line of a journal."""
    return _line({"h": asdict(header)})


def decode(line: bytes) -> Record | None:
    """The transaction in a line with its line feed; None when the line is damaged."""
    body = _body(line)
    match body:
        case {"s": int(seq), "o": dict(changes)}:
            return Record(seq, {table: _texts(documents) for table, documents in changes.items()})
        case _:
            return None


def _texts(documents: Mapping[str, object]) -> dict[str, bytes | None]:
    """Texts that memory may keep: copies of their exact size, where orjson leaves a buffer's rest behind."""
    return {
        identifier: None if document is None else bytes(memoryview(orjson.dumps(document)))
        for identifier, document in documents.items()
    }


def decode_header(line: bytes) -> Header | None:
    """The description of the snapshot; None when the line is damaged or no header."""
    match _body(line):
        case {
            "h": {
                "format": int(version),
                "gen": int(gen),
                "seq": int(seq),
                "size": int(size),
                "crc": int(crc),
            }
        }:
            return Header(version, gen, seq, size, crc)
        case _:
            return None


def valid_record_within(data: bytes) -> int | None:
    """Where in `data` an undamaged record starts, if anywhere: then what is before it is no torn tail."""
    for start in _START.finditer(data):
        end = data.find(b"\n", start.start())
        if end >= 0 and decode(data[start.start() : end + 1]) is not None:
            return start.start()
    return None


def _line(body: object) -> bytes:
    data = orjson.dumps(body)
    return b'["%08x", %b]\n' % (zlib.crc32(data), data)


def _body(line: bytes) -> object:
    if not _START.match(line) or not line.endswith(b"]\n"):
        return None
    data = line[_BODY:-2]
    if zlib.crc32(data) != int(line[2:10], 16):
        return None
    try:
        return cast("object", orjson.loads(data))
    except orjson.JSONDecodeError:
        return None
