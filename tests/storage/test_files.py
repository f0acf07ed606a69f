"""Modes, links, full disks, failing disks, network file systems: the errors say what to do."""

import asyncio
import errno
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from core.clock import SystemClock
from core.store import OutcomeUnknown, StoreError, StoreFull, StorePoisoned
from storage.tinydb import TinyStore, files
from storage.tinydb.network import refuse_network
from tests.storage.support import ROOT, OpenStore, file_size_limited_to, keys_in, names_in, opened, write


async def put(store: TinyStore, key: str, size: int = 10) -> None:
    async with store.transaction() as tx:
        await tx.put("t", key, {"filler": "x" * size})


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("umask", [0, 0o077, 0o777])
async def test_everything_is_private_whatever_the_umask(
    open_store: OpenStore, home: Path, umask: int
) -> None:
    previous = os.umask(umask)
    try:
        store = await open_store(compact_at=1)
        await put(store, "k")
        await store.close()
    finally:
        os.umask(previous)
    assert mode(home) == 0o700
    assert {mode(home / name) for name in names_in(home)} == {0o600}


@pytest.mark.parametrize("made_before", [False, True])
async def test_a_store_can_be_shared_with_a_group(home: Path, made_before: bool) -> None:
    if made_before:
        await (await TinyStore.open(home, clock=SystemClock())).close()
        assert {mode(home / name) for name in names_in(home)} == {0o600}
    previous = os.umask(0o077)
    try:
        store = await TinyStore.open(home, clock=SystemClock(), group=True, compact_at=1)
        await put(store, "k")
        await store.close()
    finally:
        os.umask(previous)
    assert mode(home) == 0o2770
    assert {mode(home / name) for name in names_in(home)} == {0o660}


def test_two_users_of_one_group_write_the_same_store() -> None:
    """Each in a process of its own and, where the caller may change it, as a user of its own."""
    script = """if True:
        import asyncio, os, sys
        from pathlib import Path
        from core.clock import SystemClock
        from storage.tinydb import TinyStore
        home, user = Path(sys.argv[1]), int(sys.argv[2])
        if os.geteuid() == 0:
            os.setgroups([])
            os.setegid(60999)
            os.seteuid(user)
        async def write():
            store = await TinyStore.open(home, clock=SystemClock(), compact_at=1)
            async with store.transaction() as tx:
                await tx.put("t", str(user), {})
            await store.close()
        asyncio.run(write())
    """
    base = Path(tempfile.mkdtemp())
    try:
        base.chmod(0o755)
        home = base / "store"
        asyncio.run(_shared(home))
        if os.geteuid() == 0:
            for path in (home, *home.iterdir()):
                os.chown(path, 0, 60999)
            home.chmod(0o2770)
        for user in ("60001", "60002", "60001"):
            subprocess.run([sys.executable, "-c", script, str(home), user], check=True, cwd=ROOT)
        assert keys_in(home) == ["60001", "60002"]
    finally:
        shutil.rmtree(base)


async def _shared(home: Path) -> None:
    await (await TinyStore.open(home, clock=SystemClock(), group=True)).close()


@pytest.mark.parametrize("name", ["lock", "snapshot.json", "journal-1.jsonl"])
async def test_symbolic_links_are_not_followed(open_store: OpenStore, home: Path, name: str) -> None:
    await (await open_store()).close()
    elsewhere = home.with_name("elsewhere")
    (home / name).rename(elsewhere)
    (home / name).symlink_to(elsewhere)
    with pytest.raises(StoreError, match=f"{name} is a symbolic link"):
        await open_store()


