"""What a worker does beside syncs: writes counters down, and forgets what is old."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from core.models.integration import Integration
from core.store import LeaseLost
from core.sync import metrics, retention
from core.sync.leases import PRESENCE, Leases, of_integration
from core.sync.runner import Sources

FORGET_EVERY: Final = timedelta(hours=1)


class Upkeep:
    """Called with every tick; does something only when its time has come."""

    def __init__(self, sources: Sources, leases: Leases) -> None:
        self._sources = sources
        self._leases = leases
        self._forget_at: datetime | None = None

    async def turn(self, integrations: Iterable[Integration]) -> None:
        """Counters of every integration this worker runs; the worker that is shown also forgets."""
        now = self._sources.clock.now()
        for integration in integrations:
            lease = self._leases.held(of_integration(integration.id))
            if lease is not None:
                with suppress(LeaseLost):
                    await self._sources.metrics.write(self._sources.store, integration, lease, now)
        lease = self._leases.held(PRESENCE)
        if lease is None or (self._forget_at is not None and now < self._forget_at):
            return
        self._forget_at = now + FORGET_EVERY
        with suppress(LeaseLost):
            store, days = self._sources.store, self._sources.settings.activity_days
            await retention.forget_activity(store, lease, now, days=days)
            await metrics.forget_old(store, lease, now)
