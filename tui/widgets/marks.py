"""Marked rows by key: they survive filtering, sorting and refresh (style.md, rule 3)."""

from collections.abc import Iterable, Sequence


class Marks:
    """Single marks, ranges that follow the cursor, all, and the opposite."""

    def __init__(self) -> None:
        self._keys: dict[str, None] = {}
        self._before: dict[str, None] = {}
        self._anchor: str | None = None
        self.sticky = False

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def __len__(self) -> int:
        return len(self._keys)

    @property
    def keys(self) -> list[str]:
        """In the order in which they were marked."""
        return list(self._keys)

    @property
    def in_range(self) -> bool:
        """Whether a range is being drawn."""
        return self._anchor is not None

    def toggle(self, key: str) -> None:
        """Mark, or take the mark away."""
        self.end_range()
        if key in self._keys:
            del self._keys[key]
        else:
            self._keys[key] = None

    def begin_range(self, key: str, *, sticky: bool = False) -> None:
        """From here on `extend` marks everything between this row and the cursor.

        A sticky range goes on until it is ended, any other one until the cursor moves without shift.
        """
        self._anchor, self._before, self.sticky = key, dict(self._keys), sticky
        self._keys[key] = None

    def extend(self, view: Sequence[str], index: int) -> None:
        """The range from its beginning to the row at `index`; rows it no longer covers lose its mark."""
        if self._anchor is None:
            return
        try:
            start = view.index(self._anchor)
        except ValueError:
            self.end_range()
            return
        first, last = sorted((start, index))
        self._keys = {**self._before, **dict.fromkeys(view[first : last + 1])}

    def end_range(self) -> None:
        """Keep what the range covers."""
        self._anchor, self._before, self.sticky = None, {}, False

    def all(self, view: Iterable[str]) -> None:
        """Mark every row of the view besides what is marked already."""
        self.end_range()
        self._keys |= dict.fromkeys(view)

    def invert(self, view: Iterable[str]) -> None:
        """Mark what is not, and the other way round, within the view."""
        self.end_range()
        for key in view:
            if key in self._keys:
                del self._keys[key]
            else:
                self._keys[key] = None

    def clear(self) -> None:
        """No marks."""
        self.end_range()
        self._keys = {}
