"""The failure cases of storage.md by number: which test proves each, and those that had no other home."""

import ast
import asyncio
import errno
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from core.clock import SystemClock
from core.settings import Settings
from core.store import StoreCorrupt, StoreError, StoreFull, StoreReadOnly
from storage.tinydb import TinyStore, files, journal
from tests.storage.child import number_in
from tests.storage.support import ROOT, OpenStore, Spawn, keys_in, names_in, next_fact, opened, write
from tui.bootstrap import open_backend

PROVED_BY: Final[Mapping[int, tuple[str, ...]]] = {
    1: ("test_a_last_record_torn_at_any_byte_is_cut_and_its_bytes_are_kept",),
    2: (
        "test_a_flipped_bit_before_the_last_record_is_refused_with_file_and_offset",
        "test_a_damaged_tail_met_by_a_running_store_is_refused_when_it_writes",
    ),
    3: (
        "test_dying_while_writing",
        "test_dying_while_cutting_a_torn_tail",
        "test_dying_while_the_store_is_made",
    ),
    4: ("test_case_4_nothing_acknowledged_is_lost_under_kill_9_stops_and_a_full_disk",),
    5: (
        "test_a_full_disk_refuses_the_transaction_and_leaves_the_rest_alone",
        "test_a_disk_too_full_to_compact_keeps_every_commit",
        "test_no_space_to_make_the_store_leaves_a_directory_that_can_be_used_later",
        "test_case_5_no_space_for_the_next_journal_keeps_every_commit",
        "test_case_5_a_disk_that_fills_up_refuses_and_takes_again_when_there_is_space",
        "test_case_5_no_space_to_make_a_store_at_all",
    ),
    6: (
        "test_a_failed_sync_leaves_the_outcome_unknown_and_poisons_the_store",
        "test_a_compaction_that_may_not_be_durable_poisons_the_store",
        "test_a_failed_sync_on_the_loop_poisons_the_store_as_in_the_thread",
    ),
    7: (
        "test_case_7_a_read_only_mount_is_named_with_the_cure",
        "test_case_7_a_disk_that_becomes_read_only_while_open_and_before",
        "test_without_the_right_to_write_the_message_names_file_and_user",
        "test_everything_is_private_whatever_the_umask",
    ),
    8: ("test_a_stopped_holder_is_named_and_a_killed_one_frees_the_lock_at_once",),
    9: ("test_a_lock_file_that_is_deleted_still_keeps_writers_apart",),
    10: ("test_threads_that_write_publicly_and_a_loop_that_transacts_lose_nothing",),
    11: ("test_a_fork_of_a_process_may_not_use_its_store",),
    12: (
        "test_what_an_interrupted_compaction_left_is_swept_at_open",
        "test_a_leftover_of_the_next_generation_does_not_disturb_compaction",
    ),
    13: (
        "test_a_missing_snapshot_is_not_replaced_by_an_empty_one",
        "test_snapshots_that_are_not_ours_are_told_apart",
    ),
    14: ("test_a_missing_journal_is_refused",),
    15: (
        "test_a_reader_one_generation_behind_goes_on_without_reading_again",
        "test_a_reader_several_generations_behind_reads_everything_again",
        "test_case_15_a_scan_goes_on_through_a_compaction",
        "test_a_load_that_ends_late_is_dropped_when_a_writer_of_this_process_went_on_meanwhile",
    ),
    16: ("test_ids_chosen_by_concurrent_processes_never_collide",),
    17: (
        "test_what_json_cannot_hold_exactly_is_refused_by_field",
        "test_an_updater_that_raises_or_makes_nonsense_changes_nothing",
    ),
    18: ("test_an_empty_transaction_writes_nothing",),
    19: ("test_a_clock_that_jumps_back_does_not_lock_a_lease_for_ever",),
    20: (
        "test_network_file_systems_are_refused",
        "test_case_20_a_network_file_system_can_be_allowed",
    ),
    21: ("test_stock_tinydb_reads_the_snapshot",),
    22: (
        "test_a_snapshot_that_was_edited_is_noticed_at_every_byte",
        "test_case_22_a_snapshot_edited_under_a_running_program_is_refused_with_the_byte",
    ),
    23: (
        "test_nested_values_are_not_shared_with_the_store",
        "test_changing_what_was_handed_out_changes_nothing_inside",
    ),
    24: (
        "test_case_24_a_plain_copy_of_a_busy_store_is_whole_or_refused",
        "test_a_backup_of_a_busy_store_is_of_one_moment",
    ),
}


