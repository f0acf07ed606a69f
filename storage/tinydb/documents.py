"""Documents in and out: exact JSON texts, and a reasoned no to what JSON cannot carry.

Below the port a document is its JSON text: it takes a quarter of the memory of a dictionary, cannot be
changed in place, is written as it is, and whoever asks gets a dictionary of his own by parsing it.
"""

import math
import re
import zlib
from collections.abc import Iterator, Mapping
from typing import cast

import orjson

from core.store import Document, DocumentRefused

KEY = "_key"
"""The field under which a stored document carries the port's key."""

_DEEPEST = 200
_EXACT = frozenset({str, int, bool, type(None)})
"""What orjson writes exactly or not at all; the rest is read back and compared."""
_KEYED = re.compile(rb'\{"_key":"([^"\\]*)"')


def encoded(document: Mapping[str, object], what: str, *names: str) -> bytes:
    """The JSON text of a document; DocumentRefused names the field that JSON cannot hold exactly.

    `what` says which document it is, with a `{}` for each of `names`.
    """
    plain = document if type(document) is dict else dict(document)
    try:
        text = orjson.dumps(plain)
        if _EXACT.issuperset(map(type, plain.values())):
            return text
        copy = orjson.loads(text)
    except (orjson.JSONEncodeError, orjson.JSONDecodeError, RecursionError) as error:
        raise DocumentRefused(_complaint(plain, what.format(*names), str(error))) from error
    if copy != plain:
        reason = "it does not survive JSON unchanged"
        raise DocumentRefused(_complaint(plain, what.format(*names), reason))
    return text


def keyed(key: str, text: bytes) -> bytes:
    """The text of a document with the port's key as its first field."""
    if text == b"{}":
        return b'{"_key":%b}' % orjson.dumps(key)
    return b'{"_key":%b,%b' % (orjson.dumps(key), text[1:])


def parsed(text: bytes) -> Document:
    """A document as it is stored, the caller's own."""
    return cast("Document", orjson.loads(text))


def handed_out(text: bytes) -> Document:
    """A document for a caller of the port, without the store's own field."""
    document: Document = orjson.loads(text)
    document.pop(KEY, None)
    return document


def key_of(text: bytes) -> str | None:
    """The port's key in a document's text; most often it is read without parsing the rest."""
    match = _KEYED.match(text)
    key = match[1].decode() if match else parsed(text).get(KEY)
    return key if isinstance(key, str) else None


def is_exact(text: str) -> bool:
    """Whether JSON can carry a text: everything but lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def equal(one: bytes, other: bytes) -> bool:
    """Whether two texts are the same JSON in whatever order; true is not 1 and 1 is not 1.0.

    Texts of the same fields in another order have the same bytes, and so the same sum of them.
    """
    if one == other:
        return True
    if len(one) != len(other) or _byte_sum(one) != _byte_sum(other):
        return False
    first, second = parsed(one), parsed(other)
    return first == second and _canonical(first) == _canonical(second)


def _byte_sum(text: bytes) -> int:
    return zlib.adler32(text) & 0xFFFF


def _canonical(document: Document) -> bytes:
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)


def _complaint(document: Mapping[str, object], what: str, reason: str) -> str:
    place, fault = next(_faults(document, "", 0), ("", reason))
    where = f"field '{place}': " if place else ""
    return f"{what} cannot be stored: {where}{fault}. Nothing was written; correct the value and try again."


def _faults(value: object, path: str, depth: int) -> Iterator[tuple[str, str]]:
    """(path, what is wrong) of every value that JSON cannot carry; the values themselves may be private."""
    if depth > _DEEPEST:
        yield path, f"nested deeper than {_DEEPEST} levels"
    elif isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str):
                yield path, f"a key is {type(key).__name__}, not text"
            else:
                yield from _faults(key, path, depth)
                yield from _faults(inner, f"{path}.{key}" if path else key, depth + 1)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _faults(inner, f"{path}[{number}]", depth + 1)
    elif isinstance(value, str):
        if not is_exact(value):
            yield _printable(path), "the text holds a lone surrogate"
    elif isinstance(value, float):
        if not math.isfinite(value):
            yield path, f"{value} is not a JSON number"
    elif isinstance(value, int):
        if not -(2**63) <= value < 2**64:
            yield path, "the integer needs more than 64 bits"
    elif value is not None:
        yield path, f"{type(value).__name__} is not a JSON type"


def _printable(path: str) -> str:
    return path.encode("utf-8", "backslashreplace").decode()
