"""Reading documents without stalling the event loop: filters, order and copies go in chunks.

Stored documents are never changed in place, so a list of references is a view of its moment.
"""

import asyncio
import heapq
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence
from itertools import islice

from core.store import Document, Json, Where
from storage.tinydb.documents import KEY, handed_out, handed_value
from storage.tinydb.where import Predicate, getter, predicate

CHUNK = 2_000
"""Documents that are looked at before the event loop may run: about a millisecond's work."""


class DocumentReader(ABC):
    """`core.store.Reader` over whatever can find stored documents; those carry their key under `_key`."""

    @abstractmethod
    async def _find(self, table: str, key: str) -> Document | None:
        """The stored document of a key, not a copy."""

    @abstractmethod
    async def _documents(self, table: str) -> list[Document]:
        """The stored documents of a table as of now, not copies."""

    async def get(self, table: str, key: str) -> Document | None:
        """The document, or None."""
        found = await self._find(table, key)
        return None if found is None else handed_out(found)

    async def count(self, table: str, where: Sequence[Where] = (), *, prefix: str = "") -> int:
        """How many documents match."""
        total = 0
        async for chunk in self.sifted(table, where, prefix=prefix):
            total += len(chunk)
        return total

    async def scan(
        self, table: str, where: Sequence[Where] = (), *, prefix: str = ""
    ) -> AsyncIterator[tuple[str, Document]]:
        """Every matching (key, document), in key order, as of the moment the iteration starts."""
        runs = [sorted(chunk) async for chunk in self.sifted(table, where, prefix=prefix)]
        merged = heapq.merge(*runs)
        while chunk := list(islice(merged, CHUNK)):
            for key, document in chunk:
                yield key, handed_out(document)
            await asyncio.sleep(0)

    async def columns(
        self, table: str, fields: Sequence[str], where: Sequence[Where] = (), *, prefix: str = ""
    ) -> AsyncIterator[list[tuple[str, tuple[Json, ...]]]]:
        """Chunks of (key, the named fields in that order), in no particular order."""
        getters = [getter(field) for field in fields]
        async for chunk in self.sifted(table, where, prefix=prefix):
            if chunk:
                yield [(key, tuple(handed_value(read(doc)) for read in getters)) for key, doc in chunk]

    async def sifted(
        self, table: str, where: Sequence[Where], *, prefix: str = ""
    ) -> AsyncIterator[list[tuple[str, Document]]]:
        """Chunks of matching (key, stored document) in no particular order; between them the loop runs."""
        test = predicate(where)
        documents = await self._documents(table)
        for start in range(0, len(documents), CHUNK):
            if start:
                await asyncio.sleep(0)
            yield list(_matching(documents[start : start + CHUNK], test, prefix))


def _matching(documents: list[Document], test: Predicate | None, prefix: str) -> list[tuple[str, Document]]:
    return [
        (key, document)
        for document in documents
        if isinstance(key := document.get(KEY), str)
        and key.startswith(prefix)
        and (test is None or test(document))
    ]
