"""Backup, restore and export: one moment, one file, checked before anything is replaced, and no secrets."""

import asyncio
import csv
import gzip
import json
import stat
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from core import tables
from core.services.backup import ALL, WITHOUT_TOKENS, back_up
from core.services.backup_archive import put_back
from core.services.errors import NotAllowedNow, ServiceError
from core.services.restore import check, restore, set_aside
from core.services.takeout import take_out
from core.store import Document, Store
from core.sync.archive_files import Archived, ArchiveFiles
from core.sync.leases import PRESENCE
from storage.tinydb import TinyStore
from tests.clocks import FrozenClock

CLOCK = FrozenClock()
INTEGRATION: Document = {
    "name": "UK",
    "authorisation_id": "a1",
    "needs_reauthorisation": None,
    "shop": {"id": "7", "name": "Shop", "cipher": "GCP_cipher"},
}
AUTHORISATION: Document = {
    "id": "a1",
    "sealed_access_token": "v1.k.sealedaccess",
    "sealed_refresh_token": "v1.k.sealedrefresh",
}


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await TinyStore.open(tmp_path / "store", clock=CLOCK)
    async with opened.transaction() as tx:
        await tx.put(tables.INTEGRATIONS, "i1", INTEGRATION)
        await tx.put(tables.AUTHORISATIONS, "a1", AUTHORISATION)
        await tx.put(tables.PENDING_AUTHORISATIONS, "state", {"state": "state"})
        await tx.put(tables.PRODUCTS, "MUG", {"title": "=cmd()", "stock": 5, "tags": ["a"]})
        await tx.put(tables.PRODUCTS, "CUP", {"title": "Täßchen 🧦", "price": "9.99"})
    yield opened
    await opened.close()


@pytest.fixture
async def empty(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await TinyStore.open(tmp_path / "elsewhere", clock=CLOCK)
    yield opened
    await opened.close()


async def everything(store: Store) -> dict[str, dict[str, Document]]:
    rows = {table: {key: document async for key, document in store.scan(table)} for table in ALL}
    return {table: documents for table, documents in rows.items() if documents}


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_file())


async def test_a_backup_with_tokens_brings_everything_back(
    store: Store, empty: Store, tmp_path: Path
) -> None:
    path = tmp_path / "all.backup"
    made = await back_up(store, CLOCK, path, with_tokens=True)
    assert (made.documents, made.bytes) == (5, path.stat().st_size)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    restored = await restore(empty, CLOCK, path, aside=tmp_path / "aside")
    assert (restored.documents, restored.tokens, restored.kept_in) == (5, True, None)
    assert await everything(empty) == await everything(store)
    assert files_in(tmp_path) == ["all.backup"]


async def test_a_backup_has_the_archive_too_and_a_restore_adds_it_to_the_one_there(
    store: Store, empty: Store, tmp_path: Path
) -> None:
    (tmp_path / "new").mkdir()
    here, there = tmp_path / "archive", tmp_path / "new" / "archive"
    old = [Archived("2026-01", "orders", f"i1/{n}", {"id": str(n), "name": "Zoë"}) for n in range(3)]
    ArchiveFiles(here).add(old)
    ArchiveFiles(here).add([Archived("2026-02", "activity", "-/a", {"ok": True})])
    path = tmp_path / "all.backup"
    made = await back_up(store, CLOCK, path, archive=here)
    assert (made.documents, made.archived) == (4, 4)
    assert check(path).archived == 4
    ArchiveFiles(there).add([Archived("2026-01", "orders", "i1/0", {"id": "0", "name": "Zoë"})])
    ArchiveFiles(there).add([Archived("2026-03", "orders", "i1/9", {"id": "9"})])
    restored = await restore(empty, CLOCK, path, aside=tmp_path / "aside", archive=there)
    assert (restored.documents, restored.archived) == (4, 4)
    files = ArchiveFiles(there)
    assert [row.key for row in files.search(["zoë"], 10)] == ["i1/0", "i1/1", "i1/2"]
    assert [row.key for row in files.every()] == ["i1/0", "i1/1", "i1/2", "-/a", "i1/9"], (
        "none is in it twice"
    )

    (here / "orders-2026-01.jsonl.gz").write_bytes(b"broken")
    with pytest.raises(ServiceError, match="cannot be read"):
        await back_up(store, CLOCK, tmp_path / "none.backup", archive=here)
    assert not (tmp_path / "none.backup").exists()


