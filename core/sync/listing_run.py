"""How the worker comes to listing jobs."""

from core import tables
from core.channel.errors import NeedsReauthorisation
from core.models.integration import Integration
from core.models.job import Job, JobState
from core.sync import jobs
from core.sync.listing_ask import ACTION_OF
from core.sync.listing_context import ListingContext
from core.sync.listing_jobs import ListingJob


def is_listing_job(job: Job) -> bool:
    """Whether it is about rows of the Listing Manager."""
    return job.kind in ACTION_OF


async def run_listing_job(ctx: ListingContext, job: Job) -> Job:
    """A job that was begun, ended. Raises NeedsReauthorisation with the job waiting again (A16)."""
    document = await ctx.store.get(tables.INTEGRATIONS, ctx.integration.id)
    current = None if document is None else Integration.from_document(document)
    if current is None or not current.enabled:
        what = f"{ctx.integration.name} was {'removed' if current is None else 'disabled'} meanwhile"
        ended = {
            "state": JobState.CANCELLED,
            "finished_at": ctx.clock.now(),
            "error": what,
            "cure": "Nothing more was sent.",
        }
        return await jobs.save(ctx.store, job.model_copy(update=ended), ctx.lease)
    try:
        return await ListingJob(ctx, job).run()
    except NeedsReauthorisation as error:
        waiting = {"state": JobState.QUEUED, "attempts": 0, "error": error.what}
        await jobs.save(ctx.store, job.model_copy(update=waiting), ctx.lease)
        raise
