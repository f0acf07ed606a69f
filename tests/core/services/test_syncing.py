"""Asking for a sync and following it to its end, with or without a worker (A11, A16, A52)."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.backend import Backend
from core.models.integration import Integration
from core.models.job import Job, JobKind, JobState
from core.services.errors import NotAllowedNow
from core.services.sync import SyncService
from core.sync.runner import Sources
from core.sync.worker import Worker
from storage.vault import Vault
from tests.core.sync.support import Stand, channel_order, open_stand


class StandBackend(Backend):
    """A backend whose shops and inventory are the stand's."""

    def __init__(self, stand: Stand, home: Path) -> None:
        vault = Vault.open(home=home, environ={})
        super().__init__(settings=stand.settings, store=stand.store, vault=vault, clock=stand.clock)
        self._stand = stand

    def sources(self) -> Sources:
        return self._stand.sources()


@pytest.fixture
async def stand(tmp_path: Path) -> AsyncIterator[Stand]:
    opened = await open_stand(tmp_path)
    yield opened
    await opened.store.close()


@pytest.fixture
async def one(stand: Stand) -> Integration:
    integration = await stand.connect("one")
    stand.shops["one"].orders_there = [channel_order("1", ("own",))]
    return integration


@pytest.fixture
def service(stand: Stand, tmp_path: Path) -> SyncService:
    return SyncService(StandBackend(stand, tmp_path))


async def followed(service: SyncService, job: Job) -> list[JobState]:
    async with asyncio.timeout(10):
        return [now.state async for now in service.follow(job)]


async def test_without_a_worker_the_job_is_done_here(
    stand: Stand, one: Integration, service: SyncService
) -> None:
    job = await service.request(JobKind.SYNC_ORDERS, one, requested_by="test")
    states = await followed(service, job)
    assert (states[0], states[-1]) == (JobState.QUEUED, JobState.DONE)
    assert await stand.order(one, "1") is not None


async def test_with_a_worker_the_job_is_the_workers(
    stand: Stand, one: Integration, service: SyncService
) -> None:
    worker = Worker(stand.sources(), "somebody else")
    await worker.tick()
    await worker.settle()
    job = await service.request(JobKind.SYNC_ORDERS, one, requested_by="test")
    following = asyncio.create_task(followed(service, job))
    await worker.tick()
    await worker.settle()
    assert (await following)[-1] is JobState.DONE
    assert len([name for name, _ in stand.shops["one"].calls if name == "orders"]) == 2


async def test_two_jobs_of_one_shop_followed_at_once_both_end(
    stand: Stand, one: Integration, service: SyncService
) -> None:
    jobs = [
        await service.request(kind, one, requested_by="test")
        for kind in (JobKind.SYNC_ORDERS, JobKind.SYNC_STOCK, JobKind.DOWNLOAD_CATALOGUE)
    ]
    ended = await asyncio.gather(*(followed(service, job) for job in jobs))
    assert [states[-1] for states in ended] == [JobState.DONE] * 3


async def test_A11_a_disabled_integration_is_refused(
    stand: Stand, one: Integration, service: SyncService
) -> None:
    off = await stand.change(one, enabled=False)
    with pytest.raises(NotAllowedNow, match="disabled"):
        await service.request(JobKind.SYNC_ALL, off, requested_by="test")


async def test_A16_one_that_needs_reauthorisation_is_refused_with_the_way_out(
    stand: Stand, one: Integration, service: SyncService
) -> None:
    waiting = await stand.change(one, needs_reauthorisation="revoked")
    with pytest.raises(NotAllowedNow, match="Reauthorize"):
        await service.request(JobKind.SYNC_ALL, waiting, requested_by="test")


async def test_a_job_whose_integration_is_disabled_while_it_waits_ends_as_cancelled(
    stand: Stand, one: Integration, service: SyncService
) -> None:
    job = await service.request(JobKind.SYNC_ALL, one, requested_by="test")
    await stand.change(one, enabled=False)
    assert (await followed(service, job))[-1] is JobState.CANCELLED
    assert stand.shops["one"].pushed() == []
