"""What a worker does beside syncs: writes counters down, archives what is old, and forgets the rest."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

import structlog

from core.models.integration import Integration
from core.models.job import Severity
from core.store import Lease, LeaseLost
from core.sync import archive, metrics, retention
from core.sync.archive import Ages, Archive
from core.sync.archive_files import ArchiveBusy, ArchiveTrouble
from core.sync.leases import PRESENCE, Leases, of_integration
from core.sync.problems import note_problem, solve_problem
from core.sync.runner import Sources

_log = structlog.get_logger(__name__)

FORGET_EVERY: Final = timedelta(hours=1)
ARCHIVE: Final = "archive"
"""The problem of an archive that cannot be written."""


class Upkeep:
    """Called with every tick; does something only when its time has come."""

    def __init__(self, sources: Sources, leases: Leases) -> None:
        self._sources = sources
        self._leases = leases
        self._forget_at: datetime | None = None
        settings = sources.settings
        self._ages = Ages(settings.archive_days, settings.activity_days)
        self._archive = Archive(sources.store, sources.clock, settings.archive_directory())
        self._archiving = False
        self._trouble: ArchiveTrouble | None = None

    async def turn(self, integrations: Iterable[Integration]) -> None:
        """Counters of the integrations it runs; the worker that is shown archives, a portion a turn."""
        now = self._sources.clock.now()
        for integration in integrations:
            lease = self._leases.held(of_integration(integration.id))
            if lease is not None:
                with suppress(LeaseLost):
                    await self._sources.metrics.write(self._sources.store, integration, lease, now)
        lease = self._leases.held(PRESENCE)
        if lease is None:
            return
        with suppress(LeaseLost):
            if self._archiving:
                await self._archive_some()
            elif self._forget_at is None or now >= self._forget_at:
                self._forget_at = now + FORGET_EVERY
                await self._forget(lease, now)

    async def once(self) -> None:
        """All of it now, for a worker that was started by cron; nothing while another one is there."""
        lease = await self._leases.hold(PRESENCE)
        if lease is None:
            return
        with suppress(LeaseLost):
            await self._forget(lease, self._sources.clock.now())
            while self._archiving:
                await self._leases.hold(PRESENCE)
                await self._archive_some()

    async def _forget(self, lease: Lease, now: datetime) -> None:
        store = self._sources.store
        await retention.forget_jobs(store, lease, now, days=self._ages.activity)
        await metrics.forget_old(store, lease, now)
        self._archiving = await self._archive.look(self._ages)

    async def _archive_some(self) -> None:
        """One portion, under the archive's own lease: somebody may be at it by hand.

        A month that cannot be written keeps no other from being archived.
        """
        lease = await self._leases.hold(archive.LEASE)
        if lease is None:
            self._archiving = False
            return
        try:
            if await self._archive.portion(self._ages, lease) is None:
                self._archiving = False
                await self._tell(lease)
        except ArchiveBusy:
            self._archiving = False
        except ArchiveTrouble as error:
            self._trouble = error
        finally:
            if not self._archiving:
                await self._leases.release(archive.LEASE)

    async def _tell(self, lease: Lease) -> None:
        """Put on show what went wrong, or take it away when nothing did."""
        trouble, self._trouble = self._trouble, None
        async with self._sources.store.transaction(fence=lease) as tx:
            if trouble is None:
                await solve_problem(tx, None, ARCHIVE)
                return
            _log.warning("archiving failed", what=trouble.what)
            await note_problem(
                tx,
                self._sources.clock,
                None,
                ARCHIVE,
                what=trouble.what,
                why="What is old stays in the lists until it can be archived.",
                cure=trouble.cure,
                severity=Severity.WARNING,
            )
