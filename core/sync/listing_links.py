"""Which channel SKUs of an integration are mapped to which Avasam SKUs, and of which TikTok products."""

from collections.abc import Iterable, Mapping
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


async def seller_skus(store: Reader, integration_id: str, sku_ids: Iterable[str]) -> dict[str, str]:
    """Channel SKU id -> the seller SKU that the shop calls it by, of those that have one."""
    found: dict[str, str] = {}
    for sku_id in dict.fromkeys(sku_ids):
        document = await store.get(tables.CHANNEL_SKUS, tables.key(integration_id, sku_id))
        if document is not None and document.get("seller_sku"):
            found[sku_id] = str(document["seller_sku"])
    return found


def called(sku_id: str, names: Mapping[str, str]) -> str:
    """A channel SKU as a person knows it, with TikTok's id of it beside: `MUG-1 (TikTok SKU 1729)`."""
    return f"{names[sku_id]} (TikTok SKU {sku_id})" if sku_id in names else sku_id


def with_names(text: str, names: Mapping[str, str]) -> str:
    """TikTok's words with the seller SKU beside every SKU id that they name."""
    for sku_id, name in names.items():
        if sku_id in text and f"{name} (TikTok SKU {sku_id})" not in text:
            text = text.replace(sku_id, called(sku_id, names))
    return text
