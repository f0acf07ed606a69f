"""The background worker: timers and jobs of every enabled integration, each under its lease (A52).

An integration is run by the one worker that holds its lease; a worker that dies is followed by another
within `lease_seconds` of the settings.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog

from core import tables
from core.models.integration import Integration, SyncKind
from core.models.job import Job, JobState
from core.store import Lease, LeaseLost, OutcomeUnknown, StoreBusy, StoreFull
from core.sync import jobs
from core.sync.execution import Execution
from core.sync.leases import INVENTORY, PRESENCE, Leases, of_integration
from core.sync.runner import Ran, Sources
from core.sync.upkeep import Upkeep

_log = structlog.get_logger(__name__)

TICK_SECONDS: Final = 0.25
STOP_SECONDS: Final = 10.0
"""How long a stop waits for the syncs under way; then they are cut off, which loses nothing."""


@dataclass(frozen=True, slots=True)
class Pass:
    """What one run over one integration did, and the integration as it is afterwards."""

    integration: Integration
    ran: list[Ran]


class Worker:
    """Runs until told to stop, or once, or one job."""

    def __init__(self, sources: Sources, owner: str) -> None:
        self._store = sources.store
        self._ttl = timedelta(seconds=sources.settings.lease_seconds)
        self._leases = Leases(sources.store, sources.clock, owner, self._ttl)
        self._execution = Execution(sources, self._leases)
        self._upkeep = Upkeep(sources, self._leases)
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Tick until `stop` is set; then let what is under way end and give the leases back."""
        try:
            while not stop.is_set():
                try:
                    await self.tick()
                except (StoreBusy, StoreFull, OutcomeUnknown) as error:
                    _log.warning("the store refused", what=str(error))
                try:
                    await asyncio.wait_for(stop.wait(), TICK_SECONDS)
                except TimeoutError:
                    continue
        finally:
            await self._finish()

    async def tick(self) -> None:
        """Renew what is held, take what is free, start whatever is due and not running."""
        await self._leases.hold(PRESENCE)
        integrations = {integration.id: integration for integration in await self._enabled()}
        for integration_id in self._tasks.keys() - integrations.keys() - {tables.EVERYWHERE}:
            await self._drop(integration_id)
            await self._leases.release(of_integration(integration_id))
        for integration in integrations.values():
            lease = await self._lease(integration.id)
            running = self._tasks.get(integration.id)
            if lease is None or (running is not None and not running.done()):
                continue
            if await self._execution.has_work(integration):
                self._start(integration.id, self._execution.work(integration, lease))
        await self._inventory_jobs()
        await self._upkeep.turn(integrations.values())

    async def settle(self) -> None:
        """Wait until nothing that was started is still running."""
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def once(self) -> list[Pass] | None:
        """All but verification for every enabled integration, whatever the timers say, waiting jobs, upkeep.

        One that needs reauthorisation is passed over, with an empty pass. None when another worker holds or
        has taken one of them: then it does all this anyway.
        """
        passes: list[Pass] = []
        try:
            for integration in await self._all():
                if not integration.enabled:
                    continue
                if integration.needs_reauthorisation is not None:
                    passes.append(Pass(integration, []))
                    continue
                lease = await self._leases.hold(of_integration(integration.id))
                if lease is None:
                    return None
                async with self._leases.kept(of_integration(integration.id)):
                    for job in await jobs.waiting(self._store, integration.id):
                        await self._to_the_end(integration, job, lease)
                    kinds = [SyncKind.ORDERS, SyncKind.FULFIL, SyncKind.STOCK, SyncKind.PRICE]
                    due = await self._execution.due(integration)
                    kinds += [kind for kind in (SyncKind.CATALOGUE, SyncKind.REVIEWS) if kind in due]
                    ran = await self._execution.run(integration, kinds, lease, forced=True)
                after = await self._store.get(tables.INTEGRATIONS, integration.id)
                passes.append(Pass(Integration.from_document(after) if after else integration, ran))
            await self._upkeep.once()
        except LeaseLost as error:
            _log.warning("another worker has taken over", what=str(error))
            return None
        finally:
            await self._leases.release_all()
        return passes

    async def run_job(self, job: Job) -> Job | None:
        """One job now, in this process; None when another worker holds what it needs and will do it."""
        name = INVENTORY if job.integration_id is None else of_integration(job.integration_id)
        try:
            lease = await self._leases.hold(name)
            if lease is None:
                return None
            async with self._leases.kept(name):
                if job.integration_id is None:
                    return await self._execution.inventory_job(job, lease)
                document = await self._store.get(tables.INTEGRATIONS, job.integration_id)
                if document is None:
                    return await self._execution.orphan(job, lease)
                return await self._execution.job(Integration.from_document(document), job, lease)
        finally:
            await self._leases.release_all()

    async def _to_the_end(self, integration: Integration, job: Job, lease: Lease) -> None:
        """A job in as many slices as it takes; one that is paused waits for a person."""
        after = await self._execution.job(integration, job, lease)
        while after.state is JobState.QUEUED and after.error is None:
            after = await self._execution.job(integration, after, lease)

    async def _all(self) -> list[Integration]:
        return [Integration.from_document(row) async for _, row in self._store.scan(tables.INTEGRATIONS)]

    async def _enabled(self) -> list[Integration]:
        return [row for row in await self._all() if row.enabled and row.needs_reauthorisation is None]

    async def _lease(self, integration_id: str) -> Lease | None:
        """The integration's lease; when it was lost in between, what ran under the old one is ended."""
        name = of_integration(integration_id)
        before = self._leases.held(name)
        lease = await self._leases.hold(name)
        if before is not None and (lease is None or lease.epoch != before.epoch):
            await self._drop(integration_id)
        return lease

    async def _inventory_jobs(self) -> None:
        if tables.EVERYWHERE in self._tasks and not self._tasks[tables.EVERYWHERE].done():
            return
        waiting = await jobs.waiting(self._store, None)
        if waiting and (lease := await self._leases.hold(INVENTORY)) is not None:
            self._start(tables.EVERYWHERE, self._read_inventory(waiting, lease))

    async def _read_inventory(self, waiting: list[Job], lease: Lease) -> None:
        try:
            for job in waiting:
                await self._execution.inventory_job(job, lease)
        except (LeaseLost, asyncio.CancelledError):
            raise
        except Exception:  # noqa: BLE001 - the worker outlives any fault; the job is given up after some more
            _log.exception("fault in reading the inventory")
        finally:
            await self._leases.release(INVENTORY)

    def _start(self, name: str, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(_until_lost(work))
        self._tasks[name] = task

    async def _drop(self, name: str) -> None:
        task = self._tasks.pop(name, None)
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _finish(self) -> None:
        if self._tasks:
            await asyncio.wait(self._tasks.values(), timeout=STOP_SECONDS)
        for name in list(self._tasks):
            await self._drop(name)
        await self._leases.release_all()


async def _until_lost(work: Coroutine[None, None, None]) -> None:
    try:
        await work
    except LeaseLost as error:
        _log.warning("another worker has taken over", what=str(error))
