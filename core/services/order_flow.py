"""What a person does about orders that wait: release them, or send again what was refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core import tables
from core.backend import Backend
from core.models.integration import Integration
from core.models.order import Order, OrderState
from core.models.part import PartState
from core.portions import portions
from core.services.errors import PartlyDone, ServiceError
from core.services.order_change import load_order, not_now, said, save_order
from core.store import StoreError, Transaction, Where
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

        Raises NotFound for an order that is not there, NotAllowedNow for a named one that is not held: then
        none was released. PartlyDone when the store gave up half-way.
        """
        ids = await self._held(integration) if order_ids is None else list(dict.fromkeys(order_ids))
        if order_ids is not None:
            for order_id in ids:
                order = await load_order(self._store, integration, order_id)
                if not _is_waiting(order):
                    raise not_now(order, "released", "Only held orders are released.")
        ready: list[str] = []
        held: list[tuple[str, str]] = []
        looked = 0
        for portion in portions(ids, _AT_ONCE):
            try:
                async with self._store.transaction() as tx:
                    done = [await self._release(tx, integration, one, by) for one in portion]
            except (ServiceError, StoreError) as error:
                if not looked:
                    raise
                raise PartlyDone(
                    f"{looked:,} of {len(ids):,} orders were looked at again and "
                    f"{len(ready):,} released, the others from {portion[0]} on were not: {error}",
                    "Release those that are still held; what is released stays so.",
                ) from error
            looked += len(portion)
            for order_id, why in done:
                if why is None:
                    ready.append(order_id)
                elif why:
                    held.append((order_id, why))
        return Released(ready, held)

    async def _release(
        self, tx: Transaction, integration: Integration, order_id: str, by: str
    ) -> tuple[str, str | None]:
        """(id, why it waits all the same): None when it is ready, empty when it waits no longer anyway."""
        order = await load_order(tx, integration, order_id)
        if not _is_waiting(order):
            return order_id, ""
        after = await reconsidered(tx, order, self._clock.now(), f"released by {by}")
        if after.model_copy(update={"timeline": order.timeline}) == order:
            return order_id, order.held_reason or order.state.value
        # Held all the same, it may have another service by now: it goes by that once it is free.
        await save_order(tx, after)
        return order_id, None if after.state is OrderState.READY else after.held_reason or after.state.value

    async def resend(self, integration: Integration, order_id: str, *, by: str) -> Order:
        """Try again what was refused: by Avasam, or by TikTok the tracking. Never what Avasam may have (A49).

        Raises NotAllowedNow with the reason and what to do instead.
        """
        async with self._store.transaction() as tx:
            order = await load_order(tx, integration, order_id)
            now = self._clock.now()
            refused_tracking = any(part.refused_input for part in order.parts)
            if order.state is OrderState.HELD and order.given_at is None:
                after = await reconsidered(tx, order, now, f"sent again by {by}")
            elif any(part.state is PartState.REFUSED for part in order.parts):
                after = _planned_again(order, now, by)
            elif refused_tracking:
                after = _tracking_again(order, now, by)
            elif order.state is OrderState.SENDING:
                raise not_now(order, "sent again", "Its outcome is being looked up; it goes again by itself.")
            elif order.given_at is not None:
                numbers = ", ".join(part.number or part.reference for part in order.parts)
                raise not_now(order, "sent again", f"Avasam has it ({numbers}): change it there.")
            else:
                raise not_now(order, "sent again", "Nothing of it was refused.")
            await save_order(tx, after)
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


def _is_waiting(order: Order) -> bool:
    return order.state is OrderState.HELD and order.given_at is None


def _planned_again(order: Order, now: datetime, by: str) -> Order:
    parts = tuple(
        part.model_copy(update={"state": PartState.PLANNED, "refusal": None})
        if part.state is PartState.REFUSED
        else part
        for part in order.parts
    )
    ready = order.model_copy(update={"parts": parts, "state": OrderState.READY, "held_reason": None})
    return said(ready, now, f"sent again by {by}")


def _tracking_again(order: Order, now: datetime, by: str) -> Order:
    parts = tuple(
        part.model_copy(update={"refused_input": "", "obstacle": None}) if part.refused_input else part
        for part in order.parts
    )
    return said(
        order.model_copy(update={"parts": parts, "held_reason": None}), now, f"tracking again by {by}"
    )
