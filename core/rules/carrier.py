"""Which of TikTok's carriers the name of an Avasam carrier means (domain.md, tracking is returned)."""

import re
from collections.abc import Mapping
from typing import Final

from core.models.decision import Decision

TRACKING: Final = re.compile(r"[A-Za-z0-9_./-]{4,50}")
"""What TikTok takes as a tracking number (tiktok-shop-api §6)."""
NO_CARRIER: Final = "TikTok has no carrier"
"""How the reason begins when a person has to choose one."""
_WORD: Final = re.compile(r"[a-z0-9]+")


def same_name(name: str) -> str:
    """What is alike in spellings of one carrier: `DPD-UK` and `dpd uk` are both `dpd uk`."""
    return " ".join(_WORD.findall(name.casefold()))


def choose_carrier(
    carrier: str, service: str, offered: Mapping[str, str], remembered: Mapping[str, str]
) -> Decision[str | None]:
    """The provider id for a carrier, or None when a person has to choose.

    `offered` is provider id -> name, as TikTok allows for the delivery option; `remembered` is what people
    chose, by `same_name`. A name must fit exactly one offered carrier: the same words, or all the words of
    one within the other ("DPD" and "DPD UK"). Where Avasam names no carrier its service's name is tried.
    """
    if not offered:
        return Decision(None, ("TikTok delivers this option itself and takes no carrier from us",))
    for name in (carrier, service):
        if not same_name(name):
            continue
        chosen = remembered.get(same_name(name))
        if chosen is not None and chosen in offered:
            return Decision(chosen, (f"{name!r} -> {offered[chosen]} (chosen by a person)",))
        found = _fitting(name, offered)
        if len(found) == 1:
            return Decision(found[0], (f"{name!r} -> {offered[found[0]]}",))
    asked = carrier or service or "without a name"
    there = ", ".join(offered.values())
    return Decision(None, (f"{NO_CARRIER} {asked!r}, or several: choose one of {there}",))


def tracking_for_channel(number: str) -> str | None:
    """The tracking number as TikTok takes it, blanks removed; None when it takes none like it."""
    bare = "".join(number.split())
    return bare if TRACKING.fullmatch(bare) else None


def _fitting(name: str, offered: Mapping[str, str]) -> list[str]:
    same = [key for key, other in offered.items() if same_name(other) == same_name(name)]
    if same:
        return same
    words = set(same_name(name).split())
    found: list[str] = []
    for key, other in offered.items():
        theirs = set(same_name(other).split())
        if theirs and (theirs <= words or words <= theirs):
            found.append(key)
    return found
