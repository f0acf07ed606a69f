"""Jobs and timers of one integration under its lease (A11, A16, A51, A52)."""

from datetime import timedelta

import pytest

from core import tables
from core.channel.errors import NeedsReauthorisation, RateLimited, ServerFault
from core.inventory.errors import InventoryUnreachable
from core.models.integration import Integration, SyncKind
from core.models.job import Job, JobKind, JobState
from core.store import LeaseLost, StoreFull
from core.sync import jobs
from core.sync.execution import Execution
from core.sync.leases import Leases
from core.sync.runner import REAUTHORISE
from tests.core.sync.support import TTL, FakeShop, Stand, channel_order, product


@pytest.fixture
def execution(stand: Stand) -> Execution:
    return Execution(stand.sources(), Leases(stand.store, stand.clock, "me", TTL))


async def ask(stand: Stand, kind: JobKind, one: Integration | None, *, confirmed: bool = False) -> Job:
    return await jobs.request(
        stand.store,
        kind,
        None if one is None else one.id,
        now=stand.clock.now(),
        requested_by="test",
        confirmed=confirmed,
    )


async def again(stand: Stand, job: Job) -> Job:
    current = await jobs.get(stand.store, job.id)
    assert current is not None
    return current


async def integration(stand: Stand, one: Integration) -> Integration:
    row = await stand.store.get(tables.INTEGRATIONS, one.id)
    assert row is not None
    return Integration.from_document(row)


async def test_a_job_goes_from_queued_to_done_with_its_counts(
    stand: Stand, one: Integration, shop: FakeShop, execution: Execution
) -> None:
    shop.orders_there = [channel_order("1", ("own",))]
    job = await ask(stand, JobKind.SYNC_ORDERS, one)
    assert job.state is JobState.QUEUED
    done = await execution.job(one, job, await stand.lease(one))
    assert (done.state, done.counts["orders.new"], done.attempts) == (JobState.DONE, 1, 1)
    assert await again(stand, job) == done


async def test_A17_the_time_of_the_last_price_sync_moves_only_when_prices_were_looked_at(
    stand: Stand, one: Integration, execution: Execution
) -> None:
    lease = await stand.lease(one)
    await execution.run(one, [SyncKind.STOCK, SyncKind.PRICE], lease)
    price, stock = await stand.state(one, SyncKind.PRICE), await stand.state(one, SyncKind.STOCK)
    assert (price.last_finished_at, stock.last_finished_at) == (None, stand.clock.now())
    assert price.next_run_at == stock.next_run_at, "its timer goes on: somebody may switch it on"
    await stand.change(one, price_update=True)
    stand.clock.move(minutes=1)
    await execution.run(one, [SyncKind.PRICE], lease)
    assert (await stand.state(one, SyncKind.PRICE)).last_finished_at == stand.clock.now()


async def test_asking_twice_while_it_waits_is_one_job(stand: Stand, one: Integration) -> None:
    first = await ask(stand, JobKind.SYNC_STOCK, one)
    assert (await ask(stand, JobKind.SYNC_STOCK, one)).id == first.id
    assert (await ask(stand, JobKind.SYNC_STOCK, one, confirmed=True)).id != first.id
    assert (await ask(stand, JobKind.SYNC_PRICE, one)).id != first.id


async def test_a_job_that_is_over_by_now_is_not_done_again(
    stand: Stand, one: Integration, shop: FakeShop, execution: Execution
) -> None:
    stale = await ask(stand, JobKind.SYNC_ORDERS, one)
    done = await execution.job(one, stale, await stand.lease(one))
    await execution.job(one, stale, await stand.lease(one))
    assert await again(stand, stale) == done
    assert len(shop.calls) == 1


async def test_a_job_left_by_a_dead_worker_is_begun_again_and_given_up_after_three(
    stand: Stand, one: Integration, shop: FakeShop, execution: Execution
) -> None:
    job = await ask(stand, JobKind.SYNC_ORDERS, one)
    lease = await stand.lease(one)
    for number in range(1, 4):
        begun = await jobs.claim(stand.store, job, stand.clock.now(), lease)
        assert begun is not None
        assert begun.attempts == number
        assert [row.id for row in await jobs.waiting(stand.store, one.id)] == [job.id]
    ended = await execution.job(one, job, lease)
    assert ended.state is JobState.FAILED
    assert "3 workers" in (ended.error or "")
    assert shop.calls == []
    assert await jobs.waiting(stand.store, one.id) == []


