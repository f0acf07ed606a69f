"""Fetching a shop's listings from a screen, with progress (domain.md A34)."""

from collections.abc import Callable

from core.channel.errors import ChannelError
from core.models.integration import Integration
from core.models.job import JobKind, JobState
from core.services.errors import ServiceError
from core.services.sync import SyncService
from core.store import StoreError
from tui.session import Session


async def download(session: Session, integration: Integration, tell: Callable[[str], None]) -> str | None:
    """Ask the worker and follow the job; why it did not end well, in words, or None."""
    service = SyncService(session.backend)
    try:
        job = await service.request(JobKind.DOWNLOAD_CATALOGUE, integration, requested_by="screens")
        async for state in service.follow(job):
            job = state
            tell(f"downloading… {job.done:,}")
    except (ServiceError, StoreError, ChannelError) as error:
        return str(error)
    return None if job.state is JobState.DONE else f"{job.error or job.state}. {job.cure or ''}".strip()
