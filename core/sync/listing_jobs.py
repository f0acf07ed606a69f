"""Carries a listing job out, row by row, so that a kill loses nothing and repeats nothing.

A row that is over says so in the same commit as what it changed: whoever begins the job again goes on with
the rows that still wait.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from core import tables
from core.channel.errors import ChannelError, NeedsReauthorisation, ServerFault, UnreadableReply
from core.models.integration import SyncKind
from core.models.job import Job, JobState
from core.models.listing_state import Action, Deed, RowResult
from core.portions import portions
from core.sync import timers
from core.sync.listing_ask import ACTION_OF, counted, forget_rows, rows_of
from core.sync.listing_context import ListingContext, QuotaReached
from core.sync.listing_end import BATCH, end_listings
from core.sync.listing_publish import publish
from core.sync.listing_record import end_row, noted
from core.sync.listing_update import update
from core.sync.listing_work import Shared, prepare
from core.wording import count_of

AT_ONCE: Final = 6
"""Rows under way together; the pace, not this, limits the calls a second."""
SLICE: Final = timedelta(seconds=15)
"""How long a job works before it lets the timers of its integration have their turn."""
_PROGRESS_EVERY: Final = timedelta(seconds=0.5)
_DELETES: Final = frozenset({Action.DELETE, Action.DEACTIVATE, Action.ACTIVATE})

Results = list[tuple[RowResult, str]]


class ListingJob:
    """One begun job. `run` returns it ended; the job row is only ever changed, never written over."""

    def __init__(self, ctx: ListingContext, job: Job) -> None:
        self._ctx = ctx
        self._job = job
        self._action = ACTION_OF[job.kind]
        self._began = ctx.clock.now()
        self._told = self._began - _PROGRESS_EVERY
        self._counts: Counter[str] = Counter()
        self._stop = False
        self._cancelled = False
        self._quota = False
        self._sliced = False
        self._fault: ChannelError | None = None

    async def run(self) -> Job:
        """Rows that wait: all, or as many as a slice takes, after which the job is queued again.

        Raises NeedsReauthorisation after the rows under way have ended.
        """
        ctx = self._ctx
        await forget_rows(ctx.store, ctx.integration.id, ctx.clock.now())
        rows = await rows_of(ctx.store, ctx.integration.id, self._job.id)
        self._counts.update(row.result.value for row in rows if row.result is not RowResult.WAITING)
        waiting = [row.avasam_sku for row in rows if row.result is RowResult.WAITING]
        shared = await prepare(ctx)
        size = BATCH if self._action in _DELETES else 1
        batches = [list(portion) for portion in portions(waiting, size)]
        batches.reverse()
        workers = [self._work(shared, batches) for _ in range(min(AT_ONCE, len(batches)))]
        failures = await asyncio.gather(*workers, return_exceptions=True)
        for failure in failures:
            if isinstance(failure, BaseException):
                raise failure
        if isinstance(self._fault, NeedsReauthorisation):
            raise self._fault
        if self._quota:
            await self._queue_for_tomorrow()
        await self._arm_reviews()
        return await self._end()

    async def _arm_reviews(self) -> None:
        """What TikTok's review makes of what was just sent is looked at from now on."""
        ctx = self._ctx
        state = await timers.load(ctx.store, ctx.integration.id, SyncKind.REVIEWS)
        armed = state.model_copy(update={"next_run_at": ctx.clock.now()})
        await timers.save(ctx.store, armed, ctx.lease)

    async def _work(self, shared: Shared, batches: list[list[str]]) -> None:
        doing = self._doing(shared)
        in_doubt = 0
        while batches and not self._stop:
            batch = batches.pop()
            try:
                ended = await doing(batch)
            except QuotaReached:
                self._quota = self._stop = True
                return
            except ChannelError as error:
                self._fault, self._stop = error, True
                return
            except BaseException:
                self._stop = True
                raise
            failed = all(result is RowResult.FAILED for result, _ in ended)
            in_doubt = in_doubt + 1 if failed and await self._is_in_doubt(batch) else 0
            if in_doubt >= _STRIKES:
                self._fault, self._stop = ServerFault("TikTok fails one row after another"), True
            self._counts.update(result.value for result, _ in ended)
            await self._progress()
            if self._ctx.clock.now() - self._began >= SLICE:
                self._sliced = self._stop = True

    def _doing(self, shared: Shared) -> Callable[[list[str]], Awaitable[Results]]:
        ctx = self._ctx

        async def one(batch: list[str]) -> Results:
            act = publish if self._action is Action.PUBLISH else update
            return [await act(ctx, shared, sku) for sku in batch]

        async def many(batch: list[str]) -> Results:
            return await end_listings(ctx, shared, batch, self._action)

        return many if self._action in _DELETES else one

    async def _is_in_doubt(self, batch: list[str]) -> bool:
        """Whether the rows failed by a fault that may be the shop's, not theirs."""
        ctx = self._ctx
        for sku in batch:
            document = await ctx.store.get(tables.LISTING_STATES, tables.key(ctx.integration.id, sku))
            problems = document.get("problems") if document is not None else None
            first = problems[0] if isinstance(problems, list) and problems else None
            code = first.get("code") if isinstance(first, dict) else None
            if code not in _DOUBTFUL:
                return False
        return True

    async def _progress(self, *, at_end: bool = False) -> None:
        """Show how far it is, and see whether somebody wants it to end.

        The first row that ends is told at once: a worker that got so far has not begun in vain.
        """
        now = self._ctx.clock.now()
        if not at_end and now - self._told < _PROGRESS_EVERY:
            return
        self._told = now
        done = sum(self._counts.values())
        job = await self._change(done=done, counts=dict(self._counts), attempts=1)
        self._cancelled = job.cancel_requested
        self._stop = self._stop or self._cancelled

    async def _change(self, **fields: object) -> Job:
        ctx = self._ctx
        async with ctx.store.transaction(fence=ctx.lease) as tx:
            document = await tx.get(tables.JOBS, self._job.id)
            job = self._job if document is None else Job.from_document(document)
            job = job.model_copy(update=fields)
            await tx.put(tables.JOBS, job.id, job.to_document())
        return job

    async def _queue_for_tomorrow(self) -> None:
        ctx = self._ctx
        until = tomorrow(ctx.clock.now())
        text = f"the daily listing quota is used up; listed by itself on {until:%Y-%m-%d}"
        for row in await rows_of(ctx.store, ctx.integration.id, self._job.id):
            if row.result is not RowResult.WAITING:
                continue
            async with ctx.store.transaction(fence=ctx.lease) as tx:
                await end_row(
                    ctx,
                    tx,
                    row.avasam_sku,
                    RowResult.QUEUED,
                    text,
                    lambda state: noted(
                        state.model_copy(
                            update={
                                "deed": Deed.QUEUED,
                                "action": Action.PUBLISH,
                                "queued_until": until,
                                "problems": (),
                            }
                        ),
                        ctx.clock.now(),
                        Action.PUBLISH.value,
                        text,
                    ),
                )

    async def _end(self) -> Job:
        await self._progress(at_end=True)
        ctx = self._ctx
        rows = await rows_of(ctx.store, ctx.integration.id, self._job.id)
        counts = counted(rows)
        left = counts.pop(RowResult.WAITING.value, 0)
        state, error, cure = JobState.DONE, None, None
        if left and self._sliced and self._fault is None and not self._cancelled:
            return await self._change(state=JobState.QUEUED, attempts=0, counts=counts)
        if self._fault is not None:
            state, error, cure = JobState.FAILED, str(self._fault), self._fault.cure
        elif left:
            state, error = JobState.CANCELLED, "cancelled"
        if left:
            error = f"{error}; {count_of(left, 'row')} {'was' if left == 1 else 'were'} not tried"
            cure = f"{cure or 'Nothing is lost.'} listings retry goes on with them."
        ended = {"state": state, "finished_at": ctx.clock.now(), "error": error, "cure": cure}
        return await self._change(**ended, counts=counts, done=len(rows) - left, total=len(rows))


_STRIKES: Final = 3
"""Doubtful failures in a row after which they are taken for the shop's."""
_DOUBTFUL: Final = frozenset({ServerFault.__name__, UnreadableReply.__name__, "tiktok-36009003"})


def tomorrow(now: datetime) -> datetime:
    """The next midnight in UTC: TikTok does not say when its listing day begins."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
