"""A second Store, over SQLite, as small as it can be: the suite of promises asks for nothing of TinyDB's.

It stands where a PostgreSQL store will: rows in tables, a log of what each transaction touched, `BEGIN`
instead of a lock file. No program uses it.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Self

import orjson

from core.clock import Clock
from core.store import Changes, Document, DocumentRefused, Found, Json, Lease, StoreError, Where
from storage.tinydb import leases
from storage.tinydb.documents import encoded, is_exact
from storage.tinydb.ranking import Ranking
from storage.tinydb.where import getter, predicate

_SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (name TEXT, key TEXT, document BLOB, PRIMARY KEY (name, key));
CREATE TABLE IF NOT EXISTS log (seq INTEGER, name TEXT, key TEXT, PRIMARY KEY (seq, name, key));
"""
_CHUNK = 1_000


class SqlReader:
    """`core.store.Reader` over one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._sql = connection

    async def get(self, table: str, key: str) -> Document | None:
        row = self._open().execute("SELECT document FROM documents WHERE (name, key) = (?, ?)", (table, key))
        found = row.fetchone()
        return None if found is None else orjson.loads(found[0])

    async def count(self, table: str, where: Sequence[Where] = (), *, prefix: str = "") -> int:
        return sum([len(chunk) async for chunk in self._chunks(table, where, prefix)])

    async def scan(
        self, table: str, where: Sequence[Where] = (), *, prefix: str = ""
    ) -> AsyncIterator[tuple[str, Document]]:
        async for chunk in self._chunks(table, where, prefix):
            for row in chunk:
                yield row

    async def columns(
        self, table: str, fields: Sequence[str], where: Sequence[Where] = (), *, prefix: str = ""
    ) -> AsyncIterator[list[tuple[str, tuple[Json, ...]]]]:
        read = [getter(field) for field in fields]
        async for chunk in self._chunks(table, where, prefix):
            if chunk:
                yield [(key, tuple([one(document) for one in read])) for key, document in chunk]

    async def _chunks(
        self, table: str, where: Sequence[Where], prefix: str
    ) -> AsyncIterator[list[tuple[str, Document]]]:
        test = predicate(where)
        rows = self._open().execute(
            "SELECT key, document FROM documents WHERE name = ? ORDER BY key", (table,)
        ).fetchall()  # fmt: skip
        rows = [row for row in rows if row[0].startswith(prefix)]
        for start in range(0, len(rows), _CHUNK):
            chunk = [(key, orjson.loads(text)) for key, text in rows[start : start + _CHUNK]]
            yield chunk if test is None else [row for row in chunk if test(row[1])]
            await asyncio.sleep(0)

    def _open(self) -> sqlite3.Connection:
        return self._sql


class SqlTransaction(SqlReader):
    """`core.store.Transaction`: changes are kept here until the block ends."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self.before: dict[tuple[str, str], Document | None] = {}
        self.over = False

    async def put(self, table: str, key: str, doc: Mapping[str, Json]) -> None:
        text = encoded(doc, "document '{}' of table '{}'", key, table)
        if not is_exact(key):
            raise DocumentRefused(f"key {key!a} is not valid Unicode")
        await self._note(table, key)
        self._open().execute("REPLACE INTO documents VALUES (?, ?, ?)", (table, key, text))

    async def delete(self, table: str, key: str) -> bool:
        await self._note(table, key)
        gone = self._open().execute("DELETE FROM documents WHERE (name, key) = (?, ?)", (table, key))
        return gone.rowcount > 0

    async def touched(self) -> list[tuple[str, str]]:
        """What is different from before, true not being 1."""
        now = {place: await self.get(*place) for place in self.before}
        return [place for place, was in self.before.items() if _canonical(was) != _canonical(now[place])]

    async def _note(self, table: str, key: str) -> None:
        if (table, key) not in self.before:
            self.before[table, key] = await self.get(table, key)

    def _open(self) -> sqlite3.Connection:
        if self.over:
            raise StoreError("this transaction is over")
        return self._sql


class SqlStore(SqlReader):
    """`core.store.Store`: one connection reads, one writes."""

    def __init__(self, path: Path, clock: Clock) -> None:
        super().__init__(_connected(path))
        self._writing = _connected(path)
        self._clock = clock
        self._turn = asyncio.Lock()
        self._task: asyncio.Task[object] | None = None

    @classmethod
    async def open(cls, path: Path, *, clock: Clock) -> Self:
        return cls(path, clock)

    @asynccontextmanager
    async def transaction(self, *, fence: Lease | None = None) -> AsyncIterator[SqlTransaction]:
        if self._task is asyncio.current_task():
            raise StoreError("this task has a transaction open already")
        async with self._turn:
            await self._begin()
            self._task = asyncio.current_task()
            tx = SqlTransaction(self._writing)
            try:
                if fence is not None:
                    await leases.check(tx, fence)
                yield tx
                touched = await tx.touched()
                if touched:
                    seq = self._seq(self._writing) + 1
                    rows = [(seq, *place) for place in touched]
                    self._writing.executemany("INSERT INTO log VALUES (?, ?, ?)", rows)
                    self._writing.execute("COMMIT")
            finally:
                tx.over = True
                self._task = None
                if self._writing.in_transaction:
                    self._writing.execute("ROLLBACK")

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
        ranking = Ranking(order_by, descending=descending, keep=None)
        async for chunk in self._chunks(table, where, ""):
            ranking.add(chunk)
        return Found(ranking.page(offset, limit), ranking.total)

    async def changes(self, after_seq: int) -> Changes:
        now = self._seq(self._sql)
        if after_seq == -1 or after_seq > now:
            return Changes(now, reset=after_seq > now)
        keys: dict[str, set[str]] = {}
        for name, key in self._sql.execute("SELECT name, key FROM log WHERE seq > ?", (after_seq,)):
            keys.setdefault(name, set()).add(key)
        return Changes(now, {name: frozenset(names) for name, names in keys.items()})

    async def lease(self, name: str, *, owner: str, ttl: timedelta) -> Lease | None:
        async with self.transaction() as tx:
            return await leases.take(tx, name, owner, ttl, self._clock.now())

    async def holder(self, name: str) -> Lease | None:
        return leases.current(name, await self.get(leases.TABLE, name), self._clock.now())

    async def release(self, lease: Lease) -> None:
        async with self.transaction() as tx:
            await leases.give_back(tx, lease, self._clock.now())

    async def close(self) -> None:
        self._sql.close()
        self._writing.close()

    async def _begin(self) -> None:
        while True:
            try:
                self._writing.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                await asyncio.sleep(0.001)
            else:
                return

    @staticmethod
    def _seq(connection: sqlite3.Connection) -> int:
        return int(connection.execute("SELECT COALESCE(MAX(seq), 0) FROM log").fetchone()[0])


def _connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, timeout=0)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.executescript(_SCHEMA)
    return connection


def _canonical(document: Document | None) -> bytes:
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)
