"""TinyDB's own calls work on the journal, and stock TinyDB reads the snapshot."""

import asyncio
import threading
from collections.abc import MutableMapping
from pathlib import Path

import pytest
from tinydb import TinyDB, where
from tinydb.operations import increment
from tinydb.table import Document

from core.store import DocumentRefused, StoreError
from storage.tinydb import TinyStore
from storage.tinydb.table import JournalTable
from tests.storage.support import OpenStore


def test_public_calls_do_what_they_do_in_tinydb(store: TinyStore, tmp_path: Path) -> None:
    journalled, stock = store.tinydb, TinyDB(tmp_path / "stock.json")
    answers: list[list[object]] = []
    for database in (journalled, stock):
        table = database.table("t")
        answers.append(
            [
                table.insert({"name": "a", "n": 1}),
                table.insert_multiple([{"name": "b", "n": 2}, {"name": "c", "n": 3}]),
                table.insert(Document({"name": "far", "n": 9}, doc_id=40)),
                table.insert({"name": "next", "n": 0}),
                table.update({"seen": True}, where("n") >= 2),
                table.update(increment("n"), doc_ids=[1, 99]),
                table.upsert({"name": "a", "n": 7}, where("name") == "a"),
                table.upsert({"name": "new"}, where("name") == "new"),
                table.update_multiple([({"x": 1}, where("name") == "b")]),
                table.remove(where("name") == "c"),
                table.remove(doc_ids=[40, 40_000]),
                table.search(where("seen") == True),  # noqa: E712 - this is how TinyDB spells it
                table.get(where("name") == "a"),
                table.get(doc_id=2),
                table.get(doc_id=99),
                table.get(doc_ids=[1, 2]),
                table.contains(doc_id=3),
                table.contains(where("name") == "new"),
                table.count(where("n") > 0),
                len(table),
                [(document.doc_id, document) for document in table],
                database.insert({"in": "default"}),
                database.all(),
                database.tables(),
            ]
        )
        table.truncate()
        answers.append([table.all(), len(database)])
        database.drop_table("_default")
        answers.append([len(database), database.tables() - {"t"}])
    stock.close()
    assert answers[:3] == answers[3:]


async def test_each_public_write_is_one_durable_commit(store: TinyStore, open_store: OpenStore) -> None:
    table = store.tinydb.table("t")
    table.insert_multiple([{"n": n} for n in range(10)])
    table.update({"seen": True})
    table.update({"seen": True})
    table.remove(where("n") < 5)
    assert (await store.changes(-1)).seq == 3
    again = (await open_store()).tinydb.table("t")
    assert [document["n"] for document in again] == [5, 6, 7, 8, 9]
    store.tinydb.drop_tables()
    assert again.all() == []
    assert (await store.changes(-1)).seq == 4


def test_another_store_sees_a_public_write_at_once_and_no_cache_goes_stale(
    store: TinyStore, other: TinyStore
) -> None:
    mine, theirs = store.tinydb.table("t"), other.tinydb.table("t")
    for n in range(5):
        mine.insert({"n": n})
        assert theirs.count(where("n").exists()) == 2 * n + 1
        assert theirs.insert({"n": -n}) == 2 * n + 2


async def test_the_port_and_public_calls_share_documents(store: TinyStore) -> None:
    async with store.transaction() as tx:
        await tx.put("t", "k", {"n": 1})
    table = store.tinydb.table("t")
    assert table.update({"n": 2}, where("_key") == "k") == [1]
    assert await store.get("t", "k") == {"n": 2}
    table.insert({"_key": "from outside", "n": 3})
    assert [key async for key, _ in store.scan("t")] == ["from outside", "k"]
    table.update({"_key": "renamed"}, where("_key") == "k")
    assert [key async for key, _ in store.scan("t")] == ["from outside", "renamed"]
    table.insert({"without": "a key"})
    assert await store.count("t") == 2


async def test_two_documents_may_not_share_a_key(store: TinyStore) -> None:
    table = store.tinydb.table("t")
    first = table.insert({"_key": "k"})
    for attempt in ([{"_key": "k"}], [{"_key": "new"}, {"_key": "new"}]):
        with pytest.raises(DocumentRefused, match="share the key"):
            table.insert_multiple(attempt)
    second = table.insert({"_key": "l"})

    def swap(document: MutableMapping[str, str]) -> None:
        document["_key"] = {"k": "l", "l": "k"}[document["_key"]]

    table.update(swap)
    assert {document["_key"]: document.doc_id for document in table} == {"l": first, "k": second}
    assert [await store.get("t", key) for key in "kl"] == [{}, {}]
    async with store.transaction() as tx:
        assert await tx.delete("t", "k")
    assert [document["_key"] for document in table] == ["l"]


