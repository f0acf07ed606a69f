"""The archive on disk: one compressed file a month and table, which can still be searched.

`orders-2026-01.jsonl.gz` has lines `[table, key, document]`. What is added becomes one more gzip member in a
new file that takes the old one's name once it is on the disk; the last line of a key counts.
"""

import fcntl
import gzip
import os
import re
import shutil
import stat
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Final

import orjson

from core.disk import sync_directory
from core.store import Document

_NAME: Final = re.compile(r"(orders|activity)-([0-9]{4}-[0-9]{2})")
_ENDING: Final = ".jsonl.gz"
_LOCK: Final = "lock"
_DRAFT: Final = "next.tmp"
_FLAGS: Final = os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC


class ArchiveTrouble(Exception):
    """A file of the archive cannot be read or written; `cure` says what to do. Nothing left the store."""

    def __init__(self, what: str, cure: str) -> None:
        super().__init__(what)
        self.what = what
        self.cure = cure


class ArchiveBusy(ArchiveTrouble):
    """Another program is adding to the archive."""


@dataclass(frozen=True, slots=True)
class Archived:
    """One document in the archive; `month` is `2026-01`."""

    month: str
    table: str
    key: str
    document: Document


@dataclass(frozen=True, slots=True)
class _Read:
    """A file as it was: portion follows portion, and each is to add only what is not there yet."""

    path: Path
    identity: tuple[int, int, int]
    lines: set[bytes]
    """A digest of each."""


class ArchiveFiles:
    """A directory of monthly files, made when first needed; shared with a group as its parent is."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._read: _Read | None = None

    def add(self, rows: Sequence[Archived]) -> None:
        """Make rows of one table and month durable. Returns when they are; ArchiveTrouble otherwise."""
        path = self._directory / f"{rows[0].table}-{rows[0].month}{_ENDING}"
        lines = [orjson.dumps([row.table, row.key, row.document]) for row in rows]
        try:
            with self._writing():
                there = self._there(path)
                fresh = {digest: line for line in lines if (digest := _digest(line)) not in there}
                if fresh:
                    self._replace(path, b"".join(line + b"\n" for line in fresh.values()))
                    there.update(fresh)
                    self._read = _Read(path, _identity(path), there)
        except OSError as error:
            what = f"{path} cannot be written: {error.strerror or error}"
            raise ArchiveTrouble(what, "Make room, or let this user write there.") from None

    def rest(self) -> None:
        """Nothing more will be added for a while: forget what the last file holds."""
        self._read = None

    def search(self, words: Sequence[str], limit: int) -> list[Archived]:
        """Documents in which all casefolded `words` occur, newest month first."""
        found: list[Archived] = []
        for path in self.files():
            latest: dict[tuple[str, str], Archived | None] = {}
            for line in _lines(path):
                folded = line.decode().casefold()
                if all(word in folded for word in words):
                    table, key, document = orjson.loads(line)
                    latest[table, key] = Archived(_month_of(path), table, key, document)
                elif latest:
                    table, key, _ = orjson.loads(line)
                    latest.pop((table, key), None)
            found += [row for row in latest.values() if row is not None]
            if len(found) >= limit:
                break
        return found[:limit]

    def every(self) -> Iterator[Archived]:
        """All that was ever added, oldest month first; of a key the last counts. ArchiveTrouble."""
        for path in reversed(self.files()):
            for line in _lines(path):
                table, key, document = orjson.loads(line)
                yield Archived(_month_of(path), table, key, document)

    def files(self) -> list[Path]:
        """The monthly files, newest first."""
        if not self._directory.is_dir():
            return []
        found = [path for path in self._directory.iterdir() if _month_of(path)]
        return sorted(found, key=lambda path: (_month_of(path), path.name), reverse=True)

    def _there(self, path: Path) -> set[bytes]:
        """What the file holds: read once, and again when another program has written it meanwhile."""
        if not path.exists():
            return set()
        known = self._read
        if known is None or known.path != path or known.identity != _identity(path):
            known = self._read = _Read(path, _identity(path), {_digest(line) for line in _lines(path)})
        return known.lines

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One program at a time, even one that was stopped for an hour in the middle."""
        shared = self._make()
        lock = os.open(self._directory / _LOCK, os.O_RDWR | _FLAGS, 0o600)
        try:
            with suppress(PermissionError):
                os.fchmod(lock, 0o660 if shared else 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise ArchiveBusy("Another program is archiving", "Wait until it has finished.") from None
            yield
        finally:
            os.close(lock)

    def _make(self) -> bool:
        """The directory; whether a group shares it."""
        parent = self._directory.parent
        shared = bool(parent.stat().st_mode & stat.S_IWGRP)
        if not self._directory.is_dir():
            self._directory.mkdir(mode=0o700, exist_ok=True)
            self._directory.chmod(0o2770 if shared else 0o700)
            sync_directory(parent)
        return shared

    def _replace(self, path: Path, addition: bytes) -> None:
        """The file with one more member, under the file's name once it is on the disk."""
        draft = self._directory / _DRAFT
        draft.unlink(missing_ok=True)
        mode = 0o660 if self._make() else 0o600
        try:
            with os.fdopen(os.open(draft, os.O_RDWR | os.O_EXCL | _FLAGS, mode), "wb") as file:
                os.fchmod(file.fileno(), mode)
                if path.exists():
                    with path.open("rb") as before:
                        shutil.copyfileobj(before, file)
                file.write(gzip.compress(addition, mtime=0))
                file.flush()
                os.fsync(file.fileno())
            draft.rename(path)
            sync_directory(self._directory)
        finally:
            with suppress(OSError):
                draft.unlink(missing_ok=True)


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with gzip.open(path, "rb") as file:
            for line in file:
                yield line.removesuffix(b"\n")
    except (OSError, EOFError, zlib.error) as error:
        cure = "Restore this file from a copy, or move it away; the others can be searched without it."
        raise ArchiveTrouble(f"{path} cannot be read: {error}", cure) from None


def _digest(line: bytes) -> bytes:
    return blake2b(line, digest_size=16).digest()


def _identity(path: Path) -> tuple[int, int, int]:
    """Another one whenever somebody has written the file."""
    now = path.stat()
    return now.st_ino, now.st_size, now.st_mtime_ns


def parted(name: str) -> tuple[str, str] | None:
    """Table and month of `orders-2026-01`; None for what names no file of an archive."""
    match = _NAME.fullmatch(name)
    return (match[1], match[2]) if match else None


def _month_of(path: Path) -> str:
    """Empty for what is no file of an archive."""
    file = parted(path.name.removesuffix(_ENDING)) if path.name.endswith(_ENDING) else None
    return file[1] if file else ""
