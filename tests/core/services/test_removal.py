"""Remove account: what goes, what stays, and that nobody brings anything back.

Acceptance lines: A13, A14.
"""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from core import tables
from core.backend import Backend
from core.models.integration import Integration
from core.models.job import JobKind, JobState
from core.services.authorisation import AuthorisationService
from core.services.errors import NotFound
from core.services.removal import RemovalService
from core.store import LeaseLost
from core.sync import jobs
from core.sync.leases import of_integration
from tests.clocks import FrozenClock
from tests.tui.integrations.support import Merchant, connect, merchant_on_a_socket, open_backend


@pytest.fixture(scope="module")
def merchant() -> Iterator[Merchant]:
    with merchant_on_a_socket(FrozenClock(), products=10, orders=0) as served:
        yield served


@pytest.fixture
async def backend(tmp_path: Path, merchant: Merchant) -> AsyncIterator[Backend]:
    opened = await open_backend(tmp_path, merchant)
    yield opened
    await opened.close()


async def fill(backend: Backend, integration: Integration, count: int = 3) -> None:
    """A row of this integration in every table that has such rows."""
    async with backend.store.transaction() as tx:
        for table in (*tables.OF_ONE_INTEGRATION, tables.ORDERS):
            for number in range(count):
                await tx.put(table, tables.key(integration.id, str(number)), {"number": number})


async def keys(backend: Backend, table: str) -> set[str]:
    return {key async for key, _ in backend.store.scan(table)}


async def test_A13_everything_of_it_goes_and_orders_stay(backend: Backend, merchant: Merchant) -> None:
    gone, other = await connect(backend, merchant, "Gone"), await connect(backend, merchant, "Other", 1)
    for one in (gone, other):
        await fill(backend, one)
    await AuthorisationService(backend).begin_again(gone)
    await RemovalService(backend).remove(gone.id)
    assert await keys(backend, tables.INTEGRATIONS) == {other.id}
    assert await keys(backend, tables.AUTHORISATIONS) == {other.authorisation_id}
    assert await keys(backend, tables.PENDING_AUTHORISATIONS) == set()
    for table in tables.OF_ONE_INTEGRATION:
        assert await keys(backend, table) == {f"{other.id}/{number}" for number in range(3)}, table
    assert len(await keys(backend, tables.ORDERS)) == 6


async def test_A13_the_question_counts_what_goes(backend: Backend, merchant: Merchant) -> None:
    integration = await connect(backend, merchant, "Counted")
    await fill(backend, integration, 4)
    going = await RemovalService(backend).going(integration)
    assert (going.sku_mappings, going.shipping_mappings, going.listings) == (4, 4, 4)
    assert (going.pricing_rules, going.jobs, going.orders_kept) == (4, 0, 4)


async def test_its_jobs_end_as_cancelled_and_say_why(backend: Backend, merchant: Merchant) -> None:
    integration = await connect(backend, merchant, "Busy")
    job = await jobs.request(
        backend.store, JobKind.SYNC_ALL, integration.id, now=backend.clock.now(), requested_by="test"
    )
    await RemovalService(backend).remove(integration.id)
    after = await jobs.get(backend.store, job.id)
    assert after is not None
    assert (after.state, after.error) == (JobState.CANCELLED, "Busy was removed")


@pytest.mark.parametrize("name", ["integration", "token"])
async def test_a_worker_at_it_cannot_write_for_it_any_more(
    backend: Backend, merchant: Merchant, name: str
) -> None:
    integration = await connect(backend, merchant, "Worked on")
    under = {"integration": of_integration(integration.id), "token": f"token:{integration.authorisation_id}"}
    lease = await backend.store.lease(under[name], owner="worker", ttl=timedelta(seconds=15))
    assert lease is not None
    await RemovalService(backend).remove(integration.id)
    with pytest.raises(LeaseLost):
        async with backend.store.transaction(fence=lease) as tx:
            await tx.put(tables.AUTHORISATIONS, integration.authorisation_id, {"back": True})
    assert await keys(backend, tables.AUTHORISATIONS) == set()


async def test_removing_twice_is_refused_in_words(backend: Backend, merchant: Merchant) -> None:
    integration = await connect(backend, merchant, "Twice")
    await RemovalService(backend).remove(integration.id)
    with pytest.raises(NotFound, match="gone"):
        await RemovalService(backend).remove(integration.id)


async def test_A14_the_same_shop_again_starts_from_nothing(backend: Backend, merchant: Merchant) -> None:
    before = await connect(backend, merchant, "Again")
    await fill(backend, before)
    await RemovalService(backend).remove(before.id)
    after = await connect(backend, merchant, "Again")
    assert after.shop == before.shop
    assert after.id != before.id
    for table in (*tables.OF_ONE_INTEGRATION, tables.ORDERS):
        assert await backend.store.count(table, prefix=tables.prefix(after.id)) == 0
