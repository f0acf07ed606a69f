"""A store of an older format is brought forward once, with a copy of the old files kept beside it."""

import zlib
from pathlib import Path

import orjson
import pytest

from core.clock import SystemClock
from core.store import StoreFull
from storage.tinydb.journal import Journal
from storage.tinydb.migration import migrate
from storage.tinydb.record import Header, encode, encode_header
from storage.tinydb.snapshot import FORMAT
from tests.storage.support import OpenStore, contents, file_size_limited_to, names_in, opened

SNAPSHOT = (
    b'{"_meta":{"1":{"format":1,"gen":3,"seq":7}},\n"t":{\n"1":{"_key":"a","n":1},\n'
    b'"2":{"_key":"b","n":2}\n}\n}\n'
)


@pytest.fixture
def old(home: Path) -> Path:
    """A store as the first program left it: two documents in the snapshot, a third in the journal."""
    home.mkdir()
    header = Header(1, 3, 7, len(SNAPSHOT), zlib.crc32(SNAPSHOT))
    (home / "snapshot.json").write_bytes(SNAPSHOT)
    journal = encode_header(header) + encode(8, {"t": {"3": b'{"_key":"c","n":3}'}})
    (home / "journal-3.jsonl").write_bytes(journal)
    return home


async def test_an_older_format_is_brought_forward_and_the_old_files_are_kept(
    old: Path, open_store: OpenStore
) -> None:
    before = contents(old)
    store = await open_store()
    assert [row async for row in store.scan("t")] == [("a", {"n": 1}), ("b", {"n": 2}), ("c", {"n": 3})]
    assert (await store.changes(-1)).seq == 8
    assert b'"format":%d,' % FORMAT in (old / "snapshot.json").read_bytes()
    (kept,) = old.glob("format-1-*")
    assert contents(kept) == before
    assert kept.stat().st_mode & 0o777 == 0o700

    async with store.transaction() as tx:
        await tx.put("t", "d", {"n": 4})
    again = await open_store()
    assert await again.count("t") == 4
    assert len(list(old.glob("format-1-*"))) == 1


def _counted(_: str, text: bytes) -> bytes:
    document = orjson.loads(text)
    return orjson.dumps({**document, "count": document["n"]})


def test_a_step_may_rewrite_documents_and_memory_follows(old: Path) -> None:
    journal = opened_without_migration(old)
    migrate(journal, SystemClock(), 1.0, {1: _counted})
    assert journal.memory.find("t", "c") == b'{"_key":"c","n":3,"count":3}'
    journal.close()
    again = opened(old)
    assert again.memory.find("t", "a") == b'{"_key":"a","n":1,"count":1}'
    again.close()


async def test_no_space_for_the_copy_leaves_the_old_store_as_it_was(old: Path, open_store: OpenStore) -> None:
    before = contents(old)
    with file_size_limited_to(20), pytest.raises(StoreFull):
        await open_store()
    kept = {name: data for name, data in before.items() if name in names_in(old)}
    assert kept == before
    store = await open_store()
    assert await store.count("t") == 3


async def test_two_processes_that_open_at_once_migrate_once(old: Path, open_store: OpenStore) -> None:
    first = opened_without_migration(old)
    store = await open_store()
    migrate(first, SystemClock(), 1.0)
    assert len(list(old.glob("format-1-*"))) == 1
    assert sorted(first.memory.keys("t")) == [key async for key, _ in store.scan("t")]
    first.close()


def opened_without_migration(home: Path) -> Journal:
    journal = Journal(home, SystemClock())
    journal.prepare(1.0)
    assert list(journal.loading())
    return journal
