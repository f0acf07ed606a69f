"""Promises of the Store port: following what others commit."""

from core.store import Store
from tests.storage.promises.opened import Opened, put_all


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

    async def test_a_long_history_is_told_whole_or_as_one_to_read_again(self, store: Store) -> None:
        """How much is remembered is the implementation's affair; that nothing is left out is not."""
        start = (await store.changes(-1)).seq
        for part in range(3):
            await put_all(store, "t", {f"{part}-{n}": {} for n in range(5000)})
        told = await store.changes(start)
        assert told.reset or len(told.keys["t"]) == 15_000
        assert (await store.changes(start + 3)).keys == {}
