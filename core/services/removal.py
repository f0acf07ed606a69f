"""Remove account: tokens, settings, mappings and listings of one integration go (domain.md, Removal; A13)."""

import asyncio
from dataclasses import dataclass
from typing import Final

from core import tables
from core.backend import Backend
from core.models.integration import Integration, PendingAuthorisation
from core.models.job import Job, JobState
from core.services.errors import NotFound
from core.services.exclusive import taken_over
from core.store import Reader, Transaction, Where
from core.sync.leases import of_integration

_OPEN: Final = (JobState.QUEUED.value, JobState.RUNNING.value, JobState.NEEDS_CONFIRMATION.value)
_BREATHE_EVERY: Final = 500
"""Rows after which the screen gets its turn."""


@dataclass(frozen=True, slots=True)
class Going:
    """What goes with an integration, counted, and the orders that stay as history."""

    sku_mappings: int
    shipping_mappings: int
    listings: int
    pricing_rules: int
    jobs: int
    orders_kept: int


class RemovalService:
    """The use case Remove account. TikTok's own listings are never touched."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._store = backend.store

    async def going(self, integration: Integration) -> Going:
        """What a removal would take away now."""
        store, prefix = self._store, tables.prefix(integration.id)
        return Going(
            sku_mappings=await store.count(tables.SKU_MAPPINGS, prefix=prefix),
            shipping_mappings=await store.count(tables.SHIPPING_MAPPINGS, prefix=prefix),
            listings=await store.count(tables.LISTINGS, prefix=prefix),
            pricing_rules=await store.count(tables.PRICING_RULES, prefix=prefix),
            jobs=await store.count(tables.JOBS, _open_jobs(integration.id)),
            orders_kept=await store.count(tables.ORDERS, prefix=prefix),
        )

    async def remove(self, integration_id: str) -> Integration:
        """Take everything away in one commit, and hand back what it was. Raises NotFound when it is gone.

        A worker that is at it, or refreshing its tokens, is fenced off first: it cannot bring a row back.
        """
        before = await _stored(self._store, integration_id)
        leases = (of_integration(integration_id), f"token:{before.authorisation_id}")
        async with (
            taken_over(self._store, *leases, owner=self._backend.owner) as lease,
            self._store.transaction(fence=lease) as tx,
        ):
            integration = await _stored(tx, integration_id)
            await tx.delete(tables.INTEGRATIONS, integration_id)
            await tx.delete(tables.AUTHORISATIONS, integration.authorisation_id)
            for table in tables.OF_ONE_INTEGRATION:
                for number, key in enumerate(await _keys(tx, table, tables.prefix(integration_id))):
                    await tx.delete(table, key)
                    if number % _BREATHE_EVERY == 0:
                        await asyncio.sleep(0)
            await self._cancel_jobs(tx, integration)
            await _forget_pending(tx, integration_id)
        return integration

    async def _cancel_jobs(self, tx: Transaction, integration: Integration) -> None:
        rows = [row async for row in tx.scan(tables.JOBS, _open_jobs(integration.id))]
        over = {
            "state": JobState.CANCELLED,
            "finished_at": self._backend.clock.now(),
            "error": f"{integration.name} was removed",
        }
        for key, row in rows:
            await tx.put(tables.JOBS, key, Job.from_document(row).model_copy(update=over).to_document())


def _open_jobs(integration_id: str) -> tuple[Where, ...]:
    return (Where("integration_id", "eq", integration_id), Where("state", "in", _OPEN))


async def _stored(store: Reader, integration_id: str) -> Integration:
    document = await store.get(tables.INTEGRATIONS, integration_id)
    if document is None:
        raise NotFound("This integration is gone", "Somebody removed it meanwhile.")
    return Integration.from_document(document)


async def _keys(tx: Transaction, table: str, prefix: str) -> list[str]:
    return [key async for chunk in tx.columns(table, (), prefix=prefix) for key, _ in chunk]


async def _forget_pending(tx: Transaction, integration_id: str) -> None:
    rows = [row async for row in tx.scan(tables.PENDING_AUTHORISATIONS)]
    for state, row in rows:
        if PendingAuthorisation.from_document(row).integration_id == integration_id:
            await tx.delete(tables.PENDING_AUTHORISATIONS, state)
