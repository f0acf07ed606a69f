"""Promises of the Store port: get, put, delete, and that nothing is shared."""

from datetime import UTC, datetime
from typing import cast

import pytest

from core.store import Document, DocumentRefused, Store
from tests.storage.promises.opened import Opened, Opener, put_all


class DocumentPromises(Opened):
    """get, put, delete, and that nothing is shared."""

    async def test_what_was_put_is_there_and_survives_reopening(self, store: Store, opener: Opener) -> None:
        document: Document = {
            "title": "Ünïcödé 🧦",
            "price": "9.99",
            "n": 2**63,
            "x": [1.5, None, {"y": True}],
        }
        await put_all(store, "t", {"a/b:c": document})
        assert await store.get("t", "a/b:c") == document
        again = await opener()
        assert await again.get("t", "a/b:c") == document
        await again.close()

    async def test_what_was_never_put_is_none(self, store: Store) -> None:
        assert await store.get("nowhere", "nothing") is None
        assert await store.count("nowhere") == 0
        assert [row async for row in store.scan("nowhere")] == []

    async def test_putting_again_replaces_the_whole_document(self, store: Store) -> None:
        await put_all(store, "t", {"k": {"a": 1, "b": 2}})
        await put_all(store, "t", {"k": {"b": 3}})
        assert await store.get("t", "k") == {"b": 3}

    async def test_tables_do_not_share_keys(self, store: Store) -> None:
        async with store.transaction() as tx:
            await tx.put("one", "k", {"in": "one"})
            await tx.put("two", "k", {"in": "two"})
        assert await store.get("one", "k") == {"in": "one"}
        assert await store.get("two", "k") == {"in": "two"}

    async def test_delete_says_whether_it_was_there(self, store: Store) -> None:
        await put_all(store, "t", {"k": {}})
        async with store.transaction() as tx:
            assert await tx.delete("t", "k") is True
            assert await tx.delete("t", "k") is False
            assert await tx.delete("t", "never") is False
        assert await store.get("t", "k") is None

    async def test_a_key_may_come_back_after_it_was_deleted(self, store: Store) -> None:
        await put_all(store, "t", {"k": {"life": 1}})
        async with store.transaction() as tx:
            await tx.delete("t", "k")
            await tx.put("t", "k", {"life": 2})
        assert await store.get("t", "k") == {"life": 2}
        assert await store.count("t") == 1

    async def test_changing_what_was_handed_out_changes_nothing_inside(self, store: Store) -> None:
        await put_all(store, "t", {"k": {"tags": ["red"], "deep": {"list": [1]}}})
        whole: Document = {"tags": ["red"], "deep": {"list": [1]}}

        got = await store.get("t", "k")
        scanned = [document async for _, document in store.scan("t")]
        found = [document for _, document in (await store.query("t")).rows]
        for document in (got, *scanned, *found):
            assert document == whole
            _spoil(document)
        async for chunk in store.columns("t", ["tags", "deep.list"]):
            for value in chunk[0][1]:
                assert isinstance(value, list)
                value.append("spoilt")
        async with store.transaction() as tx:
            inside = await tx.get("t", "k")
            assert inside == whole
            _spoil(inside)
        assert await store.get("t", "k") == whole

    async def test_changing_what_was_put_changes_nothing_inside(self, store: Store) -> None:
        document: Document = {"deep": {"list": [1]}}
        async with store.transaction() as tx:
            await tx.put("t", "k", document)
            _spoil(document)
            assert await tx.get("t", "k") == {"deep": {"list": [1]}}
        assert await store.get("t", "k") == {"deep": {"list": [1]}}

    @pytest.mark.parametrize(
        "value",
        [
            float("nan"),
            float("inf"),
            2**64,
            -(2**63) - 1,
            "lone \ud800 surrogate",
            {1: "number as key"},
            {"lone \udfff key": 1},
            (1, 2),
            {1, 2},
            b"bytes",
            datetime(2026, 1, 1, tzinfo=UTC),
            object(),
        ],
        ids=lambda value: type(value).__name__,
    )
    async def test_what_json_cannot_hold_exactly_is_refused_by_field(
        self, store: Store, value: object
    ) -> None:
        await put_all(store, "t", {"before": {"n": 1}})
        with pytest.raises(DocumentRefused, match="bad"):
            await _put_unchecked(store, {"fine": 1, "bad": value})
        with pytest.raises(DocumentRefused, match="outer"):
            await _put_unchecked(store, {"outer": [{"bad": value}]})
        assert await store.count("t") == 1

    async def test_a_key_that_is_no_text_is_refused(self, store: Store) -> None:
        with pytest.raises(DocumentRefused):
            await put_all(store, "t", {"lone \ud800": {}})
        assert await store.count("t") == 0


def _spoil(document: Document | None) -> None:
    assert document is not None
    deep = document["deep"]
    assert isinstance(deep, dict)
    inner = deep["list"]
    assert isinstance(inner, list)
    inner.append("spoilt")
    document["more"] = "spoilt"


async def _put_unchecked(store: Store, document: dict[str, object]) -> None:
    async with store.transaction() as tx:
        await tx.put("t", "k", cast("Document", document))
