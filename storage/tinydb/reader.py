"""Reading documents without stalling the event loop: filters, order and copies go in chunks.

A document is parsed when it is handed out or looked into, so it is the caller's own from the start.
"""

import asyncio
import heapq
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence
from itertools import islice

from core.store import Document, Json, Where
from storage.tinydb.documents import handed_out
from storage.tinydb.pages import Stored, View
from storage.tinydb.where import Sieve, getter

CHUNK = 1_000
"""Documents that are looked at before the event loop may run: two or three milliseconds' work."""


class DocumentReader(ABC):
    """`core.store.Reader` over whatever can find the texts of documents."""

    @abstractmethod
    async def _find(self, table: str, key: str) -> bytes | None:
        """The text of the document under a key."""

    @abstractmethod
    async def _view(self, table: str) -> View:
        """The documents of a table as of now."""

    async def get(self, table: str, key: str) -> Document | None:
        """The document, or None."""
        found = await self._find(table, key)
        return None if found is None else handed_out(found)

    async def count(self, table: str, where: Sequence[Where] = (), *, prefix: str = "") -> int:
        """How many documents match."""
        sieve = Sieve(where)
        total = 0
        async for view, chunk in self._chunks(table, prefix):
            total += len(sieve.sifted(view.pages, chunk)) if where else len(chunk)
        return total

    async def scan(
        self, table: str, where: Sequence[Where] = (), *, prefix: str = ""
    ) -> AsyncIterator[tuple[str, Document]]:
        """Every matching (key, document), in key order, as of the moment the iteration starts."""
        sieve = Sieve(where)
        view: View | None = None
        runs: list[list[tuple[str, Stored]]] = []
        async for view, chunk in self._chunks(table, prefix):  # noqa: B007 - the same view every time
            runs.append(sorted(chunk))
        merged = heapq.merge(*runs)
        while view is not None and (part := list(islice(merged, CHUNK))):
            for match in sieve.sifted(view.pages, part):
                yield match
            await asyncio.sleep(0)

    async def columns(
        self, table: str, fields: Sequence[str], where: Sequence[Where] = (), *, prefix: str = ""
    ) -> AsyncIterator[list[tuple[str, tuple[Json, ...]]]]:
        """Chunks of (key, the named fields in that order), in no particular order."""
        getters = [getter(field) for field in fields]
        async for chunk in self.sifted(table, where, prefix=prefix):
            if chunk:
                yield [(key, tuple([read(doc) for read in getters])) for key, doc in chunk]

    async def sifted(
        self, table: str, where: Sequence[Where], *, prefix: str = ""
    ) -> AsyncIterator[list[tuple[str, Document]]]:
        """Chunks of matching (key, document) in no particular order; between them the loop runs."""
        sieve = Sieve(where)
        async for view, chunk in self._chunks(table, prefix):
            yield sieve.sifted(view.pages, chunk)

    async def _chunks(self, table: str, prefix: str) -> AsyncIterator[tuple[View, list[tuple[str, Stored]]]]:
        view = await self._view(table)
        for chunk in view.chunks(CHUNK, prefix):
            yield view, chunk
            await asyncio.sleep(0)
