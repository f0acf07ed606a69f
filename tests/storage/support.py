"""What the tests of this folder share."""

import asyncio
import resource
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from core.clock import SystemClock
from storage.tinydb import TinyStore
from storage.tinydb.documents import encoded
from storage.tinydb.journal import COMPACT_AT, Journal

Spawn: TypeAlias = Callable[..., Awaitable[asyncio.subprocess.Process]]
OpenStore: TypeAlias = Callable[..., Awaitable[TinyStore]]

ROOT = Path(__file__).parents[2]


def opened(home: Path, *, compact_at: int = COMPACT_AT) -> Journal:
    """The synchronous engine beneath the store, opened to its end or raising."""
    journal = Journal(home, SystemClock(), compact_at=compact_at)
    try:
        journal.prepare(1.0)
        for _ in journal.loading():
            pass
        journal.check_tail(1.0)
    except BaseException:
        journal.close()
        raise
    return journal


def write(journal: Journal, key: str) -> None:
    with journal.writing(1.0) as draft:
        document = {"title": f"Ünï {key}", "list": ["deadbeef", {"x": [1.5, None]}]}
        draft.put("t", key, encoded(document, key))


def keys_in(home: Path) -> list[str]:
    journal = opened(home)
    keys = sorted(journal.memory.keys("t"))
    journal.close()
    return keys


def contents(home: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in home.iterdir() if path.name != "lock"}


def names_in(home: Path) -> list[str]:
    return [path.name for path in home.iterdir()]


async def next_fact(child: asyncio.subprocess.Process) -> str:
    assert child.stdout is not None
    return (await child.stdout.readline()).decode().strip()


@contextmanager
def file_size_limited_to(size: int) -> Iterator[None]:
    """No file may grow beyond this: the kernel writes what fits, then refuses, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
