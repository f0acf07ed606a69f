"""Promises of the Store port: one holder at a time, fenced by a growing epoch."""

import asyncio
from datetime import timedelta

import pytest

from core.store import LeaseLost, Store
from tests.storage.promises.opened import MovableClock, Opened, put_all


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
