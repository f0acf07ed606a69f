"""The same failures on a real file system: one of a quarter megabyte, mounted where the caller may."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.clock import SystemClock
from core.store import StoreFull, StoreReadOnly
from storage.tinydb import TinyStore
from storage.tinydb.journal import Journal
from tests.storage.support import keys_in, opened, write


def mount(*arguments: str) -> bool:
    if os.geteuid() != 0 or shutil.which("mount") is None:
        return False
    return subprocess.run(["mount", *arguments], check=False, capture_output=True).returncode == 0


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    if not mount("-t", "tmpfs", "-o", "size=256k,mode=0700", "small", str(place)):
        pytest.skip("this user may not mount a file system; a limit on file sizes stands in for it elsewhere")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def fill(disk: Path) -> Path:
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 512)
        except OSError:
            return ballast


def write_until_full(journal: Journal, written: list[str]) -> None:
    while True:
        key = f"{len(written):05}"
        write(journal, key)
        written.append(key)


def test_case_5_a_disk_that_fills_up_refuses_and_takes_again_when_there_is_space(disk: Path) -> None:
    home = disk / "store"
    journal = opened(home, compact_at=20_000)
    written: list[str] = []
    with pytest.raises(StoreFull, match="Free some space"):
        write_until_full(journal, written)
    assert len(written) > 200, "it went on when a compaction needed more space than there was"
    assert sorted(journal.memory.keys("t")) == written
    with pytest.raises(StoreFull):
        write(journal, "still full")
    assert mount("-o", "remount,size=1m", str(disk))
    before = journal.state.generation.header.gen
    while journal.state.generation.header.gen == before:  # the compaction that was put off is made up for
        write(journal, f"{len(written):05}")
        written.append(f"{len(written):05}")
    journal.close()
    assert keys_in(home) == written


def test_case_5_no_space_to_make_a_store_at_all(disk: Path) -> None:
    fill(disk)
    with pytest.raises(StoreFull, match="Free some space"):
        opened(disk / "store")
    (disk / "ballast").unlink()
    journal = opened(disk / "store")
    write(journal, "k")
    journal.close()


async def test_case_7_a_disk_that_becomes_read_only_while_open_and_before(disk: Path) -> None:
    home = disk / "store"
    store = await TinyStore.open(home, clock=SystemClock())
    async with store.transaction() as tx:
        await tx.put("t", "k", {"n": 1})
    await store.close()
    assert mount("-o", "remount,ro", str(disk))
    with pytest.raises(StoreReadOnly, match=r"Read-only file system.*choose another directory"):
        await TinyStore.open(home, clock=SystemClock())
    assert mount("-o", "remount,rw", str(disk))
    again = await TinyStore.open(home, clock=SystemClock())
    assert await again.get("t", "k") == {"n": 1}
    await again.close()
