"""Series for charts: the last hour by the minute, the last day by the hour."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from core import tables
from core.models.base import iso
from core.models.metric import Minute
from core.services.book import moment
from core.store import Store, Where

HOURS: Final = 24
MINUTES: Final = 60


@dataclass(frozen=True, slots=True)
class Charts:
    """Oldest first; the last value is of the hour or minute that is running."""

    orders_by_hour: tuple[int, ...]
    """Orders placed."""
    pushes_by_minute: tuple[int, ...]
    """SKUs whose quantity or price was sent."""
    calls_by_minute: tuple[int, ...]
    failed_by_minute: tuple[int, ...]
    """Of those calls, the ones that brought nothing."""
    rate: float
    """Calls a second that TikTok allows at present, as far as the pace has learnt; 0 while unknown."""
    ceiling: float
    """Calls a second that the settings allow at most."""

    @property
    def error_shares(self) -> tuple[float, ...]:
        """Failed calls among all calls of each minute, 0 to 1."""
        pairs = zip(self.failed_by_minute, self.calls_by_minute, strict=True)
        return tuple(failed / calls if calls else 0.0 for failed, calls in pairs)


async def read_charts(store: Store, now: datetime) -> Charts:
    """The series of all shops together."""
    this_hour = now.replace(minute=0, second=0, microsecond=0)
    hours = [this_hour - timedelta(hours=HOURS - 1 - index) for index in range(HOURS)]
    orders: Counter[datetime] = Counter()
    placed = Where("source.created_at", "ge", str(iso(hours[0])))
    async for chunk in store.columns(tables.ORDERS, ("source.created_at",), (placed,)):
        for _, (value,) in chunk:
            if (at := moment(value)) is not None:
                orders[at.replace(minute=0, second=0, microsecond=0)] += 1

    this_minute = now.replace(second=0, microsecond=0)
    minutes = [this_minute - timedelta(minutes=MINUTES - 1 - index) for index in range(MINUTES)]
    pushes: Counter[datetime] = Counter()
    calls: Counter[datetime] = Counter()
    failed: Counter[datetime] = Counter()
    latest: dict[str, Minute] = {}
    async for _, row in store.scan(tables.METRICS, (Where("at", "ge", str(iso(minutes[0]))),)):
        minute = Minute.from_document(row)
        pushes[minute.at] += minute.pushes
        calls[minute.at] += minute.calls
        failed[minute.at] += minute.failed
        if minute.ceiling:
            latest[minute.integration_id] = minute
    return Charts(
        orders_by_hour=tuple(orders[hour] for hour in hours),
        pushes_by_minute=tuple(pushes[minute] for minute in minutes),
        calls_by_minute=tuple(calls[minute] for minute in minutes),
        failed_by_minute=tuple(failed[minute] for minute in minutes),
        rate=sum(minute.rate for minute in latest.values()),
        ceiling=sum(minute.ceiling for minute in latest.values()),
    )
