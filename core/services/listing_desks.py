"""The desks of all shops over one inventory, for as long as the program runs: edits survive every screen."""

from collections.abc import Iterator

from core.backend import Backend
from core.models.integration import Integration
from core.services.integrations import IntegrationService
from core.services.listing_desk import ListingDesk
from core.services.listing_goods import Inventory


class ListingDesks:
    """A desk is made when its shop is first looked at."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._desks: dict[str, ListingDesk] = {}
        self.inventory = Inventory(backend.store)

    def __iter__(self) -> Iterator[ListingDesk]:
        return iter(list(self._desks.values()))

    def of(self, integration: Integration) -> ListingDesk:
        """The desk of a shop, with what was typed for it before."""
        desk = self._desks.get(integration.id)
        if desk is None:
            desk = self._desks[integration.id] = ListingDesk(self._backend, integration, self.inventory)
        desk.integration = integration
        return desk

    def keep(self, integration_ids: set[str]) -> None:
        """Shops that are gone take their desks along."""
        for gone in self._desks.keys() - integration_ids:
            del self._desks[gone]

    async def read_ahead(self) -> None:
        """Read the rows of the first shop, in portions, before anybody asks for them."""
        shops = await IntegrationService(self._backend).all()
        if shops:
            await self.of(shops[0]).refresh()
