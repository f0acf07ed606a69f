"""Counts in words."""

from core.wording import count_of, counted


def test_one_of_a_kind_is_not_many() -> None:
    assert (count_of(1, "row"), count_of(1_000, "row")) == ("1 row", "1,000 rows")
    assert count_of(0, "entry", "entries") == "0 entries"
    assert counted({"new": 3, "pages": 1, "unreadable": 0}, empty="none") == "3 new, 1 page"
    assert counted({"orders.pages": 2, "skus": 1}, empty="none") == "2 orders pages, 1 SKU"
    assert counted({"new": 0}, empty="no change") == "no change"
