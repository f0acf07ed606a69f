"""Tracking numbers that people put right, and TikTok's carriers that they choose (domain.md A50)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from core.backend import Backend
from core.models.integration import Integration
from core.models.order import Order
from core.models.part import OrderPart, PartState
from core.rules.carrier import tracking_for_channel
from core.rules.dispatch import EDITABLE_FOR
from core.services.errors import NotAllowedNow, NotFound
from core.services.order_change import load_order, not_now, said, save_order
from core.sync.fulfil_order import replaced
from core.sync.shipping import delivery_option
from core.text import clean_line

_NAME: Final = 120


@dataclass(frozen=True, slots=True)
class Parcel:
    """One parcel of an order, and how long its tracking may still be corrected on TikTok.

    `left` is None while TikTok does not have the tracking: then it may be given at any time.
    """

    part: OrderPart
    left: timedelta | None


class OrderTracking:
    """The use cases around tracking. TikTok hears of it with the next sync of orders."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._store = backend.store
        self._clock = backend.clock

    def parcels(self, order: Order) -> list[Parcel]:
        """The parcels whose tracking a person may give or correct now."""
        found: list[Parcel] = []
        for part in order.parts:
            if part.state is not PartState.TAKEN or part.elsewhere:
                continue
            left = None
            if part.returned_at is not None:
                left = part.returned_at + EDITABLE_FOR - self._clock.now()
            if left is None or left > timedelta(0):
                found.append(Parcel(part, left))
        return found

    async def carriers(self, integration: Integration, order: Order) -> Sequence[tuple[str, str]]:
        """(id, name) of the carriers that TikTok takes for this order. Raises a ChannelError."""
        option = await delivery_option(self._store, integration.id, order.source)
        if option is None:
            raise NotFound(
                "The order names no delivery option, so that TikTok tells no carriers for it",
                "Tell TikTok of the parcel in Seller Center.",
            )
        offered = await self._backend.logistics_for(integration).carriers(option)
        return [(one.id, one.name) for one in offered]

    async def correct(
        self,
        integration: Integration,
        order_id: str,
        number: str,
        *,
        carrier: str = "",
        parcel: str = "",
        by: str,
    ) -> Order:
        """Another tracking number for a parcel; `parcel` is its reference, needed when there are several.

        `carrier` is a name, Avasam's or TikTok's; empty keeps the present one. TikTok takes corrections for
        72 hours after it first had the number (tiktok-shop-api §6). Raises NotAllowedNow and NotFound.
        """
        bare = tracking_for_channel(number)
        if bare is None:
            raise NotAllowedNow(
                f"TikTok takes no tracking number like {number!r}",
                "It has 4 to 50 letters, digits and - _ . /",
            )
        async with self._store.transaction() as tx:
            order = await load_order(tx, integration, order_id)
            part = self._chosen(order, parcel.strip())
            name = clean_line(carrier, _NAME) or part.carrier
            changed = part.model_copy(
                update={
                    "tracking_number": bare,
                    "carrier": name,
                    "returned_tracking": part.returned_tracking if name == part.carrier else "",
                    "corrected": True,
                    "obstacle": None,
                    "refused_input": "",
                }
            )
            words = f"tracking {bare} {changed.carrier}".rstrip() + f" by {by}"
            after = order.model_copy(update={"parts": replaced(order.parts, changed)})
            after = said(after, self._clock.now(), words)
            await save_order(tx, after)
        return after

    def _chosen(self, order: Order, reference: str) -> OrderPart:
        taken = [part for part in order.parts if part.state is PartState.TAKEN]
        if not taken:
            raise not_now(order, "corrected", "It must be at Avasam first.")
        if reference:
            taken = [part for part in taken if part.reference == reference]
            if not taken:
                known = ", ".join(part.reference for part in order.parts)
                raise NotFound(f"Order {order.source.id} has no parcel {reference!r}", f"There is: {known}.")
        if len(taken) > 1:
            known = ", ".join(part.reference for part in taken)
            raise not_now(order, "corrected as a whole", f"It is several parcels; name one of {known}.")
        (part,) = taken
        if part.elsewhere:
            raise not_now(order, "corrected from here", "Somebody else marked it as shipped on TikTok.")
        if part.returned_at is not None and self._clock.now() - part.returned_at >= EDITABLE_FOR:
            raise not_now(order, "corrected", "TikTok takes corrections for 72 hours: tell the buyer.")
        return part
