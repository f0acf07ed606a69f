"""Shipping mapping: which Avasam service a delivery option of the shop means (A45 to A47)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from core import tables
from core.backend import Backend
from core.models.integration import Integration
from core.models.listing import ShippingMapping
from core.models.order import Order, OrderState
from core.models.shipping import CarrierChoice, ShippingService
from core.rules.carrier import same_name
from core.services.errors import NotAllowedNow, NotFound, ServiceError
from core.store import Transaction, Where
from core.text import clean_line

HISTORY: Final = timedelta(days=60)
"""How far back Avasam's orders are searched for names of services."""
_NAME: Final = 120
_WAITING: Final = (OrderState.HELD.value, OrderState.READY.value)


@dataclass(frozen=True, slots=True)
class Option:
    """A delivery option and what it is mapped to.

    `carriers` are (id, name) of TikTok's shipping providers for it; where there are none TikTok delivers
    itself, and Avasam is not asked. `waiting` counts the open orders that are held because of it. One that
    the shop no longer offers has `offered` False and is here because of its mapping or its orders.
    """

    id: str
    name: str
    kind: str
    carriers: Sequence[tuple[str, str]]
    service: str | None
    waiting: int
    offered: bool = True

    @property
    def ours(self) -> bool:
        """Whether the seller ships it, so that it needs a service."""
        return bool(self.carriers) or not self.offered


