"""A generation: one snapshot and the journal that continues it.

The rename of the snapshot is the moment at which a new generation begins; the journal that it names is
there before (storage.md I7). The open descriptors keep the inodes alive, so that they are never mistaken
for those of later files.
"""

import os
import re
from array import array
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from core.store import StoreCorrupt
from storage.tinydb import files, record, snapshot
from storage.tinydb.crashpoints import reach
from storage.tinydb.record import Header

Places: TypeAlias = Mapping[str, "array[int]"]
"""Where the documents of a snapshot are: table -> places, in the table's order."""

SNAPSHOT = "snapshot.json"
_DRAFT = "snapshot.tmp"
_JOURNAL = re.compile(r"journal-([0-9]+)\.jsonl")
_ATTEMPTS = 100


@dataclass(frozen=True, slots=True)
class Generation:
    """Open files of one generation; `start` is where the journal's first record begins."""

    header: Header
    snapshot: int
    journal: int
    start: int
    identity: files.Stamp

    def close(self) -> None:
        """Give the descriptors back."""
        os.close(self.snapshot)
        os.close(self.journal)


def journal_path(directory: Path, number: int) -> Path:
    """Where the journal of a generation is."""
    return directory / f"journal-{number}.jsonl"


def snapshot_identity(directory: str) -> files.Stamp:
    """Tells whether the snapshot on disk is still the one that a Generation has open, and unchanged."""
    return files.stamp(os.stat(f"{directory}/{SNAPSHOT}"))  # noqa: PTH116 - on the path of every read


def open_newest(directory: Path) -> Generation | None:
    """The generation that the directory holds now, without a lock; None when there is no snapshot."""
    path = directory / SNAPSHOT
    for _ in range(_ATTEMPTS):
        try:
            descriptor = files.open_existing(path)
        except FileNotFoundError:
            return None
        try:
            opened = _with_journal(directory, descriptor)
        except BaseException:
            os.close(descriptor)
            raise
        if opened is not None:
            return opened
        os.close(descriptor)
    raise StoreCorrupt(f"{path} was replaced {_ATTEMPTS} times while it was being opened. Try again.")


def _with_journal(directory: Path, descriptor: int) -> Generation | None:
    """The generation of an open snapshot; None when a newer one has replaced it meanwhile."""
    path = directory / SNAPSHOT
    meta = snapshot.read_meta(descriptor, path)
    journal = journal_path(directory, meta.gen)
    identity = files.stamp(os.fstat(descriptor))
    try:
        journal_descriptor = files.open_existing(journal, write=True)
    except FileNotFoundError:
        if snapshot_identity(str(directory)) != identity:
            return None
        raise StoreCorrupt(
            f"{journal} is missing, and with it the latest transactions. Restore the directory from a backup."
        ) from None
    first, _, _ = files.read_at(journal_descriptor, 4096, 0).partition(b"\n")
    header = record.decode_header(first + b"\n")
    if header is None or header.gen != meta.gen or header.seq != meta.seq:
        os.close(journal_descriptor)
        raise snapshot.damaged(journal, 0, f"its first line does not continue {SNAPSHOT}")
    if os.fstat(descriptor).st_size != header.size:
        os.close(journal_descriptor)
        raise changed(path)
    return Generation(header, descriptor, journal_descriptor, len(first) + 1, identity)


def changed(path: Path, offset: int | None = None) -> StoreCorrupt:
    """The error for a snapshot that is not the one its journal was written for; the byte, if it is known."""
    place = "" if offset is None else f" at byte {offset}"
    return StoreCorrupt(
        f"{path} was changed{place} by something other than this program: size or checksum differ from what "
        "its journal recorded. Put the original back, or restore the directory from a backup."
    )


def prepare(directory: Path, number: int, seq: int, tables: snapshot.Tables) -> tuple[Generation, Places]:
    """Write a snapshot and an empty journal beside the current ones, durable but not yet in force.

    Needs the lock. On an OSError both are removed again. Also tells where the documents are, by table.
    """
    draft, journal = directory / _DRAFT, journal_path(directory, number)
    opened: list[int] = []
    try:
        opened.append(files.open_fresh(draft))
        written = snapshot.write(opened[0], snapshot.Meta(snapshot.FORMAT, number, seq), tables)
        reach("compact.snapshot-written")
        os.fsync(opened[0])
        reach("compact.snapshot-synced")
        header = Header(snapshot.FORMAT, number, seq, written.size, written.crc)
        line = record.encode_header(header)
        opened.append(files.open_fresh(journal))
        files.write_at(opened[1], line, 0)
        os.fsync(opened[1])
        reach("compact.journal-synced")
        files.sync_directory(directory)
        reach("compact.directory-synced")
        fresh = Generation(header, opened[0], opened[1], len(line), files.stamp(os.fstat(opened[0])))
        return fresh, written.places
    except BaseException:
        for descriptor in opened:
            os.close(descriptor)
        discard(directory, number)
        raise


def install(directory: Path) -> None:
    """Put the prepared generation in force for everybody."""
    (directory / _DRAFT).rename(directory / SNAPSHOT)
    reach("compact.renamed")


def discard(directory: Path, number: int) -> None:
    """Remove a prepared generation that is not to be."""
    for path in (directory / _DRAFT, journal_path(directory, number)):
        with suppress(OSError):
            path.unlink(missing_ok=True)


def sweep(directory: Path, current: int) -> None:
    """Remove what an interrupted compaction left behind. Needs the lock."""
    for path in directory.iterdir():
        match = _JOURNAL.fullmatch(path.name)
        if path.name == _DRAFT or (match and int(match[1]) != current):
            with suppress(OSError):
                path.unlink()


def holds_data(directory: Path) -> bool:
    """Whether a directory without a snapshot once held a store, and is not merely half made."""
    for path in directory.iterdir():
        match = _JOURNAL.fullmatch(path.name)
        if match and (int(match[1]) > 1 or path.read_bytes().count(b"\n") > 1):
            return True
    return False
