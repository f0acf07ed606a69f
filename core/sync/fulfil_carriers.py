"""Which of TikTok's carriers brings a parcel: asked of the shop once a run, chosen by name or by people."""

from collections.abc import Mapping

from core import tables
from core.channel.port import Logistics
from core.models.order import Order
from core.models.part import OrderPart
from core.models.shipping import CarrierChoice
from core.rules.carrier import choose_carrier, same_name
from core.sync.context import SyncContext
from core.sync.shipping import delivery_option


class Carriers:
    """The carriers of the shop's delivery options during one run."""

    def __init__(self, ctx: SyncContext, logistics: Logistics) -> None:
        self._ctx = ctx
        self._logistics = logistics
        self._offered: dict[str, Mapping[str, str]] = {}
        self._remembered: dict[str, str] | None = None

    async def provider(self, order: Order, part: OrderPart) -> tuple[str | None, str]:
        """The id of TikTok's carrier for a parcel, or None; and why, or why a person has to choose."""
        option = await delivery_option(self._ctx.store, self._ctx.integration.id, order.source)
        if option is None:
            return None, "the order names no delivery option: tell TikTok of the parcel in Seller Center"
        if option not in self._offered:
            carriers = await self._logistics.carriers(option)
            self._offered[option] = {carrier.id: carrier.name for carrier in carriers}
        if self._remembered is None:
            self._remembered = await self._chosen()
        service = order.allocated_service or ""
        found = choose_carrier(part.carrier, service, self._offered[option], self._remembered)
        return found.value, found.steps[-1]

    async def _chosen(self) -> dict[str, str]:
        prefix = tables.prefix(self._ctx.integration.id)
        rows = [
            CarrierChoice.from_document(row)
            async for _, row in self._ctx.store.scan(tables.CARRIER_CHOICES, prefix=prefix)
        ]
        return {same_name(row.carrier): row.provider_id for row in rows}
