"""Moments in few words."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.models.order import OrderState
from tests.clocks import NOON
from tui.words.mapping import money
from tui.words.orders import STATES, countdown, named
from tui.words.states import ago, until


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=2, hours=23, minutes=59), "in 2d 23h"),
        (timedelta(days=2, minutes=59), "in 2 d"),
        (timedelta(days=12, hours=5), "in 12 d"),
        (timedelta(hours=1, minutes=59), "in 1h 59m"),
        (timedelta(hours=5), "in 5 h"),
        (timedelta(hours=20, minutes=30), "in 20 h"),
        (timedelta(minutes=30), "in 30 min"),
        (timedelta(seconds=40), "in 40 s"),
        (timedelta(0), "over"),
        (timedelta(hours=-3), "over"),
    ],
)
def test_how_long_from_now_names_the_next_smaller_unit_where_it_matters(left: timedelta, words: str) -> None:
    assert until(NOON + left, NOON) == words
    if left > timedelta(0):
        assert f"in {ago(NOON - left, NOON)}" == words
        assert countdown(NOON - left, NOON) == f"{words.removeprefix('in ')} over"


_SECONDS = {"d": 86_400, "h": 3_600, "min": 60, "m": 60}


@given(st.integers(60, 400 * 86_400))
def test_what_is_told_is_never_more_than_a_tenth_short(seconds: int) -> None:
    words = until(NOON + timedelta(seconds=seconds), NOON)
    told = sum(int(count) * _SECONDS[unit] for count, unit in re.findall(r"(\d+) ?(d|h|min|m)\b", words))
    assert told <= seconds
    assert seconds - told < max(seconds / 10, 60)


def test_a_state_within_a_sentence_has_no_sign() -> None:
    assert [named(state) for state in (OrderState.READY, OrderState.SENT)] == ["ready", "at Avasam"]
    assert all(named(state) and named(state) in cell.text for state, cell in STATES.items())


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        (Decimal(7), "GBP", "£7.00"),
        (Decimal("1234.5"), "EUR", "€1,234.50"),
        (Decimal("0.125"), "SEK", "SEK 0.125"),
        (Decimal(3), "", "3.00"),
        (None, "GBP", ""),
    ],
)
def test_an_amount_has_its_currency_and_its_pennies(
    amount: Decimal | None, currency: str, words: str
) -> None:
    assert money(amount, currency) == words
