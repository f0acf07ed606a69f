"""A store made again from a backup file: checked first, then all in one transaction."""

import asyncio
import gzip
import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import orjson

from core.clock import Clock
from core.services.backup import ALL, FORMAT, MARK, back_up
from core.services.backup_archive import is_archived, put_back
from core.services.errors import NotAllowedNow, ServiceError
from core.store import Document, Store, Transaction
from core.sync.leases import PRESENCE

_ANOTHER: Final = "Nothing was changed. Choose another file; `avasam backup FILE` makes one."


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back, and where the documents that it replaced were kept (None when there were none)."""

    documents: int
    archived: int
    made_at: str
    tokens: bool
    kept_in: Path | None


@dataclass(frozen=True, slots=True)
class Checked:
    """A backup file that is whole and of a format that this program reads."""

    path: Path
    documents: int
    archived: int
    made_at: str
    tokens: bool


async def restore(
    store: Store, clock: Clock, path: Path, *, aside: Path, archive: Path | None = None, force: bool = False
) -> Restored:
    """Put the documents of a backup in the place of those in the store, in one transaction.

    What was there goes to the file `aside` first, tokens included. What the backup has of the archive is
    added to the one in the directory `archive`, from which nothing is taken. ServiceError when the file is
    damaged, or of another program or a newer one; NotAllowedNow when the store is not empty and `force` is
    not given, or a worker runs.
    """
    checked = await asyncio.to_thread(check, path)
    worker = await store.holder(PRESENCE)
    if worker is not None:
        raise NotAllowedNow(
            f"A worker is running ({worker.owner})",
            "Stop it and the screens, restore, then start them again.",
        )
    present = sum([await store.count(table) for table in ALL])
    if present and not force:
        raise NotAllowedNow(
            f"The store is not empty: it holds {present:,} documents",
            "Repeat with --force to replace them; they are kept in a backup file beside the store.",
        )
    if present:
        await back_up(store, clock, aside, archive=archive, with_tokens=True)
    archived = 0
    if archive is not None and checked.archived:
        archived = await asyncio.to_thread(put_back, archive, _lines(path))
    async with store.transaction() as tx:
        kept = await _put_all(tx, path)
        for table in ALL:
            await _delete_others(tx, table, kept.get(table, set()))
    kept_in = aside if present else None
    return Restored(checked.documents, archived, checked.made_at, checked.tokens, kept_in)


def set_aside(directory: Path, clock: Clock) -> Path:
    """Rename the directory of a store that cannot be opened, so that an empty one can take its place."""
    aside = directory.with_name(f"{directory.name}-aside-{clock.now():%Y%m%dT%H%M%SZ}")
    try:
        directory.rename(aside)
    except OSError as error:
        raise ServiceError(
            f"{directory} cannot be moved aside: {error.strerror}", "Move it yourself."
        ) from None
    return aside


def check(path: Path) -> Checked:
    """Read a backup to its end. ServiceError unless it is whole and of a format that this program reads."""
    total = hashlib.sha256()
    lines = _lines(path)
    first = next(lines, b"")
    head = _object(first)
    version, made_at, tokens = head.get(MARK), head.get("made_at"), head.get("tokens")
    if not isinstance(version, int):
        raise ServiceError(f"{path} is not a backup of this program", _ANOTHER)
    if version > FORMAT:
        raise ServiceError(
            f"{path} is a backup of format {version}; this program reads up to {FORMAT}",
            f"Update avasam-tui to version {head.get('needs')} or newer. Nothing was changed.",
        )
    documents = archived = 0
    last, previous = b"", first
    for line in lines:
        total.update(previous)
        last = previous = line
        documents += 1
        archived += is_archived(line)
    if _object(last) != {"documents": documents - 1, "sha256": total.hexdigest()}:
        raise ServiceError(f"{path} is damaged: its end or its checksum is wrong", _ANOTHER)
    return Checked(path, documents - 1 - archived, archived, str(made_at), tokens is True)


async def _put_all(tx: Transaction, path: Path) -> dict[str, set[str]]:
    """Every document of a checked file; the keys by table."""
    kept: dict[str, set[str]] = {}
    for line in _lines(path):
        match orjson.loads(line):
            case [str(table), str(key), dict(document)] if table in ALL:
                await tx.put(table, key, document)
                kept.setdefault(table, set()).add(key)
    return kept


async def _delete_others(tx: Transaction, table: str, kept: set[str]) -> None:
    gone = [key async for chunk in tx.columns(table, ()) for key, _ in chunk if key not in kept]
    for key in gone:
        await tx.delete(table, key)


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with gzip.open(path, "rb") as file:
            yield from file
    except (gzip.BadGzipFile, zlib.error, EOFError):
        raise ServiceError(f"{path} is damaged, or is not a backup of this program", _ANOTHER) from None
    except OSError as error:
        raise ServiceError(f"{path} cannot be read: {error.strerror or error}", _ANOTHER) from None


def _object(line: bytes) -> Document:
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError:
        return {}
    return value if isinstance(value, dict) else {}
