"""Asking for a sync, and following it: the worker does it, or this program when there is no worker."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from core.backend import Backend
from core.models.integration import Integration
from core.models.job import Job, JobKind, JobState
from core.services.errors import NotAllowedNow
from core.store import Lease, LeaseLost
from core.sync import jobs
from core.sync.leases import INVENTORY, PRESENCE, of_integration
from core.sync.worker import Worker

_POLL_SECONDS: Final = 0.25
OVER: Final = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED, JobState.NEEDS_CONFIRMATION})


class SyncService:
    """The use cases around syncs and jobs."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._store = backend.store

    async def request(
        self, kind: JobKind, integration: Integration | None, *, requested_by: str, confirmed: bool = False
    ) -> Job:
        """Put a job row down. Refused for an integration that is off or not authorised."""
        if integration is not None and not integration.enabled:
            raise NotAllowedNow(f"{integration.name} is disabled", "Enable it first; nothing was sent.")
        if integration is not None and integration.needs_reauthorisation is not None:
            raise NotAllowedNow(
                f"{integration.name} needs reauthorisation ({integration.needs_reauthorisation})",
                "Open the integration and choose Reauthorize.",
            )
        return await jobs.request(
            self._store,
            kind,
            None if integration is None else integration.id,
            now=self._backend.clock.now(),
            requested_by=requested_by,
            confirmed=confirmed,
        )

    async def follow(self, job: Job) -> AsyncIterator[Job]:
        """The job's states until it is over. Done here and now when no worker holds what it needs."""
        name = INVENTORY if job.integration_id is None else of_integration(job.integration_id)
        task: asyncio.Task[Job | None] | None = None
        shown: Job | None = None
        try:
            while True:
                current = await jobs.get(self._store, job.id)
                if current is None:
                    return
                if current != shown:
                    shown = current
                    yield current
                if current.state in OVER or (shown.error and current.state is JobState.QUEUED):
                    return
                if (task is None or task.done()) and await self._store.holder(name) is None:
                    _raise_fault_of(task)
                    # An owner of its own: two jobs followed by one process must not share a lease.
                    owner = f"{self._backend.owner}/{job.id}"
                    task = asyncio.create_task(Worker(self._backend.sources(), owner).run_job(current))
                await asyncio.sleep(_POLL_SECONDS)
        finally:
            if task is not None and not task.done():
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    async def worker(self) -> Lease | None:
        """Which worker is running, if any."""
        return await self._store.holder(PRESENCE)


def _raise_fault_of(task: "asyncio.Task[Job | None] | None") -> None:
    """Whatever went wrong in the task, unless another worker took over: that one does the job."""
    error = None if task is None else task.exception()
    if error is not None and not isinstance(error, LeaseLost):
        raise error
