"""When a non-Avasam order is deleted (domain.md A44)."""

from datetime import UTC, datetime, timedelta
from typing import Final

from core.models.order import Order, OrderKind

KEPT_FOR: Final = timedelta(hours=72)


def deadline(downloaded_at: datetime) -> datetime:
    """The first instant at which a non-Avasam order downloaded then is due: hours that passed, in UTC.

    A clock on the wall that is put forward or back in between changes nothing.
    """
    return downloaded_at.astimezone(UTC) + KEPT_FOR


def due(order: Order, now: datetime) -> bool:
    """Whether 72 hours have passed without any line being mapped; mixed and Avasam orders are never due.

    An order that came without lines is not known to be foreign, so it waits for a person instead.
    """
    foreign = order.kind is OrderKind.NON_AVASAM and bool(order.source.lines)
    return foreign and now >= deadline(order.downloaded_at)
