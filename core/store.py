"""The Store port: all that the program asks of its storage.

Documents are JSON objects under a string key inside a named table. Whatever a caller gets is its own
copy; whatever it puts is copied. Nothing above this port knows TinyDB or SQL. One conformance suite
(tests/storage/conformance.py) runs against every implementation.

Errors, by what a person can do about them::

    StoreError
    ├── StoreBusy          another program holds the lock; the message names its pid
    ├── StoreReadOnly      the directory or file may not be written
    ├── StoreFull          no space left; nothing was written
    ├── StoreCorrupt       a file is damaged; the message names file, offset and cure
    ├── StoreFormat        written by a newer program, or not by this one at all
    ├── StorePoisoned      a sync to disk failed; this process must reopen the store
    ├── OutcomeUnknown     the write may or may not have happened; read again
    ├── LeaseLost          another worker has taken over; stop writing
    └── DocumentRefused    a document that JSON cannot hold exactly (NaN, huge integer, lone surrogate)
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, Protocol, TypeAlias

Json: TypeAlias = "str | int | float | bool | None | list[Json] | dict[str, Json]"
Document: TypeAlias = dict[str, Json]
Scalar: TypeAlias = str | int | float | bool | None
Operator: TypeAlias = Literal["eq", "ne", "lt", "le", "gt", "ge", "in", "contains", "prefix"]


class StoreError(Exception):
    """Something about the storage went wrong; `str()` says what, why and what to do now."""


class StoreBusy(StoreError):
    """Another program holds the lock longer than the time-out."""


class StoreReadOnly(StoreError):
    """The store may not be written by this user."""


class StoreFull(StoreError):
    """No space is left; the transaction was not written."""


class StoreCorrupt(StoreError):
    """A file of the store is damaged and was left untouched."""


class StoreFormat(StoreError):
    """The store has another or a newer format than this program reads."""


class StorePoisoned(StoreError):
    """A sync to disk failed earlier; no commit is possible until the store is reopened."""


class OutcomeUnknown(StoreError):
    """The commit may or may not have become durable; the caller re-reads (storage.md I8)."""


class LeaseLost(StoreError):
    """The lease that fences this write belongs to somebody else by now."""


class DocumentRefused(StoreError):
    """A document holds a value that JSON cannot carry exactly."""


@dataclass(frozen=True, slots=True)
class Where:
    """One condition on a top-level or dotted field, e.g. `Where("sync.state", "eq", "failed")`.

    `in` takes a tuple of scalars. `contains` and `prefix` compare strings casefolded. A field that is
    absent reads as None. Comparisons of None with `lt` ... `ge` are false.
    """

    field: str
    op: Operator
    value: Scalar | tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a query: `rows` of (key, document), and how many match in all."""

    rows: Sequence[tuple[str, Document]]
    total: int


@dataclass(frozen=True, slots=True)
class Changes:
    """What was committed after a sequence number, by any process.

    `reset` means that the history asked for is gone (compaction, archive): read everything again.
    """

    seq: int
    keys: Mapping[str, frozenset[str]] = field(default_factory=dict)
    reset: bool = False


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to act under a name until `until`; `epoch` grows with every new holder and fences writes."""

    name: str
    owner: str
    epoch: int
    until: datetime


class Reader(Protocol):
    """What may be read, inside a transaction (its own writes included) or outside of one."""

    async def get(self, table: str, key: str) -> Document | None:
        """The document, or None."""
        ...

    async def count(self, table: str, where: Sequence[Where] = (), *, prefix: str = "") -> int:
        """How many documents match."""
        ...

    def scan(
        self, table: str, where: Sequence[Where] = (), *, prefix: str = ""
    ) -> AsyncIterator[tuple[str, Document]]:
        """Every matching (key, document), in key order; `prefix` narrows the keys.

        The view is that of the moment the iteration starts.
        """
        ...

    def columns(
        self, table: str, fields: Sequence[str], where: Sequence[Where] = (), *, prefix: str = ""
    ) -> AsyncIterator[list[tuple[str, tuple[Json, ...]]]]:
        """Chunks of (key, the named fields in that order), in no particular order: fast over 100,000 rows.

        Between chunks the event loop runs. Fields may be dotted; an absent one is None.
        """
        ...


class Transaction(Reader, Protocol):
    """Reads and writes that become visible and durable together, or not at all.

    The store's lock is held while the `async with` body runs: await nothing else inside it.
    """

    async def put(self, table: str, key: str, doc: Mapping[str, Json]) -> None:
        """Insert or replace. A document equal to the stored one is not written."""
        ...

    async def delete(self, table: str, key: str) -> bool:
        """Remove; whether it was there."""
        ...


class Store(Reader, Protocol):
    """A store of JSON documents shared by several processes."""

    def transaction(self, *, fence: Lease | None = None) -> AbstractAsyncContextManager[Transaction]:
        """Commit on leaving the block, roll back when it raises. Returns once the commit is durable.

        With `fence`, raises LeaseLost unless that lease's epoch is still the current one.
        An empty transaction writes nothing.
        """
        ...

    async def query(
        self,
        table: str,
        where: Sequence[Where] = (),
        *,
        order_by: str | None = None,
        descending: bool = False,
        limit: int | None = None,
        offset: int = 0,
    ) -> Found:
        """Matching documents, sorted by a field (None last), ties and no `order_by` by key."""
        ...

    async def changes(self, after_seq: int) -> Changes:
        """What anybody committed since; cheap when nothing did. `changes(-1)` tells the current seq."""
        ...

    async def lease(self, name: str, *, owner: str, ttl: timedelta) -> Lease | None:
        """Take or renew a lease: None while another owner holds it unexpired.

        Renewal keeps the epoch; a new holder gets epoch + 1. An owner that died frees it after `ttl`.
        """
        ...

    async def holder(self, name: str) -> Lease | None:
        """Who holds an unexpired lease now."""
        ...

    async def release(self, lease: Lease) -> None:
        """Give a lease back at once; harmless when it is already somebody else's."""
        ...

    async def close(self) -> None:
        """Stop; nothing is pending, every acknowledged commit is already durable."""
        ...
