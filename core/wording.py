"""Counts in words that stay right for one of a kind: `1 row`, `1,000 rows`."""

from collections.abc import Mapping
from typing import Final

_NOUNS: Final = {"pages": "page", "skus": "SKU"}
"""Names of counts that are things, not what became of them, as one of them is called."""


def count_of(count: int, one: str, many: str = "") -> str:
    """`1 entry`, `1,000 entries`; without `many` an s is put on."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def counted(counts: Mapping[str, int], *, empty: str) -> str:
    """Counts by name as words, `3 new, 1 page`; `empty` where all are 0."""
    return ", ".join(_count(count, name) for name, count in counts.items() if count) or empty


def _count(count: int, name: str) -> str:
    words = name.replace("_", " ").replace(".", " ").split()
    if words and (noun := _NOUNS.get(words[-1])) is not None:
        words[-1] = noun if count == 1 else f"{noun}s"
    return f"{count:,} {' '.join(words)}"
