"""When non-Avasam orders go (domain.md A44)."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.models.order import ChannelOrder, Order, OrderKind, OrderLine, OrderState
from core.rules.purge import deadline, due

DOWNLOADED = datetime(2026, 3, 28, 12, tzinfo=UTC)
LINE = OrderLine(line_id="l1", sku_id="s1")


def order_of(kind: OrderKind, lines: tuple[OrderLine, ...] = (LINE,)) -> Order:
    source = ChannelOrder(
        id="o1", status="AWAITING_SHIPMENT", created_at=DOWNLOADED, updated_at=DOWNLOADED, lines=lines
    )
    return Order(
        integration_id="i1",
        source=source,
        kind=kind,
        state=OrderState.NON_AVASAM,
        downloaded_at=DOWNLOADED,
    )


@pytest.mark.parametrize(
    ("after", "gone"),
    [
        (timedelta(0), False),
        (timedelta(hours=71, minutes=59), False),
        (timedelta(hours=71, minutes=59, seconds=59), False),
        (timedelta(hours=72), True),
        (timedelta(days=40), True),
    ],
)
def test_71_h_59_is_kept_and_72_h_is_gone(after: timedelta, gone: bool) -> None:
    """A44"""
    assert due(order_of(OrderKind.NON_AVASAM), DOWNLOADED + after) is gone


@given(after=st.timedeltas(timedelta(0), timedelta(days=400)))
def test_mixed_and_avasam_orders_are_never_due(after: timedelta) -> None:
    """A44"""
    assert not due(order_of(OrderKind.MIXED), DOWNLOADED + after)
    assert not due(order_of(OrderKind.AVASAM), DOWNLOADED + after)


def test_an_order_that_came_without_lines_waits_for_a_person() -> None:
    assert not due(order_of(OrderKind.NON_AVASAM, lines=()), DOWNLOADED + timedelta(days=400))


def test_hours_are_hours_whatever_the_clock_on_the_wall_does() -> None:
    summer = timezone(timedelta(hours=1))
    assert due(order_of(OrderKind.NON_AVASAM), deadline(DOWNLOADED).astimezone(summer))


@given(
    wall=st.datetimes(datetime(2023, 1, 1), datetime(2029, 1, 1)),  # noqa: DTZ001 -- given its zone below
    zone=st.sampled_from(["UTC", "Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]),
    fold=st.integers(0, 1),
)
def test_72_hours_are_72_hours_in_every_zone_and_across_every_change_of_its_clocks(
    wall: datetime, zone: str, fold: int
) -> None:
    """A44"""
    downloaded = wall.replace(tzinfo=ZoneInfo(zone), fold=fold)
    assert deadline(downloaded).timestamp() - downloaded.timestamp() == 72 * 3600
