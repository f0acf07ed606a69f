"""What the journal costs: TinyDB on the journal against stock TinyDB and a bare append with fdatasync.

Everything is measured in the same run on the same disk, so that the ratios mean something on any machine.
"""

import asyncio
import os
import statistics
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import TypeAlias

import orjson
from tinydb import TinyDB

from core.clock import SystemClock
from core.store import Document
from storage.tinydb import TinyStore

SIZES = (1_000, 10_000)
LARGE = 100_000
_TABLE = "products"
_BATCH = 500
_COMMITS = 200
_STOCK_COMMITS = 5

Work: TypeAlias = Callable[[], Awaitable[object]]


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


def run() -> str:
    """The tables, as markdown."""
    return asyncio.run(_run())


async def _run() -> str:
    parts = [f"Medians in ms; a document is {len(orjson.dumps(document(1)))} bytes, 20 fields.\n"]
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as folder:
        base = Path(folder)
        parts += [await _compared(base, size) for size in SIZES]
        parts.append(await _opened_large(base))
    return "\n".join(parts)


async def _compared(base: Path, size: int) -> str:
    raw = _raw(base / f"raw-{size}", orjson.dumps({"s": 1, "o": {_TABLE: {"1": document(1)}}}) + b"\n")
    raw_500 = _raw(
        base / f"raw-500-{size}", b"".join(orjson.dumps(document(n)) for n in range(_BATCH)) + b"\n"
    )
    async with _filled(base / f"journal-{size}", size) as store:
        opening = await _opening(base / f"journal-{size}")
        journal = {**await _journal(store, size), "open": opening}
    stock = await _stock(base / f"stock-{size}.json", size)

    floors = {"insert 1": raw, "update 1": raw, f"update {_BATCH}": raw_500}
    rows = [_row(name, stock[name], mine, floors.get(name)) for name, mine in journal.items()]
    head = (
        f"| {size:,} documents | stock TinyDB | journal | append + fdatasync | to append | stock to journal |"
    )
    return "\n".join([head, "|---|---|---|---|---|---|", *rows]) + "\n"


def _row(name: str, stock: float, mine: float, floor: float | None) -> str:
    bare, ratio = (f"{floor:.3f}", f"{mine / floor:.2f}") if floor else ("-", "-")
    return f"| {name} | {stock:.3f} | {mine:.3f} | {bare} | {ratio} | {stock / mine:,.1f} |"


async def _journal(store: TinyStore, size: int) -> dict[str, float]:
    numbers = count(size)

    async def insert() -> None:
        number = next(numbers)
        async with store.transaction() as tx:
            await tx.put(_TABLE, f"{number:08}", document(number))

    async def update() -> None:
        async with store.transaction() as tx:
            await tx.put(_TABLE, "00000007", {**document(7), "stock": next(numbers)})

    async def update_many() -> None:
        stock = next(numbers)
        async with store.transaction() as tx:
            for number in range(_BATCH):
                await tx.put(_TABLE, f"{number:08}", {**document(number), "stock": stock})

    async def get() -> None:
        await store.get(_TABLE, "00000500")

    return {
        "insert 1": await _median(insert, _COMMITS),
        "update 1": await _median(update, _COMMITS),
        f"update {_BATCH}": await _median(update_many, 20),
        "get": await _median(get, _COMMITS),
    }


async def _stock(path: Path, size: int) -> dict[str, float]:
    numbers = count(size)
    with TinyDB(path) as database:
        table = database.table(_TABLE)
        table.insert_multiple(document(number) for number in range(size))

        async def insert() -> None:
            table.insert(document(next(numbers)))

        async def update() -> None:
            table.update({"stock": next(numbers)}, doc_ids=[8])

        async def update_many() -> None:
            table.update({"stock": next(numbers)}, doc_ids=range(1, _BATCH + 1))

        async def get() -> None:
            table.get(doc_id=501)

        async def reopen() -> None:
            with TinyDB(path) as again:
                len(again.table(_TABLE))

        return {
            "insert 1": await _median(insert, _STOCK_COMMITS),
            "update 1": await _median(update, _STOCK_COMMITS),
            f"update {_BATCH}": await _median(update_many, _STOCK_COMMITS),
            "get": await _median(get, _STOCK_COMMITS),
            "open": await _median(reopen, _STOCK_COMMITS),
        }


async def _opened_large(base: Path) -> str:
    directory = base / "large"
    async with _filled(directory, LARGE):
        pass
    took = await _opening(directory)
    size = (directory / "snapshot.json").stat().st_size / 1e6
    return f"Opening {LARGE:,} documents ({size:.0f} MB snapshot): {took:.0f} ms.\n"


async def _opening(directory: Path) -> float:
    async def reopen() -> None:
        await (await TinyStore.open(directory, clock=SystemClock())).close()

    return await _median(reopen, 3)


@asynccontextmanager
async def _filled(directory: Path, size: int) -> AsyncIterator[TinyStore]:
    """A store of `size` documents, all of them in its snapshot."""
    store = await TinyStore.open(directory, clock=SystemClock(), compact_at=1)
    for start in range(0, size, 10_000):
        async with store.transaction() as tx:
            for number in range(start, min(start + 10_000, size)):
                await tx.put(_TABLE, f"{number:08}", document(number))
    await store.close()
    store = await TinyStore.open(directory, clock=SystemClock())
    yield store
    await store.close()


def _raw(path: Path, line: bytes) -> float:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        return statistics.median(_append(descriptor, line) for _ in range(_COMMITS))
    finally:
        os.close(descriptor)


def _append(descriptor: int, line: bytes) -> float:
    start = perf_counter()
    os.write(descriptor, line)
    os.fdatasync(descriptor)
    return (perf_counter() - start) * 1000


async def _median(work: Work, times: int) -> float:
    return statistics.median([took async for took in _timed(work, times)])


async def _timed(work: Work, times: int) -> AsyncIterator[float]:
    for _ in range(times):
        start = perf_counter()
        await work()
        yield (perf_counter() - start) * 1000