async def test_an_updater_that_raises_or_makes_nonsense_changes_nothing(store: TinyStore) -> None:
    table = store.tinydb.table("t")
    table.insert_multiple([{"n": 1, "deep": {"list": []}}, {"n": 0, "deep": {"list": []}}])
    before = table.all()

    def divide(document: MutableMapping[str, float]) -> None:
        document["n"] = 1 / document["n"]

    def append(document: MutableMapping[str, dict[str, list[object]]]) -> None:
        document["deep"]["list"].append({1, 2})

    with pytest.raises(ZeroDivisionError):
        table.update(divide)
    with pytest.raises(DocumentRefused, match=r"deep\.list\[0\]"):
        table.update(append)
    with pytest.raises(DocumentRefused, match="nan"):
        table.insert({"n": float("nan")})
    with pytest.raises(ValueError, match="already exists"):
        table.insert(Document({}, doc_id=1))
    with pytest.raises(ValueError, match="not a Mapping"):
        table.insert(["no document"])  # type: ignore[arg-type]
    assert table.all() == before
    assert (await store.changes(-1)).seq == 1


def test_nested_values_are_not_shared_with_the_store(store: TinyStore) -> None:
    table = store.tinydb.table("t")
    mine: dict[str, dict[str, list[object]]] = {"deep": {"list": [1]}}
    table.insert(mine)
    mine["deep"]["list"].append("spoilt")
    for found in (
        table.get(doc_id=1),
        table.get(where("deep").exists()),
        table.all()[0],
        table.search(where("deep").exists())[0],
        next(iter(table)),
    ):
        assert isinstance(found, Document)
        assert found == {"deep": {"list": [1]}}
        found["deep"]["list"].append("spoilt")
    assert table.get(doc_id=1) == {"deep": {"list": [1]}}


async def test_stock_tinydb_reads_the_snapshot(open_store: OpenStore, home: Path) -> None:
    store = await open_store(compact_at=1)
    async with store.transaction() as tx:
        await tx.put("products", "sku-1", {"title": "Söckchen 🧦", "tags": ["a", "b"]})
        await tx.put("products", "sku-2", {"price": "9.99"})
        await tx.put('a "quoted" {table}:{', "k", {"line\nfeed": '"}\n}\n'})
    await store.close()
    with TinyDB(home / "snapshot.json", access_mode="r", encoding="utf-8") as stock:
        assert stock.tables() == {"_meta", "products", 'a "quoted" {table}:{'}
        assert stock.table("_meta").all() == [{"format": 2, "gen": 2, "seq": 1, "needs": "0.1.0"}]
        products = stock.table("products")
        assert products.get(where("_key") == "sku-2") == {"_key": "sku-2", "price": "9.99"}
        assert [document.doc_id for document in products] == [1, 2]
    again = await open_store()
    assert await again.get('a "quoted" {table}:{', "k") == {"line\nfeed": '"}\n}\n'}


async def test_threads_that_write_publicly_and_a_loop_that_transacts_lose_nothing(store: TinyStore) -> None:
    table = store.tinydb.table("counters")
    table.insert({"_key": "sum", "n": 0})
    threads = [
        threading.Thread(target=lambda: [table.update(increment("n")) for _ in range(25)]) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for _ in range(50):
        async with store.transaction() as tx:
            document = await tx.get("counters", "sum")
            assert document is not None
            number = document["n"]
            assert isinstance(number, int)
            await tx.put("counters", "sum", {"n": number + 1})
        rows = [row async for chunk in store.columns("counters", ["n"]) for row in chunk]
        assert len(rows) == 1
    await asyncio.gather(*(asyncio.to_thread(thread.join) for thread in threads))
    assert await store.get("counters", "sum") == {"n": 100}


def test_an_id_is_never_chosen_outside_the_lock(store: TinyStore) -> None:
    with pytest.raises(StoreError, match="lock is held"):
        JournalTable(store.tinydb.storage, "t")._get_next_id()
