"""Orders in words: states with symbol, word and tone; columns of the list; one order in full."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from core.models.order import OrderKind, OrderState
from core.services.order_book import OPEN, Due, OrderRow
from core.services.order_cures import Cause
from tui.widgets.cells import Cell, Tone
from tui.widgets.columns import Column
from tui.words.states import ago, until

STATES: Final = {
    OrderState.HELD: Cell("◇ held", Tone.WARN),
    OrderState.READY: Cell("▸ ready", Tone.GOOD),
    OrderState.SENDING: Cell("→ sending", Tone.GOOD),
    OrderState.SENT: Cell("● at Avasam", Tone.GOOD),
    OrderState.DISPATCHED: Cell("▲ dispatched", Tone.GOOD),
    OrderState.TRACKING_RETURNED: Cell("✔ tracked", Tone.GOOD),
    OrderState.NON_AVASAM: Cell("○ non-Avasam", Tone.DIM),
    OrderState.CLOSED: Cell("· closed", Tone.DIM),
    OrderState.CANCELLED: Cell("✖ cancelled", Tone.DIM),
    OrderState.FLAGGED: Cell("◆ flagged", Tone.BAD),
}
"""Readable without colour: every state has a sign and a word of its own."""

KINDS: Final = {OrderKind.AVASAM: "Avasam", OrderKind.MIXED: "mixed", OrderKind.NON_AVASAM: "non-Avasam"}


def named(state: OrderState) -> str:
    """A state within a sentence, without its sign."""
    return STATES[state].text.partition(" ")[2]


_DUE: Final = {Due.OVERDUE: Tone.BAD, Due.SOON: Tone.WARN, Due.LATER: Tone.PLAIN, Due.NONE: Tone.DIM}


def countdown(moment: datetime | None, now: datetime) -> str:
    """`in 5 h`, or `5 h over`; nothing when there is no moment."""
    if moment is None:
        return ""
    return f"{ago(moment, now)} over" if moment <= now else until(moment, now)


class OrderCells:
    """The columns of the Orders list. `now` and `shops` (id -> name) are brought up to date from outside."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.shops: Mapping[str, str] = {}

    def columns(self) -> list[Column[OrderRow]]:
        """All columns, the most telling first: a narrow terminal shows the rest sideways."""
        return [
            Column("state", "State", 12, lambda row: STATES[row.state]),
            Column("id", "Order", 19, lambda row: Cell(row.id)),
            Column("ship_by", "Ship by", 9, self._ship_by),
            Column("why", "Waits for", 19, self._why, grow=3),
            Column("units", "Units", 5, lambda row: Cell(str(row.units)), right=True),
            Column("skus", "SKUs", 14, _skus, grow=2),
            Column("placed", "Placed", 7, lambda row: Cell(_since(row.placed, self.now)), right=True),
            Column("kind", "Kind", 10, lambda row: Cell(KINDS[row.kind])),
            Column("status", "TikTok", 17, lambda row: Cell(row.status.lower().replace("_", " "))),
            Column("purge", "Deleted", 9, self._purge, shown=False),
            Column("service", "Service", 16, lambda row: Cell(row.service or ""), grow=1),
            Column("shop", "Shop", 14, self._shop, grow=1),
        ]

    def _ship_by(self, row: OrderRow) -> Cell:
        if row.state not in OPEN:
            return Cell("")
        return Cell(countdown(row.ship_by, self.now), _DUE[row.due(self.now)])

    def _why(self, row: OrderRow) -> Cell:
        """In few words; the line below the list has them all."""
        if row.purge_at is not None and row.state is OrderState.NON_AVASAM:
            return Cell(f"deleted {until(row.purge_at, self.now)}", Tone.WARN)
        known = row.cause not in {None, Cause.OBSTACLE, Cause.PERSON, Cause.CARRIER}
        words = str(row.cause) if known else row.reason
        return Cell(words, Tone.DIM if row.cause is None else Tone.WARN)

    def _purge(self, row: OrderRow) -> Cell:
        return Cell("" if row.purge_at is None else until(row.purge_at, self.now), Tone.WARN)

    def _shop(self, row: OrderRow) -> Cell:
        return Cell(self.shops.get(row.integration_id, "(removed)"))


def _since(moment: datetime, now: datetime) -> str:
    """By the minute: a row is drawn again for every word in it that changes."""
    return "< 1 min" if now - moment < timedelta(minutes=1) else ago(moment, now)


def _skus(row: OrderRow) -> Cell:
    return Cell(", ".join(name if count == 1 else f"{count} x {name}" for name, count in row.skus))
