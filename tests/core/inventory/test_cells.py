"""One value of a row: exact, or refused in words; never guessed."""

import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.inventory import cells
from core.inventory.cells import BadCell


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("12.50", "12.50"),
        (" 12.5 ", "12.5"),
        ("£12.50", "12.50"),
        ("£ 12.50", "12.50"),
        ("1,299.00", "1299.00"),
        ("1,234,567.8", "1234567.8"),
        ("1.299", "1.299"),
        ("0", "0"),
        ("+3", "3"),
        (7, "7"),
        (Decimal("4.680"), "4.680"),
        (Decimal("1E+2"), "100"),
    ],
)
def test_an_amount_that_can_mean_only_one_thing_is_taken_exactly(written: object, meant: str) -> None:
    assert str(cells.amount(written)) == meant


@pytest.mark.parametrize("blank", [None, "", "   ", "£"])
def test_a_blank_amount_is_unknown(blank: object) -> None:
    assert cells.amount(blank) is None


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("1,299", "comma"),
        ("12,50", "comma"),
        ("1.299,00", "comma"),
        ("1,29.00", "comma"),
        ("€12.50", "EUR sign in a row in GBP"),
        ("-1", "less than 0"),
        ("abc", "not a number"),
        ("1e5", "not a number"),
        ("NaN", "not a number"),
        ("Infinity", "not a number"),
        ("1_000", "not a number"),
        ("١٢", "not a number"),
        ("12.", "not a number"),
        ("5012345678900", "larger than"),
        ("0." + "1" * 13, "more than 12 decimals"),
        (Decimal("1E+999999999"), "not a number"),
        (True, "expected a text or a number"),
        ([], "expected a text or a number"),
    ],
)
def test_an_amount_that_is_ambiguous_or_wrong_is_refused_in_words(written: object, why: str) -> None:
    with pytest.raises(BadCell, match=why):
        cells.amount(written)


@pytest.mark.parametrize("written", ["1.299", "12.345.678", "999.000"])
def test_a_point_before_three_digits_is_ambiguous_where_the_comma_is_decimal(written: str) -> None:
    with pytest.raises(BadCell, match="may mean"):
        cells.amount(written, decimal_comma=True)


@pytest.mark.parametrize("written", ["12.5", "0.299", "1.2990", "1299.00"])
def test_other_points_are_not(written: str) -> None:
    assert cells.amount(written, decimal_comma=True) == Decimal(written)


@given(value=st.decimals(0, 10**6, places=4))
def test_an_amount_keeps_every_digit(value: Decimal) -> None:
    assert str(cells.amount(f"{value:f}")) == f"{value:f}"


@pytest.mark.parametrize(
    ("written", "percent"), [("20", "20"), ("20%", "20"), ("17.5 %", "17.5"), (0, "0"), ("1", "1")]
)
def test_a_percentage(written: object, percent: str) -> None:
    assert cells.percent(written) == Decimal(percent)


@pytest.mark.parametrize(
    ("written", "why"), [("0.2", "may mean 20 %"), ("101", "more than 100"), ("-5", "less")]
)
def test_a_percentage_that_is_more_likely_a_slip_is_refused(written: str, why: str) -> None:
    with pytest.raises(BadCell, match=why):
        cells.percent(written)


@pytest.mark.parametrize(
    ("written", "units"), [("57", 57), ("57.0", 57), ("-2", -2), ("007", 7), (5, 5), ("", None), (None, None)]
)
def test_a_number_of_units(written: object, units: int | None) -> None:
    assert cells.whole(written) == units


@pytest.mark.parametrize("written", ["1.5", "1,299", "many", "9" * 5_000, "1" + "0" * 10, False, "٣"])
def test_units_that_are_none(written: object) -> None:
    with pytest.raises(BadCell):
        cells.whole(written)


@pytest.mark.parametrize(
    "written", ["96385074", "036000291452", "5012345678900", "10012345678902", 5012345678900]
)
def test_a_barcode_with_the_right_check_digit(written: object) -> None:
    assert cells.barcode(written) == str(written)


@pytest.mark.parametrize(
    "written", ["5.06005E+12", "5060050000000", "5012345678901", "12345", "50123456789OO"]
)
def test_a_barcode_that_a_spreadsheet_mangled(written: str) -> None:
    with pytest.raises(BadCell):
        cells.barcode(written)


@pytest.mark.parametrize("written", ["", None, "A\x1b[1m", "A\nB", "A  B", "x" * 201, "A\u200bB"])
def test_a_sku_is_taken_as_it_is_or_not_at_all(written: object) -> None:
    with pytest.raises(BadCell):
        cells.sku(written)


def test_a_sku_keeps_its_signs_and_zeros() -> None:
    assert cells.sku(" 00-Ä/[b]=1 ") == "00-Ä/[b]=1"


@given(value=st.text() | st.integers() | st.none() | st.booleans() | st.lists(st.text()) | st.decimals())
def test_no_value_raises_anything_but_a_reason(value: object) -> None:
    for parse in (
        cells.amount,
        cells.percent,
        cells.whole,
        cells.barcode,
        cells.sku,
        cells.currency,
        cells.image,
    ):
        with contextlib.suppress(BadCell):
            parse(value)
