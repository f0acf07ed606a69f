"""The journal against all that could stand in its place, measured in turns on the same disk."""

import asyncio
import statistics
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import TypeAlias

import orjson

from core.clock import SystemClock
from core.store import Document
from storage.tinydb import TinyStore
from tests.bench.store_processes import TABLE, ask, process
from tests.bench.store_rivals import FILL, RIVALS, Append, JournalRival, Rival, SQLite, document
from tests.bench.support import table, workplace

SIZES = (1_000, 10_000, 100_000)
FULL = {"products": 100_000, "listings": 100_000, "orders": 50_000}
WRITERS = 4
_BATCH = 500
_ROUNDS = 150
_HEAVY_ROUNDS = 20
_SLOW_ROUNDS = 3
_OPENINGS = 3
_WARM = 5
"""Commits that count for nothing: first ones make files, fill caches, and earn the journal its trust."""

Work: TypeAlias = Callable[[Rival, int], Awaitable[object]]
Times: TypeAlias = dict[str, dict[str, float]]
"""What -> rival -> milliseconds."""


def run(*, sizes: Sequence[int] = SIZES, full: Mapping[str, int] = FULL, parent: Path | None = None) -> str:
    """The tables, as markdown: at these sizes, and what a process weighs when the store is full."""
    return asyncio.run(_run(sizes, full, parent))


async def _run(sizes: Sequence[int], full: Mapping[str, int], parent: Path | None) -> str:
    parts = [
        f"Medians in ms; a document is {len(orjson.dumps(document(1)))} bytes, 20 fields. Both TinyDBs touch "
        "all that they hold with each write, so they take their turns apart from the others.\n"
    ]
    with workplace(parent) as base:
        parts += [await _compared(base / str(size), size) for size in sizes]
        parts.append(await _followed(base / "followed"))
        parts.append(await _waited(base / "waited"))
        parts.append(await _weighed(base / "full", full))
    return "\n".join(parts)


async def _compared(base: Path, size: int) -> str:
    base.mkdir()
    quick = [kind(base / kind.__name__) for kind in RIVALS if not kind.heavy]
    heavy = [kind(base / kind.__name__) for kind in RIVALS if kind.heavy]
    times = await _timed(quick, size)
    for what, by_rival in (await _timed(heavy, size)).items():
        times[what].update(by_rival)
    return _shown(f"{size:,} documents", times)


async def _timed(rivals: Sequence[Rival], size: int) -> Times:
    """Times of rivals that leave each other's caches alone, in turns."""
    readers = [one for one in rivals if not isinstance(one, Append)]
    for rival in rivals:
        await rival.open()
        await rival.fill(size)
        await rival.close()
    opening = await _measured(readers, _reopen, rounds=_OPENINGS)
    for rival in rivals:
        await rival.open()
    await _measured(rivals, lambda rival, turn: rival.write([(7, _changed(7, turn))]), rounds=_WARM)
    times: Times = {
        "open": opening,
        "insert 1": await _measured(rivals, lambda rival, turn: rival.write([_row(size + 1 + turn)])),
        "update 1": await _measured(rivals, lambda rival, turn: rival.write([(8, _changed(8, turn))])),
        f"update {_BATCH}": await _measured(
            rivals,
            lambda rival, turn: rival.write([(n, _changed(n, turn)) for n in range(1, _BATCH + 1)]),
            rounds=_ROUNDS // 3,
        ),
        "get": await _measured(readers, _get),
    }
    for rival in rivals:
        await rival.close()
    return times


async def _measured(rivals: Sequence[Rival], work: Work, *, rounds: int = _ROUNDS) -> dict[str, float]:
    """The median of each, taken in turns."""
    took: dict[str, list[float]] = {rival.name: [] for rival in rivals}
    for turn in range(rounds):
        for rival in rivals:
            if turn < (_SLOW_ROUNDS if rival.slow else _HEAVY_ROUNDS if rival.heavy else rounds):
                began = perf_counter()
                await work(rival, turn)
                took[rival.name].append((perf_counter() - began) * 1000)
    return {name: statistics.median(times) for name, times in took.items()}


