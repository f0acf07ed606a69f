"""Documents in and out: exact copies, and a reasoned no to what JSON cannot carry."""

import math
from collections.abc import Iterator, Mapping
from typing import cast

import orjson

from core.store import Document, DocumentRefused, Json

KEY = "_key"
"""The field under which a stored document carries the port's key."""

_DEEPEST = 200


def owned(document: Mapping[str, object], what: str) -> Document:
    """A deep copy of a JSON object; DocumentRefused names the field that JSON cannot hold exactly."""
    plain = document if type(document) is dict else dict(document)
    try:
        copy = orjson.loads(orjson.dumps(plain))
    except (orjson.JSONEncodeError, orjson.JSONDecodeError, RecursionError) as error:
        raise DocumentRefused(_complaint(plain, what, str(error))) from error
    if copy != plain:
        raise DocumentRefused(_complaint(plain, what, "it does not survive JSON unchanged"))
    return cast("Document", copy)


def is_exact(text: str) -> bool:
    """Whether JSON can carry a text: everything but lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def handed_out(document: Document) -> Document:
    """A deep copy for a caller, without the store's own field."""
    copy = cast("Document", orjson.loads(orjson.dumps(document)))
    copy.pop(KEY, None)
    return copy


def handed_value(value: Json) -> Json:
    """A value for a caller: scalars as they are, containers copied."""
    if type(value) is dict or type(value) is list:
        return cast("Json", orjson.loads(orjson.dumps(value)))
    return value


def equal(one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    """Whether two documents are the same JSON; unlike for Python, true is not 1 and 1 is not 1.0."""
    return one == other and _canonical(one) == _canonical(other)


def _canonical(document: Mapping[str, object]) -> bytes:
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
