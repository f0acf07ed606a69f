"""Products, their stock and their prices."""

from typing import Annotated

from core.channel.tiktok.wire.base import EACH, LOOSE, Body, Id, Page, Reply, Rows


class InventoryWire(Reply):
    """A SKU's quantity in one warehouse."""

    warehouse_id: Id = ""
    quantity: int = 0


class PriceWire(Reply):
    """Reads give `sale_price` sometimes and `tax_exclusive_price` always; never `amount` (§7)."""

    currency: str = ""
    sale_price: Id = ""
    tax_exclusive_price: Id = ""


class SalesAttributeWire(Reply):
    """One side of a variation."""

    id: Id = ""
    name: str = ""
    value_id: Id = ""
    value_name: str = ""


class SkuWire(Reply):
    """One SKU of a product."""

    id: Id
    seller_sku: str = ""
    price: PriceWire = PriceWire()
    inventory: tuple[InventoryWire, ...] = ()
    sales_attributes: tuple[SalesAttributeWire, ...] = ()


class ProductWire(Reply):
    """One product of the search or of Get Product."""

    id: Id
    title: Annotated[str, LOOSE] = ""
    status: str = ""
    skus: tuple[SkuWire, ...] = ()
    create_time: Annotated[int, LOOSE] = 0
    update_time: Annotated[int, LOOSE] = 0


class ProductsPage(Page):
    """POST /product/202502/products/search."""

    products: Rows = ()


class ProductSearch(Body):
    """Filters of the product search: `_ge` and `_le` are both inclusive, Unix seconds."""

    status: str | None = None
    create_time_ge: int | None = None
    create_time_le: int | None = None
    update_time_ge: int | None = None
    update_time_le: int | None = None
    sku_ids: tuple[str, ...] | None = None
    seller_skus: tuple[str, ...] | None = None


class WarehouseStockWire(Reply):
    """What one warehouse has of a SKU."""

    warehouse_id: Id = ""
    available_quantity: int = 0
    committed_quantity: int = 0


class SkuStockWire(Reply):
    """One SKU of the inventory search."""

    id: Id
    seller_sku: Annotated[str, LOOSE] = ""
    total_available_quantity: Annotated[int, LOOSE] = 0
    total_committed_quantity: int = 0
    warehouse_inventory: tuple[WarehouseStockWire, ...] = ()


class ProductStockWire(Reply):
    """One product of the inventory search."""

    product_id: Id
    skus: Annotated[tuple[SkuStockWire, ...], EACH] = ()


class InventoryFound(Reply):
    """POST /product/202309/inventory/search."""

    inventory: Annotated[tuple[ProductStockWire, ...], EACH] = ()


class InventorySearch(Body):
    """At most 100 product ids or 600 SKU ids; SKU ids win."""

    sku_ids: tuple[str, ...] | None = None
    product_ids: tuple[str, ...] | None = None


class WarehouseQuantity(Body):
    """An absolute quantity for one warehouse."""

    warehouse_id: str
    quantity: int


class SkuInventory(Body):
    """All warehouses of one SKU: those left out are refused (12019028)."""

    id: str
    inventory: tuple[WarehouseQuantity, ...]


class InventoryUpdate(Body):
    """POST .../inventory/update: one product, any of its SKUs."""

    skus: tuple[SkuInventory, ...]


class AmountBody(Body):
    """`amount` is for local sellers; a decimal string."""

    amount: str
    currency: str


class SkuPrice(Body):
    """The price of one SKU."""

    id: str
    price: AmountBody


class PriceUpdate(Body):
    """POST .../prices/update: one product, any of its SKUs."""

    skus: tuple[SkuPrice, ...]