async def _get(rival: Rival, turn: int) -> None:
    assert await rival.get(turn + 1) is not None


async def _reopen(rival: Rival, _: int) -> None:
    await rival.open()
    assert await rival.get(1) is not None
    await rival.close()


def _row(number: int) -> tuple[int, Document]:
    return number, document(number)


def _changed(number: int, turn: int) -> Document:
    return {**document(number), "stock": 1_000 + turn}


def _shown(title: str, times: Times) -> str:
    names = [kind.name for kind in RIVALS]
    head = [title, *names, "journal to append", "journal to SQLite"]
    rows = []
    for what, by_rival in times.items():
        mine = by_rival[JournalRival.name]
        cells = [f"{by_rival[name]:.3f}" if name in by_rival else "-" for name in names]
        rivals = (Append.name, SQLite.name)
        ratios = [f"{mine / by_rival[name]:.2f}" if name in by_rival else "-" for name in rivals]
        rows.append([what, *cells, *ratios])
    return table(head, rows)


async def _followed(directory: Path) -> str:
    """How long another process needs to see a commit, counted from its look at the files."""
    store = await TinyStore.open(directory, clock=SystemClock())
    numbers = count(1)
    took: dict[int, list[float]] = {1: [], _BATCH: []}
    with process("follow", directory) as follower:
        for size, times in took.items():
            for _ in range(_ROUNDS):
                async with store.transaction() as tx:
                    for key in range(size):
                        await tx.put(TABLE, f"{key:08}", {**document(key), "stock": next(numbers)})
                ms, seq = ask(follower).split()
                assert int(seq) == (await store.changes(-1)).seq
                times.append(float(ms))
    await store.close()
    told = ", ".join(f"{statistics.median(times):.2f} ms of {size}" for size, times in took.items())
    return f"Another process sees a commit after its look (it looks every 250 ms): {told}.\n"


async def _waited(directory: Path) -> str:
    """How long writers wait for each other when none of them ever pauses."""
    await (await TinyStore.open(directory, clock=SystemClock())).close()
    with ExitStack() as stack:
        writers = [stack.enter_context(process("write", directory)) for _ in range(WRITERS)]
        for writer in writers:
            assert writer.stdin is not None
            writer.stdin.write("\n")
            writer.stdin.flush()
        told = [writer.stdout.readline().split() for writer in writers if writer.stdout is not None]
    waits = sorted(float(wait) for line in told for wait in line)
    shares = ", ".join(f"p{share} {waits[len(waits) * share // 100]:.1f} ms" for share in (50, 95, 99))
    return f"Lock waits of {WRITERS} writers that never pause: {shares}, longest {waits[-1]:.1f} ms.\n"


async def _weighed(directory: Path, full: Mapping[str, int]) -> str:
    """What a process weighs on a store of full size, and how long it opens."""
    store = await TinyStore.open(directory, clock=SystemClock(), compact_at=1)
    for name, size in full.items():
        for start in range(0, size, FILL):
            async with store.transaction() as tx:
                for number in range(start, min(start + FILL, size)):
                    await tx.put(name, f"i1/{number:08}", document(number))
    await store.close()
    began = perf_counter()
    store = await TinyStore.open(directory, clock=SystemClock())
    opened = perf_counter() - began
    began = perf_counter()
    rows = 0
    async for chunk in store.columns("products", ("sku", "title", "stock", "price")):
        rows += len(chunk)
    columns = perf_counter() - began
    await store.close()
    with process("weigh", directory) as weighed:
        at_first, at_last, pages = map(int, ask(weighed).split())
    megabytes = (directory / "snapshot.json").stat().st_size / 1e6
    held = " + ".join(f"{number:,} {name}" for name, number in full.items())
    return (
        f"{held} ({megabytes:.0f} MB): opens in {opened:.2f} s; 4 columns of {rows:,} rows take "
        f"{columns:.2f} s. "
        f"A process holds {at_first} MB after opening and {at_last} MB after reading all of it, beside "
        f"{pages} MB of mapped file that all processes share.\n"
    )
