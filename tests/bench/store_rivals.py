"""Ways to keep documents in files, in one shape: the journal, TinyDB, SQLite, bare appends."""

import os
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import cast

import orjson
from tinydb import TinyDB
from tinydb.middlewares import CachingMiddleware
from tinydb.storages import JSONStorage

from core.clock import SystemClock
from core.store import Document
from storage.tinydb import TinyStore
from tests.bench.store_processes import TABLE

FILL = 10_000


def document(number: int) -> Document:
    """A product of 20 fields, about 570 bytes."""
    return {
        "sku": f"AV-{number:08}",
        "title": f"Bamboo bath towel, extra soft, {number} g/m²",
        "description": "A towel that dries quickly and stays soft after a hundred washes. " * 2,
        "category": "Home / Bathroom / Towels",
        "brand": "Northwind",
        "ean": f"50{number:011}",
        "price": "12.99",
        "cost": "4.35",
        "currency": "GBP",
        "stock": number % 97,
        "weight_g": 450,
        "length_mm": 900,
        "width_mm": 500,
        "height_mm": 40,
        "image": f"https://images.example/{number}.jpg",
        "supplier": "S-1042",
        "warehouse": "W-7",
        "enabled": True,
        "updated": "2026-03-01T12:00:00Z",
        "note": None,
    }


class Rival(ABC):
    """Documents under numbers, in a directory of its own. `write` is one transaction."""

    name: str
    heavy = False
    """It touches all that it holds with each write: it would empty the caches of whoever is next."""
    slow = False
    """It takes so long that it is measured a few times only."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir()

    @abstractmethod
    async def open(self) -> None:
        """Open what is there."""

    @abstractmethod
    async def write(self, rows: Sequence[tuple[int, Document]]) -> None:
        """Insert or replace, durable on return where the rival can promise that."""

    @abstractmethod
    async def get(self, number: int) -> Document | None:
        """One document."""

    @abstractmethod
    async def close(self) -> None:
        """Close."""

    async def fill(self, size: int) -> None:
        """Documents 1 to `size`."""
        for start in range(1, size + 1, FILL):
            await self.write([(n, document(n)) for n in range(start, min(start + FILL, size + 1))])


class JournalRival(Rival):
    """TinyDB on the journal, through the Store port."""

    name = "journal"

    async def open(self) -> None:
        self._store = await TinyStore.open(self.directory, clock=SystemClock())

    async def fill(self, size: int) -> None:
        """All in the snapshot, as after a compaction."""
        await self._store.close()
        self._store = await TinyStore.open(self.directory, clock=SystemClock(), compact_at=1)
        await super().fill(size)
        await self._store.close()
        await self.open()

    async def write(self, rows: Sequence[tuple[int, Document]]) -> None:
        async with self._store.transaction() as tx:
            for number, row in rows:
                await tx.put(TABLE, f"{number:08}", row)

    async def get(self, number: int) -> Document | None:
        return await self._store.get(TABLE, f"{number:08}")

    async def close(self) -> None:
        await self._store.close()


class StockTinyDB(Rival):
    """TinyDB with its own JSONStorage."""

    name = "stock TinyDB"
    heavy = slow = True

    async def open(self) -> None:
        self._database = TinyDB(self.directory / "db.json")
        self._table = self._database.table(TABLE)

    async def write(self, rows: Sequence[tuple[int, Document]]) -> None:
        known = set(self._table._read_table()) if len(rows) <= FILL // 2 else set()
        fresh = [row for number, row in rows if str(number) not in known]
        if fresh:
            self._table.insert_multiple(fresh)
        else:
            changed = {number: row["stock"] for number, row in rows}
            self._table.update({"stock": next(iter(changed.values()))}, doc_ids=list(changed))

    async def get(self, number: int) -> Document | None:
        return cast("Document | None", self._table.get(doc_id=number))

    async def close(self) -> None:
        self._database.close()


class CachedTinyDB(StockTinyDB):
    """The same behind CachingMiddleware, which says yes before anything is in the file."""

    name = "TinyDB, caching (not durable)"
    slow = False

    async def open(self) -> None:
        storage = CachingMiddleware(JSONStorage)  # type: ignore[no-untyped-call]
        self._database = TinyDB(self.directory / "db.json", storage=storage)
        self._table = self._database.table(TABLE)


class SQLite(Rival):
    """SQLite, write-ahead log, synchronous=FULL; documents as JSON text under their key."""

    name = "SQLite WAL FULL"

    async def open(self) -> None:
        self._database = sqlite3.connect(self.directory / "db.sqlite", isolation_level=None)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=FULL")
        self._database.execute("CREATE TABLE IF NOT EXISTS t (id TEXT PRIMARY KEY, doc TEXT)")

    async def write(self, rows: Sequence[tuple[int, Document]]) -> None:
        texts = [(f"{number:08}", orjson.dumps(row).decode()) for number, row in rows]
        with closing(self._database.cursor()) as cursor:
            cursor.execute("BEGIN IMMEDIATE")
            cursor.executemany("INSERT OR REPLACE INTO t VALUES (?, ?)", texts)
            cursor.execute("COMMIT")

    async def get(self, number: int) -> Document | None:
        row = self._database.execute("SELECT doc FROM t WHERE id = ?", (f"{number:08}",)).fetchone()
        return None if row is None else cast("Document", orjson.loads(row[0]))

    async def close(self) -> None:
        self._database.close()


class Append(Rival):
    """The least that any durable write costs: one append and one fdatasync. It cannot read."""

    name = "append + fdatasync"

    async def open(self) -> None:
        self._file = os.open(self.directory / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    async def fill(self, size: int) -> None:
        """Nothing: what is there costs an append nothing."""

    async def write(self, rows: Sequence[tuple[int, Document]]) -> None:
        os.write(self._file, b"\n".join(orjson.dumps(row) for _, row in rows))
        os.fdatasync(self._file)

    async def get(self, number: int) -> Document | None:
        return None

    async def close(self) -> None:
        os.close(self._file)


RIVALS: tuple[type[Rival], ...] = (JournalRival, StockTinyDB, CachedTinyDB, SQLite, Append)
