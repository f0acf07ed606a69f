"""Other processes over one store: how soon they see a commit, how long they wait, what they weigh.

As a program, `python -m tests.bench.store_processes follow|write|weigh DIRECTORY`, it is one such process.
"""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

from core.clock import SystemClock
from core.store import Where
from storage.tinydb import TinyStore

TABLE = "products"
COMMITS = 400


@contextmanager
def process(task: str, directory: Path) -> "Iterator[subprocess.Popen[str]]":
    """A process that says `ready` once its store is open."""
    command = [sys.executable, "-m", "tests.bench.store_processes", task, str(directory)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout is not None
            assert running.stdout.readline().strip() == "ready"
            yield running
        finally:
            running.kill()


def ask(running: "subprocess.Popen[str]", question: str = "") -> str:
    """Send a line, read a line."""
    assert running.stdin is not None
    assert running.stdout is not None
    running.stdin.write(f"{question}\n")
    running.stdin.flush()
    return running.stdout.readline().strip()


async def follow(store: TinyStore) -> None:
    """Each time it is asked: how long one look took, in ms, and the sequence number it saw."""
    seq = (await store.changes(-1)).seq
    for _ in sys.stdin:
        began = perf_counter()
        seq = (await store.changes(seq)).seq
        print((perf_counter() - began) * 1000, seq, flush=True)


async def write(store: TinyStore) -> None:
    """Once it is asked: many small commits without a pause; then how long each waited, in ms."""
    sys.stdin.readline()
    waits = []
    for number in range(COMMITS):
        began = perf_counter()
        async with store.transaction() as tx:
            waits.append((perf_counter() - began) * 1000)
            await tx.put("waits", f"{number % 50}", {"n": number, "filler": "x" * 500})
    print(*waits, flush=True)


async def weigh(store: TinyStore) -> None:
    """Memory in MB: of its own when opened, and its own and the file's pages after everything was read."""
    opened = _memory()
    for table in ("products", "listings", "orders"):
        async for _ in store.columns(table, ("title", "stock")):
            pass
        await store.count(table, (Where("stock", "lt", 5),))
    read = _memory()
    sys.stdin.readline()
    print(opened["RssAnon"], read["RssAnon"], read["RssFile"], flush=True)


def _memory() -> dict[str, int]:
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return {line.split(":")[0]: int(line.split()[1]) // 1024 for line in lines if line.startswith("Rss")}


async def main(task: str, directory: str) -> None:
    store = await TinyStore.open(Path(directory), clock=SystemClock(), lock_timeout=60.0)
    print("ready", flush=True)
    await {"follow": follow, "write": write, "weigh": weigh}[task](store)
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
