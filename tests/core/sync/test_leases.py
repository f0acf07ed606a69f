"""Who may act for an integration, and who may no longer (A52)."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from core.channel.port import Refusals
from core.models.integration import Integration
from core.store import LeaseLost
from core.sync.leases import Leases, of_integration
from core.sync.push import sync_stock
from tests.core.sync.support import TTL, FakeShop, Stand


def leases(stand: Stand, owner: str) -> Leases:
    return Leases(stand.store, stand.clock, owner, TTL)


async def test_A52_one_holds_and_the_other_takes_over_when_it_dies(stand: Stand) -> None:
    mine, yours = leases(stand, "me"), leases(stand, "you")
    first = await mine.hold("x")
    assert first is not None
    assert await yours.hold("x") is None
    stand.clock.move(seconds=14)
    assert await yours.hold("x") is None
    stand.clock.move(seconds=1)
    second = await yours.hold("x")
    assert second is not None
    assert second.epoch == first.epoch + 1


async def test_a_holder_that_renews_keeps_it_for_ever_under_one_epoch(stand: Stand) -> None:
    mine, yours = leases(stand, "me"), leases(stand, "you")
    first = await mine.hold("x")
    for _ in range(20):
        stand.clock.move(seconds=6)
        again = await mine.hold("x")
        assert first is not None
        assert again is not None
        assert again.epoch == first.epoch
        assert await yours.hold("x") is None


async def test_what_was_given_back_is_free_at_once(stand: Stand) -> None:
    mine, yours = leases(stand, "me"), leases(stand, "you")
    await mine.hold("x")
    await mine.release_all()
    assert mine.held("x") is None
    assert await yours.hold("x") is not None


async def test_a_holder_that_slept_too_long_learns_that_it_lost(stand: Stand) -> None:
    mine, yours = leases(stand, "me"), leases(stand, "you")
    await mine.hold("x")
    stand.clock.move(seconds=16)
    await yours.hold("x")
    assert await mine.hold("x") is None
    assert mine.held("x") is None


async def test_a_holder_that_lost_it_in_between_gets_another_epoch(stand: Stand) -> None:
    mine, yours = leases(stand, "me"), leases(stand, "you")
    before = await mine.hold("x")
    stand.clock.move(seconds=16)
    await yours.hold("x")
    await yours.release("x")
    after = await mine.hold("x")
    assert before is not None
    assert after is not None
    assert after.epoch > before.epoch


async def test_a_sync_whose_lease_was_taken_over_in_the_middle_writes_no_more(
    stand: Stand, one: Integration
) -> None:
    await stand.sell(one, "mug", live=1)
    await stand.stock_up(mug=5)

    class Slow(FakeShop):
        """While the call is under way the machine sleeps, and another worker takes over."""

        async def push_stock(self, product_id: str, quantities: Mapping[str, Mapping[str, int]]) -> Refusals:
            stand.clock.move(seconds=60)
            assert await stand.store.lease(of_integration(one.id), owner="you", ttl=TTL) is not None
            return await super().push_stock(product_id, quantities)

    context = replace(await stand.context(one), channel=Slow())
    with pytest.raises(LeaseLost):
        await sync_stock(context)
    record = (await stand.pushes(one, "t-mug")).stock
    assert (record.sent, record.value) == ("5", None), "the result that came too late was not written"


async def test_what_takes_longer_than_a_lease_keeps_it_by_renewing(stand: Stand) -> None:
    mine = Leases(stand.store, stand.clock, "me", timedelta(seconds=0.04))
    held = await mine.hold("x")
    assert held is not None
    async with mine.kept("x"):
        while True:
            stand.clock.move(seconds=0.03)
            row = await stand.store.holder("x")
            if row is not None and row.until > held.until + timedelta(seconds=0.2):
                break
            await asyncio.sleep(0.011)
    again = await mine.hold("x")
    assert again is not None
    assert again.epoch == held.epoch
