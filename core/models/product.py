"""One row of the merchant's inventory."""

from enum import StrEnum

from core.models.base import Amount, Instant, Model


class ProductKind(StrEnum):
    """A product stands alone, or is a variation parent, or one of a parent's children."""

    SINGLE = "single"
    PARENT = "parent"
    CHILD = "child"


class Product(Model):
    """One Avasam product, keyed by its Avasam SKU (domain.md, Words). Unknown values are None, never 0."""

    sku: str
    kind: ProductKind = ProductKind.SINGLE
    parent_sku: str | None = None
    title: str
    description: str = ""
    category: str = ""
    category_id: str = ""
    barcode: str | None = None
    stock: int | None = None
    currency: str = "GBP"
    cost_ex: Amount | None = None
    shipping_ex: Amount | None = None
    vat_percent: Amount | None = None
    selling_price: Amount | None = None
    """Including VAT: what the product sells for when no rule and no typed price says otherwise."""
    supplier: str = ""
    supplier_key: str = ""
    images: tuple[str, ...] = ()
    attributes: dict[str, str] = {}
    weight_kg: Amount | None = None
    missing: bool = False
    """The last read of the inventory did not hold it any more; its stock is unknown then."""
    read_at: Instant | None = None
    """When any of this last changed in the inventory."""
