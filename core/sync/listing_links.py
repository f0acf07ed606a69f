"""Which channel SKUs of an integration are mapped to which Avasam SKUs, and of which TikTok products."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from core import tables
from core.store import Reader


@dataclass(slots=True)
class Links:
    """The mappings of one integration, for a job that looks at many of them."""

    sku_ids: dict[str, list[str]] = field(default_factory=dict)
    """Avasam SKU -> channel SKU ids."""
    product_of: dict[str, str] = field(default_factory=dict)
    """Channel SKU id -> TikTok product id, of every SKU that is known."""
    avasam_of: dict[str, str] = field(default_factory=dict)
    """Channel SKU id -> Avasam SKU."""
    skus_in: dict[str, list[str]] = field(default_factory=dict)
    """TikTok product id -> channel SKU ids."""

    def of(self, skus: Iterable[str]) -> list[str]:
        """Channel SKU ids mapped to any of these Avasam SKUs."""
        return [sku_id for sku in skus for sku_id in self.sku_ids.get(sku, ())]

    def products(self, skus: Iterable[str]) -> list[str]:
        """TikTok products that sell any of these Avasam SKUs, each once."""
        found = (self.product_of.get(sku_id, "") for sku_id in self.of(skus))
        return [product_id for product_id in dict.fromkeys(found) if product_id]

    def others_in(self, product_id: str, skus: Iterable[str]) -> list[str]:
        """Avasam SKUs that the product sells besides these."""
        known = set(skus)
        sold = {self.avasam_of.get(sku_id, "") for sku_id in self.skus_in.get(product_id, ())}
        return sorted(sold - known - {""})


async def read_links(store: Reader, integration_id: str) -> Links:
    """All of them."""
    links = Links()
    prefix = tables.prefix(integration_id)
    async for chunk in store.columns(tables.CHANNEL_SKUS, ("sku_id", "product_id"), prefix=prefix):
        for _, (sku_id, product_id) in chunk:
            links.product_of[str(sku_id)] = str(product_id)
            links.skus_in.setdefault(str(product_id), []).append(str(sku_id))
    async for chunk in store.columns(tables.SKU_MAPPINGS, ("sku_id", "avasam_sku"), prefix=prefix):
        for _, (sku_id, avasam_sku) in chunk:
            links.avasam_of[str(sku_id)] = str(avasam_sku)
            links.sku_ids.setdefault(str(avasam_sku), []).append(str(sku_id))
    return links
