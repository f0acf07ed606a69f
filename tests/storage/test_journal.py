"""Damaged, missing, foreign and newer files: what may be repaired is, what may not is refused untouched."""

import json
import shutil
from pathlib import Path

import pytest

from core.clock import SystemClock
from core.store import StoreCorrupt, StoreError, StoreFormat
from storage.tinydb import TinyStore
from storage.tinydb.crashpoints import POINTS
from tests.storage.support import OpenStore, contents, keys_in, opened, write

JOURNAL = "journal-1.jsonl"


def torn_in(home: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(home.glob("torn-*"))]


@pytest.fixture
def three(home: Path) -> Path:
    """A store with three transactions in its journal."""
    journal = opened(home)
    for key in ("one", "two", "three"):
        write(journal, key)
    journal.close()
    return home


def test_a_last_record_torn_at_any_byte_is_cut_and_its_bytes_are_kept(three: Path) -> None:
    whole = (three / JOURNAL).read_bytes()
    start = whole.rindex(b"\n", 0, -1) + 1
    for cut in range(start, len(whole)):
        missing = len(whole) - cut
        for rest in (b"", b"\0" * missing, b"\xff\n" * missing):
            home = three.with_name("torn")
            shutil.copytree(three, home)
            (home / JOURNAL).write_bytes(whole[:cut] + rest)
            journal = opened(home)
            assert sorted(journal.memory.keys("t")) == ["one", "two"]
            write(journal, "after")
            journal.close()
            torn = whole[start:cut] + rest
            assert torn_in(home) == ([torn] if torn else [])
            assert keys_in(home) == ["after", "one", "two"]
            shutil.rmtree(home)


@pytest.mark.parametrize("line", [0, 1, 2])
def test_a_flipped_bit_before_the_last_record_is_refused_with_file_and_offset(three: Path, line: int) -> None:
    whole = (three / JOURNAL).read_bytes()
    lines = whole.splitlines(keepends=True)
    start = sum(map(len, lines[:line]))
    for place in range(start, start + len(lines[line])):
        damaged = bytearray(whole)
        damaged[place] ^= 0x10
        (three / JOURNAL).write_bytes(damaged)
        before = contents(three)
        with pytest.raises(StoreCorrupt, match=rf"{JOURNAL} is damaged at byte {start}\b.*backup"):
            opened(three)
        assert contents(three) == before


def test_a_record_out_of_turn_is_refused(three: Path) -> None:
    first, one, two, last = (three / JOURNAL).read_bytes().splitlines(keepends=True)
    for order in ((first, one, last), (first, one, one), (first, two, one, last)):
        (three / JOURNAL).write_bytes(b"".join(order))
        with pytest.raises(StoreCorrupt, match="out of turn"):
            opened(three)


def test_a_snapshot_that_was_edited_is_noticed_at_every_byte(three: Path) -> None:
    journal = opened(three)
    with journal.holding(1.0):
        journal.begin()
        journal.compact()
    journal.close()
    path = three / "snapshot.json"
    whole = path.read_bytes()
    for place in range(len(whole)):
        edited = bytearray(whole)
        edited[place] ^= 1
        path.write_bytes(edited)
        with pytest.raises((StoreCorrupt, StoreFormat), match=r"snapshot.json|journal-"):
            opened(three)
    path.write_bytes(whole + b" ")
    with pytest.raises(StoreCorrupt, match="changed by something other"):
        opened(three)
    path.write_bytes(whole)
    assert keys_in(three) == ["one", "three", "two"]


def test_a_damaged_tail_met_by_a_running_store_is_refused_when_it_writes(three: Path) -> None:
    journal = opened(three)
    with (three / JOURNAL).open("ab") as file:
        file.write(b"garbage\n" + (three / JOURNAL).read_bytes().splitlines(keepends=True)[-1])
    before = contents(three)
    with pytest.raises(StoreCorrupt, match="whole one follows"):
        write(journal, "four")
    assert sorted(journal.memory.keys("t")) == ["one", "three", "two"]
    assert contents(three) == before
    journal.close()


def test_a_journal_that_shrank_is_refused(three: Path) -> None:
    journal = opened(three)
    whole = (three / JOURNAL).read_bytes()
    (three / JOURNAL).write_bytes(whole[: whole.rindex(b"\n", 0, -1) + 1])
    with pytest.raises(StoreCorrupt, match="shorter"):
        write(journal, "four")
    journal.close()


def test_a_missing_snapshot_is_not_replaced_by_an_empty_one(three: Path) -> None:
    (three / "snapshot.json").unlink()
    with pytest.raises(StoreCorrupt, match=r"snapshot.json is missing.*backup"):
        opened(three)
    assert [path.name for path in three.glob("*.json*")] == [JOURNAL]


def test_a_snapshot_that_goes_missing_while_open_is_told(three: Path) -> None:
    journal = opened(three)
    (three / "snapshot.json").unlink()
    with pytest.raises(StoreCorrupt, match="missing"):
        journal.behind()
    journal.close()


def test_a_missing_journal_is_refused(three: Path) -> None:
    (three / JOURNAL).unlink()
    with pytest.raises(StoreCorrupt, match=f"{JOURNAL} is missing"):
        opened(three)


