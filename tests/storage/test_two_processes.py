"""Several processes over one store: they follow each other, and the lock is never lost or kept for ever."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from core.store import StoreBusy
from storage.tinydb import TinyStore
from storage.tinydb.lock import WriterLock
from tests.storage.child import number_in
from tests.storage.support import ROOT, OpenStore, Spawn, next_fact, opened


async def test_what_another_process_acknowledged_is_visible_at_once(store: TinyStore, spawn: Spawn) -> None:
    child = await spawn("count", "them")
    assert await next_fact(child) == "ready"
    for _ in range(30):
        number = int(await next_fact(child))
        async with store.transaction() as tx:
            assert number_in(await tx.get("counters", "them")) >= number
            await tx.put("mine", f"{number:04}", {})
        assert number_in(await store.get("counters", "them")) >= number
    assert await store.count("mine") == 30


async def test_a_stopped_holder_is_named_and_a_killed_one_frees_the_lock_at_once(
    open_store: OpenStore, spawn: Spawn
) -> None:
    store = await open_store(lock_timeout=0.2)
    child = await spawn("hold")
    assert [await next_fact(child), await next_fact(child)] == ["ready", "inside"]
    child.send_signal(signal.SIGSTOP)
    with pytest.raises(StoreBusy, match=f"process {child.pid}.*0.2 s"):
        async with store.transaction():
            pass
    assert await store.get("t", "from the holder") is None

    waiting = asyncio.create_task(_put(await open_store(lock_timeout=30.0)))
    child.send_signal(signal.SIGCONT)
    child.kill()
    async with asyncio.timeout(5):
        await waiting
    assert [key async for key, _ in store.scan("t")] == ["k"]


async def test_whoever_lets_go_lets_pass_who_waits(home: Path, spawn: Spawn) -> None:
    journal = opened(home)
    assert journal.lock.try_acquire()
    child = await spawn("hold")
    assert await next_fact(child) == "ready"
    await until(lambda: not _may_mark_next(home))
    journal.lock.release()
    assert not journal.lock.try_acquire()
    assert await next_fact(child) == "inside"
    journal.close()


async def test_a_waiter_that_is_stopped_while_it_is_next_stops_nobody(
    open_store: OpenStore, spawn: Spawn, home: Path
) -> None:
    store, journal = await open_store(lock_timeout=20.0), opened(home)
    assert journal.lock.try_acquire()
    child = await spawn("hold")
    assert await next_fact(child) == "ready"
    await until(lambda: not _may_mark_next(home))
    child.send_signal(signal.SIGSTOP)
    await until(lambda: ") T " in Path(f"/proc/{child.pid}/stat").read_text())
    journal.lock.release()
    async with asyncio.timeout(5):
        await _put(store)
    child.send_signal(signal.SIGCONT)
    assert await next_fact(child) == "inside"
    journal.close()


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that another process does and cannot tell."""
    async with asyncio.timeout(10):
        while not await asyncio.to_thread(condition):
            pass


def _may_mark_next(home: Path) -> bool:
    """Whether no other process has marked that it is the next to get the lock."""
    lock = WriterLock(home / "lock")
    try:
        return lock._be_next()
    finally:
        lock.close()


async def test_opening_does_not_wait_for_a_writer(
    store: TinyStore, open_store: OpenStore, spawn: Spawn
) -> None:
    await _put(store)
    child = await spawn("hold")
    assert [await next_fact(child), await next_fact(child)] == ["ready", "inside"]
    late = await open_store(lock_timeout=0.0)
    assert await late.get("t", "k") == {"n": 1}


async def test_a_lock_file_that_is_deleted_still_keeps_writers_apart(
    store: TinyStore, other: TinyStore, home: Path
) -> None:
    (home / "lock").unlink()
    async with store.transaction() as tx:
        late = asyncio.create_task(_put(other))
        await asyncio.sleep(0.02)
        assert not late.done()
        await tx.put("t", "k", {"n": 0})
    await late
    assert await store.get("t", "k") == {"n": 1}


async def test_ids_chosen_by_concurrent_processes_never_collide(
    store: TinyStore, open_store: OpenStore, spawn: Spawn
) -> None:
    children = [await spawn("public", name) for name in "abc"]
    async with asyncio.TaskGroup() as group:
        for child in children:
            group.create_task(child.wait())
        for number in range(50):
            async with store.transaction() as tx:
                await tx.put("public", f"port {number}", {"by": "port", "n": number})
    documents = (await open_store()).tinydb.table("public").all()
    assert len(documents) == 200
    assert {document.doc_id for document in documents} == set(range(1, 201))
    assert {(document["by"], document["n"]) for document in documents} == {
        (by, n) for by in ("a", "b", "c", "port") for n in range(50)
    }


async def test_a_waiter_cancelled_just_as_it_gets_the_lock_gives_it_back(
    store: TinyStore, home: Path
) -> None:
    journal = opened(home)
    with journal.holding(1.0):
        waiting = asyncio.create_task(_put(store))
        await asyncio.sleep(0.01)
    while journal.lock.try_acquire():
        journal.lock.release()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert journal.lock.try_acquire()
    journal.lock.release()
    journal.close()
    assert await store.count("t") == 0


async def test_a_public_write_inside_a_transaction_times_out_instead_of_hanging(
    open_store: OpenStore,
) -> None:
    store = await open_store(lock_timeout=0.05)
    async with store.transaction() as tx:
        await tx.put("t", "k", {})
        with pytest.raises(StoreBusy, match=f"process {os.getpid()}"):
            store.tinydb.table("t").insert({})
    assert await store.count("t") == 1


def test_a_fork_of_a_process_may_not_use_its_store(home: Path) -> None:
    script = """if True:
        import os, sys
        from pathlib import Path
        from core.clock import SystemClock
        from core.store import StoreError
        from storage.tinydb.journal import Journal
        journal = Journal(Path(sys.argv[1]), SystemClock())
        journal.prepare(1.0)
        list(journal.loading())
        parent = os.getpid()
        if os.fork() == 0:
            for attempt in (journal.behind, journal.begin, lambda: journal.writing(1.0).__enter__()):
                try:
                    attempt()
                except StoreError as error:
                    assert f"process {parent}" in str(error) and "Open the store again" in str(error), error
                else:
                    os._exit(1)
            os._exit(7)
        assert os.waitstatus_to_exitcode(os.wait()[1]) == 7
        with journal.writing(1.0) as draft:
            draft.put("t", "parent", b"{}")
    """
    subprocess.run([sys.executable, "-c", script, str(home)], check=True, cwd=ROOT, env=dict(os.environ))


async def _put(store: TinyStore) -> None:
    async with store.transaction() as tx:
        await tx.put("t", "k", {"n": 1})