async def test_the_inventory_job_is_given_up_after_three_as_well(stand: Stand, execution: Execution) -> None:
    job = await ask(stand, JobKind.READ_INVENTORY, None)
    lease = await stand.store.lease("inventory", owner="me", ttl=TTL)
    assert lease is not None
    for _ in range(3):
        await jobs.claim(stand.store, job, stand.clock.now(), lease)
    assert (await execution.inventory_job(job, lease)).state is JobState.FAILED
    assert stand.inventory.reads == []


async def test_A16_a_revoked_authorisation_pauses_the_job_and_fails_nothing(
    stand: Stand, one: Integration, shop: FakeShop, execution: Execution
) -> None:
    shop.fail["orders"] = NeedsReauthorisation("the merchant revoked it")
    job = await ask(stand, JobKind.SYNC_ALL, one)
    paused = await execution.job(one, job, await stand.lease(one))
    assert (paused.state, paused.attempts, paused.error) == (JobState.QUEUED, 0, "the merchant revoked it")
    assert (await integration(stand, one)).needs_reauthorisation == "the merchant revoked it"
    assert f"one/{REAUTHORISE}" in await stand.problems()
    assert shop.pushed() == []

    shop.fail.clear()
    await stand.change(one, needs_reauthorisation=None)
    resumed = await ask(stand, JobKind.SYNC_ALL, one)
    assert (resumed.id, resumed.error) == (job.id, None), "the same job goes on"
    assert (await execution.job(one, resumed, await stand.lease(one))).state is JobState.DONE


async def test_A11_a_job_of_an_integration_that_is_disabled_by_now_sends_nothing(
    stand: Stand, one: Integration, shop: FakeShop, execution: Execution
) -> None:
    job = await ask(stand, JobKind.SYNC_ALL, one)
    await stand.change(one, enabled=False)
    ended = await execution.job(one, job, await stand.lease(one))
    assert ended.state is JobState.CANCELLED
    assert "disabled" in (ended.error or "")
    assert shop.calls == []


async def test_a_failing_job_says_why_and_what_to_do(
    stand: Stand, one: Integration, shop: FakeShop, execution: Execution
) -> None:
    shop.fail["orders"] = ServerFault("TikTok answered HTTP 500")
    job = await execution.job(one, await ask(stand, JobKind.SYNC_ORDERS, one), await stand.lease(one))
    assert (job.state, job.error) == (JobState.FAILED, "TikTok answered HTTP 500")
    assert job.cure
    assert (await stand.state(one, SyncKind.ORDERS)).failures == 1
    assert "one/sync-orders" in await stand.problems()

    shop.fail.clear()
    await execution.run(one, [SyncKind.ORDERS], await stand.lease(one))
    assert await stand.problems() == {}
    assert (await stand.state(one, SyncKind.ORDERS)).failures == 0


async def test_the_guards_question_makes_the_job_wait_for_a_person(
    stand: Stand, one: Integration, shop: FakeShop, execution: Execution
) -> None:
    skus = [f"s{number:02}" for number in range(30)]
    for sku in skus:
        await stand.sell(one, sku, live=5)
    await stand.stock_up(**dict.fromkeys(skus, 0))
    lease = await stand.lease(one)
    job = await execution.job(one, await ask(stand, JobKind.SYNC_STOCK, one), lease)
    assert job.state is JobState.NEEDS_CONFIRMATION
    assert shop.pushed() == []
    assert list(await stand.problems()) == ["one/sync-stock"]
    confirmed = await ask(stand, JobKind.SYNC_STOCK, one, confirmed=True)
    assert (await execution.job(one, confirmed, lease)).state is JobState.DONE
    assert await stand.problems() == {}


async def test_a_confirmed_sync_also_takes_the_inventory_that_shrank(
    stand: Stand, one: Integration, execution: Execution
) -> None:
    await stand.stock_up(**{f"s{number}": 5 for number in range(10)})
    stand.inventory.products = stand.inventory.products[:3]
    lease = await stand.lease(one)
    stopped = await execution.job(one, await ask(stand, JobKind.SYNC_STOCK, one), lease)
    assert stopped.state is JobState.NEEDS_CONFIRMATION
    confirmed = await ask(stand, JobKind.SYNC_STOCK, one, confirmed=True)
    assert (await execution.job(one, confirmed, lease)).state is JobState.DONE


