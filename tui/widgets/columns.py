"""The columns of a table, and where each of them stands at a given width."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, Generic, TypeVar

from tui.widgets.cells import Cell

Row = TypeVar("Row")

GUTTER: Final = 2
"""Cells in front of every row: the cursor's and the mark's."""
GAP: Final = 1


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """One column. `width` is in cells; `grow` is its share of what is left over on a wide terminal."""

    key: str
    title: str
    width: int
    cell: Callable[[Row], Cell]
    right: bool = False
    grow: int = 0
    sortable: bool = True
    shown: bool = True
    """Whether it is shown until somebody chooses otherwise."""


@dataclass(frozen=True, slots=True)
class Placed(Generic[Row]):
    """A column at its place: `x` counts from the left edge of an unscrolled row."""

    column: Column[Row]
    x: int
    width: int


@dataclass(frozen=True, slots=True)
class Layout(Generic[Row]):
    """All shown columns, the first `frozen` of which never scroll away sideways."""

    placed: tuple[Placed[Row], ...]
    frozen_width: int
    width: int

    def at(self, x: int) -> Column[Row] | None:
        """The column at a cell of an unscrolled row."""
        for one in self.placed:
            if one.x <= x < one.x + one.width + GAP:
                return one.column
        return None


def lay_out(columns: Sequence[Column[Row]], available: int, *, frozen: int) -> Layout[Row]:
    """Place columns one after another; growing ones share what is left of `available` cells.

    When not all have room, those that have it fill the whole width: none of the others is seen cut in half.
    """
    ends = list(accumulate((column.width + GAP for column in columns), initial=GUTTER))[1:]
    seen = sum(end <= available for end in ends)
    left = max(0, available - ends[seen - 1]) if seen else 0
    shares = sum(column.grow for column in columns[:seen])
    placed: list[Placed[Row]] = []
    x = GUTTER
    for index, column in enumerate(columns):
        extra = left * column.grow // shares if shares and index < seen else 0
        left, shares = left - extra, max(0, shares - column.grow)
        placed.append(Placed(column, x, column.width + extra))
        x += column.width + extra + GAP
    frozen_width = placed[frozen].x if frozen < len(placed) else x
    return Layout(tuple(placed), frozen_width if frozen else GUTTER, x)


def arranged(columns: Iterable[Column[Row]], keys: Sequence[str] | None) -> list[Column[Row]]:
    """The columns to show: those named, in that order, or the usual ones; at least one is always left."""
    known = {column.key: column for column in columns}
    usual = [column for column in known.values() if column.shown]
    if keys is None:
        return usual
    return [known[key] for key in dict.fromkeys(keys) if key in known] or usual
