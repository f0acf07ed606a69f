"""Moments, counts and states in the few words that fit a cell; each state has symbol, word and colour."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from rich.text import Text

from core import wording
from core.models.integration import Integration, SyncKind

_EXACT_BELOW: Final = 10


def ago(moment: datetime | None, now: datetime) -> str:
    """How long ago: `never`, `<10 s`, `40 s`, `12 min`, `5h 40m`, `3 d`."""
    return "never" if moment is None else span(now - moment)


def until(moment: datetime | None, now: datetime) -> str:
    """How long from now: `in 12 d`, `in 2d 23h`, `in 5h 40m`, or `over`."""
    if moment is None:
        return "unknown"
    return "over" if moment <= now else f"in {span(moment - now)}"


def span(length: timedelta) -> str:
    """A length of time in few words, never more than a tenth short.

    Under ten days or hours the next smaller unit is told too: `1 h` of 1 h 59 min would be half of it.
    Seconds go in tens: what changes every second is sent to the terminal every second.
    """
    seconds = max(0, int(length.total_seconds()))
    for size, unit, smaller, name in ((86_400, "d", 3_600, "h"), (3_600, "h", 60, "m")):
        whole, rest = divmod(seconds, size)
        if whole:
            if whole < _EXACT_BELOW and rest >= smaller:
                return f"{whole}{unit} {rest // smaller}{name}"
            return f"{whole} {unit}"
    if seconds >= 60:
        return f"{seconds // 60} min"
    return f"{seconds // 10 * 10} s" if seconds >= 10 else "<10 s"


def ends(moment: datetime | None, now: datetime) -> str:
    """An authorisation's end as a verb: `ends in 12 d`, or `has ended`."""
    return "has ended" if moment is not None and moment <= now else f"ends {until(moment, now)}"


def counted(counts: Mapping[str, int]) -> str:
    """Counts as words: `3 new, 1 updated`."""
    return wording.counted(counts, empty="no change")


def status(integration: Integration) -> Text:
    """Whether an integration may act, readable without colour."""
    if integration.needs_reauthorisation is not None:
        return Text("! reauthorise", style="bold red")
    if integration.enabled:
        return Text("● enabled", style="green")
    return Text("○ disabled", style="dim")


def is_on(integration: Integration, kind: SyncKind) -> bool:
    """Whether this kind of push is switched on in the additional settings (A40, A41)."""
    settings = integration.settings
    return {SyncKind.STOCK: settings.stock_update, SyncKind.PRICE: settings.price_update}.get(kind, True)


SOON = timedelta(days=30)
"""An authorisation that ends within this is pointed out (TikTok's webhook 7 does the same)."""
