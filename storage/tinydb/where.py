"""Conditions and order over stored documents, as `core.store.Where` and `Store.query` promise."""

import operator
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

import orjson

from core.store import Document, Json, Scalar, Where
from storage.tinydb.documents import handed_out
from storage.tinydb.pages import Pages, Stored

Getter: TypeAlias = Callable[[Document], Json]
Predicate: TypeAlias = Callable[[Document], bool]

_COMPARISONS = {"lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge}
_RANKS = {bool: 0, int: 1, float: 1, str: 2}


def getter(field: str) -> Getter:
    """Reads a top-level or dotted field; None when it is absent."""
    if "." not in field:
        return lambda document: document.get(field)
    first, *rest = field.split(".")

    def dotted(document: Document) -> Json:
        value = document.get(first)
        for part in rest:
            if type(value) is not dict:
                return None
            value = value.get(part)
        return value

    return dotted


def predicate(where: Sequence[Where]) -> Predicate | None:
    """Whether a document fulfils all conditions; None when there are none. ValueError for a senseless one."""
    tests = [_test(condition) for condition in where]
    if not tests:
        return None
    if len(tests) == 1:
        return tests[0]
    return lambda document: all(test(document) for test in tests)


def rank(value: Json) -> tuple[int, str | int | float]:
    """A sort key for values of any kind: booleans, then numbers, then text, then containers by their JSON."""
    if isinstance(value, str | int | float):
        return _RANKS[type(value)], value
    return 3, orjson.dumps(value).decode()


class Sieve:
    """Finds the documents that fulfil all conditions. ValueError for a senseless one.

    A text in which the JSON of a wanted value does not occur is passed over without parsing it.
    """

    def __init__(self, where: Sequence[Where]) -> None:
        self._test = predicate(where)
        self._hints = [hint for hint in map(_hints, where) if hint]

    def sifted(self, pages: Pages, rows: Iterable[tuple[str, Stored]]) -> list[tuple[str, Document]]:
        """The matching (key, document) among stored ones."""
        texts = pages.texts(rows)
        for hints in self._hints:
            if len(hints) == 1:
                hint = hints[0]
                texts = [pair for pair in texts if hint in pair[1]]
            else:
                texts = [pair for pair in texts if any(hint in pair[1] for hint in hints)]
        test = self._test
        documents = [(key, handed_out(text)) for key, text in texts]
        return documents if test is None else [pair for pair in documents if test(pair[1])]


def _hints(condition: Where) -> list[bytes]:
    """Texts of which every document that fulfils a condition holds one; none when nothing can be said."""
    values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    if condition.op not in ("eq", "in") or not all(isinstance(value, str | bool) for value in values):
        return []
    field = condition.field.rpartition(".")[2]
    try:
        return [orjson.dumps({field: value})[1:-1] for value in values]
    except orjson.JSONEncodeError:
        return []


def _test(condition: Where) -> Predicate:
    read, op, value = getter(condition.field), condition.op, condition.value
    if isinstance(value, tuple) != (op == "in"):
        wanted = "a tuple" if op == "in" else "a scalar"
        raise ValueError(f"condition '{op}' on '{condition.field}' takes {wanted}")
    if isinstance(value, tuple):
        return _among(read, value)
    if op == "eq":
        return lambda document: _same(read(document), value)
    if op == "ne":
        return lambda document: not _same(read(document), value)
    if op in ("contains", "prefix"):
        return _text(read, op, value)
    return _ordered(read, op, value)


def _among(read: Getter, values: tuple[Scalar, ...]) -> Predicate:
    wanted = {(type(value) is bool, value) for value in values}

    def test(document: Document) -> bool:
        value = read(document)
        return not isinstance(value, list | dict) and (type(value) is bool, value) in wanted

    return test


def _text(read: Getter, op: str, value: Scalar) -> Predicate:
    if not isinstance(value, str):
        raise ValueError(f"condition '{op}' takes text, not {type(value).__name__}")
    wanted = value.casefold()
    if op == "contains":
        return lambda document: isinstance(text := read(document), str) and wanted in text.casefold()
    return lambda document: isinstance(text := read(document), str) and text.casefold().startswith(wanted)


def _ordered(read: Getter, op: str, value: Scalar) -> Predicate:
    compare = _COMPARISONS[op]
    if isinstance(value, str):
        return lambda document: isinstance(found := read(document), str) and compare(found, value)
    if value is None or isinstance(value, bool):
        return lambda _: False
    return lambda document: (
        isinstance(found := read(document), int | float)
        and not isinstance(found, bool)
        and compare(found, value)
    )


def _same(one: Json, other: Json) -> bool:
    """Equality of JSON, where true is not 1."""
    return one == other and (type(one) is bool) == (type(other) is bool)
