"""SKU mapping: which channel SKU sells which Avasam SKU (domain.md, Words)."""

from core import tables
from core.backend import Backend
from core.models.integration import Integration
from core.models.listing import SkuMapping
from core.store import Where

_AT_ONCE = 1_000


class SkuMappingService:
    """The use cases around SKU mappings."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._store = backend.store

    async def map_equal(self, integration: Integration, *, by: str) -> int:
        """Map every unmapped channel SKU whose seller SKU is an Avasam SKU; how many were mapped.

        Called only because somebody asked for it: nothing is ever mapped unasked (A37).
        """
        prefix = tables.prefix(integration.id)
        sellable = (Where("kind", "ne", "parent"), Where("missing", "ne", True))
        known: set[str] = set()
        async for chunk in self._store.columns(tables.PRODUCTS, ("sku",), sellable):
            known.update(sku for sku, _ in chunk)
        mapped: set[str] = set()
        async for chunk in self._store.columns(tables.SKU_MAPPINGS, ("sku_id",), prefix=prefix):
            mapped.update(key for key, _ in chunk)
        pairs: list[tuple[str, str]] = []
        async for chunk in self._store.columns(
            tables.CHANNEL_SKUS, ("sku_id", "seller_sku"), (Where("deleted", "ne", True),), prefix=prefix
        ):
            pairs += [
                (str(sku_id), str(seller))
                for key, (sku_id, seller) in chunk
                if seller in known and key not in mapped
            ]
        now = self._backend.clock.now()
        for start in range(0, len(pairs), _AT_ONCE):
            async with self._store.transaction() as tx:
                for sku_id, avasam_sku in pairs[start : start + _AT_ONCE]:
                    row = SkuMapping(
                        integration_id=integration.id,
                        sku_id=sku_id,
                        avasam_sku=avasam_sku,
                        mapped_at=now,
                        mapped_by=by,
                    )
                    await tx.put(tables.SKU_MAPPINGS, tables.key(integration.id, sku_id), row.to_document())
        return len(pairs)