@pytest.mark.parametrize(
    ("content", "error", "says"),
    [
        (b"", StoreCorrupt, "is empty"),
        (b'{"_default": {"1": {"a": 1}}}', StoreFormat, "not written by this program"),
        (b"SQLite format 3\0", StoreFormat, "not written by this program"),
        (
            b'{"_meta":{"1":{"format":9,"gen":1,"seq":0,"needs":"4.2.0"}}\n}\n',
            StoreFormat,
            "format 9; this program reads up to 2. Update avasam-tui to version 4.2.0 or newer",
        ),
        (b'{"_meta":{"1":{"gen":1}}\n}\n', StoreCorrupt, "does not describe"),
        (b'{"_meta":{"1":{"format":1,', StoreCorrupt, "no JSON"),
    ],
)
def test_snapshots_that_are_not_ours_are_told_apart(
    three: Path, content: bytes, error: type[StoreError], says: str
) -> None:
    (three / "snapshot.json").write_bytes(content)
    before = contents(three)
    with pytest.raises(error, match=says):
        opened(three)
    assert contents(three) == before


def test_what_an_interrupted_compaction_left_is_swept_at_open(three: Path) -> None:
    (three / "snapshot.tmp").write_bytes(b"half a snapsh")
    (three / "journal-2.jsonl").write_bytes(b"")
    (three / "journal-0.jsonl").write_bytes(b"old")
    (three / "notes.txt").write_bytes(b"not ours")
    assert keys_in(three) == ["one", "three", "two"]
    assert sorted(contents(three)) == [JOURNAL, "notes.txt", "snapshot.json"]


def test_a_leftover_of_the_next_generation_does_not_disturb_compaction(three: Path) -> None:
    journal = opened(three)
    (three / "journal-2.jsonl").write_bytes((three / JOURNAL).read_bytes())
    (three / "snapshot.tmp").symlink_to(three / JOURNAL)
    with journal.holding(1.0):
        journal.begin()
        journal.compact()
    write(journal, "four")
    journal.close()
    assert keys_in(three) == ["four", "one", "three", "two"]
    assert sorted(contents(three)) == ["journal-2.jsonl", "snapshot.json"]


async def test_a_reader_one_generation_behind_goes_on_without_reading_again(open_store: OpenStore) -> None:
    writer, reader = await open_store(compact_at=1), await open_store()
    seq = (await reader.changes(-1)).seq
    for number in range(3):
        async with writer.transaction() as tx:
            await tx.put("t", str(number), {})
        await writer.changes(-1)
        changes = await reader.changes(seq)
        assert not changes.reset
        assert changes.keys == {"t": {str(number)}}
        seq = changes.seq


async def test_a_reader_several_generations_behind_reads_everything_again(
    open_store: OpenStore, home: Path
) -> None:
    reader = await open_store()
    for number in range(5):
        writer = await open_store(compact_at=1)
        async with writer.transaction() as tx:
            await tx.put("t", str(number), {"filler": "x" * 1000 * number})
        await writer.close()
    assert "journal-1.jsonl" not in contents(home)
    changes = await reader.changes(0)
    assert changes.reset
    assert changes.seq == 5
    assert await reader.count("t") == 5
    async with reader.transaction() as tx:
        await tx.put("t", "back", {})
    assert [key async for key, _ in (await open_store()).scan("t")] == ["0", "1", "2", "3", "4", "back"]


async def test_compaction_keeps_documents_ids_and_sequence(open_store: OpenStore, home: Path) -> None:
    store = await open_store(compact_at=1)
    for number in range(3):
        async with store.transaction() as tx:
            await tx.put("t", str(number), {"n": number})
            await tx.put(f"table {number}", "k", {})
    async with store.transaction() as tx:
        await tx.delete("t", "0")
        await tx.delete("table 1", "k")
    ids = {document["_key"]: document.doc_id for document in store.tinydb.table("t")}
    await store.close()
    again = await open_store()
    assert (await again.changes(-1)).seq == 4
    assert {document["_key"]: document.doc_id for document in again.tinydb.table("t")} == ids
    assert again.tinydb.tables() == {"t", "table 0", "table 2"}
    lines = (home / "snapshot.json").read_text().splitlines()
    assert lines[0].startswith('{"_meta":{"1":{"format":2,"gen":')
    assert sum(line.startswith('"') and not line.endswith("{") for line in lines) == 4
    assert set(json.loads("\n".join(lines))) == {"_meta", "t", "table 0", "table 2"}


async def test_many_documents_load_in_chunks_with_progress(open_store: OpenStore, home: Path) -> None:
    store = await open_store(compact_at=1)
    for part in range(2):
        async with store.transaction() as tx:
            for number in range(3000):
                await tx.put("t", f"{part}-{number}", {"filler": "x" * 200})
    await store.close()
    steps: list[tuple[int, int]] = []
    again = await TinyStore.open(
        home, clock=SystemClock(), progress=lambda done, total: steps.append((done, total))
    )
    assert await again.count("t") == 6000
    await again.close()
    assert len(steps) > 3
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)
    assert steps[-1][0] == steps[-1][1] == sum(map(len, contents(home).values()))


def test_crash_points_have_distinct_names() -> None:
    assert len(set(POINTS)) == len(POINTS)
