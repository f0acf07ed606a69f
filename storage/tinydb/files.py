"""Opening, writing and syncing files so that every failure says what to do about it.

Files are 0600 and directories 0700 whatever the umask is, or 0660 and 2770 where a group shares the
directory; symbolic links are not followed.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from core.store import StoreError, StoreFull, StoreReadOnly

DIRECTORY_MODE = 0o700
GROUP_MODE = 0o2770
"""New files get the directory's group, whoever makes them."""

_FLAGS = os.O_CLOEXEC | os.O_NOFOLLOW
_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NOT_ALLOWED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})

sync_data = getattr(os, "fdatasync", os.fsync)
"""Bring a file's content and size to the disk; returns only when they are there."""


def explain(error: OSError, path: Path, deed: str) -> StoreError:
    """The store's error for an operating system's one; `deed` completes "could not be ..."."""
    reason = error.strerror or str(error)
    if error.errno in _NO_SPACE:
        return StoreFull(
            f"{path} could not be {deed}: {reason}. Nothing was changed. Free some space, then try again."
        )
    if error.errno in _NOT_ALLOWED:
        return StoreReadOnly(
            f"{path} could not be {deed}: {reason}. "
            f"Give user {os.geteuid()} the right to write it, or choose another directory."
        )
    if error.errno == errno.ELOOP:
        return StoreError(
            f"{path} is a symbolic link, which the store does not follow. Put the file itself there."
        )
    return StoreError(f"{path} could not be {deed}: {reason}.")


@contextmanager
def explained(path: Path, deed: str) -> Iterator[None]:
    """Turn any OSError of the block into a StoreError that names the file."""
    try:
        yield
    except OSError as error:
        raise explain(error, path, deed) from error


def make_directory(path: Path, *, group: bool = False) -> None:
    """Make a directory that is nobody else's business, or that of its group.

    One that exists is left as it is, unless it is to be shared from now on: then its files are shared too.
    """
    with explained(path, "made"):
        if path.is_dir():
            if group and not _is_shared(path):
                path.chmod(GROUP_MODE)
                for file in path.iterdir():
                    if file.is_file() and not file.is_symlink():
                        file.chmod(file_mode(path))
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            path.mkdir(mode=DIRECTORY_MODE)
        except FileExistsError:
            return
        path.chmod(GROUP_MODE if group else DIRECTORY_MODE)
        sync_directory(path.parent)


def file_mode(directory: Path) -> int:
    """What mode files get in a directory: they are shared as it is."""
    return 0o660 if _is_shared(directory) else 0o600


def _is_shared(directory: Path) -> bool:
    return bool(directory.stat().st_mode & stat.S_IWGRP)


def open_or_create(path: Path) -> int:
    """A descriptor for reading and writing; the file is made when it is missing."""
    with explained(path, "opened"):
        try:
            return _created(path, os.O_EXCL)
        except FileExistsError:
            return os.open(path, os.O_RDWR | _FLAGS)


def open_fresh(path: Path) -> int:
    """A descriptor of an empty file; what was there under that name is dropped."""
    with explained(path, "written"):
        path.unlink(missing_ok=True)
        return _created(path, os.O_EXCL)


def open_existing(path: Path, *, write: bool = False) -> int:
    """A descriptor of a file that must be there; FileNotFoundError when it is not."""
    try:
        return os.open(path, (os.O_RDWR if write else os.O_RDONLY) | _FLAGS)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise explain(error, path, "opened") from error


def _created(path: Path, flags: int) -> int:
    mode = file_mode(path.parent)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | flags | _FLAGS, mode)
    os.fchmod(descriptor, mode)
    return descriptor


def write_at(descriptor: int, data: bytes, offset: int) -> None:
    """Write all of `data` at `offset`; an OSError may leave a part of it behind."""
    view = memoryview(data)
    while view:
        written = os.pwrite(descriptor, view, offset)
        view, offset = view[written:], offset + written


def read_at(descriptor: int, length: int, offset: int) -> bytes:
    """Up to `length` bytes from `offset`, fewer only at the end of the file."""
    parts = []
    while length > 0:
        part = os.pread(descriptor, length, offset)
        if not part:
            break
        parts.append(part)
        length, offset = length - len(part), offset + len(part)
    return b"".join(parts)


def sync_file(path: Path) -> None:
    """Make the content of a file durable."""
    descriptor = open_existing(path)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_directory(path: Path) -> None:
    """Make names that were created, renamed or removed in a directory durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


Stamp: TypeAlias = tuple[int, int, int, int]


def stamp(status: os.stat_result) -> Stamp:
    """Which file it is, and which content as far as size and time of change tell."""
    return *identity(status), status.st_size, status.st_mtime_ns


def identity(status: os.stat_result) -> tuple[int, int]:
    """What tells one file from another as long as a descriptor keeps it alive: device and inode."""
    return status.st_dev, status.st_ino