def test_every_failure_case_is_proved_by_tests_that_exist() -> None:
    there = {
        node.name
        for folder in ("storage", "torture", "core/services")
        for path in (ROOT / "tests" / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert sorted(PROVED_BY) == list(range(1, 25))
    assert {name for names in PROVED_BY.values() for name in names} - there == set()


async def test_case_5_no_space_for_the_next_journal_keeps_every_commit(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = opened(home, compact_at=1)
    real = files.open_fresh

    def full(path: Path) -> int:
        if path.name == "journal-2.jsonl":
            raise StoreFull(f"{path} could not be written")
        return real(path)

    with monkeypatch.context() as patch:
        patch.setattr(files, "open_fresh", full)
        write(store, "first")
        write(store, "second")
    assert sorted(names_in(home)) == ["journal-1.jsonl", "lock", "snapshot.json"]
    store.close()
    again = opened(home, compact_at=1)
    write(again, "third")
    again.close()
    assert keys_in(home) == ["first", "second", "third"]
    assert "journal-2.jsonl" in names_in(home)


async def test_case_7_a_read_only_mount_is_named_with_the_cure(
    open_store: OpenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await (await open_store()).close()
    real = os.open

    def read_only(path: str, flags: int, mode: int = 0o777) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        return real(path, flags, mode)

    monkeypatch.setattr(os, "open", read_only)
    with pytest.raises(StoreReadOnly, match=r"lock could not be opened: Read-only file system.*another dir"):
        await open_store()


async def test_case_15_a_scan_goes_on_through_a_compaction(open_store: OpenStore) -> None:
    store = await open_store(compact_at=1)
    async with store.transaction() as tx:
        for number in range(20):
            await tx.put("t", f"{number:02}", {"n": number})
    seen = []
    async for key, document in store.scan("t"):
        seen.append((key, document))
        async with store.transaction() as tx:
            await tx.put("t", key, {"n": -1, "longer": "x" * 99})
    assert seen == [(f"{number:02}", {"n": number}) for number in range(20)]
    assert [document["n"] async for _, document in store.scan("t")] == [-1] * 20


async def test_case_20_a_network_file_system_can_be_allowed(
    home: Path, open_store: OpenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(directory: Path) -> None:
        raise StoreError(f"{directory} is on a network file system")

    monkeypatch.setattr(journal, "refuse_network", refuse)
    with pytest.raises(StoreError, match="network"):
        await open_store()
    store = await TinyStore.open(home, clock=SystemClock(), allow_network=True)
    await store.close()
    settings = Settings(home=home.parent, store_url=f"tinydb://{home}")
    with pytest.raises(StoreError, match="network"):
        await open_backend(settings)
    backend = await open_backend(settings.model_copy(update={"store_on_network": True}))
    await backend.close()


async def test_case_22_a_snapshot_edited_under_a_running_program_is_refused_with_the_byte(
    open_store: OpenStore, home: Path
) -> None:
    store = await open_store(compact_at=1)
    async with store.transaction() as tx:
        await tx.put("t", "k", {"title": "as it was"})
    await store.close()
    store = await open_store()
    path = home / "snapshot.json"
    whole = path.read_bytes()
    line = whole.index(b'"1":{"_key":"k"')
    path.write_bytes(whole.replace(b'"as it was"', b'"as it "as"'))
    with pytest.raises(StoreCorrupt, match=rf"snapshot.json was changed at byte {line} .*backup"):
        await store.get("t", "k")
    path.write_bytes(whole)
    assert await store.get("t", "k") == {"title": "as it was"}


async def test_case_24_a_plain_copy_of_a_busy_store_is_whole_or_refused(
    spawn: Spawn, tmp_path: Path, home: Path, open_store: OpenStore
) -> None:
    await open_store()
    child = await spawn("count", "busy")
    assert await next_fact(child) == "ready"
    whole = 0
    for attempt in range(12):
        at_least = int(await next_fact(child))
        copy = tmp_path / f"copy-{attempt}"
        try:
            await asyncio.to_thread(shutil.copytree, home, copy)
            store = await TinyStore.open(copy, clock=SystemClock())
        except (shutil.Error, StoreCorrupt):
            continue
        total = number_in(await store.get("counters", "total"))
        assert total == await store.count("log") == (await store.changes(-1)).seq >= at_least
        whole += 1
        await store.close()
    assert whole