async def test_nothing_is_visible_or_acknowledged_before_it_is_on_the_disk(
    store: TinyStore, other: TinyStore, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    syncing, synced = threading.Event(), threading.Event()

    def slow_disk(descriptor: int) -> None:
        assert b"slowly" in (home / "journal-1.jsonl").read_bytes()
        syncing.set()
        assert synced.wait(30)
        os.fdatasync(descriptor)

    monkeypatch.setattr(files, "sync_data", slow_disk)
    writing = asyncio.create_task(put(store, "slowly"))
    await asyncio.to_thread(syncing.wait)
    assert await store.count("t") == 0
    assert (await store.changes(-1)).seq == 0

    writing.cancel()
    await asyncio.sleep(0.01)
    assert not writing.done(), "a cancelled commit waits for its outcome"
    synced.set()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert await store.count("t") == await other.count("t") == 1
    await put(other, "the lock is free")


async def test_a_full_disk_refuses_the_transaction_and_leaves_the_rest_alone(
    store: TinyStore, other: TinyStore, home: Path
) -> None:
    await put(store, "before")
    journal = home / "journal-1.jsonl"
    size = journal.stat().st_size
    with file_size_limited_to(size + 500):
        with pytest.raises(StoreFull, match="Free some space"):
            await put(store, "too much", 5000)
        assert journal.stat().st_size == size
        assert await other.count("t") == await store.count("t") == 1
        await put(other, "small")
    await put(store, "after", 5000)
    assert await other.count("t") == 3
    assert sorted(names_in(home)) == ["journal-1.jsonl", "lock", "snapshot.json"]


async def test_a_disk_too_full_to_compact_keeps_every_commit(open_store: OpenStore, home: Path) -> None:
    store = await open_store(compact_at=2000)
    for number in range(9):
        await put(store, str(number), 200)
    await store.close()
    store = await open_store(compact_at=1)
    with file_size_limited_to(1500):
        async with store.transaction() as tx:
            for number in range(9):
                await tx.delete("t", str(number))
        await put(store, "last")
        await store.close()
    store = await open_store(compact_at=1)
    await put(store, "really last")
    await store.close()
    assert [key async for key, _ in (await open_store()).scan("t")] == ["last", "really last"]
    assert "snapshot.tmp" not in names_in(home)


async def test_no_space_to_make_the_store_leaves_a_directory_that_can_be_used_later(
    open_store: OpenStore,
) -> None:
    with file_size_limited_to(20), pytest.raises(StoreFull, match="Free some space"):
        await open_store()
    await put(await open_store(), "k")


async def test_a_failed_sync_leaves_the_outcome_unknown_and_poisons_the_store(
    store: TinyStore, open_store: OpenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put(store, "before")

    def broken(_: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr(files, "sync_data", broken)
        with pytest.raises(OutcomeUnknown, match="may or may not"):
            await put(store, "in doubt")
    for _ in range(2):
        with pytest.raises(StorePoisoned, match="start the program again"):
            await put(store, "after")
    assert await store.get("t", "before") is not None
    await put(await open_store(), "reopened")
    assert await store.get("t", "reopened") is not None


def test_a_compaction_that_may_not_be_durable_poisons_the_store(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = opened(home, compact_at=1)
    sync = files.sync_directory
    calls = 0

    def breaks_after_the_rename(path: Path) -> None:
        nonlocal calls
        calls += 1
        if calls > 1:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        sync(path)

    with monkeypatch.context() as patch:
        patch.setattr(files, "sync_directory", breaks_after_the_rename)
        write(journal, "acknowledged")
        with pytest.raises(StorePoisoned):
            write(journal, "after")
    journal.close()
    assert keys_in(home) == ["acknowledged"]


async def test_a_disk_that_refuses_both_write_and_repair_poisons_the_store(
    store: TinyStore, other: TinyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(descriptor: int, data: bytes, offset: int) -> None:
        os.pwrite(descriptor, data[:20], offset)
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    def broken(_: int, __: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr(files, "write_at", half)
        patch.setattr(os, "ftruncate", broken)
        with pytest.raises(StoreError, match="could not be written"):
            await put(store, "lost")
    with pytest.raises(StorePoisoned):
        await put(store, "after")
    await put(other, "from the other")
    assert [key async for key, _ in store.scan("t")] == ["from the other"]


def test_without_the_right_to_write_the_message_names_file_and_user() -> None:
    script = """if True:
        import asyncio, os, sys
        from pathlib import Path
        from core.clock import SystemClock
        from core.store import StoreReadOnly
        from storage.tinydb import TinyStore
        home = Path(sys.argv[1])
        if os.geteuid() == 0:
            os.setegid(65534)
            os.seteuid(65534)
        else:
            for path in home.iterdir():
                path.chmod(0o400)
            home.chmod(0o500)
        async def attempt():
            try:
                await TinyStore.open(home, clock=SystemClock())
            except StoreReadOnly as error:
                assert "lock could not be opened" in str(error) and str(os.geteuid()) in str(error), error
                os._exit(7)
        asyncio.run(attempt())
    """
    prepare = (
        script.partition("if os.geteuid")[0] + "asyncio.run(TinyStore.open(home, clock=SystemClock()))\n"
    )
    base = Path(tempfile.mkdtemp())
    try:
        base.chmod(0o755)
        home = str(base / "store")
        subprocess.run([sys.executable, "-c", prepare, home], check=True, cwd=ROOT)
        (base / "store").chmod(0o755)
        assert subprocess.run([sys.executable, "-c", script, home], check=False, cwd=ROOT).returncode == 7
        (base / "store").chmod(0o700)
    finally:
        shutil.rmtree(base)


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "fuse.sshfs", "9p"])
def test_network_file_systems_are_refused(tmp_path: Path, kind: str) -> None:
    shared = tmp_path / "my share"
    (shared / "store").mkdir(parents=True)
    mounts = tmp_path / "mountinfo"
    mounts.write_text(
        "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n"
        f"40 22 0:50 / {str(shared).replace(' ', chr(92) + '040')} rw shared:9 - {kind} server:/x rw\n"
        "nonsense\n"
    )
    with pytest.raises(StoreError, match=rf"network file system \({kind}\).*PostgreSQL"):
        refuse_network(shared / "store", mounts=mounts)
    refuse_network(tmp_path, mounts=mounts)
    refuse_network(tmp_path, mounts=tmp_path / "no such list")


def test_a_local_disk_mounted_inside_a_share_is_fine(tmp_path: Path) -> None:
    (tmp_path / "local").mkdir()
    mounts = tmp_path / "mountinfo"
    mounts.write_text(
        f"40 22 0:50 / {tmp_path} rw - nfs server:/x rw\n"
        f"41 40 254:1 / {tmp_path}/local rw - ext4 /dev/vdb rw\n"
    )
    refuse_network(tmp_path / "local", mounts=mounts)
    with pytest.raises(StoreError):
        refuse_network(tmp_path, mounts=mounts)
