"""The simulated world's nouns: what both simulated services share. Plain, mutable, JSON-serialisable."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class SalesAttribute:
    """One side of a variation, e.g. Colour = Blue."""

    id: str
    name: str
    value_id: str
    value_name: str


@dataclass(slots=True)
class ShopSku:
    """One SKU of a TikTok product. `quantity` and `committed` are per warehouse id; price is a decimal."""

    id: str
    seller_sku: str
    price: str
    currency: str
    quantity: dict[str, int]
    committed: dict[str, int] = field(default_factory=dict)
    sales_attributes: list[SalesAttribute] = field(default_factory=list)
    status: str = "NORMAL"


@dataclass(slots=True)
class ShopProduct:
    """One TikTok product. Times are Unix seconds. `pending` is the edited version under review, if any.

    `pending` maps field names of this class (title, description, skus, ...) to their new values.
    `review_due` is set by life.schedule_review.
    """

    id: str
    title: str
    description: str
    category_id: str
    image_uris: list[str]
    skus: list[ShopSku]
    status: str
    audit_status: str
    create_time: int
    update_time: int
    attributes: list[dict[str, Any]] = field(default_factory=list)
    brand_id: str | None = None
    package_weight: dict[str, str] | None = None
    package_dimensions: dict[str, str] | None = None
    size_chart: dict[str, Any] | None = None
    certifications: list[dict[str, Any]] = field(default_factory=list)
    audit_failed_reasons: list[dict[str, Any]] = field(default_factory=list)
    review_due: int | None = None
    pending: dict[str, Any] | None = None
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class OrderLine:
    """One unit of one SKU. `extra` holds further wire fields of the line (is_gift, original_price)."""

    id: str
    product_id: str
    sku_id: str
    seller_sku: str
    product_name: str
    sku_name: str
    price: str
    display_status: str
    package_id: str | None = None
    tracking_number: str = ""
    shipping_provider_id: str = ""
    shipping_provider_name: str = ""
    package_status: str = ""
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class ShopOrder:
    """One TikTok order. `extra` holds further wire fields verbatim (flags, deadlines, requests)."""

    id: str
    status: str
    create_time: int
    update_time: int
    lines: list[OrderLine]
    currency: str
    warehouse_id: str
    delivery_option_id: str
    delivery_option_name: str
    recipient: dict[str, Any]
    fulfillment_type: str = "FULFILLMENT_BY_SELLER"
    shipping_type: str = "SELLER"
    next_step_at: int | None = None
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class DeliveryOption:
    """One delivery option of a warehouse with the providers that may carry it."""

    id: str
    name: str
    type: str
    platform_run: bool
    providers: list[dict[str, str]]


@dataclass(slots=True)
class Warehouse:
    """One warehouse of a shop; `options` are its delivery options."""

    id: str
    entity_id: str
    name: str
    type: str
    is_default: bool
    effect_status: str
    address: dict[str, Any]
    options: list[DeliveryOption]


@dataclass(slots=True)
class Shop:
    """One TikTok shop with everything in it, keyed by id. `by_sku` maps a SKU id to its product id."""

    id: str
    name: str
    region: str
    currency: str
    seller_type: str
    cipher: str
    code: str
    warehouses: list[Warehouse]
    products: dict[str, ShopProduct] = field(default_factory=dict)
    orders: dict[str, ShopOrder] = field(default_factory=dict)
    by_sku: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Seller:
    """One TikTok account that can consent; one consent covers all its shops."""

    open_id: str
    name: str
    region: str
    shops: list[Shop]


@dataclass(slots=True)
class AvasamProduct:
    """One row of the Avasam inventory. Prices are decimals ex VAT; `stock` None = not listed."""

    sku: str
    number: str
    title: str
    price: str
    retail_price: str
    vat: int
    stock: int | None
    category: str
    category_id: str
    description: str
    barcode: str | None
    images: list[str]
    parent_sku: str = ""
    has_variations: bool = False
    attributes: dict[str, str] = field(default_factory=dict)
    supplier_key: str = ""
    shipping_price: str | None = None
    weight: str = "0"


@dataclass(slots=True)
class AvasamOrder:
    """One order that Avasam accepted, with the wire body as it came."""

    number: str
    seller_ref: str
    status: int
    created_at: int
    body: dict[str, Any]
    tracking_number: str = ""
    carrier: str = ""
    next_step_at: int | None = None


@dataclass(slots=True)
class World:
    """Everything there is: two simulated services and what they know.

    `sequence` makes new ids (ids.new_id). `agenda` is the heap of what falls due, kept by life.schedule_*:
    whoever sets `review_due` or `next_step_at` does it through those. A leaf of `categories` also holds its
    wire `attributes` and `rules`.
    """

    seed: int
    sellers: list[Seller]
    avasam_products: dict[str, AvasamProduct] = field(default_factory=dict)
    avasam_orders: list[AvasamOrder] = field(default_factory=list)
    images: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    categories: list[dict[str, Any]] = field(default_factory=list)
    brands: list[dict[str, Any]] = field(default_factory=list)
    sequence: int = 0
    agenda: list[tuple[int, str, str, str]] = field(default_factory=list)

    def shops(self) -> list[Shop]:
        """All shops of all sellers."""
        return [shop for seller in self.sellers for shop in seller.shops]