def test_a_backup_names_no_file_outside_the_archive(tmp_path: Path) -> None:
    lines = [
        orjson.dumps([f"archive:{name}", "k", {}]) for name in ("../orders-2026-01", "orders-2026-1", "x")
    ]
    assert put_back(tmp_path / "archive", lines) == 0
    assert list(tmp_path.iterdir()) == []


async def test_tokens_are_in_a_backup_only_when_asked_for(store: Store, empty: Store, tmp_path: Path) -> None:
    path = tmp_path / "plain.backup"
    await back_up(store, CLOCK, path)
    text = gzip.decompress(path.read_bytes()).decode()
    assert "sealedaccess" not in text
    assert "sealedrefresh" not in text
    assert not (await restore(empty, CLOCK, path, aside=tmp_path / "aside")).tokens
    integration = await empty.get(tables.INTEGRATIONS, "i1")
    assert integration is not None
    assert integration["needs_reauthorisation"] == WITHOUT_TOKENS
    assert await empty.count(tables.PENDING_AUTHORISATIONS) == 0


async def test_a_backup_of_a_busy_store_is_of_one_moment(store: Store, empty: Store, tmp_path: Path) -> None:
    """Failure case 24 of storage.md: two tables are always written together."""
    writing = True

    async def write() -> None:
        number = 0
        while writing:
            number += 1
            async with store.transaction() as tx:
                await tx.put(tables.ORDERS, "i1/last", {"n": number})
                await tx.put(tables.ORDERS, f"i1/{number:05}", {"n": number})
                await tx.put(tables.ACTIVITY, "last", {"n": number})

    busy = asyncio.create_task(write())
    for attempt in range(5):
        path = tmp_path / f"{attempt}.backup"
        await back_up(store, CLOCK, path)
        await restore(empty, CLOCK, path, aside=tmp_path / "aside", force=True)
        order, activity = await empty.get(tables.ORDERS, "i1/last"), await empty.get(tables.ACTIVITY, "last")
        assert order == activity
        if order is not None:
            assert await empty.count(tables.ORDERS, prefix="i1/0") == order["n"]
    writing = False
    await busy


async def test_a_store_that_is_not_empty_is_replaced_only_with_force_and_is_kept(
    store: Store, empty: Store, tmp_path: Path
) -> None:
    path, aside = tmp_path / "all.backup", tmp_path / "aside.backup"
    await back_up(store, CLOCK, path)
    async with empty.transaction() as tx:
        await tx.put(tables.PRODUCTS, "OLD", {"title": "was here"})
    before = await everything(empty)
    with pytest.raises(NotAllowedNow, match="not empty: it holds 1 documents") as refused:
        await restore(empty, CLOCK, path, aside=aside)
    assert "--force" in refused.value.cure
    assert await everything(empty) == before

    restored = await restore(empty, CLOCK, path, aside=aside, force=True)
    assert await empty.get(tables.PRODUCTS, "OLD") is None
    assert restored.kept_in == aside
    await restore(empty, CLOCK, aside, aside=tmp_path / "second", force=True)
    assert await everything(empty) == before


async def test_nothing_is_restored_under_a_running_worker(store: Store, empty: Store, tmp_path: Path) -> None:
    path = tmp_path / "all.backup"
    await back_up(store, CLOCK, path)
    lease = await empty.lease(PRESENCE, owner="desk:12", ttl=timedelta(minutes=1))
    assert lease is not None
    with pytest.raises(NotAllowedNow, match="desk:12"):
        await restore(empty, CLOCK, path, aside=tmp_path / "aside", force=True)
    await empty.release(lease)
    await restore(empty, CLOCK, path, aside=tmp_path / "aside")


