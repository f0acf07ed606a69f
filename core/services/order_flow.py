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
from core.services.order_change import load_order, not_now, said, save_order
from core.store import Where
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
        for portion in portions(ids, _AT_ONCE):
            async with self._store.transaction() as tx:
                for order_id in portion:
                    order = await load_order(tx, integration, order_id)
                    if order.state is not OrderState.HELD or order.given_at is not None:
                        if order_ids is not None:
                            raise not_now(order, "released", "Only held orders are released.")
                        continue
                    after = await reconsidered(tx, order, self._clock.now(), f"released by {by}")
                    if after.model_copy(update={"timeline": order.timeline}) == order:
                        held.append((order_id, order.held_reason or ""))
                        continue
                    # Held all the same, it may have another service by now: it goes by that once it is free.
                    await save_order(tx, after)
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
