"""Which Avasam SKU a channel SKU may well be (domain.md A37). It only suggests: a person accepts.

Sure signs come first: an equal SKU, an equal barcode, an SKU that differs in case and hyphens, one with a
prefix or suffix around it. Then close titles. TikTok tells no barcodes of its own (tiktok-shop-api §7), so a
barcode is found where sellers put it: in the seller SKU.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from core.rules.titles import Near, TitleIndex, numbers_differ


class Reason(StrEnum):
    """Why two SKUs are taken for the same thing, in the words that people read."""

    SKU = "same SKU"
    BARCODE = "same barcode"
    SKU_ALIKE = "same SKU but for case and hyphens"
    SKU_INSIDE = "the SKU with something added"
    TITLE = "close title"


CONFIDENCE: Final = {
    Reason.SKU: 1.0,
    Reason.BARCODE: 0.97,
    Reason.SKU_ALIKE: 0.95,
    Reason.SKU_INSIDE: 0.93,
    Reason.TITLE: 0.92,
}
"""The most that each reason is worth; a title is worth this times how close it is."""
BAR: Final = 0.95
"""What "accept all" takes unless somebody sets another bar: no suggestion by title alone."""
_UNSURE: Final = 0.5
"""The most that a suggestion is worth which fits another product as well."""
_OTHER_NUMBERS: Final = 0.6
_FLOOR: Final = 0.45
"""Titles less close than this are not worth a look."""
_TIE: Final = 0.04
"""Titles whose closeness differs by no more than this are equally close."""
_WHOLE: Final = 0.97
"""A title this close has all of the product's words that matter; one that adds words is another product."""
_RIVALS: Final = 3
_LEAST_INSIDE: Final = 4
"""A shorter SKU inside a longer one is chance."""
_PIECES: Final = re.compile(r"[^\W_]+")
_GTIN: Final = re.compile(r"[0-9]{8}|[0-9]{12,14}")


