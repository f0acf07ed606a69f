"""One person's work on the shipping mappings of one shop: options, services, pairs that wait for Save."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from core.backend import Backend
from core.models.integration import Integration
from core.services.order_flow import OrderFlow, Released
from core.services.shipping_mapping import Option, ShippingMappingService


@dataclass(frozen=True, slots=True)
class Pair:
    """A line below the two lists: what an option goes by once all is saved. `service` None: it goes away."""

    option_id: str
    name: str
    service: str | None
    saved: str | None

    @property
    def pending(self) -> bool:
        """Whether it waits for Save."""
        return self.service != self.saved


@dataclass(slots=True)
class ShippingDesk:
    """Options as they were last read from the shop, the kept list of services, and edits until `save`."""

    backend: Backend
    integration: Integration
    options: Mapping[str, Option] = field(default_factory=lambda: MappingProxyType({}))
    services: Sequence[str] = ()
    edits: Mapping[str, str | None] = field(default_factory=lambda: MappingProxyType({}))
    """Delivery option id -> service, or None to take its mapping away."""

    @property
    def _service(self) -> ShippingMappingService:
        return ShippingMappingService(self.backend)

    async def read(self) -> None:
        """Ask the shop for its delivery options (A45). Raises a ChannelError when it cannot be asked."""
        self.options = {one.id: one for one in await self._service.options(self.integration)}
        await self.follow()

    async def follow(self) -> bool:
        """Take in pairs and services that somebody saved since; whether any differ."""
        saved = {row.delivery_option_id: row.service for row in await self._service.pairs(self.integration)}
        services = await self._service.services()
        options = {
            key: one if one.service == saved.get(key) else replace(one, service=saved.get(key))
            for key, one in self.options.items()
        }
        changed = (options, list(services)) != (dict(self.options), list(self.services))
        self.options, self.services = options, services
        self.edits = {
            key: service
            for key, service in self.edits.items()
            if key in options and options[key].service != service
        }
        return changed

    def service_of(self, option_id: str) -> str | None:
        """What an option goes by once all is saved."""
        return self.edits[option_id] if option_id in self.edits else self.options[option_id].service

    def map_to(self, option_ids: Sequence[str], service: str) -> int:
        """Map these options to a service, pending until Save (A46); how many of them need one at all."""
        ours = [key for key in option_ids if key in self.options and self.options[key].ours]
        for key in ours:
            self._edit(key, service)
        return len(ours)

    def remove(self, option_id: str) -> bool:
        """Take a pair away, pending until Save, or take an edit back; whether there was any."""
        if option_id in self.edits:
            self.edits = {key: service for key, service in self.edits.items() if key != option_id}
            return True
        if option_id not in self.options or self.options[option_id].service is None:
            return False
        self._edit(option_id, None)
        return True

    def pairs(self) -> dict[str, Pair]:
        """The pairs there will be, and those that go, by option id in the order of the options."""
        found = {
            key: Pair(key, one.name, self.service_of(key), one.service) for key, one in self.options.items()
        }
        return {key: pair for key, pair in found.items() if pair.service is not None or pair.pending}

    def lacking(self) -> list[Option]:
        """Options that need a service and will have none; those for which most orders wait come first."""
        without = [one for one in self.options.values() if one.ours and self.service_of(one.id) is None]
        return sorted(without, key=lambda one: (-one.waiting, one.name.casefold()))

    def waiting(self) -> int:
        """How many orders are held although their option has a saved service: a person may release them."""
        return sum(one.waiting for one in self.options.values() if one.service is not None)

    async def save(self) -> int:
        """Put all edits in force, or none; how many pairs changed. Orders downloaded before stay (A46)."""
        names = {key: self.options[key].name for key in self.edits}
        changed = await self._service.save(self.integration, self.edits, names=names)
        self.edits = {}
        await self.follow()
        return changed

    async def release(self, *, by: str) -> Released:
        """Look at all held orders again with the mappings of now (A47), and count anew who waits."""
        released = await OrderFlow(self.backend).release(self.integration, by=by)
        if released.ready or released.held:
            await self.read()
        return released

    async def add_service(self, name: str) -> str:
        """Put a service on the kept list; the name as it is kept."""
        kept = await self._service.add_service(name)
        await self.follow()
        return kept

    async def remove_service(self, name: str) -> None:
        """Take a service off the kept list. Refused while a mapping uses it."""
        await self._service.remove_service(name)
        await self.follow()

    async def seed(self) -> int:
        """Add the services in Avasam's latest orders; how many are new."""
        before = set(self.services)
        await self._service.seed_services()
        await self.follow()
        return len(set(self.services) - before)

    def discard(self) -> None:
        """Forget every edit."""
        self.edits = {}

    def _edit(self, option_id: str, service: str | None) -> None:
        rest = {key: value for key, value in self.edits.items() if key != option_id}
        same = self.options[option_id].service == service
        self.edits = rest if same else {**rest, option_id: service}
