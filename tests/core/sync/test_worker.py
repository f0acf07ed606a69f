"""The worker: who runs what, once or for ever, and what happens when leases change hands (A2, A11, A52).

Acceptance lines: A16, A51.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from core import tables
from core.channel.errors import NeedsReauthorisation
from core.channel.port import OrdersPage
from core.models.integration import Integration, SyncKind
from core.models.job import JobKind, JobState
from core.sync import jobs
from core.sync.leases import INVENTORY, of_integration
from core.sync.worker import Worker
from tests.core.sync.support import TTL, FakeShop, Stand, channel_order


@dataclass
class Blocked(FakeShop):
    """A shop whose first page of orders comes when `answer` is set; `asked` tells that it was asked for."""

    asked: asyncio.Event = field(default_factory=asyncio.Event)
    answer: asyncio.Event = field(default_factory=asyncio.Event)

    async def orders(self, *, since: datetime | None, until: datetime) -> AsyncIterator[OrdersPage]:
        self.asked.set()
        await self.answer.wait()
        yield OrdersPage([channel_order("1", ("own",))], (), 1)


def worker(stand: Stand, owner: str = "me") -> Worker:
    return Worker(stand.sources(), owner)


async def eventually(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something real is so; the test's own time-out ends what never is."""
    async with asyncio.timeout(10):
        while not await condition():  # noqa: ASYNC110 - a store has no event to wait for
            await asyncio.sleep(0.01)


async def test_once_does_orders_stock_and_price_whatever_the_timers_say(
    stand: Stand, one: Integration, shop: FakeShop
) -> None:
    await stand.sell(one, "mug", live=1)
    await stand.stock_up(mug=4)
    shop.orders_there = [channel_order("1", ("own",))]
    for _ in range(2):
        passes = await worker(stand).once()
        assert passes is not None
        assert passes[0].ran[0].kind is SyncKind.ORDERS
        assert all(ran.ok for ran in passes[0].ran)
    assert shop.stock["t-mug"] == {"w1": 4}
    assert await stand.store.holder(of_integration(one.id)) is None, "the lease was given back"


async def test_A51_once_and_once_more_changes_nothing(stand: Stand, one: Integration, shop: FakeShop) -> None:
    await stand.sell(one, "mug", live=1)
    await stand.stock_up(mug=4)
    shop.orders_there = [channel_order("1", ("own",)), channel_order("2", ("t-mug",))]
    await worker(stand).once()
    before = await stand.dump()
    await worker(stand).once()
    assert await stand.dump() == before


async def test_once_leaves_an_integration_to_the_worker_that_holds_it(stand: Stand, one: Integration) -> None:
    await stand.lease(one, owner="you")
    assert await worker(stand).once() is None
    assert stand.shops["one"].calls == []


async def test_A16_once_goes_on_with_other_shops_and_tells_which_needs_reauthorisation(
    stand: Stand, one: Integration
) -> None:
    two = await stand.connect("two")
    stand.shops["one"].fail["orders"] = NeedsReauthorisation("revoked")
    for _ in range(2):
        passes = await worker(stand).once()
        assert passes is not None
        assert {one.integration.id: one.integration.needs_reauthorisation for one in passes} == {
            "one": "revoked",
            "two": None,
        }
    assert (await stand.state(two, SyncKind.ORDERS)).last_finished_at is not None
    assert len(stand.shops["one"].calls) == 1, "a revoked shop is not asked again"


async def test_A11_a_disabled_integration_is_left_alone_and_catches_up_when_enabled(
    stand: Stand, one: Integration, shop: FakeShop
) -> None:
    two = await stand.connect("two")
    off = await stand.change(one, enabled=False)
    shop.orders_there = [channel_order("1", ("own",))]
    passes = await worker(stand).once()
    assert passes is not None
    assert [one.integration.id for one in passes] == [two.id]
    assert shop.calls == []

    await stand.change(off, enabled=True)
    await worker(stand).once()
    assert await stand.order(one, "1") is not None


async def test_A52_a_tick_runs_what_is_due_and_nothing_else(
    stand: Stand, one: Integration, shop: FakeShop
) -> None:
    running = worker(stand)
    await running.tick()
    await running.settle()
    assert len([name for name, _ in shop.calls if name == "orders"]) == 1
    await running.tick()
    await running.settle()
    stand.clock.move(seconds=119)
    await running.tick()
    await running.settle()
    assert len([name for name, _ in shop.calls if name == "orders"]) == 1
    stand.clock.move(seconds=1)
    await running.tick()
    await running.settle()
    assert len([name for name, _ in shop.calls if name == "orders"]) == 2


async def test_A52_only_one_of_two_workers_runs_an_integration(stand: Stand, one: Integration) -> None:
    first, second = worker(stand, "first"), worker(stand, "second")
    for running in (first, second):
        await running.tick()
    await asyncio.gather(first.settle(), second.settle())
    assert len([name for name, _ in stand.shops["one"].calls if name == "orders"]) == 1


