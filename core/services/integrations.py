"""Connecting shops, listing them, switching them off and on (domain.md A1 to A16)."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from core import tables
from core.backend import Backend
from core.models.integration import Integration, SyncKind, SyncState
from core.services.errors import NotFound
from core.services.names import check_name

if TYPE_CHECKING:
    from core.services.authorisation import Begun


@dataclass(frozen=True, slots=True)
class Overview:
    """One row of the Integrations list."""

    integration: Integration
    syncs: dict[SyncKind, SyncState]
    mapped: int
    orders: int
    problems: int
    authorised_until: datetime | None
    shipping_mapped: int = 0
    """Delivery options with an Avasam service."""


class IntegrationService:
    """The use cases around integrations."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._store = backend.store

    async def all(self) -> list[Integration]:
        """Every integration, by name."""
        rows = [Integration.from_document(row) async for _, row in self._store.scan(tables.INTEGRATIONS)]
        return sorted(rows, key=lambda row: row.name.casefold())

    async def named(self, name: str) -> Integration:
        """The integration with this name (or id). Raises NotFound that names those there are."""
        known = await self.all()
        for integration in known:
            if name == integration.id or integration.name.casefold() == name.strip().casefold():
                return integration
        there = ", ".join(repr(one.name) for one in known) or "none yet"
        raise NotFound(f"There is no integration named {name!r}", f"Integrations: {there}.")

    async def named_or_only(self, name: str | None) -> Integration:
        """The one that is named, or without a name the only one there is. Raises NotFound."""
        if name is not None:
            return await self.named(name)
        known = await self.all()
        if len(known) != 1:
            there = ", ".join(repr(one.name) for one in known) or "none yet"
            raise NotFound("Say which integration", f"Add --integration NAME. Integrations: {there}.")
        return known[0]

    async def overview(self) -> list[Overview]:
        """The list with what a person wants to see at a glance."""
        return [await self._overview(integration) for integration in await self.all()]

    async def check_name(self, name: str, *, besides: str | None = None) -> str:
        """The name as it will be kept. Raises ServiceError when it is empty, too long or taken (A5)."""
        return await check_name(self._store, name, besides=besides)

    async def begin(self, name: str) -> "Begun":
        """Start an authorisation; see AuthorisationService.begin."""
        from core.services.authorisation import AuthorisationService

        return await AuthorisationService(self._backend).begin(name)

    async def complete(
        self, name: str, pasted: str, *, state: str | None = None, shop_id: str | None = None
    ) -> Integration:
        """Finish an authorisation with the redirect address or the bare code; exactly one new row (A9).

        Every refusal is a ServiceError and leaves no row behind (A8).
        """
        from core.services.authorisation import AuthorisationService

        authorisation = AuthorisationService(self._backend)
        cleaned = await self.check_name(name)
        granted = await authorisation.accept(pasted, state=state)
        return await authorisation.add(cleaned, granted, shop_id=shop_id)

    async def set_enabled(self, integration_id: str, *, enabled: bool) -> Integration:
        """The status switch (A10): disabled, nothing is downloaded or sent for it alone (A11)."""
        async with self._store.transaction() as tx:
            document = await tx.get(tables.INTEGRATIONS, integration_id)
            if document is None:
                raise NotFound("This integration is gone", "Somebody removed it meanwhile.")
            changed = Integration.from_document(document).model_copy(update={"enabled": enabled})
            await tx.put(tables.INTEGRATIONS, integration_id, changed.to_document())
        return changed

    async def _overview(self, integration: Integration) -> Overview:
        prefix = tables.prefix(integration.id)
        syncs = {
            state.kind: state
            async for _, row in self._store.scan(tables.SYNC_STATES, prefix=prefix)
            for state in (SyncState.from_document(row),)
        }
        authorisation = await self._store.get(tables.AUTHORISATIONS, integration.authorisation_id)
        ends = None if authorisation is None else str(authorisation["refresh_expires_at"])
        return Overview(
            integration=integration,
            syncs=syncs,
            mapped=await self._store.count(tables.SKU_MAPPINGS, prefix=prefix),
            orders=await self._store.count(tables.ORDERS, prefix=prefix),
            problems=await self._store.count(tables.PROBLEMS, prefix=prefix),
            authorised_until=None if ends is None else datetime.fromisoformat(ends),
            shipping_mapped=await self._store.count(tables.SHIPPING_MAPPINGS, prefix=prefix),
        )
