"""Which products have a title close to another title, without comparing every title with every other.

A product is looked at only when it shares two of the words that tell products apart (a brand, a model, a
size). Words weigh the more the fewer products have them, and numbers never match other numbers.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from rapidfuzz import fuzz, process

_WORDS: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|\d+(?:[.,]\d+)*|[^\W\d_]+")
"""One character of a script without blanks, a number, or a word: `330ml` and `330 ml` are the same."""
_RAREST: Final = 5
"""Words of a title that are looked up."""
_CROWD: Final = 64
"""Products that are compared at all."""
_NEAREST: Final = 6
"""Products that are compared word by word."""
_SPELLED_ALIKE: Final = 84
"""Words this alike (rapidfuzz, 0 to 100) count as the same word misspelt."""
_SHORTEST_MISSPELT: Final = 4
_EXTRA: Final = 0.5
"""Shops add words that sell (`NEW`, `free delivery`): these weigh half of what the product's own words do."""


def words(title: str) -> frozenset[str]:
    """The words of a title as they are compared: without case and punctuation."""
    return frozenset(_WORDS.findall(title.casefold()))


@dataclass(frozen=True, slots=True)
class Near:
    """A product whose title is near: `closeness` from 0 to 1, and the weight of the words that both have."""

    sku: str
    closeness: float
    shared: float


class TitleIndex:
    """Titles of products by the words in them. Fill it, then ask; about a kilobyte a product."""

    def __init__(self) -> None:
        self._skus: list[str] = []
        self._titles: list[str] = []
        """The words of each, sorted: text alone, so that the garbage collector has little to look through."""
        self._having: dict[str, set[int]] = {}

    def add(self, sku: str, title: str) -> None:
        """One more product."""
        place = len(self._skus)
        found = words(title)
        self._skus.append(sku)
        self._titles.append(" ".join(sorted(found)))
        for word in found:
            self._having.setdefault(word, set()).add(place)

    def nearest(self, title: str) -> list[Near]:
        """The products whose titles are closest, best first."""
        asked = words(title)
        crowd = self._crowd(asked)
        if not crowd:
            return []
        spelled = process.extract(
            " ".join(sorted(asked)),
            {place: self._titles[place] for place in crowd},
            scorer=fuzz.ratio,
            limit=_NEAREST,
        )
        scored = [self._near(asked, place) for _, _, place in spelled]
        return sorted(scored, key=lambda near: (-near.closeness, near.sku))

    def _crowd(self, asked: Set[str]) -> list[int]:
        """Products that share two of the rarest known words; those that share the most come first."""
        known = sorted((word for word in asked if word in self._having), key=self._rarity)[:_RAREST]
        if len(known) < 2:
            alone = self._having[known[0]] if known else set()
            return sorted(alone) if len(alone) <= _CROWD else []
        shared: Counter[int] = Counter()
        for one, other in combinations(known, 2):
            both = self._having[one] & self._having[other]
            if len(both) <= _CROWD * len(known):
                shared.update(both)
        if not shared:
            shared.update(set.intersection(*(self._having[word] for word in known)))
        return [place for place, _ in shared.most_common(_CROWD)]

    def _rarity(self, word: str) -> tuple[int, str]:
        return len(self._having[word]), word

    def _weight(self, word: str) -> float:
        return math.log1p(len(self._skus) / (1 + len(self._having.get(word, ()))))

    def _near(self, asked: Set[str], place: int) -> Near:
        own = frozenset(self._titles[place].split())
        alike = {word: word for word in asked & own} | dict(_misspelt(asked - own, own - asked))
        shared = self._sum(alike.values())
        missing = self._sum(own - set(alike.values()))
        extra = self._sum(asked - alike.keys())
        return Near(self._skus[place], shared / ((shared + missing + _EXTRA * extra) or 1.0), shared)

    def _sum(self, found: Iterable[str]) -> float:
        return sum(self._weight(word) for word in found)


def numbers_differ(one: str, other: str) -> bool:
    """Whether both titles have numbers, and neither has all of the other's: 330 ml is not 500 ml."""
    mine, theirs = _numbers(one), _numbers(other)
    return bool(mine and theirs) and not (mine <= theirs or theirs <= mine)


def _numbers(title: str) -> frozenset[str]:
    return frozenset(word for word in words(title) if word[0].isdigit())


def _misspelt(asked: Set[str], own: Set[str]) -> Iterator[tuple[str, str]]:
    """Pairs (asked, own) of long words that differ in a letter or two; each own word is taken once."""
    left: Mapping[str, None] = dict.fromkeys(sorted(word for word in own if _may_be_misspelt(word)))
    for word in sorted(word for word in asked if _may_be_misspelt(word)):
        found = process.extractOne(word, list(left), scorer=fuzz.ratio, score_cutoff=_SPELLED_ALIKE)
        if found is not None:
            left = {other: None for other in left if other != found[0]}
            yield word, found[0]


def _may_be_misspelt(word: str) -> bool:
    return len(word) >= _SHORTEST_MISSPELT and not word[0].isdigit()