async def test_A52_another_worker_takes_over_and_the_late_one_neither_writes_nor_goes_on(
    stand: Stand, one: Integration
) -> None:
    slow = stand.shops["one"] = Blocked()
    first, second = worker(stand, "first"), worker(stand, "second")
    await first.tick()
    await slow.asked.wait()

    stand.clock.move(seconds=16)
    stand.shops["one"] = quick = FakeShop(orders_there=[channel_order("2", ("own",))])
    await second.tick()
    await second.settle()
    assert await stand.order(one, "2") is not None
    assert len(quick.calls) >= 1

    slow.answer.set()
    await first.settle()
    assert await stand.order(one, "1") is None, "what came after the takeover was not written"
    await first.tick()
    holder = await stand.store.holder(of_integration(one.id))
    assert holder is not None
    assert holder.owner == "second"


async def test_a_worker_that_lost_its_lease_cancels_what_ran_under_it(stand: Stand, one: Integration) -> None:
    slow = stand.shops["one"] = Blocked()
    first = worker(stand, "first")
    await first.tick()
    await slow.asked.wait()
    stand.clock.move(seconds=16)
    assert await stand.store.lease(of_integration(one.id), owner="second", ttl=TTL) is not None
    await first.tick()
    await first.settle()
    assert not slow.answer.is_set(), "it did not wait for the answer"
    assert await stand.order(one, "1") is None


async def test_disabling_ends_the_sync_under_way_and_gives_the_lease_back(
    stand: Stand, one: Integration
) -> None:
    slow = stand.shops["one"] = Blocked()
    running = worker(stand)
    await running.tick()
    await slow.asked.wait()
    await stand.change(one, enabled=False)
    await running.tick()
    await running.settle()
    assert await stand.store.holder(of_integration(one.id)) is None
    assert await stand.order(one, "1") is None


async def test_told_to_stop_it_ends_what_is_under_way_and_gives_everything_back(
    stand: Stand, one: Integration
) -> None:
    slow = stand.shops["one"] = Blocked()
    stop = asyncio.Event()
    running = asyncio.create_task(worker(stand).run(stop))
    await slow.asked.wait()
    stop.set()
    slow.answer.set()
    await asyncio.wait_for(running, 10)
    assert await stand.order(one, "1") is not None
    for name in (of_integration(one.id), INVENTORY, "worker"):
        assert await stand.store.holder(name) is None


async def test_a_running_worker_takes_jobs_and_inventory_jobs(stand: Stand, one: Integration) -> None:
    await stand.stock_up(mug=4)
    stop = asyncio.Event()
    running = asyncio.create_task(worker(stand).run(stop))
    wanted = [
        await jobs.request(stand.store, kind, target, now=stand.clock.now(), requested_by="test")
        for kind, target in ((JobKind.SYNC_ORDERS, one.id), (JobKind.READ_INVENTORY, None))
    ]

    async def done() -> bool:
        rows = [await jobs.get(stand.store, job.id) for job in wanted]
        return all(row is not None and row.state is JobState.DONE for row in rows)

    await eventually(done)
    stop.set()
    await asyncio.wait_for(running, 10)


async def test_a_job_of_a_removed_integration_is_cancelled(stand: Stand, one: Integration) -> None:
    job = await jobs.request(
        stand.store, JobKind.SYNC_ALL, one.id, now=stand.clock.now(), requested_by="test"
    )
    await stand.delete(tables.INTEGRATIONS, one.id)
    ended = await worker(stand).run_job(job)
    assert ended is not None
    assert ended.state is JobState.CANCELLED


async def test_a_job_now_waits_for_the_worker_that_holds_the_integration(
    stand: Stand, one: Integration
) -> None:
    job = await jobs.request(
        stand.store, JobKind.SYNC_ALL, one.id, now=stand.clock.now(), requested_by="test"
    )
    await stand.lease(one, owner="you")
    assert await worker(stand).run_job(job) is None
    assert stand.shops["one"].calls == []


@pytest.mark.parametrize("failing", ["one", "two"])
async def test_A2_what_goes_wrong_with_one_shop_touches_no_other(
    stand: Stand, one: Integration, failing: str
) -> None:
    two = await stand.connect("two")
    other = {"one": two, "two": one}[failing]
    for integration in (one, two):
        await stand.sell(integration, "mug", live=1)
        stand.shops[integration.id].orders_there = [channel_order("1", ("t-mug",))]
    await stand.stock_up(mug=4)
    stand.shops[failing].fail = dict.fromkeys(("orders", "push_stock"), NeedsReauthorisation("revoked"))
    await worker(stand).once()
    assert stand.shops[other.id].stock["t-mug"] == {"w1": 4}
    assert await stand.order(other, "1") is not None
    assert {key for key in await stand.problems() if key.startswith(f"{other.id}/")} == set()
