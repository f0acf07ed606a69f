"""The mass-change guard stops what domain.md says it stops, and nothing less."""

from decimal import Decimal

import pytest
from pydantic import ValidationError

from core.rules.guard import (
    GuardLimits,
    GuardVerdict,
    check_inventory,
    check_prices,
    check_stock,
    moves_far,
)

LIMITS = GuardLimits()


@pytest.mark.parametrize(
    ("zeroing", "mapped", "stopped"),
    [
        (0, 0, False),
        (20, 20, False),
        (20, 30, False),
        (21, 21, True),
        (21, 69, True),
        (21, 70, False),
        (30, 100, False),
        (31, 100, True),
        (30_000, 100_000, False),
        (30_001, 100_000, True),
    ],
)
def test_zeroing_stops_above_30_percent_and_above_20(zeroing: int, mapped: int, stopped: bool) -> None:
    assert check_stock(zeroing, mapped, LIMITS).stopped is stopped


@pytest.mark.parametrize(
    ("moved", "priced", "stopped"), [(0, 0, False), (30, 100, False), (31, 100, True), (1, 2, True)]
)
def test_prices_stop_when_more_than_30_percent_move_far(moved: int, priced: int, stopped: bool) -> None:
    assert check_prices(moved, priced, LIMITS).stopped is stopped


@pytest.mark.parametrize(
    ("old", "new", "far"),
    [
        ("10", "15", False),
        ("10", "15.01", True),
        ("10", "5", False),
        ("10", "4.99", True),
        ("10", "10", False),
        ("0", "0.01", True),
        ("0.01", "0.015", False),
    ],
)
def test_far_is_more_than_half_of_the_old_price_either_way(old: str, new: str, far: bool) -> None:
    assert moves_far(Decimal(old), Decimal(new), LIMITS) is far


@pytest.mark.parametrize(
    ("before", "after", "stopped"),
    [
        (0, 0, False),
        (0, 500, False),
        (100, 70, False),
        (100, 69, True),
        (100, 0, True),
        (1, 0, True),
        (50, 80, False),
    ],
)
def test_an_inventory_that_shrank_by_more_than_30_percent_stops(
    before: int, after: int, stopped: bool
) -> None:
    assert check_inventory(before, after, LIMITS).stopped is stopped


@pytest.mark.parametrize(
    "verdict",
    [check_stock(40, 100, LIMITS), check_prices(40, 100, LIMITS), check_inventory(100, 60, LIMITS)],
)
def test_a_stop_says_what_why_and_how_to_go_on(verdict: GuardVerdict) -> None:
    assert "40" in verdict.what or "60" in verdict.what
    assert "30 %" in verdict.why
    assert "confirm" in verdict.cure


def test_a_share_of_100_switches_a_check_off() -> None:
    off = GuardLimits(zeroed_percent=100, moved_percent=100, shrunk_percent=100)
    assert not check_stock(500, 500, off).stopped
    assert not check_prices(500, 500, off).stopped
    assert not check_inventory(500, 0, off).stopped


def test_limits_are_refused_when_they_are_no_shares() -> None:
    with pytest.raises(ValidationError, match="zeroed_percent"):
        GuardLimits(zeroed_percent=101)
