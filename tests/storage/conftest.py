"""Opened stores and child processes that end with the test."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from core.clock import SystemClock
from storage.tinydb import TinyStore
from storage.tinydb.journal import COMPACT_AT
from tests.storage.support import ROOT, OpenStore, Spawn

pytest.register_assert_rewrite("tests.storage.promises")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
async def open_store(home: Path) -> AsyncIterator[OpenStore]:
    """Opens the store at `home` as often as a test likes; all are closed at its end."""
    opened: list[TinyStore] = []

    async def open_again(*, compact_at: int = COMPACT_AT, lock_timeout: float = 5.0) -> TinyStore:
        store = await TinyStore.open(
            home, clock=SystemClock(), compact_at=compact_at, lock_timeout=lock_timeout
        )
        opened.append(store)
        return store

    yield open_again
    for store in opened:
        await store.close()


@pytest.fixture
async def store(open_store: OpenStore) -> TinyStore:
    return await open_store()


@pytest.fixture
async def other(store: TinyStore, open_store: OpenStore) -> TinyStore:
    return await open_store()


@pytest.fixture
async def spawn(home: Path) -> AsyncIterator[Spawn]:
    """Starts `tests.storage.child`; whatever still runs at the end is killed."""
    children: list[asyncio.subprocess.Process] = []

    async def start(*arguments: str, crash_at: str = "") -> asyncio.subprocess.Process:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.storage.child", str(home), *arguments,
            cwd=ROOT, env={**os.environ, "AVASAM_CRASH_AT": crash_at}, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        children.append(child)
        return child

    yield start
    for child in children:
        with suppress(ProcessLookupError):
            child.kill()
        await child.communicate()
