"""Asking for work on listings: a job row and a row for each listing, in as many commits as it takes."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from core import tables
from core.models.job import Job, JobKind, JobState
from core.models.listing_state import Action, JobRow, RowResult
from core.portions import portions
from core.store import Store
from core.sync import jobs
from core.sync.listing_record import row_key

KIND_OF: Final = {
    Action.PUBLISH: JobKind.PUBLISH,
    Action.UPDATE: JobKind.UPDATE,
    Action.DELETE: JobKind.DELETE,
    Action.DEACTIVATE: JobKind.DEACTIVATE,
    Action.ACTIVATE: JobKind.ACTIVATE,
}
ACTION_OF: Final = {kind: action for action, kind in KIND_OF.items()}
_AT_ONCE: Final = 1_000
_YOUNG: Final = timedelta(days=1)


async def ask(
    store: Store, action: Action, integration_id: str, skus: Sequence[str], *, now: datetime, by: str
) -> Job:
    """Put a job down with its rows; the job itself comes last, so that no worker sees half of it."""
    job = Job(
        id=jobs.new_id(now),
        kind=KIND_OF[action],
        integration_id=integration_id,
        requested_by=by,
        requested_at=now,
        total=len(skus),
    )
    for portion in portions(skus, _AT_ONCE):
        async with store.transaction() as tx:
            for sku in portion:
                row = JobRow(integration_id=integration_id, job_id=job.id, avasam_sku=sku)
                await tx.put(tables.JOB_ROWS, row_key(integration_id, job.id, sku), row.to_document())
    async with store.transaction() as tx:
        await tx.put(tables.JOBS, job.id, job.to_document())
    return job


async def rows_of(store: Store, integration_id: str, job_id: str) -> list[JobRow]:
    """The rows of a job, by SKU."""
    prefix = f"{row_key(integration_id, job_id, '')}"
    return [JobRow.from_document(row) async for _, row in store.scan(tables.JOB_ROWS, prefix=prefix)]


async def cancel(store: Store, job_id: str, now: datetime) -> Job | None:
    """End a job after the rows that are under way; None when there is no such job."""
    async with store.transaction() as tx:
        document = await tx.get(tables.JOBS, job_id)
        if document is None:
            return None
        job = Job.from_document(document)
        if job.state is JobState.QUEUED:
            over = {"state": JobState.CANCELLED, "finished_at": now, "error": "cancelled before it began"}
            job = job.model_copy(update=over)
        elif job.state is JobState.RUNNING:
            job = job.model_copy(update={"cancel_requested": True})
        await tx.put(tables.JOBS, job.id, job.to_document())
    return job


async def forget_rows(store: Store, integration_id: str, now: datetime) -> int:
    """Drop the rows of jobs that are forgotten; how many went.

    Rows that are not a day old stay: the job that somebody is just putting down is there only after them.
    """
    prefix = tables.prefix(integration_id)
    a_day_old = jobs.new_id(now - _YOUNG)
    known: dict[str, bool] = {}
    gone: list[str] = []
    async for chunk in store.columns(tables.JOB_ROWS, ("job_id",), prefix=prefix):
        for key, (job_id,) in chunk:
            name = str(job_id)
            if name >= a_day_old:
                continue
            if name not in known:
                known[name] = await store.get(tables.JOBS, name) is not None
            if not known[name]:
                gone.append(key)
    for portion in portions(gone, _AT_ONCE):
        async with store.transaction() as tx:
            for key in portion:
                await tx.delete(tables.JOB_ROWS, key)
    return len(gone)


def counted(rows: Sequence[JobRow]) -> dict[str, int]:
    """How many rows ended how; none of those that wait."""
    found = {result.value: sum(row.result is result for row in rows) for result in RowResult}
    return {name: count for name, count in found.items() if count}
