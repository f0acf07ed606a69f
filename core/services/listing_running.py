"""Listing jobs that wait or run: how far, and how fast."""

from dataclasses import dataclass
from datetime import datetime

from core import tables
from core.models.job import Job, JobState
from core.models.listing_state import Action
from core.store import Reader, Where
from core.sync.listing_ask import ACTION_OF

_OPEN = (JobState.QUEUED.value, JobState.RUNNING.value)


@dataclass(frozen=True, slots=True)
class Running:
    """One job. `a_second` is None until a row has ended."""

    job: Job
    action: Action
    done: int
    total: int
    a_second: float | None


async def running_jobs(store: Reader, integration_id: str, now: datetime) -> list[Running]:
    """Those of one integration, the oldest first."""
    wanted = (Where("state", "in", _OPEN), Where("integration_id", "eq", integration_id))
    found = [Job.from_document(row) async for _, row in store.scan(tables.JOBS, wanted)]
    jobs = [job for job in found if job.kind in ACTION_OF]
    return [_running(job, now) for job in sorted(jobs, key=lambda job: job.requested_at)]


def _running(job: Job, now: datetime) -> Running:
    total = job.total or 0
    seconds = 0.0 if job.started_at is None else (now - job.started_at).total_seconds()
    pace = job.done / seconds if job.done and seconds > 0 else None
    return Running(job, ACTION_OF[job.kind], job.done, total, pace)
