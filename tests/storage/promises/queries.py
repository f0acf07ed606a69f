"""Promises of the Store port: conditions, order, pages, columns."""

import asyncio

import pytest

from core.store import Document, Store, Where
from tests.storage.promises.opened import Opened, put_all


class QueryPromises(Opened):
    """Conditions, order, pages, columns."""

    DOCUMENTS: dict[str, Document] = {
        "a": {"n": 1, "name": "Alpha", "sync": {"state": "ok"}},
        "b": {"n": 2.5, "name": "beta", "sync": {"state": "failed"}},
        "c": {"n": None, "name": "GAMMA", "flag": True},
        "d": {"n": 2, "name": "Straße", "flag": False, "sync": "text"},
        "e": {"n": "2", "name": 7},
    }

    @pytest.mark.parametrize(
        ("where", "keys"),
        [
            (Where("n", "eq", 2), "d"),
            (Where("n", "eq", 2.0), "d"),
            (Where("n", "eq", None), "c"),
            (Where("n", "ne", 2), "abce"),
            (Where("n", "lt", 2), "a"),
            (Where("n", "le", 2), "ad"),
            (Where("n", "gt", 2), "b"),
            (Where("n", "ge", 2), "bd"),
            (Where("n", "ge", None), ""),
            (Where("n", "lt", "3"), "e"),
            (Where("n", "in", (1, "2", None)), "ace"),
            (Where("n", "in", ()), ""),
            (Where("n", "eq", True), ""),
            (Where("flag", "eq", True), "c"),
            (Where("flag", "eq", 1), ""),
            (Where("flag", "eq", None), "abe"),
            (Where("flag", "in", (0,)), ""),
            (Where("name", "contains", "ALPH"), "a"),
            (Where("name", "contains", "STRASSE"), "d"),
            (Where("name", "prefix", "gam"), "c"),
            (Where("name", "prefix", ""), "abcd"),
            (Where("sync.state", "eq", "failed"), "b"),
            (Where("sync.state", "eq", None), "cde"),
            (Where("sync.state.deeper", "eq", None), "abcde"),
        ],
        ids=lambda value: value if isinstance(value, str) else f"{value.field} {value.op} {value.value}",
    )
    async def test_conditions(self, store: Store, where: Where, keys: str) -> None:
        await put_all(store, "t", self.DOCUMENTS)
        assert "".join([key async for key, _ in store.scan("t", [where])]) == keys
        assert await store.count("t", [where]) == len(keys)
        found = await store.query("t", [where])
        assert "".join(key for key, _ in found.rows) == keys
        assert found.total == len(keys)

    async def test_conditions_all_have_to_hold(self, store: Store) -> None:
        await put_all(store, "t", self.DOCUMENTS)
        where = [Where("n", "ge", 1), Where("name", "contains", "a"), Where("n", "lt", 2.5)]
        assert [key async for key, _ in store.scan("t", where)] == ["a", "d"]

    async def test_a_prefix_narrows_the_keys(self, store: Store) -> None:
        await put_all(
            store, "t", {"shop1/b": {}, "shop1/a": {}, "shop10/a": {}, "shop2/a": {}, "SHOP1/c": {}}
        )
        assert [key async for key, _ in store.scan("t", prefix="shop1/")] == ["shop1/a", "shop1/b"]
        assert await store.count("t", prefix="shop1/") == 2
        assert [len(chunk) async for chunk in store.columns("t", [], prefix="shop1/")] == [2]

    async def test_scan_goes_in_key_order(self, store: Store) -> None:
        keys = [f"{(n * 7919) % 5003:05}" for n in range(5003)]
        await put_all(store, "t", {key: {} for key in keys})
        assert [key async for key, _ in store.scan("t")] == sorted(keys)

    async def test_scan_shows_the_moment_it_started(self, store: Store, other: Store) -> None:
        await put_all(store, "t", {"a": {"n": 1}, "b": {"n": 1}, "c": {"n": 1}})
        rows = store.scan("t")
        seen = [await anext(rows)]
        async with other.transaction() as tx:
            await tx.put("t", "b", {"n": 2})
            await tx.delete("t", "c")
            await tx.put("t", "d", {"n": 2})
        seen += [row async for row in rows]
        assert seen == [("a", {"n": 1}), ("b", {"n": 1}), ("c", {"n": 1})]

    async def test_query_sorts_with_none_last_and_ties_by_key(self, store: Store) -> None:
        documents: dict[str, Document] = {
            "d": {"p": 2}, "c": {"p": 1}, "b": {"p": None}, "a": {"p": 2}, "e": {}, "f": {"p": 10},
        }  # fmt: skip
        await put_all(store, "t", documents)
        assert await _keys(store, order_by="p") == "cadfbe"
        assert await _keys(store, order_by="p", descending=True) == "fadcbe"
        assert await _keys(store) == "abcdef"

    async def test_query_pages_and_counts_all_matches(self, store: Store) -> None:
        await put_all(store, "t", {f"{n:05}": {"n": (n * 31) % 997} for n in range(3000)})
        everything = (await store.query("t", [Where("n", "lt", 900)], order_by="n")).rows
        paged: list[tuple[str, Document]] = []
        while True:
            found = await store.query(
                "t", [Where("n", "lt", 900)], order_by="n", limit=700, offset=len(paged)
            )
            assert found.total == len(everything)
            if not found.rows:
                break
            paged += found.rows
        assert paged == list(everything)

    async def test_counts_follow_every_change_also_when_asked_again_and_again(self, store: Store) -> None:
        rows: dict[str, Document] = {f"a/{n}": {"n": n} for n in range(5)}
        await put_all(store, "t", {**rows, "b/1": {"n": 9}})
        for _ in range(2):
            assert (await store.count("t"), await store.count("t", prefix="a/")) == (6, 5)
        async with store.transaction() as tx:
            await tx.put("t", "a/9", {"n": 9})
            await tx.delete("t", "b/1")
            assert await tx.count("t", prefix="a/") == 6
        assert (await store.count("t"), await store.count("t", prefix="a/")) == (6, 6)
        await put_all(store, "t", {"a/9": {"n": 10}})
        assert await store.count("t", prefix="a/") == 6
        assert await store.count("t", [Where("n", "eq", 10)], prefix="a/") == 1
        assert await store.count("nothing") == 0

    async def test_columns_give_every_row_once_with_its_fields_in_order(self, store: Store) -> None:
        await put_all(store, "t", {f"{n}": {"n": n, "s": {"x": [n]}} for n in range(4500)})
        rows: dict[str, object] = {}
        chunks = 0
        async for chunk in store.columns("t", ["s.x", "n", "absent"], [Where("n", "ge", 100)]):
            assert len(chunk) <= 4000
            chunks += 1
            rows |= dict(chunk)
        assert chunks > 1
        assert rows == {f"{n}": ([n], n, None) for n in range(100, 4500)}

    async def test_the_loop_runs_between_chunks(self, store: Store) -> None:
        await put_all(store, "t", {f"{n}": {"n": n} for n in range(6500)})
        turns = 0

        async def count_turns() -> None:
            nonlocal turns
            while True:
                await asyncio.sleep(0)
                turns += 1

        counter = asyncio.create_task(count_turns())
        async for _ in store.columns("t", ["n"]):
            pass
        counter.cancel()
        assert turns >= 2

    async def test_senseless_conditions_are_refused(self, store: Store) -> None:
        for where in (Where("n", "eq", (1, 2)), Where("n", "in", "text"), Where("n", "contains", 3)):
            with pytest.raises(ValueError, match="condition"):
                await store.count("t", [where])


async def _keys(store: Store, *, order_by: str | None = None, descending: bool = False) -> str:
    found = await store.query("t", order_by=order_by, descending=descending)
    return "".join(key for key, _ in found.rows)