@dataclass(frozen=True, slots=True)
class Unmapped:
    """A channel SKU that wants a partner: what of it can be compared."""

    sku_id: str
    product_id: str
    seller_sku: str
    title: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`avasam_sku` for `sku_id`: how sure from 0 to 1 in steps of 0.01, and why.

    `rivals` are Avasam SKUs that fit as well, or nothing when it is the only one. With rivals it is unsure
    and never part of "accept all".
    """

    sku_id: str
    avasam_sku: str
    confidence: float
    reason: Reason
    steps: tuple[str, ...]
    rivals: tuple[str, ...] = ()
    contested: bool = False
    """Another SKU of the same TikTok product would get the same partner."""

    @property
    def sure(self) -> bool:
        """Whether nothing else fits as well."""
        return not self.rivals and not self.contested

    def __str__(self) -> str:
        return " -> ".join(self.steps)


class Matcher:
    """Avasam products to choose from: add them all, then ask for one unmapped channel SKU after another."""

    def __init__(self) -> None:
        self._titles: dict[str, str] = {}
        self._barcodes: dict[str, tuple[str, ...]] = {}
        self._alike: dict[str, tuple[str, ...]] = {}
        self._index = TitleIndex()

    def add(self, sku: str, title: str, barcode: str | None) -> None:
        """One sellable product: a single or a child, not a parent."""
        self._titles[sku] = title
        plain = _plain(sku)
        self._alike[plain] = (*self._alike.get(plain, ()), sku)
        if barcode:
            digits = barcode.lstrip("0")
            self._barcodes[digits] = (*self._barcodes.get(digits, ()), sku)
        self._index.add(sku, title)

    def best(self, one: Unmapped) -> Suggestion | None:
        """The best partner; None when nothing comes near."""
        if one.seller_sku:
            if one.seller_sku in self._titles:
                return self._found(one, Reason.SKU, [one.seller_sku])
            if _GTIN.fullmatch(one.seller_sku) and one.seller_sku.lstrip("0") in self._barcodes:
                return self._found(one, Reason.BARCODE, self._barcodes[one.seller_sku.lstrip("0")])
            if (alike := self._alike.get(_plain(one.seller_sku))) is not None:
                return self._found(one, Reason.SKU_ALIKE, alike)
            if inside := self._inside(one.seller_sku):
                return self._found(one, Reason.SKU_INSIDE, inside)
        return self._by_title(one)

    def _found(self, one: Unmapped, reason: Reason, skus: Sequence[str]) -> Suggestion:
        steps = (f"seller SKU {one.seller_sku}", f"{reason}: {skus[0]}")
        made = Suggestion(one.sku_id, skus[0], CONFIDENCE[reason], reason, steps)
        return made if len(skus) == 1 else _unsure(made, skus[1:])

    def _inside(self, seller_sku: str) -> Sequence[str]:
        """Avasam SKUs that remain when words are taken off either end, the longest first."""
        pieces = _pieces(seller_sku)
        for length in range(len(pieces) - 1, 0, -1):
            found: list[str] = []
            for start in range(len(pieces) - length + 1):
                inner = "".join(pieces[start : start + length])
                if len(inner) >= _LEAST_INSIDE:
                    found += self._alike.get(inner, ())
            if found:
                return found
        return ()

    def _by_title(self, one: Unmapped) -> Suggestion | None:
        near = [self._weighed(one.title, found) for found in self._index.nearest(one.title)]
        near = sorted(
            (found for found in near if found.closeness >= _FLOOR), key=lambda row: (-row.closeness, row.sku)
        )
        if not near:
            return None
        first = near[0]
        steps = (
            f"title {one.title!r}",
            f"{first.closeness:.0%} of the words of {self._titles[first.sku]!r}",
        )
        worth = round(CONFIDENCE[Reason.TITLE] * first.closeness, 2)
        made = Suggestion(one.sku_id, first.sku, worth, Reason.TITLE, steps)
        rivals = [other.sku for other in near[1:] if _fits_as_well(first, other)]
        return _unsure(made, rivals) if rivals else made

    def _weighed(self, title: str, found: Near) -> Near:
        if not numbers_differ(title, self._titles[found.sku]):
            return found
        return replace(found, closeness=found.closeness * _OTHER_NUMBERS)


def _fits_as_well(first: Near, other: Near) -> bool:
    """Whether nothing in the title speaks for the first: the rest of both titles is not in it."""
    return first.closeness - other.closeness <= _TIE or (
        first.closeness < _WHOLE and other.shared >= first.shared
    )


def settle(found: Iterable[tuple[Unmapped, Suggestion]]) -> list[Suggestion]:
    """The suggestions with those made unsure that would give two SKUs of one TikTok product the same partner.

    They are variations of one thing: at most one of them is that Avasam SKU, and a title cannot tell which.
    """
    pairs = list(found)
    claims: dict[tuple[str, str], int] = {}
    for one, made in pairs:
        claim = (one.product_id, made.avasam_sku)
        claims[claim] = claims.get(claim, 0) + 1
    return [
        _contested(made)
        if made.reason is Reason.TITLE and claims[one.product_id, made.avasam_sku] > 1
        else made
        for one, made in pairs
    ]


def best_partners(matcher: Matcher, asked: Iterable[Unmapped]) -> list[Suggestion]:
    """The best partner of each that has one, the surest first; equally sure ones by channel SKU id."""
    pairs = [(one, made) for one in asked if (made := matcher.best(one)) is not None]
    return sorted(settle(pairs), key=lambda made: (-made.confidence, made.sku_id))


def _unsure(made: Suggestion, rivals: Sequence[str]) -> Suggestion:
    named = ", ".join(rivals[:_RIVALS]) + (
        f" and {len(rivals) - _RIVALS} more" if len(rivals) > _RIVALS else ""
    )
    return replace(
        made,
        confidence=min(made.confidence, _UNSURE),
        rivals=tuple(rivals),
        steps=(*made.steps, f"unsure: {named} fits as well"),
    )


def _contested(made: Suggestion) -> Suggestion:
    step = "unsure: another SKU of this TikTok product fits it as well"
    return replace(made, confidence=min(made.confidence, _UNSURE), contested=True, steps=(*made.steps, step))


def _pieces(sku: str) -> list[str]:
    return _PIECES.findall(sku.casefold())


def _plain(sku: str) -> str:
    """An SKU without case and punctuation; one that is nothing but punctuation stays as it is."""
    return "".join(_pieces(sku)) or sku
