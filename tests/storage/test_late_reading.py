"""A reading that began before others went on, and ends after them, never replaces what is newer."""

from collections.abc import Iterator
from pathlib import Path

from storage.tinydb.journal import Journal
from tests.storage.support import keys_in, opened, write


def loading_late(reader: Journal, home: Path) -> Iterator[None]:
    """Another process goes two generations on; the reader begins to load and is then kept waiting."""
    other = opened(home, compact_at=1)
    while other.state.generation.header.gen < 3:
        write(other, f"theirs {other.memory.seq}")
    other.close()
    following = reader.following()
    next(following)  # the rest of its own generation
    next(following)  # a part of the new one
    return following


def test_a_load_that_ends_late_is_dropped_when_a_writer_of_this_process_went_on_meanwhile(home: Path) -> None:
    journal = opened(home)
    write(journal, "first")
    following = loading_late(journal, home)
    write(journal, "second")
    generation = journal.state.generation
    before = journal.memory.seq
    for _ in following:
        assert journal.memory.seq >= before, "memory went back in time"
    assert journal.state.generation is generation, "the files of the writer were closed"
    write(journal, "third")
    keys = sorted(journal.memory.keys("t"))
    assert {"first", "second", "third", "theirs 1"} <= set(keys)
    journal.close()
    assert keys_in(home) == keys


def test_a_load_that_ends_in_the_middle_of_a_commit_leaves_the_files_of_the_commit_alone(home: Path) -> None:
    journal = opened(home)
    write(journal, "first")
    following = loading_late(journal, home)
    state = journal.state
    journal._writing = True  # as between append and sync, in the thread of the writer
    for _ in following:
        pass
    assert journal.state is state
    journal._writing = False
    write(journal, "second")
    assert {"first", "second", "theirs 1"} <= set(journal.memory.keys("t"))
    journal.close()


def test_two_loads_at_the_same_time_leave_one_generation_open(home: Path) -> None:
    journal = opened(home)
    write(journal, "first")
    slow, quick = loading_late(journal, home), journal.following()
    for _ in quick:
        pass
    kept = journal.state.generation
    for _ in slow:
        pass
    assert journal.state.generation is kept
    assert journal.state.size() == journal.state.offset
    journal.close()
