"""Many rows in portions: others get their turn, or a call its limit, between one and the next."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

Row = TypeVar("Row")


def portions(rows: Sequence[Row], size: int) -> Iterator[Sequence[Row]]:
    """The rows in order, at most `size` at a time."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
