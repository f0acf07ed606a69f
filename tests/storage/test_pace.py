"""Commits run on the event loop while the disk is prompt and no screen is drawn, else in a thread."""

import asyncio
import os
import threading
from pathlib import Path

import pytest

from core.clock import SystemClock
from core.store import OutcomeUnknown, StorePoisoned
from storage.tinydb import TinyStore, files
from storage.tinydb.pace import PROMPT_SECONDS, Pace


def test_three_prompt_commits_earn_the_loop_and_a_slow_one_loses_it() -> None:
    pace = Pace(screen=False)
    for _ in range(3):
        assert not pace.on_loop(1)
        pace.took(1, PROMPT_SECONDS / 2)
    assert pace.on_loop(1)
    assert not pace.on_loop(10_000)  # much to write takes long on any disk
    pace.took(10_000, 1.0)
    assert pace.on_loop(1)
    pace.took(1, PROMPT_SECONDS * 2)
    assert not pace.on_loop(1)


def test_with_a_screen_the_loop_never_waits_for_a_disk() -> None:
    pace = Pace(screen=True)
    for _ in range(10):
        pace.took(1, 0.0)
    assert not pace.on_loop(1)


@pytest.mark.parametrize("screen", [True, False])
async def test_commits_are_synced_wherever_they_run(
    home: Path, monkeypatch: pytest.MonkeyPatch, screen: bool
) -> None:
    where: list[bool] = []
    sync = files.sync_data

    def watched(descriptor: int) -> None:
        where.append(threading.current_thread() is threading.main_thread())
        sync(descriptor)

    monkeypatch.setattr(files, "sync_data", watched)
    monkeypatch.setattr("storage.tinydb.pace.PROMPT_SECONDS", 60.0)
    store = await TinyStore.open(home, clock=SystemClock(), screen=screen)
    for number in range(6):
        async with store.transaction() as tx:
            await tx.put("t", "k", {"n": number})
        assert len(where) == number + 1
        assert b'"n":%d' % number in (home / "journal-1.jsonl").read_bytes()
    await store.close()
    assert where == ([False] * 6 if screen else [False] * 3 + [True] * 3)


async def test_a_task_that_only_commits_leaves_room_for_others(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.tinydb.pace.PROMPT_SECONDS", 60.0)
    store = await TinyStore.open(home, clock=SystemClock())
    others = 0
    done = asyncio.Event()

    async def other() -> None:
        nonlocal others
        while not done.is_set():
            others += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(other())
    for number in range(20_000):
        async with store.transaction() as tx:
            await tx.put("t", "k", {"n": number})
        if others >= 10:
            break
    done.set()
    await task
    await store.close()
    assert others >= 10


async def test_a_failed_sync_on_the_loop_poisons_the_store_as_in_the_thread(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.tinydb.pace.PROMPT_SECONDS", 60.0)
    store = await TinyStore.open(home, clock=SystemClock())
    for number in range(4):
        async with store.transaction() as tx:
            await tx.put("t", "k", {"n": number})

    def failing(_: int) -> None:
        raise OSError(5, os.strerror(5))

    monkeypatch.setattr(files, "sync_data", failing)
    with pytest.raises(OutcomeUnknown):
        async with store.transaction() as tx:
            await tx.put("t", "k", {"n": 99})
    monkeypatch.undo()
    with pytest.raises(StorePoisoned):
        async with store.transaction() as tx:
            await tx.put("t", "k", {"n": 100})
    await store.close()
