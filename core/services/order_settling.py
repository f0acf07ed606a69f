"""Orders that wait for a person: ship it anyway, dealt with, drop it; and the decision taken back."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from core.backend import Backend
from core.models.integration import Integration
from core.models.order import Order, OrderState, Verdict
from core.portions import portions
from core.rules.dispatch import progress
from core.rules.order_state import SETTLED, Standing
from core.services.errors import ServiceError
from core.services.order_change import load_order, not_now, save_order
from core.store import StoreError, Transaction
from core.sync.fulfil_order import stands
from core.sync.release import reconsidered
from core.text import clean_line

DONE: Final = {
    Verdict.SHIP: "to be shipped anyway",
    Verdict.LEAVE: "dealt with",
    Verdict.DROP: "dropped",
}
"""Each decision as a timeline tells it."""
_WAITING: Final = (OrderState.FLAGGED, OrderState.HELD)
_NOTE: Final = 200
_AT_ONCE: Final = 200
"""Orders of one commit."""

_Change = Callable[[Transaction, Order], Awaitable[Order]]


@dataclass(frozen=True, slots=True)
class Settled:
    """The orders as they stand now, and (id, why) of those that could not be settled."""

    orders: Sequence[Order]
    refused: Sequence[tuple[str, str]]


class OrderSettling:
    """The use cases around decisions (domain.md, Orders). Whatever is ready then goes with the next sync."""

    def __init__(self, backend: Backend) -> None:
        self._store = backend.store
        self._clock = backend.clock

    async def settle(
        self, integration: Integration, order_ids: Sequence[str], verdict: Verdict, *, note: str = "", by: str
    ) -> Settled:
        """Decide about flagged or held orders, each on its own; `note` is kept with the decision."""
        return await self._each(
            integration, order_ids, lambda tx, order: self._settled(tx, order, verdict, note, by)
        )

    async def take_back(
        self, integration: Integration, order_ids: Sequence[str], *, note: str = "", by: str
    ) -> Settled:
        """Orders stand again where they would without the decision; what Avasam got since stays there."""
        return await self._each(
            integration, order_ids, lambda tx, order: self._undecided(tx, order, note, by)
        )

    async def _each(self, integration: Integration, order_ids: Sequence[str], change: _Change) -> Settled:
        """A commit for each portion; what the store refuses is said of every order that it left as it was."""
        done: list[Order] = []
        refused: list[tuple[str, str]] = []
        for portion in portions(list(dict.fromkeys(order_ids)), _AT_ONCE):
            try:
                async with self._store.transaction() as tx:
                    settled, kept = await self._portion(tx, integration, portion, change)
            except StoreError as error:
                refused += [(order_id, str(error)) for order_id in portion]
            else:
                done += settled
                refused += kept
        return Settled(done, refused)

    async def _portion(
        self, tx: Transaction, integration: Integration, order_ids: Sequence[str], change: _Change
    ) -> tuple[list[Order], list[tuple[str, str]]]:
        done: list[Order] = []
        refused: list[tuple[str, str]] = []
        for order_id in order_ids:
            try:
                after = await change(tx, await load_order(tx, integration, order_id))
            except ServiceError as error:
                refused.append((order_id, str(error)))
            else:
                await save_order(tx, after)
                done.append(after)
        return done, refused

    async def _settled(self, tx: Transaction, order: Order, verdict: Verdict, note: str, by: str) -> Order:
        if order.state not in _WAITING:
            raise not_now(order, "settled", "Only flagged and held orders wait for a person.")
        if order.given_at is not None and verdict is not Verdict.LEAVE:
            raise not_now(
                order,
                "shipped anew" if verdict is Verdict.SHIP else "dropped",
                "Avasam has it or may have it: change it there, then say that it is dealt with.",
            )
        now = self._clock.now()
        words = _words(DONE[verdict], note, by)
        decided = order.model_copy(update={"verdict": verdict, "verdict_words": words})
        if verdict is Verdict.SHIP:
            return await reconsidered(tx, decided, now, words)
        return stands(decided, Standing(SETTLED[verdict], words), now)

    async def _undecided(self, tx: Transaction, order: Order, note: str, by: str) -> Order:
        if order.verdict is None:
            raise not_now(order, "taken back", "Nobody has decided anything about it.")
        now = self._clock.now()
        free = order.model_copy(update={"verdict": None, "verdict_words": ""})
        words = _words("decision taken back", note, by)
        if order.given_at is None:
            return await reconsidered(tx, free, now, words)
        if order.verdict is Verdict.SHIP:
            raise not_now(order, "taken back", "Avasam has it or may have it: cancel it there.")
        return stands(free, progress(free), now, words)


def _words(what: str, note: str, by: str) -> str:
    kept = clean_line(note, _NOTE).strip()
    return f"{what} by {by}" + (f": {kept}" if kept else "")
