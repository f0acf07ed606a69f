"""A shop and an inventory put straight into a real store, for tests of mapping."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from core import tables
from core.backend import Backend
from core.models.base import Model
from core.models.integration import Integration, IntegrationSettings, SyncKind, SyncState
from core.models.listing import ChannelSku, SkuMapping
from core.models.product import Product
from core.services.mapping_edits import Edit, Edits
from core.services.mapping_lists import MappingLists
from tests.clocks import NOON, FrozenClock
from tests.tui.session import integration, open_backend

SHOP = integration("One", settings=IntegrationSettings(price_update=True))


class World:
    """One integration in a store of its own; `clock` moves when a test says so."""

    def __init__(self, backend: Backend, clock: FrozenClock) -> None:
        self.backend = backend
        self.store = backend.store
        self.clock = clock

    @classmethod
    async def open(cls, home: Path) -> "World":
        clock = FrozenClock()
        made = cls(await open_backend(home, clock), clock)
        await made.put(tables.INTEGRATIONS, SHOP.id, SHOP)
        return made

    async def put(self, table: str, key: str, model: Model) -> None:
        async with self.store.transaction() as tx:
            await tx.put(table, key, model.to_document())

    async def list_sku(self, sku_id: str, seller_sku: str = "", title: str = "", **more: Any) -> ChannelSku:
        """A channel SKU of a product of its own."""
        row = ChannelSku(
            **{
                "integration_id": SHOP.id,
                "product_id": f"p-{sku_id}",
                "sku_id": sku_id,
                "seller_sku": seller_sku,
                "title": title or f"Title of {sku_id}",
                "status": "ACTIVATE",
                "currency": "GBP",
                "live_price": Decimal("9.99"),
                "quantities": {"w1": 12},
                "read_at": NOON,
                **more,
            }
        )
        await self.put(tables.CHANNEL_SKUS, tables.key(SHOP.id, sku_id), row)
        return row

    async def stock(self, *skus: str, **more: Any) -> None:
        """Products of these Avasam SKUs."""
        for sku in skus:
            fields: dict[str, Any] = {
                "title": f"Product {sku}",
                "stock": 57,
                "cost_ex": Decimal("3.10"),
                **more,
            }
            await self.put(tables.PRODUCTS, sku, Product(sku=sku, **fields))

    async def map(self, sku_id: str, avasam_sku: str, *, by: str = "anna", seller_sku: str = "") -> None:
        row = SkuMapping(
            integration_id=SHOP.id,
            sku_id=sku_id,
            avasam_sku=avasam_sku,
            seller_sku=seller_sku,
            mapped_at=self.clock.now(),
            mapped_by=by,
        )
        await self.put(tables.SKU_MAPPINGS, tables.key(SHOP.id, sku_id), row)

    async def downloaded(self) -> None:
        """The shop's listings were downloaded now."""
        state = SyncState(integration_id=SHOP.id, kind=SyncKind.CATALOGUE, last_finished_at=self.clock.now())
        await self.put(tables.SYNC_STATES, tables.key(SHOP.id, SyncKind.CATALOGUE.value), state)

    async def mapping(self, sku_id: str, one: Integration = SHOP) -> SkuMapping | None:
        row = await self.store.get(tables.SKU_MAPPINGS, tables.key(one.id, sku_id))
        return None if row is None else SkuMapping.from_document(row)

    async def pairs(self) -> dict[str, str]:
        """Channel SKU id -> Avasam SKU, as saved."""
        found = [SkuMapping.from_document(row) async for _, row in self.store.scan(tables.SKU_MAPPINGS)]
        return {row.sku_id: row.avasam_sku for row in found}

    async def lists(self) -> MappingLists:
        lists = MappingLists(SHOP.id)
        await lists.refresh(self.store)
        return lists


def edits(*pairs: tuple[str, str | None] | tuple[str, str | None, str | None]) -> Edits:
    """Pending edits from (sku_id, avasam_sku[, seen])."""
    return Edits().having(*(Edit(*pair) for pair in pairs))