class ShippingMappingService:
    """The use cases around shipping mappings and the kept list of Avasam's services."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._store = backend.store

    async def options(self, integration: Integration) -> list[Option]:
        """Every delivery option, read from the shop now, by name. Raises a ChannelError when it cannot be.

        One call for each warehouse and one for each option.
        """
        logistics = self._backend.logistics_for(integration)
        pairs = {row.delivery_option_id: row for row in await self.pairs(integration)}
        waiting, names = await self._waiting(integration)
        found: list[Option] = []
        for option in await logistics.delivery_options():
            carriers = [(one.id, one.name) for one in await logistics.carriers(option.id)]
            pair = pairs.pop(option.id, None)
            found.append(
                Option(
                    id=option.id,
                    name=option.name,
                    kind=option.kind,
                    carriers=carriers,
                    service=None if pair is None else pair.service,
                    waiting=waiting.pop(option.id, 0),
                )
            )
        gone = {key: pair.delivery_option_name for key, pair in pairs.items()}
        gone |= {key: names[key] for key in waiting}
        for key, name in gone.items():
            service = pairs[key].service if key in pairs else None
            found.append(Option(key, name, "", (), service, waiting.get(key, 0), offered=False))
        return sorted(found, key=lambda option: (not option.offered, option.name.casefold(), option.id))

    async def check(self, integration: Integration) -> list[Option]:
        """The options that need a service and have none; those for which most orders wait come first."""
        lacking = [one for one in await self.options(integration) if one.ours and one.service is None]
        return sorted(lacking, key=lambda option: (-option.waiting, option.name.casefold()))

    async def pairs(self, integration: Integration) -> list[ShippingMapping]:
        """The mappings as they are saved."""
        prefix = tables.prefix(integration.id)
        return [
            ShippingMapping.from_document(row)
            async for _, row in self._store.scan(tables.SHIPPING_MAPPINGS, prefix=prefix)
        ]

    async def save(
        self, integration: Integration, pairs: Mapping[str, str | None], *, names: Mapping[str, str]
    ) -> int:
        """Map delivery option ids to services, None takes a mapping away; all of it or nothing.

        `names` are the options' names, by which orders are found that came without the id. Services join
        the kept list. Orders that were downloaded before stay as they are (A46). How many pairs changed.
        """
        cleaned = {key: None if name is None else _checked(name) for key, name in pairs.items()}
        changed = 0
        async with self._store.transaction() as tx:
            if await tx.get(tables.INTEGRATIONS, integration.id) is None:
                raise NotFound("This integration is gone", "Somebody removed it meanwhile.")
            for option_id, service in cleaned.items():
                key = tables.key(integration.id, option_id)
                before = await tx.get(tables.SHIPPING_MAPPINGS, key)
                if service is None:
                    changed += await tx.delete(tables.SHIPPING_MAPPINGS, key)
                    continue
                if before is not None and before["service"] == service:
                    continue
                row = ShippingMapping(
                    integration_id=integration.id,
                    delivery_option_id=option_id,
                    delivery_option_name=names.get(option_id, ""),
                    service=service,
                    mapped_at=self._backend.clock.now(),
                )
                await tx.put(tables.SHIPPING_MAPPINGS, key, row.to_document())
                await _keep(tx, service)
                changed += 1
        return changed

    async def services(self) -> list[str]:
        """The kept list of Avasam's shipping services, by name."""
        rows = [
            ShippingService.from_document(row) async for _, row in self._store.scan(tables.SHIPPING_SERVICES)
        ]
        return sorted((row.name for row in rows if not row.removed), key=str.casefold)

    async def add_service(self, name: str) -> str:
        """Put a name on the list; the name as it is kept."""
        cleaned = _checked(name)
        async with self._store.transaction() as tx:
            await _keep(tx, cleaned)
        return cleaned

    async def remove_service(self, name: str) -> None:
        """Take a name off the list for good. Refused while a mapping uses it."""
        async with self._store.transaction() as tx:
            row = await tx.get(tables.SHIPPING_SERVICES, name.casefold())
            if row is None:
                raise NotFound(f"There is no service {name!r} on the list", "See: avasam shipping services")
            async for _, pair in tx.scan(tables.SHIPPING_MAPPINGS):
                if str(pair["service"]).casefold() == name.casefold():
                    raise NotAllowedNow(f"A mapping uses {name!r}", "Take the mapping away first.")
            kept = ShippingService.from_document(row).model_copy(update={"removed": True})
            await tx.put(tables.SHIPPING_SERVICES, name.casefold(), kept.to_document())

    async def seed_services(self) -> list[str]:
        """Names of services in Avasam's orders of the last 60 days join the list; the whole list."""
        desk = self._backend.desk()
        if desk is None:
            raise NotAllowedNow(
                "No Avasam account is set up", "Set AVASAM_CONSUMER_KEY and AVASAM_SECRET_KEY."
            )
        now = self._backend.clock.now()
        names: set[str] = set()
        async for page in desk.orders(since=now - HISTORY, until=now):
            names.update(row.service for row in page if row.service)
        async with self._store.transaction() as tx:
            for name in sorted(names):
                if await tx.get(tables.SHIPPING_SERVICES, name.casefold()) is None:
                    row = ShippingService(name=name, seen=True)
                    await tx.put(tables.SHIPPING_SERVICES, name.casefold(), row.to_document())
        return await self.services()

    async def choose_carrier(self, integration: Integration, carrier: str, provider_id: str) -> CarrierChoice:
        """Remember which of TikTok's shipping providers an Avasam carrier's name means, for this shop.

        The provider by its id or its name. Raises NotFound that lists those there are.
        """
        offered = {key: name for option in await self.options(integration) for key, name in option.carriers}
        alike = [key for key, name in offered.items() if same_name(name) == same_name(provider_id)]
        if provider_id not in offered and len(alike) == 1:
            provider_id = alike[0]
        if not same_name(carrier):
            raise ServiceError("A carrier without a name cannot be remembered", "Name it as Avasam does.")
        if provider_id not in offered:
            there = ", ".join(f"{name} ({key})" for key, name in offered.items()) or "none"
            raise NotFound(
                f"{integration.name} has no shipping provider {provider_id!r}", f"There is: {there}."
            )
        row = CarrierChoice(
            integration_id=integration.id,
            carrier=clean_line(carrier, _NAME),
            provider_id=provider_id,
            provider_name=offered[provider_id],
            chosen_at=self._backend.clock.now(),
        )
        async with self._store.transaction() as tx:
            key = tables.key(integration.id, same_name(carrier))
            await tx.put(tables.CARRIER_CHOICES, key, row.to_document())
        return row

    async def _waiting(self, integration: Integration) -> tuple[Counter[str], dict[str, str]]:
        """How many open orders wait for a service, by delivery option id, and the options' names."""
        waiting: Counter[str] = Counter()
        names: dict[str, str] = {}
        prefix = tables.prefix(integration.id)
        where = (Where("state", "in", _WAITING), Where("allocated_service", "eq", None))
        async for _, row in self._store.scan(tables.ORDERS, where, prefix=prefix):
            source = Order.from_document(row).source
            if source.delivery_option_id:
                waiting[source.delivery_option_id] += 1
                names[source.delivery_option_id] = source.delivery_option_name
        return waiting, names


async def _keep(tx: Transaction, name: str) -> None:
    row = ShippingService(name=name)
    known = await tx.get(tables.SHIPPING_SERVICES, name.casefold())
    if known is None or known.get("removed"):
        await tx.put(tables.SHIPPING_SERVICES, name.casefold(), row.to_document())


def _checked(name: str) -> str:
    cleaned = clean_line(name, _NAME)
    if not cleaned:
        raise ServiceError("A shipping service needs a name", "Type it as Avasam spells it.")
    return cleaned
