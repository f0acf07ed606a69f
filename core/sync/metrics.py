"""Counters by the minute: how many calls, refusals and pushes, for the charts of the Activity screen.

They are kept for a day and written every few seconds by whichever worker runs the integration, so that they
cost next to nothing beside the syncs themselves.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from core import tables
from core.channel.pace import Pace, Tally
from core.models.base import iso
from core.models.integration import Integration
from core.models.metric import Minute
from core.store import Lease, Store, Where
from core.sync.context import Progress

KEPT_FOR: Final = timedelta(hours=24)
EVERY: Final = timedelta(seconds=5)
"""How often counters are written at most."""


class Metrics:
    """Collects what happened in this process since it was last written down."""

    def __init__(self, pace_for: Callable[[Integration], Pace] | None = None) -> None:
        self._pace_for = pace_for
        self._pushes: Counter[str] = Counter()
        self._seen: dict[str, Tally] = {}
        self._next: dict[str, datetime] = {}

    def pushing(self, integration_id: str, progress: Progress) -> Progress:
        """The same progress, counting what is pushed on its way; for the pushes of one sync."""
        told = 0

        async def counted(done: int, total: int | None) -> None:
            nonlocal told
            self._pushes[integration_id] += max(0, done - told)
            told = done
            await progress(done, total)

        return counted

    async def write(self, store: Store, integration: Integration, lease: Lease, now: datetime) -> None:
        """Add what happened to the minute that is running; nothing is written when nothing happened."""
        if now < self._next.get(integration.id, now):
            return
        pace = None if self._pace_for is None else self._pace_for(integration)
        tally = Tally() if pace is None else pace.tally
        fresh = tally.since(self._seen.get(integration.id, Tally()))
        pushes = self._pushes[integration.id]
        if fresh == Tally() and not pushes:
            return
        key = key_of(integration.id, now)
        async with store.transaction(fence=lease) as tx:
            document = await tx.get(tables.METRICS, key)
            known = (
                Minute(integration_id=integration.id, at=_minute(now))
                if document is None
                else Minute.from_document(document)
            )
            rates = {} if pace is None else {"rate": pace.rate, "ceiling": pace.ceiling}
            after = known.model_copy(
                update={
                    "calls": known.calls + fresh.calls,
                    "failed": known.failed + fresh.failed,
                    "limited": known.limited + fresh.limited,
                    "pushes": known.pushes + pushes,
                    **rates,
                }
            )
            await tx.put(tables.METRICS, key, after.to_document())
        self._seen[integration.id] = tally
        self._pushes[integration.id] -= pushes
        self._next[integration.id] = now + EVERY


def key_of(integration_id: str, moment: datetime) -> str:
    """The key of a minute of an integration; keys sort by time."""
    return tables.key(integration_id, f"{moment:%Y%m%dT%H%M}")


async def forget_old(store: Store, lease: Lease, now: datetime) -> int:
    """Drop minutes older than a day; how many."""
    oldest = Where("at", "lt", str(iso(now - KEPT_FOR)))
    async with store.transaction(fence=lease) as tx:
        old = [key async for key, _ in tx.scan(tables.METRICS, (oldest,))]
        for key in old:
            await tx.delete(tables.METRICS, key)
    return len(old)


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
