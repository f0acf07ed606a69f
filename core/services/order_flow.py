"""What a person does about orders on their way: release, send again, settle, correct a tracking number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core import tables
from core.backend import Backend
from core.models.integration import Integration
from core.models.order import Order, OrderEvent, OrderState, Verdict
from core.models.part import PartState
from core.rules.carrier import tracking_for_channel
from core.services.errors import NotAllowedNow, NotFound
from core.store import Transaction, Where
from core.sync.release import reconsidered

_AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True)
class Released:
    """Ids of the orders that are ready now, and (id, reason) of those that are held all the same."""

    ready: Sequence[str]
    held: Sequence[tuple[str, str]]


class OrderFlow:
    """The use cases around orders between TikTok and Avasam. Whatever is ready goes with the next sync."""

    def __init__(self, backend: Backend) -> None:
        self._store = backend.store
        self._clock = backend.clock

    async def release(
        self, integration: Integration, order_ids: Sequence[str] | None = None, *, by: str
    ) -> Released:
        """Look at held orders again with the mappings of now (A47); all held ones when none is named.

        Raises NotFound for an order that is not there, NotAllowedNow for a named one that is not held.
        """
        ids = await self._held(integration) if order_ids is None else list(dict.fromkeys(order_ids))
        ready: list[str] = []
        held: list[tuple[str, str]] = []
        for start in range(0, len(ids), _AT_ONCE):
            async with self._store.transaction() as tx:
                for order_id in ids[start : start + _AT_ONCE]:
                    order = await self._load(tx, integration, order_id)
                    if order.state is not OrderState.HELD or order.given_at is not None:
                        if order_ids is not None:
                            raise _not_now(order, "released", "Only held orders are released.")
                        continue
                    after = await reconsidered(tx, order, self._clock.now(), f"released by {by}")
                    if (after.state, after.held_reason) == (order.state, order.held_reason):
                        held.append((order_id, order.held_reason or ""))
                        continue
                    await _save(tx, after)
                    if after.state is OrderState.READY:
                        ready.append(order_id)
                    else:
                        held.append((order_id, after.held_reason or after.state.value))
        return Released(ready, held)

    async def resend(self, integration: Integration, order_id: str, *, by: str) -> Order:
        """Try again what was refused: by Avasam, or by TikTok the tracking. Never what Avasam may have (A49).

        Raises NotAllowedNow with the reason and what to do instead.
        """
        async with self._store.transaction() as tx:
            order = await self._load(tx, integration, order_id)
            now = self._clock.now()
            refused_tracking = any(part.refused_input for part in order.parts)
            if order.state is OrderState.HELD and order.given_at is None:
                after = await reconsidered(tx, order, now, f"sent again by {by}")
            elif any(part.state is PartState.REFUSED for part in order.parts):
                after = _planned_again(order, now, by)
            elif refused_tracking:
                after = _tracking_again(order, now, by)
            elif order.state is OrderState.SENDING:
                raise _not_now(
                    order, "sent again", "Its outcome is being looked up; it goes again by itself."
                )
            elif order.given_at is not None:
                numbers = ", ".join(part.number or part.reference for part in order.parts)
                raise _not_now(order, "sent again", f"Avasam has it ({numbers}): change it there.")
            else:
                raise _not_now(order, "sent again", "Nothing of it was refused.")
            await _save(tx, after)
        return after

    async def resolve(self, integration: Integration, order_id: str, verdict: Verdict, *, by: str) -> Order:
        """Decide about an order that waits for a person: Avasam ships it, or nothing more is done here.

        One that Avasam has cannot be shipped anew, only settled.
        """
        async with self._store.transaction() as tx:
            order = await self._load(tx, integration, order_id)
            if order.state not in (OrderState.FLAGGED, OrderState.HELD):
                raise _not_now(order, "decided", "Only flagged and held orders wait for a person.")
            if verdict is Verdict.SHIP and order.given_at is not None:
                raise _not_now(order, "shipped", "Avasam has it or may have it: settle it there first.")
            decided = order.model_copy(update={"verdict": verdict})
            now = self._clock.now()
            if order.given_at is None:
                after = await reconsidered(tx, decided, now, f"{by} decided: {verdict.value}")
            else:
                settled = {"state": OrderState.CLOSED, "held_reason": f"settled by {by}"}
                after = _said(decided.model_copy(update=settled), now, f"settled by {by}")
            await _save(tx, after)
        return after

    async def correct_tracking(
        self, integration: Integration, order_id: str, number: str, *, carrier: str = "", by: str
    ) -> Order:
        """Another tracking number, told to TikTok with the next sync; it takes corrections for 72 hours."""
        bare = tracking_for_channel(number)
        if bare is None:
            raise NotAllowedNow(
                f"TikTok takes no tracking number like {number!r}",
                "It has 4 to 50 letters, digits and - _ . /",
            )
        async with self._store.transaction() as tx:
            order = await self._load(tx, integration, order_id)
            if len(order.parts) != 1 or order.parts[0].state is not PartState.TAKEN:
                raise _not_now(order, "corrected", "It must be at Avasam, as one parcel.")
            if order.follow_until is not None and self._clock.now() >= order.follow_until:
                raise _not_now(order, "corrected", "TikTok takes corrections for 72 hours: tell the buyer.")
            part = order.parts[0].model_copy(
                update={
                    "tracking_number": bare,
                    "carrier": carrier or order.parts[0].carrier,
                    "corrected": True,
                }
            )
            changed = order.model_copy(update={"parts": (part,)})
            after = _said(changed, self._clock.now(), f"tracking {bare} by {by}")
            await _save(tx, after)
        return after

    async def has(self, integration: Integration, order_id: str) -> bool:
        """Whether the integration has this order."""
        return await self._store.get(tables.ORDERS, tables.key(integration.id, order_id)) is not None

    async def _held(self, integration: Integration) -> list[str]:
        where = (Where("state", "eq", OrderState.HELD.value),)
        prefix = tables.prefix(integration.id)
        return [
            key.removeprefix(prefix) async for key, _ in self._store.scan(tables.ORDERS, where, prefix=prefix)
        ]

    async def _load(self, tx: Transaction, integration: Integration, order_id: str) -> Order:
        if await tx.get(tables.INTEGRATIONS, integration.id) is None:
            raise NotFound("This integration is gone", "Its orders are kept to be read, not to be changed.")
        document = await tx.get(tables.ORDERS, tables.key(integration.id, order_id))
        if document is None:
            raise NotFound(f"{integration.name} has no order {order_id!r}", "See: avasam orders list")
        return Order.from_document(document)


async def _save(tx: Transaction, order: Order) -> None:
    await tx.put(tables.ORDERS, tables.key(order.integration_id, order.source.id), order.to_document())


def _planned_again(order: Order, now: datetime, by: str) -> Order:
    parts = tuple(
        part.model_copy(update={"state": PartState.PLANNED, "refusal": None})
        if part.state is PartState.REFUSED
        else part
        for part in order.parts
    )
    ready = order.model_copy(update={"parts": parts, "state": OrderState.READY, "held_reason": None})
    return _said(ready, now, f"sent again by {by}")


def _tracking_again(order: Order, now: datetime, by: str) -> Order:
    parts = tuple(
        part.model_copy(update={"refused_input": "", "obstacle": None}) if part.refused_input else part
        for part in order.parts
    )
    return _said(
        order.model_copy(update={"parts": parts, "held_reason": None}), now, f"tracking again by {by}"
    )


def _said(order: Order, now: datetime, text: str) -> Order:
    return order.model_copy(update={"timeline": (*order.timeline, OrderEvent(at=now, text=text))})


def _not_now(order: Order, what: str, cure: str) -> NotAllowedNow:
    state = order.state.value.replace("_", " ")
    return NotAllowedNow(f"Order {order.source.id} is {state} and is not {what}", cure)
