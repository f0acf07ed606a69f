"""SKU mapping: which channel SKU sells which Avasam SKU (domain.md, Words; A33 to A37)."""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from typing import Final

from core import tables
from core.backend import Backend
from core.models.integration import Integration
from core.models.job import JobKind
from core.models.listing import SkuMapping
from core.models.order import Order, OrderKind, Tombstone
from core.portions import portions
from core.rules.matching import Suggestion, Unmapped
from core.services.mapping_edits import Edits
from core.services.mapping_save import Written, write
from core.services.matching_ask import Products, Told, ask
from core.store import Json, Where
from core.sync import jobs

_AT_ONCE: Final = 1_000
_SELLABLE: Final = (Where("kind", "ne", "parent"), Where("missing", "ne", True))
_LISTED: Final = (Where("deleted", "ne", True),)


@dataclass(frozen=True, slots=True)
class Saved:
    """What a Save did, and what begins now because of it."""

    linked: int
    unlinked: int
    unchanged: int
    orders: int
    """Non-Avasam orders, kept or deleted, that have one of the new pairs' SKUs: they are offered again."""
    started: tuple[JobKind, ...]
    """Jobs put down; none while the integration is disabled or not authorised: then on enabling."""


class SkuMappingService:
    """The use cases around SKU mappings."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._store = backend.store

    async def save(self, integration_id: str, edits: Edits, *, by: str) -> Saved:
        """Put all edits in force in one commit, or none; then stock and price begin for new pairs (A35).

        Raises MappingsChanged when another person changed the same SKUs meanwhile, MappingsRefused when
        something named is not there any more, NotFound when the integration is gone.
        """
        async with self._store.transaction() as tx:
            written = await write(tx, integration_id, edits, by=by, now=self._backend.clock.now())
        orders = await self._waiting_orders(integration_id, written.linked)
        started = await self._start(written, orders=orders, by=by)
        return Saved(len(written.linked), len(written.unlinked), written.unchanged, orders, started)

    async def suggestions(
        self, integration: Integration, *, besides: Collection[str] = (), told: Told | None = None
    ) -> Sequence[Suggestion]:
        """The best partner of every unmapped SKU that has one, the surest first (A37). Maps nothing.

        `besides` are channel SKU ids that have a pending edit; `told` hears how far it is. 10,000 against
        100,000 take seconds in a process of their own, which ends when this is cancelled. Raises
        ServiceError when that process comes to no answer.
        """
        asked = await self._unmapped(integration, frozenset(besides))
        return await ask(self._sellable(), asked, told) if asked else ()

    async def map_equal(self, integration: Integration, *, by: str) -> int:
        """Map every unmapped channel SKU whose seller SKU is an Avasam SKU; how many were mapped.

        Called only because somebody asked for it: nothing is ever mapped unasked (A37).
        """
        known = {sku async for sku, _ in self._columns(tables.PRODUCTS, (), _SELLABLE)}
        pairs = [
            (one.sku_id, one.seller_sku)
            for one in await self._unmapped(integration)
            if one.seller_sku in known
        ]
        now = self._backend.clock.now()
        for portion in portions(pairs, _AT_ONCE):
            async with self._store.transaction() as tx:
                for sku_id, avasam_sku in portion:
                    row = SkuMapping(
                        integration_id=integration.id,
                        sku_id=sku_id,
                        avasam_sku=avasam_sku,
                        seller_sku=avasam_sku,
                        mapped_at=now,
                        mapped_by=by,
                    )
                    await tx.put(tables.SKU_MAPPINGS, tables.key(integration.id, sku_id), row.to_document())
        return len(pairs)

    async def _sellable(self) -> Products:
        async for chunk in self._store.columns(tables.PRODUCTS, ("title", "barcode"), _SELLABLE):
            yield [
                (sku, str(title or ""), None if barcode is None else str(barcode))
                for sku, (title, barcode) in chunk
            ]

    async def _unmapped(
        self, integration: Integration, besides: frozenset[str] = frozenset()
    ) -> list[Unmapped]:
        """Every listed channel SKU without a partner, in the order of their ids."""
        prefix = tables.prefix(integration.id)
        mapped = {key async for key, _ in self._columns(tables.SKU_MAPPINGS, (), prefix=prefix)}
        fields = ("sku_id", "product_id", "seller_sku", "title", "variation")
        found = [
            Unmapped(
                str(sku_id),
                str(product_id),
                str(seller_sku or ""),
                f"{title or ''} {variation or ''}".strip(),
            )
            async for key, (sku_id, product_id, seller_sku, title, variation) in self._columns(
                tables.CHANNEL_SKUS, fields, _LISTED, prefix=prefix
            )
            if key not in mapped and sku_id not in besides
        ]
        return sorted(found, key=lambda one: one.sku_id)

    async def _columns(
        self, table: str, fields: Sequence[str], where: Sequence[Where] = (), *, prefix: str = ""
    ) -> AsyncIterator[tuple[str, tuple[Json, ...]]]:
        async for chunk in self._store.columns(table, fields, where, prefix=prefix):
            for row in chunk:
                yield row

    async def _waiting_orders(self, integration_id: str, linked: frozenset[str]) -> int:
        """How many non-Avasam orders, kept or deleted, hold one of these SKUs (A44)."""
        if not linked:
            return 0
        prefix = tables.prefix(integration_id)
        foreign = (Where("kind", "eq", OrderKind.NON_AVASAM.value),)
        kept = [
            key
            async for key, row in self._store.scan(tables.ORDERS, foreign, prefix=prefix)
            if any(line.sku_id in linked for line in Order.from_document(row).source.lines)
        ]
        deleted = [
            key
            async for key, row in self._store.scan(tables.TOMBSTONES, prefix=prefix)
            if not linked.isdisjoint(Tombstone.from_document(row).sku_ids)
        ]
        return len({*kept, *deleted})

    async def _start(self, written: Written, *, orders: int, by: str) -> tuple[JobKind, ...]:
        """Ask the worker for what new pairs need now.

        What the shop shows is read back before stock is sent: since the last download it may have sold.
        """
        one = written.integration
        if not written.linked or not one.enabled or one.needs_reauthorisation is not None:
            return ()
        wanted = [
            kind
            for kind, needed in (
                (JobKind.SYNC_ORDERS, orders > 0),
                (JobKind.VERIFY, one.settings.stock_update),
                (JobKind.SYNC_PRICE, one.settings.price_update),
            )
            if needed
        ]
        for kind in wanted:
            await jobs.request(self._store, kind, one.id, now=self._backend.clock.now(), requested_by=by)
        return tuple(wanted)
