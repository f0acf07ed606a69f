"""Job rows: asked for by a screen or a command, taken by the worker, followed by whoever asked."""

import secrets
from datetime import datetime
from typing import Final

from core import tables
from core.models.integration import SyncKind
from core.models.job import Activity, Job, JobKind, JobState
from core.store import Lease, Store, Where

KINDS: Final = {
    JobKind.SYNC_ORDERS: (SyncKind.ORDERS, SyncKind.FULFIL),
    JobKind.FULFIL: (SyncKind.FULFIL,),
    JobKind.SYNC_STOCK: (SyncKind.STOCK,),
    JobKind.SYNC_PRICE: (SyncKind.PRICE,),
    JobKind.SYNC_ALL: (SyncKind.ORDERS, SyncKind.FULFIL, SyncKind.STOCK, SyncKind.PRICE),
    JobKind.VERIFY: (SyncKind.VERIFY, SyncKind.STOCK),
    JobKind.DOWNLOAD_CATALOGUE: (SyncKind.CATALOGUE,),
}
"""What each job does, in order: orders first and on to Avasam, then stock and price."""

GIVE_UP_AFTER: Final = 3
"""A job that this many workers began and none finished is not begun again."""

_OPEN: Final = (JobState.QUEUED.value, JobState.RUNNING.value)


def new_id(now: datetime) -> str:
    """An id that sorts by time and never repeats."""
    return f"{now:%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"


async def request(
    store: Store,
    kind: JobKind,
    integration_id: str | None,
    *,
    now: datetime,
    requested_by: str,
    confirmed: bool = False,
) -> Job:
    """Ask the worker for something. The same thing asked for twice while it still waits is one job."""
    where = (Where("kind", "eq", kind.value), Where("integration_id", "eq", integration_id))
    async with store.transaction() as tx:
        async for _, row in tx.scan(tables.JOBS, (*where, Where("state", "eq", JobState.QUEUED.value))):
            waiting = Job.from_document(row)
            if waiting.confirmed == confirmed:
                # It may have been paused (A16); whoever asks again thinks that it can go on now.
                waiting = waiting.model_copy(update={"error": None})
                await tx.put(tables.JOBS, waiting.id, waiting.to_document())
                return waiting
        job = Job(
            id=new_id(now),
            kind=kind,
            integration_id=integration_id,
            confirmed=confirmed,
            requested_by=requested_by,
            requested_at=now,
        )
        await tx.put(tables.JOBS, job.id, job.to_document())
    return job


async def waiting(store: Store, integration_id: str | None) -> list[Job]:
    """Jobs to do for one integration, oldest first; running ones among them were left by a dead worker."""
    where = (Where("integration_id", "eq", integration_id), Where("state", "in", _OPEN))
    return [Job.from_document(row) async for _, row in store.scan(tables.JOBS, where)]


async def claim(store: Store, job: Job, now: datetime, lease: Lease) -> Job | None:
    """Begin a job as it stands now; None when it is over, because somebody else was quicker."""
    async with store.transaction(fence=lease) as tx:
        document = await tx.get(tables.JOBS, job.id)
        current = None if document is None else Job.from_document(document)
        if current is None or current.state.value not in _OPEN:
            return None
        begun = {
            "state": JobState.RUNNING,
            "started_at": now,
            "attempts": current.attempts + 1,
            "error": None,
        }
        job = current.model_copy(update=begun)
        await tx.put(tables.JOBS, job.id, job.to_document())
    return job


async def save(store: Store, job: Job, lease: Lease) -> Job:
    """Write a job's new state under the worker's lease."""
    async with store.transaction(fence=lease) as tx:
        await tx.put(tables.JOBS, job.id, job.to_document())
    return job


async def get(store: Store, job_id: str) -> Job | None:
    """A job as it stands now."""
    document = await store.get(tables.JOBS, job_id)
    return None if document is None else Job.from_document(document)


async def note_activity(
    store: Store,
    lease: Lease,
    *,
    integration_id: str | None,
    kind: str,
    started_at: datetime,
    finished_at: datetime,
    ok: bool,
    counts: dict[str, int],
    text: str = "",
) -> None:
    """One line for the Activity screen."""
    entry = Activity(
        id=new_id(finished_at),
        integration_id=integration_id,
        kind=kind,
        started_at=started_at,
        finished_at=finished_at,
        ok=ok,
        counts={name: count for name, count in counts.items() if count},
        text=text,
    )
    async with store.transaction(fence=lease) as tx:
        await tx.put(tables.ACTIVITY, entry.id, entry.to_document())
