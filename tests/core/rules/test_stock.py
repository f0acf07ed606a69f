"""Advertised quantity: domain.md's table, and what holds for every stock there is (A42)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.models.integration import IntegrationSettings
from core.rules.stock import advertised_quantity, quantity_of

stocks = st.integers(-(10**9), 10**9)
limits = st.none() | st.integers(0, 10**6)


@pytest.mark.parametrize(
    ("stock", "most", "threshold", "quantity"),
    [
        (3, None, 5, 0),
        (5, None, 5, 5),
        (6, None, 5, 6),
        (100, 20, None, 20),
        (20, 20, None, 20),
        (19, 20, None, 19),
        (8, 5, 10, 0),
        (12, 5, 10, 5),
        (10, 5, 10, 5),
        (7, 5, 5, 5),
        (-2, 5, None, 0),
    ],
)
def test_the_table_of_the_specification(
    stock: int, most: int | None, threshold: int | None, quantity: int
) -> None:
    """A42"""
    settings = IntegrationSettings(max_quantity=most, stock_threshold=threshold)
    assert quantity_of(stock, most, threshold) == quantity
    assert advertised_quantity(stock, settings).value == quantity


@pytest.mark.parametrize(
    ("stock", "most", "threshold", "words"),
    [
        (57, 20, None, "stock 57 -> max 20 -> 20"),
        (3, 20, 5, "stock 3 -> below threshold 5 -> 0"),
        (-2, None, None, "stock -2 -> never negative -> 0"),
        (7, 0, None, "stock 7 -> max 0 -> 0"),
        (12, 20, 5, "stock 12"),
        (0, None, None, "stock 0"),
        (None, 20, 5, "stock unknown -> not pushed"),
    ],
)
def test_the_quantity_explains_itself(
    stock: int | None, most: int | None, threshold: int | None, words: str
) -> None:
    settings = IntegrationSettings(max_quantity=most, stock_threshold=threshold)
    assert str(advertised_quantity(stock, settings)) == words


@given(most=limits, threshold=limits)
def test_unknown_stock_is_never_a_number(most: int | None, threshold: int | None) -> None:
    settings = IntegrationSettings(max_quantity=most, stock_threshold=threshold)
    assert advertised_quantity(None, settings).value is None


@given(stock=stocks, most=limits, threshold=limits)
def test_never_negative_never_above_the_stock_or_the_maximum(
    stock: int, most: int | None, threshold: int | None
) -> None:
    quantity = quantity_of(stock, most, threshold)
    assert 0 <= quantity <= max(stock, 0)
    assert most is None or quantity <= most


@given(stock=stocks, more=st.integers(0, 10**9), most=limits, threshold=limits)
def test_more_stock_never_advertises_less(
    stock: int, more: int, most: int | None, threshold: int | None
) -> None:
    assert quantity_of(stock, most, threshold) <= quantity_of(stock + more, most, threshold)


@given(stock=stocks, most=limits, threshold=limits)
def test_the_explained_quantity_is_the_bare_one_and_its_last_step_names_it(
    stock: int, most: int | None, threshold: int | None
) -> None:
    decision = advertised_quantity(stock, IntegrationSettings(max_quantity=most, stock_threshold=threshold))
    assert decision.value == quantity_of(stock, most, threshold)
    assert decision.steps[-1].split()[-1] == str(decision.value)
