"""Promises of the Store port: all or nothing, in turn, durable."""

import asyncio

import pytest

from core.store import Store, StoreError
from tests.storage.promises.opened import Opened, put_all


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


async def _put_then_raise(store: Store) -> None:
    async with store.transaction() as tx:
        await tx.put("t", "k", {"n": 1})
        raise ZeroDivisionError
