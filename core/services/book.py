"""Light rows of a table held in memory, so that a screen filters and sorts while somebody types."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import ClassVar, Final, Generic, TypeVar

from core.portions import portions
from core.store import Document, Json, Store

Row = TypeVar("Row")
Values = tuple[Json, ...]

_AT_ONCE: Final = 150
"""Rows made before the event loop may run: less than 10 ms of work."""


class Book(ABC, Generic[Row]):
    """The rows of some tables by key, brought up to date from what anybody commits.

    Loading reads whole columns in chunks between which the event loop runs; afterwards only changed
    documents are read. Keys must not repeat between the tables.
    """

    FIELDS: ClassVar[dict[str, Sequence[str]]]
    """Table -> the dotted fields that a row is made from."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._rows: dict[str, Row] = {}
        self._seq: int | None = None
        self.revision = 0
        """Grows whenever a row came, changed or went."""

    @abstractmethod
    def make(self, table: str, key: str, values: Values) -> Row:
        """The row of a document; `values` are its fields in the order of FIELDS."""

    async def refresh(self) -> bool:
        """Take in what was committed since the last call; whether any row changed."""
        if self._seq is None:
            await self._load()
            return True
        changes = await self._store.changes(self._seq)
        if changes.reset:
            await self._load()
            return True
        changed = False
        for table, fields in self.FIELDS.items():
            for key in changes.keys.get(table, ()):
                document = await self._store.get(table, key)
                if document is None:
                    self._rows.pop(key, None)
                else:
                    values = tuple(_pick(document, name) for name in fields)
                    self._rows[key] = self.make(table, key, values)
                changed = True
        self._seq = changes.seq
        self.revision += changed
        return changed

    async def _load(self) -> None:
        seq = (await self._store.changes(-1)).seq
        rows: dict[str, Row] = {}
        for table, fields in self.FIELDS.items():
            async for chunk in self._store.columns(table, fields):
                for some in portions(chunk, _AT_ONCE):
                    rows.update((key, self.make(table, key, values)) for key, values in some)
                    await asyncio.sleep(0)
        self._rows, self._seq = rows, seq
        self.revision += 1

    def row(self, key: str) -> Row | None:
        """The row, or None once it is gone."""
        return self._rows.get(key)

    def rows(self) -> Iterable[Row]:
        """Every row, in no particular order."""
        return self._rows.values()

    def __len__(self) -> int:
        return len(self._rows)


def text(value: Json) -> str:
    """A string field; absent is empty."""
    return value if isinstance(value, str) else ""


def moment(value: Json) -> datetime | None:
    """An instant field as models write it, or None."""
    return datetime.fromisoformat(value) if isinstance(value, str) else None


def counts(value: Json) -> dict[str, int]:
    """A field of counts by name."""
    return {name: n for name, n in value.items() if isinstance(n, int)} if isinstance(value, dict) else {}


def _pick(document: Document, dotted: str) -> Json:
    value: Json = document
    for name in dotted.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value