async def test_the_inventory_is_read_once_before_the_first_push(
    stand: Stand, one: Integration, shop: FakeShop, execution: Execution
) -> None:
    await stand.sell(one, "mug", live=1)
    await stand.stock_up(mug=1)
    stand.inventory.set_stock(mug=4)
    await execution.job(one, await ask(stand, JobKind.SYNC_ALL, one), await stand.lease(one))
    assert shop.stock["t-mug"] == {"w1": 4}
    assert stand.inventory.reads == ["products"]
    await execution.job(one, await ask(stand, JobKind.SYNC_STOCK, one), await stand.lease(one))
    assert stand.inventory.reads == ["products", "stock"]


async def test_an_unreachable_inventory_fails_the_job_but_not_the_orders(
    stand: Stand, one: Integration, shop: FakeShop, execution: Execution
) -> None:
    shop.orders_there = [channel_order("1", ("own",))]
    stand.inventory.error = InventoryUnreachable("Avasam cannot be reached.", "No network.", "Wait.")
    job = await execution.job(one, await ask(stand, JobKind.SYNC_ALL, one), await stand.lease(one))
    assert job.state is JobState.FAILED
    assert job.counts["orders.new"] == 1
    assert "-/sync-products" in await stand.problems()

    stand.inventory.error = None
    stand.inventory.products = [product("mug", 3)]
    await execution.job(one, await ask(stand, JobKind.SYNC_ALL, one), await stand.lease(one))
    stand.clock.move(minutes=20)
    await execution.read_inventory()
    assert await stand.problems() == {}


async def test_orders_run_before_stock_and_price(
    stand: Stand, one: Integration, execution: Execution
) -> None:
    assert await execution.due(one) == [
        SyncKind.ORDERS,
        SyncKind.FULFIL,
        SyncKind.VERIFY,
        SyncKind.STOCK,
        SyncKind.PRICE,
        SyncKind.CATALOGUE,
    ]
    await execution.work(one, await stand.lease(one))
    assert await execution.due(one) == []
    assert not await execution.has_work(one)


async def test_what_is_due_is_begun_at_once_although_time_goes_by(
    stand: Stand, one: Integration, execution: Execution
) -> None:
    stand.clock.passes = timedelta(microseconds=1)
    assert await execution.has_work(one)


async def test_the_shop_is_left_alone_for_as_long_as_it_asks(
    stand: Stand, one: Integration, shop: FakeShop, execution: Execution
) -> None:
    shop.fail["orders"] = RateLimited("too many calls", retry_after=600.0)
    await execution.work(one, await stand.lease(one))
    stand.clock.move(seconds=599)
    assert SyncKind.ORDERS not in await execution.due(one)
    stand.clock.move(seconds=1)
    assert SyncKind.ORDERS in await execution.due(one)


async def test_A51_a_quiet_round_leaves_no_entry_in_activity(
    stand: Stand, one: Integration, shop: FakeShop, execution: Execution
) -> None:
    await stand.sell(one, "mug", live=1)
    await stand.stock_up(mug=3)
    shop.orders_there = [channel_order("1", ("t-mug",)), channel_order("2", ("own",), status="UNPAID")]
    kinds = list(await execution.due(one))
    await execution.run(one, kinds, await stand.lease(one), forced=True)
    before = await stand.dump()
    assert before[tables.ACTIVITY] != {}
    stand.clock.move(minutes=20)
    await execution.run(one, kinds, await stand.lease(one), forced=True)
    assert await stand.dump() == before


async def test_a_mistake_of_this_program_ends_the_round_says_so_and_is_forgotten_when_it_works_again(
    stand: Stand, one: Integration, shop: FakeShop, execution: Execution
) -> None:
    shop.orders_there = [channel_order("1", ("own",))]
    shop.page = 0
    await execution.work(one, await stand.lease(one))
    assert "one/fault" in await stand.problems()
    assert not await execution.has_work(one), "it does not spin"

    shop.page = 2
    stand.clock.move(minutes=20)
    await execution.work(one, await stand.lease(one))
    assert await stand.problems() == {}
    assert await stand.order(one, "1") is not None


async def test_a_store_that_is_full_is_not_asked_again_at_once(
    stand: Stand, one: Integration, shop: FakeShop, execution: Execution
) -> None:
    lease = await stand.lease(one)
    shop.fail["orders"] = StoreFull("no space is left")
    await execution.work(one, lease)
    assert not await execution.has_work(one)
    stand.clock.move(seconds=15)
    assert await execution.has_work(one)


async def test_work_under_a_lost_lease_ends(stand: Stand, one: Integration, execution: Execution) -> None:
    lease = await stand.lease(one)
    stand.clock.move(seconds=16)
    await stand.lease(one, owner="you")
    with pytest.raises(LeaseLost):
        await execution.work(one, lease)
