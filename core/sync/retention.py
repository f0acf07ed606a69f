"""What is forgotten after a while: finished work, never an open problem."""

from datetime import datetime, timedelta
from typing import Final

from core import tables
from core.models.base import iso
from core.models.job import JobState
from core.store import Lease, Store, Where

_OVER: Final = (JobState.DONE.value, JobState.FAILED.value, JobState.CANCELLED.value)


async def forget_jobs(store: Store, lease: Lease, now: datetime, *, days: int) -> int:
    """Drop finished jobs that ended more than `days` ago; how many went.

    Jobs that wait, run or ask for a confirmation stay, and so do problems: they go when they are solved.
    What is old of orders and activity is archived (core.sync.archive).
    """
    ended = Where("finished_at", "lt", str(iso(now - timedelta(days=days))))
    over = (ended, Where("state", "in", _OVER))
    async with store.transaction(fence=lease) as tx:
        old = [key async for key, _ in tx.scan(tables.JOBS, over)]
        for key in old:
            await tx.delete(tables.JOBS, key)
    return len(old)
