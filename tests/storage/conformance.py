"""What every Store promises, as tests. An implementation subclasses the classes here and says how to open it.

`opener` opens the same store again each time it is called, as another process would; `clock` is the one
that every opened store was given.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeAlias, cast

import pytest

from core.store import Document, DocumentRefused, LeaseLost, Store, StoreError, Where

Opener: TypeAlias = Callable[[], Awaitable[Store]]


class MovableClock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self._now = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self._now

    def move(self, by: timedelta) -> None:
        self._now += by


async def put_all(store: Store, table: str, documents: dict[str, Document]) -> None:
    async with store.transaction() as tx:
        for key, document in documents.items():
            await tx.put(table, key, document)


class Opened:
    """Fixtures: `store` and `other` are one store, opened twice."""

    @pytest.fixture
    def clock(self) -> MovableClock:
        return MovableClock()

    @pytest.fixture
    def opener(self, clock: MovableClock) -> Opener:
        raise NotImplementedError

    @pytest.fixture
    async def store(self, opener: Opener) -> AsyncIterator[Store]:
        opened = await opener()
        yield opened
        await opened.close()

    @pytest.fixture
    async def other(self, opener: Opener, store: Store) -> AsyncIterator[Store]:
        opened = await opener()
        yield opened
        await opened.close()


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


class TransactionPromises(Opened):
    """All or nothing, in turn, durable."""

    async def test_a_transaction_reads_its_own_writes_and_nobody_else_does(
        self, store: Store, other: Store
    ) -> None:
        await put_all(store, "t", {"old": {"n": 1}, "gone": {"n": 2}})
        async with store.transaction() as tx:
            await tx.put("t", "new", {"n": 3})
            await tx.put("t", "old", {"n": 10})
            await tx.delete("t", "gone")
            assert [row async for row in tx.scan("t")] == [("new", {"n": 3}), ("old", {"n": 10})]
            assert await tx.count("t") == 2
            assert await tx.get("t", "gone") is None
            assert sorted([row async for chunk in tx.columns("t", ["n"]) for row in chunk]) == [
                ("new", (3,)),
                ("old", (10,)),
            ]
            for outside in (store, other):
                assert await outside.get("t", "new") is None
                assert await outside.get("t", "old") == {"n": 1}
                assert await outside.count("t") == 2
        for outside in (store, other):
            assert [row async for row in outside.scan("t")] == [("new", {"n": 3}), ("old", {"n": 10})]

    async def test_a_raising_block_writes_nothing(self, store: Store) -> None:
        before = await store.changes(-1)
        with pytest.raises(ZeroDivisionError):
            await _put_then_raise(store)
        assert await store.get("t", "k") is None
        assert await store.changes(-1) == before
        await put_all(store, "t", {"k": {"n": 2}})

    async def test_an_empty_transaction_writes_nothing(self, store: Store) -> None:
        await put_all(store, "t", {"k": {"n": 1, "m": 2}})
        before = await store.changes(-1)
        async with store.transaction() as tx:
            await tx.get("t", "k")
        async with store.transaction() as tx:
            await tx.put("t", "k", {"m": 2, "n": 1})
            await tx.put("t", "fleeting", {})
            await tx.delete("t", "fleeting")
        assert await store.changes(-1) == before

    async def test_equality_is_that_of_json_not_of_python(self, store: Store) -> None:
        await put_all(store, "t", {"k": {"flag": 1}})
        await put_all(store, "t", {"k": {"flag": True}})
        document = await store.get("t", "k")
        assert document is not None
        assert document["flag"] is True

    async def test_cancelling_inside_the_block_rolls_back_and_frees_the_lock(
        self, store: Store, other: Store
    ) -> None:
        inside = asyncio.Event()

        async def never_done() -> None:
            async with store.transaction() as tx:
                await tx.put("t", "k", {})
                inside.set()
                await asyncio.Event().wait()

        task = asyncio.create_task(never_done())
        await inside.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        for free in (store, other):
            async with free.transaction() as tx:
                assert await tx.get("t", "k") is None

    async def test_cancelling_at_any_moment_is_all_or_nothing(self, store: Store, other: Store) -> None:
        for turns in range(12):
            task = asyncio.create_task(put_all(store, "t", {f"{turns}-a": {}, f"{turns}-b": {}}))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait({task})
            assert await other.count("t", prefix=f"{turns}-") in (0, 2)
            await put_all(other, "t", {"free": {"turn": turns}})

    async def test_a_task_waiting_its_turn_may_be_cancelled(self, store: Store, other: Store) -> None:
        async with store.transaction() as tx:
            for waiter in (store, other):
                task = asyncio.create_task(put_all(waiter, "t", {"late": {}}))
                await asyncio.sleep(0.01)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
            await tx.put("t", "k", {})
        await put_all(other, "t", {"next": {}})
        assert [key async for key, _ in store.scan("t")] == ["k", "next"]

    async def test_transactions_of_one_process_come_in_the_order_they_were_asked_for(
        self, store: Store
    ) -> None:
        order: list[int] = []

        async def write(number: int) -> None:
            async with store.transaction() as tx:
                order.append(number)
                await tx.put("t", str(number), {})

        await asyncio.gather(*(write(number) for number in range(20)))
        assert order == list(range(20))

    async def test_concurrent_read_modify_write_loses_nothing(self, store: Store, other: Store) -> None:
        async def add(to: Store) -> None:
            async with to.transaction() as tx:
                document = await tx.get("t", "sum") or {"n": 0}
                number = document["n"]
                assert isinstance(number, int)
                await tx.put("t", "sum", {"n": number + 1})

        await asyncio.gather(*(add(to) for to in (store, other) * 20))
        assert await store.get("t", "sum") == {"n": 40}

    async def test_a_transaction_that_is_over_refuses_to_be_used(self, store: Store) -> None:
        async with store.transaction() as tx:
            pass
        with pytest.raises(StoreError, match="over"):
            await tx.put("t", "k", {})

    async def test_a_second_transaction_in_the_same_task_is_refused_instead_of_hanging(
        self, store: Store
    ) -> None:
        async with store.transaction():
            with pytest.raises(StoreError, match="already"):
                async with store.transaction():
                    pass
        await put_all(store, "t", {"k": {}})


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


class ChangePromises(Opened):
    """Following what others commit."""

    async def test_changes_name_the_keys_that_anybody_committed(self, store: Store, other: Store) -> None:
        start = (await store.changes(-1)).seq
        await put_all(store, "t", {"a": {}, "b": {}})
        middle = (await store.changes(-1)).seq
        async with other.transaction() as tx:
            await tx.put("u", "c", {})
            await tx.delete("t", "a")
        for reader in (store, other):
            since_start = await reader.changes(start)
            assert since_start.keys == {"t": {"a", "b"}, "u": {"c"}}
            assert not since_start.reset
            since_middle = await reader.changes(middle)
            assert since_middle.keys == {"t": {"a"}, "u": {"c"}}
            assert since_middle.seq == since_start.seq == middle + 1
            assert (await reader.changes(since_middle.seq)).keys == {}

    async def test_each_transaction_raises_the_sequence_number_by_one(
        self, store: Store, other: Store
    ) -> None:
        start = (await store.changes(-1)).seq
        for n in range(6):
            await put_all((store, other)[n % 2], "t", {str(n): {}})
        assert (await store.changes(-1)).seq == start + 6

    async def test_a_sequence_number_from_the_future_means_reading_everything_again(
        self, store: Store
    ) -> None:
        now = (await store.changes(-1)).seq
        assert (await store.changes(now + 5)).reset

    async def test_history_too_long_to_remember_means_reading_everything_again(self, store: Store) -> None:
        start = (await store.changes(-1)).seq
        for part in range(3):
            await put_all(store, "t", {f"{part}-{n}": {} for n in range(5000)})
        assert (await store.changes(start)).reset
        assert not (await store.changes(start + 2)).reset


class LeasePromises(Opened):
    """One holder at a time, fenced by a growing epoch."""

    TTL = timedelta(seconds=30)

    async def test_only_one_owner_holds_a_lease(
        self, store: Store, other: Store, clock: MovableClock
    ) -> None:
        mine = await store.lease("worker", owner="me", ttl=self.TTL)
        assert mine is not None
        assert mine.until == clock.now() + self.TTL
        assert await other.lease("worker", owner="you", ttl=self.TTL) is None
        assert await other.lease("another", owner="you", ttl=self.TTL) is not None
        assert await other.holder("worker") == mine

    async def test_renewing_keeps_the_epoch_and_moves_the_end(
        self, store: Store, clock: MovableClock
    ) -> None:
        first = await store.lease("worker", owner="me", ttl=self.TTL)
        clock.move(timedelta(seconds=20))
        again = await store.lease("worker", owner="me", ttl=self.TTL)
        assert first is not None
        assert again is not None
        assert again.epoch == first.epoch
        assert again.until == clock.now() + self.TTL

    async def test_a_dead_owners_lease_is_free_when_its_time_is_up(
        self, store: Store, other: Store, clock: MovableClock
    ) -> None:
        dead = await store.lease("worker", owner="dead", ttl=self.TTL)
        assert dead is not None
        clock.move(self.TTL - timedelta(microseconds=1))
        assert await other.lease("worker", owner="heir", ttl=self.TTL) is None
        clock.move(timedelta(microseconds=1))
        assert await other.holder("worker") is None
        heir = await other.lease("worker", owner="heir", ttl=self.TTL)
        assert heir is not None
        assert heir.epoch == dead.epoch + 1

    async def test_released_means_free_at_once_and_the_epoch_still_grows(
        self, store: Store, other: Store
    ) -> None:
        first = await store.lease("worker", owner="me", ttl=self.TTL)
        assert first is not None
        await store.release(first)
        assert await other.holder("worker") is None
        second = await other.lease("worker", owner="you", ttl=self.TTL)
        assert second is not None
        assert second.epoch == first.epoch + 1
        await store.release(first)
        assert await store.holder("worker") == second
        await other.release(second)
        third = await store.lease("worker", owner="you", ttl=self.TTL)
        assert third is not None
        assert third.epoch == second.epoch + 1

    async def test_a_fenced_write_of_a_former_holder_is_refused(
        self, store: Store, other: Store, clock: MovableClock
    ) -> None:
        stopped = await store.lease("worker", owner="stopped", ttl=self.TTL)
        assert stopped is not None
        async with store.transaction(fence=stopped) as tx:
            await tx.put("t", "k", {"by": "stopped"})
        clock.move(2 * self.TTL)
        heir = await other.lease("worker", owner="heir", ttl=self.TTL)
        with pytest.raises(LeaseLost, match="heir"):
            async with store.transaction(fence=stopped) as tx:
                await tx.put("t", "k", {"by": "a ghost"})
        async with other.transaction(fence=heir) as tx:
            assert await tx.get("t", "k") == {"by": "stopped"}
        await put_all(store, "t", {"free": {}})

    async def test_an_expired_lease_that_nobody_took_still_fences(
        self, store: Store, clock: MovableClock
    ) -> None:
        mine = await store.lease("worker", owner="me", ttl=self.TTL)
        clock.move(2 * self.TTL)
        async with store.transaction(fence=mine) as tx:
            await tx.put("t", "k", {})
        assert await store.get("t", "k") == {}

    async def test_a_lease_that_was_given_back_fences_no_more(self, store: Store) -> None:
        mine = await store.lease("worker", owner="me", ttl=self.TTL)
        assert mine is not None
        await store.release(mine)
        with pytest.raises(LeaseLost):
            async with store.transaction(fence=mine):
                pass

    async def test_a_clock_that_jumps_back_does_not_lock_a_lease_for_ever(
        self, store: Store, other: Store, clock: MovableClock
    ) -> None:
        before = await store.lease("worker", owner="me", ttl=self.TTL)
        assert before is not None
        clock.move(-timedelta(days=365))
        after = await other.lease("worker", owner="you", ttl=self.TTL)
        assert after is not None
        assert after.epoch == before.epoch + 1
        with pytest.raises(LeaseLost):
            async with store.transaction(fence=before):
                pass

    async def test_of_many_who_race_for_a_lease_one_wins(self, store: Store, other: Store) -> None:
        racers = [
            to.lease("worker", owner=f"racer {n}", ttl=self.TTL) for n, to in enumerate((store, other) * 5)
        ]
        assert sum(lease is not None for lease in await asyncio.gather(*racers)) == 1


class StoreConformance(DocumentPromises, TransactionPromises, QueryPromises, ChangePromises, LeasePromises):
    """All promises of the port."""


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


async def _put_then_raise(store: Store) -> None:
    async with store.transaction() as tx:
        await tx.put("t", "k", {"n": 1})
        raise ZeroDivisionError


async def _keys(store: Store, *, order_by: str | None = None, descending: bool = False) -> str:
    found = await store.query("t", order_by=order_by, descending=descending)
    return "".join(key for key, _ in found.rows)
