"""Acceptance lines: A51."""

from datetime import timedelta
from pathlib import Path

from core import tables
from core.channel.pace import Pace, Tally
from core.models.metric import Minute
from core.store import Lease
from core.sync.leases import of_integration
from core.sync.metrics import EVERY, Metrics, forget_old, key_of
from storage.tinydb import TinyStore
from tests.clocks import NOON, FrozenClock
from tests.tui.session import integration

SHOP = integration()


async def opened(home: Path) -> tuple[TinyStore, Lease]:
    store = await TinyStore.open(home / "store", clock=FrozenClock())
    lease = await store.lease(of_integration(SHOP.id), owner="test", ttl=timedelta(minutes=1))
    assert lease is not None
    return store, lease


async def minute(store: TinyStore, at: str) -> Minute | None:
    row = await store.get(tables.METRICS, at)
    return None if row is None else Minute.from_document(row)


async def test_calls_failures_and_pushes_add_up_in_their_minute(tmp_path: Path) -> None:
    store, lease = await opened(tmp_path)
    pace = Pace(1000.0)
    metrics = Metrics(lambda _: pace)
    pushing = metrics.pushing(SHOP.id, _nobody)
    for _ in range(3):
        await pace.turn()
    pace.failed()
    pace.refused(None)
    await pushing(4, 10)
    await pushing(10, 10)
    await metrics.write(store, SHOP, lease, NOON)
    await pace.turn()
    await metrics.write(store, SHOP, lease, NOON + EVERY / 2)
    first = await minute(store, key_of(SHOP.id, NOON))
    assert first is not None
    assert (first.calls, first.failed, first.limited, first.pushes) == (3, 1, 1, 10)
    assert (first.rate, first.ceiling) == (500.0, 1000.0)
    await metrics.write(store, SHOP, lease, NOON + EVERY)
    await metrics.write(store, SHOP, lease, NOON + timedelta(minutes=1))
    again = await minute(store, key_of(SHOP.id, NOON))
    assert again is not None
    assert again.calls == 4
    assert await minute(store, key_of(SHOP.id, NOON + timedelta(minutes=1))) is None
    await store.close()


async def test_A51_a_quiet_worker_writes_no_counters(tmp_path: Path) -> None:
    store, lease = await opened(tmp_path)
    metrics = Metrics(lambda _: Pace(10.0))
    before = (await store.changes(-1)).seq
    await metrics.write(store, SHOP, lease, NOON)
    assert (await store.changes(-1)).seq == before
    await store.close()


async def test_counters_are_kept_for_a_day(tmp_path: Path) -> None:
    store, lease = await opened(tmp_path)
    async with store.transaction() as tx:
        for hours in (23, 24, 25):
            at = NOON - timedelta(hours=hours)
            await tx.put(tables.METRICS, key_of(SHOP.id, at), Minute(integration_id="i", at=at).to_document())
    assert await forget_old(store, lease, NOON) == 1
    assert await store.count(tables.METRICS) == 2
    await store.close()


def test_a_tally_tells_what_came_since() -> None:
    assert Tally(5, 2, 1).since(Tally(3, 2, 0)) == Tally(2, 0, 1)


async def _nobody(_done: int, _total: int | None) -> None:
    """Nobody watches."""