def _changed(line: int, change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    def change_file(content: bytes) -> bytes:
        lines = gzip.decompress(content).splitlines(keepends=True)
        lines[line] = change(lines[line])
        return gzip.compress(b"".join(lines))

    return change_file


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda content: content[:-9], "damaged"),
        (lambda content: content[:40] + bytes([content[40] ^ 8]) + content[41:], "damaged"),
        (lambda _: b"", "not a backup"),
        (lambda _: b"PK\3\4 something else", "not a backup"),
        (lambda _: gzip.compress(b"[1]\n"), "not a backup"),
        (_changed(3, lambda line: line.replace(b"9.99", b"0.01")), "checksum"),
        (_changed(-1, lambda _: b""), "checksum"),
        (_changed(0, lambda line: line.replace(b'p":1,"needs":"0.1.0"', b'p":2,"needs":"9.0"')), "9.0"),
    ],
)
async def test_a_damaged_foreign_or_newer_file_changes_nothing(
    store: Store, tmp_path: Path, damage: Callable[[bytes], bytes], says: str
) -> None:
    path = tmp_path / "all.backup"
    await back_up(store, CLOCK, path)
    path.write_bytes(damage(path.read_bytes()))
    before = await everything(store)
    with pytest.raises(ServiceError) as refused:
        await restore(store, CLOCK, path, aside=tmp_path / "aside", force=True)
    assert says in str(refused.value)
    assert "Nothing was changed" in refused.value.cure
    assert await everything(store) == before
    assert not (tmp_path / "aside").exists()


async def test_a_backup_that_cannot_be_written_leaves_nothing_and_an_older_one_alone(
    store: Store, tmp_path: Path
) -> None:
    with pytest.raises(ServiceError, match="cannot be written: No such file"):
        await back_up(store, CLOCK, tmp_path / "missing" / "x.backup")
    path = tmp_path / "x.backup"
    path.mkdir()
    with pytest.raises(ServiceError, match="cannot be written: Is a directory"):
        await back_up(store, CLOCK, path)
    assert files_in(tmp_path) == []
    await back_up(store, CLOCK, tmp_path / "y.backup")
    assert check(tmp_path / "y.backup").documents == 4


def test_a_store_that_cannot_be_opened_is_moved_aside(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    aside = set_aside(tmp_path / "store", CLOCK)
    assert aside.is_dir()
    assert aside.name.startswith("store-aside-2026")
    with pytest.raises(ServiceError, match="cannot be moved"):
        set_aside(tmp_path / "store", CLOCK)


async def test_an_export_has_every_document_and_no_secret(store: Store, tmp_path: Path) -> None:
    taken = await take_out(store, tmp_path / "out")
    assert [path.name for path in taken.files] == ["integrations.jsonl", "products.jsonl"]
    assert taken.documents == 3
    lines = [json.loads(line) for path in taken.files for line in path.read_text("utf-8").splitlines()]
    assert [line["key"] for line in lines] == ["i1", "CUP", "MUG"]
    assert "authorisation_id" not in lines[0]
    assert "cipher" not in lines[0]["shop"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in taken.files} == {0o600}

    single = await take_out(store, tmp_path / "all.jsonl")
    assert single.documents == 3
    rows = [json.loads(line) for line in (tmp_path / "all.jsonl").read_text("utf-8").splitlines()]
    assert [row.pop("table") for row in rows] == ["integrations", "products", "products"]
    assert rows == lines


async def test_an_export_as_csv_is_safe_in_a_spreadsheet(store: Store, tmp_path: Path) -> None:
    await take_out(store, tmp_path / "out", as_csv=True)
    with (tmp_path / "out" / "products.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [
        ["key", "title", "price", "stock", "tags"],
        ["CUP", "Täßchen 🧦", "9.99", "", ""],
        ["MUG", "'=cmd()", "", "5", '["a"]'],
    ]
    with pytest.raises(ServiceError, match="one file"):
        await take_out(store, tmp_path / "all.csv", as_csv=True)


def test_every_table_is_backed_up() -> None:
    assert {tables.INTEGRATIONS, tables.ORDERS, tables.PROBLEMS, tables.METRICS} <= set(ALL)
    assert tables.EVERYWHERE not in ALL
    assert len(set(ALL)) == len(ALL)
