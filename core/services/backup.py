"""One file with everything that the store holds, of one moment, while programs go on writing.

The file is gzip; its lines are JSON: a head `{"avasam-backup": 1, "needs": version, "made_at": instant,
"tokens": bool}`, then `[table, key, document]` of every document, those of the archive last
(core.services.backup_archive), then `{"documents": n, "sha256": of all lines before}`. Leases are left out:
they belong to programs that run now.
"""

import asyncio
import gzip
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final

import orjson

from core import tables
from core.clock import Clock
from core.models.base import iso
from core.services.backup_archive import archived_lines
from core.services.filing import private_file
from core.store import Document, Json, Store
from core.sync.archive_files import ArchiveFiles

FORMAT: Final = 1
NEEDS: Final = "0.1.0"
"""The oldest program that reads this format."""
MARK: Final = "avasam-backup"
_BATCH: Final = 1_000
_SEALED: Final = ("sealed_access_token", "sealed_refresh_token")
WITHOUT_TOKENS: Final = "restored from a backup without tokens"

ALL: Final = tuple(
    name
    for constant, name in vars(tables).items()
    if constant.isupper() and isinstance(name, str) and name != tables.EVERYWHERE
)
"""Every table that the program keeps, as core.tables names them."""


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What went into a file."""

    path: Path
    documents: int
    archived: int
    """Documents of the archive beside the store."""
    bytes: int
    tokens: bool


async def back_up(
    store: Store, clock: Clock, path: Path, *, archive: Path | None = None, with_tokens: bool = False
) -> BackedUp:
    """Write a backup, 0600 and all at once. ServiceError when the file cannot be written.

    `archive` is the archive's directory; ServiceError too when a month of it cannot be read. Tokens stay
    sealed in the file, and open only with this installation's key, which is not in it. Without them every
    integration has to be authorised again after a restore.
    """
    head: Document = {MARK: FORMAT, "needs": NEEDS, "made_at": iso(clock.now()), "tokens": with_tokens}
    views = await _of_one_moment(store)
    with private_file(path) as file:
        with gzip.GzipFile(filename="", mode="wb", fileobj=file, compresslevel=3, mtime=0) as packed:
            out = _Out(packed)
            await out.write([orjson.dumps(head)])
            for table, view in views:
                lines: list[bytes] = []
                async for key, document in view:
                    kept = document if with_tokens else _without_tokens(table, document)
                    if kept is not None:
                        lines.append(orjson.dumps([table, key, kept]))
                        out.documents += 1
                    if len(lines) >= _BATCH:
                        await out.write(lines)
                        lines = []
                await out.write(lines)
            stored = out.documents
            rows = archived_lines(ArchiveFiles(archive)) if archive is not None else iter(())
            while lines := await asyncio.to_thread(lambda: list(islice(rows, _BATCH))):
                await out.write(lines)
                out.documents += len(lines)
            packed.write(orjson.dumps({"documents": out.documents, "sha256": out.sum.hexdigest()}) + b"\n")
        size = file.tell()
    return BackedUp(path, stored, out.documents - stored, size, with_tokens)


async def _of_one_moment(store: Store) -> list[tuple[str, AsyncIterator[tuple[str, Document]]]]:
    """A scan of every table, begun while the lock keeps everybody from writing, to be read afterwards."""
    views = []
    async with store.transaction():
        for table in ALL:
            scan = store.scan(table)
            async for first in scan:
                views.append((table, _chained(first, scan)))
                break
    return views


async def _chained(
    first: tuple[str, Document], rest: AsyncIterator[tuple[str, Document]]
) -> AsyncIterator[tuple[str, Document]]:
    yield first
    async for row in rest:
        yield row


def _without_tokens(table: str, document: Document) -> Document | None:
    if table == tables.PENDING_AUTHORISATIONS:
        return None
    if table == tables.AUTHORISATIONS:
        return {**document, **dict.fromkeys(_SEALED, "")}
    if table == tables.INTEGRATIONS:
        why: Json = document.get("needs_reauthorisation") or WITHOUT_TOKENS
        return {**document, "needs_reauthorisation": why}
    return document


class _Out:
    """Lines into the file and the checksum, off the event loop."""

    def __init__(self, packed: gzip.GzipFile | BinaryIO) -> None:
        self._packed = packed
        self.sum = hashlib.sha256()
        self.documents = 0

    async def write(self, lines: list[bytes]) -> None:
        data = b"".join(line + b"\n" for line in lines)
        self.sum.update(data)
        await asyncio.to_thread(self._packed.write, data)
