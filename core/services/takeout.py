"""All documents for other programs: JSON lines, or CSV for spreadsheets, never with secrets."""

import csv
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import orjson

from core import tables
from core.services.backup import ALL
from core.services.errors import ServiceError
from core.services.filing import private_file
from core.store import Document, Json, Store
from core.text import csv_cell

_SECRET: Final = frozenset({tables.AUTHORISATIONS, tables.PENDING_AUTHORISATIONS})
_FLUSH: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class TakenOut:
    """Which files were written, and how many documents they hold."""

    files: tuple[Path, ...]
    documents: int


async def take_out(store: Store, target: Path, *, as_csv: bool = False) -> TakenOut:
    """Write every table to `target`: a directory gets a file a table, a name with a suffix one file of lines.

    A line is `{"key": ..., document...}`, in the single file with `"table"` too. Files are 0600: orders hold
    addresses. ServiceError when something cannot be written, or CSV is wanted in a single file.
    """
    if not _is_directory(target):
        if as_csv:
            raise ServiceError(
                f"{target} is one file, and tables differ in their columns", "Name a directory for CSV."
            )
        return await _one_file(store, target)
    _make(target)
    files: list[Path] = []
    documents = 0
    for table in ALL:
        if table in _SECRET or not await store.count(table):
            continue
        path = target / f"{table}.{'csv' if as_csv else 'jsonl'}"
        documents += await (_csv(store, table, path) if as_csv else _json_lines(store, table, path))
        files.append(path)
    return TakenOut(tuple(files), documents)


def _is_directory(target: Path) -> bool:
    return target.is_dir() or not target.suffix


def _make(directory: Path) -> None:
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ServiceError(f"{directory} cannot be made: {error.strerror}", "Choose another place.") from None


async def _one_file(store: Store, path: Path) -> TakenOut:
    documents = 0
    with private_file(path) as file:
        for table in ALL:
            async for key, document in _open_rows(store, table):
                file.write(orjson.dumps({"table": table, "key": key, **document}) + b"\n")
                documents += 1
    return TakenOut((path,), documents)


async def _json_lines(store: Store, table: str, path: Path) -> int:
    documents = 0
    with private_file(path) as file:
        async for key, document in _open_rows(store, table):
            file.write(orjson.dumps({"key": key, **document}) + b"\n")
            documents += 1
    return documents


async def _csv(store: Store, table: str, path: Path) -> int:
    """Top-level fields as columns in the order they first occur, nested ones as JSON in their cell."""
    fields: dict[str, None] = {}
    async for _, document in _open_rows(store, table):
        fields.update(dict.fromkeys(document))
    documents = 0
    with private_file(path) as file:
        text = io.StringIO(newline="")
        rows = csv.writer(text)
        rows.writerow(["key", *map(csv_cell, fields)])
        async for key, document in _open_rows(store, table):
            rows.writerow([csv_cell(key), *(_cell(document.get(field)) for field in fields)])
            documents += 1
            if text.tell() > _FLUSH:
                file.write(text.getvalue().encode())
                text.seek(0)
                text.truncate()
        file.write(text.getvalue().encode())
    return documents


def _cell(value: Json) -> str:
    if value is None:
        return ""
    return csv_cell(value if isinstance(value, str) else orjson.dumps(value).decode())


async def _open_rows(store: Store, table: str) -> AsyncIterator[tuple[str, Document]]:
    """The documents of a table without what only this program may know."""
    if table in _SECRET:
        return
    async for key, document in store.scan(table):
        if table == tables.INTEGRATIONS:
            document.pop("authorisation_id", None)
            shop = document.get("shop")
            if isinstance(shop, dict):
                shop.pop("cipher", None)
        yield key, document
