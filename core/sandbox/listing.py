"""The merchant's goods as TikTok products: what was listed long ago, by hand, before any program helped."""

import random
from decimal import Decimal
from typing import Final

from core.sandbox.catalogue import MANGLED_BARCODE, RANGES, Range, shelf_price
from core.sandbox.categories import material_attribute, value_id
from core.sandbox.ids import new_id
from core.sandbox.life import schedule_review
from core.sandbox.model import AvasamProduct, SalesAttribute, Shop, ShopProduct, ShopSku, World
from core.sandbox.tree import SALES_IDS
from core.sandbox.warehouses import selling

OWN_SKU: Final = "OWN-"
"""What the seller SKU of a product begins with that Avasam does not have."""

DAY: Final = 86_400
STATUSES: Final = (
    (0.030, "SELLER_DEACTIVATED", "NONE"),
    (0.020, "DRAFT", "NONE"),
    (0.015, "PENDING", "AUDITING"),
    (0.012, "FAILED", "FAILED"),
    (0.005, "PLATFORM_DEACTIVATED", "APPROVED"),
    (0.003, "FREEZE", "APPROVED"),
    (0.005, "DELETED", "NONE"),
)
POOR_IMAGE: Final = {
    "listing_platform": "TIKTOK_SHOP",
    "position": "main_images",
    "reasons": ["Main image is unclear"],
    "suggestions": ["Upload a sharp picture of the product on a white background, 600 x 600 or larger."],
}


def list_range(
    world: World,
    shop: Shop,
    found: Range,
    category_id: str,
    brand_id: str,
    rate: Decimal,
    rng: random.Random,
    now: int,
) -> ShopProduct:
    """List a range in a shop: mostly under Avasam's own SKUs, else under others that hint at them.

    The first two products of a shop are always live and listed under Avasam's SKUs.
    """
    early = len(shop.products) < 2
    same_sku = early or rng.random() < 0.7
    status, audit = ("ACTIVATE", "APPROVED") if early else _status(rng)
    front = found.rows[0]
    product = ShopProduct(
        id=new_id(world, "product"),
        title=front.title,
        description=front.description,
        category_id=category_id,
        image_uris=list(front.images),
        skus=[
            ShopSku(
                id=new_id(world, "sku"),
                seller_sku=row.sku if same_sku else _other_sku(rng, row),
                price=shelf_price(Decimal(row.retail_price) * Decimal("1.2") * rate),
                currency=shop.currency,
                quantity=_quantity(shop, rng, row.stock),
                sales_attributes=_sales_attributes(row) if found.varies else [],
            )
            for row in found.sellable
        ],
        status=status,
        audit_status=audit,
        create_time=now - rng.randint(40 * DAY, 400 * DAY),
        update_time=now - rng.randint(DAY, 39 * DAY),
        attributes=[material_attribute(found.material)],
        brand_id=brand_id,
        package_weight={"unit": "KILOGRAM", "value": front.weight},
        package_dimensions={"unit": "CENTIMETER", "length": "30", "width": "20", "height": "12"},
        audit_failed_reasons=[dict(POOR_IMAGE)] if status == "FAILED" else [],
    )
    if status == "PENDING":
        schedule_review(world, shop, product, now + rng.randint(60, 600))
    return _shelve(shop, product)


def list_shop_only(world: World, shop: Shop, category_id: str, rng: random.Random, now: int) -> ShopProduct:
    """List something of the seller's own that Avasam has never heard of."""
    title = f"Hand-painted {rng.choice(RANGES)} Mug"
    sku = ShopSku(
        id=new_id(world, "sku"),
        seller_sku=f"{OWN_SKU}{world.sequence:05d}",
        price=f"{rng.randint(6, 24)}.50",
        currency=shop.currency,
        quantity=_quantity(shop, rng, rng.randint(10, 60)),
    )
    product = ShopProduct(
        id=new_id(world, "product"),
        title=title,
        description=f"<p>{title}, painted to order.</p>",
        category_id=category_id,
        image_uris=[f"tos-sandbox/{90_000_000 + world.sequence}"],
        skus=[sku],
        status="ACTIVATE",
        audit_status="APPROVED",
        create_time=now - rng.randint(40 * DAY, 400 * DAY),
        update_time=now - rng.randint(DAY, 39 * DAY),
        attributes=[material_attribute("Stoneware")],
        package_weight={"unit": "KILOGRAM", "value": "0.4"},
    )
    return _shelve(shop, product)


def _shelve(shop: Shop, product: ShopProduct) -> ShopProduct:
    shop.products[product.id] = product
    for sku in product.skus:
        shop.by_sku[sku.id] = product.id
    return product


def _status(rng: random.Random) -> tuple[str, str]:
    draw = rng.random()
    for share, status, audit in STATUSES:
        if draw < share:
            return status, audit
        draw -= share
    return "ACTIVATE", "APPROVED"


def _other_sku(rng: random.Random, row: AvasamProduct) -> str:
    """A seller SKU that only hints at Avasam's: its barcode, a prefix, a lost hyphen, or nothing at all."""
    kind = rng.randrange(4)
    if kind == 0 and row.barcode not in (None, MANGLED_BARCODE):
        return str(row.barcode)
    if kind == 1:
        return f"TT-{row.sku}"
    return "" if kind == 2 else row.sku.lower().replace("-", "_") + "_uk"


def _sales_attributes(row: AvasamProduct) -> list[SalesAttribute]:
    return [
        SalesAttribute(SALES_IDS[name], name, value_id(name, value), value)
        for name, value in row.attributes.items()
    ]


def _quantity(shop: Shop, rng: random.Random, stock: int | None) -> dict[str, int]:
    """A quantity per warehouse, somewhere near Avasam's stock; a third of the goods lie in both places."""
    amount = max(0, (rng.randint(1, 40) if stock is None else stock) - rng.randrange(3))
    first, second = (warehouse.id for warehouse in selling(shop.warehouses)[:2])
    if rng.random() < 0.7:
        return {first: amount}
    return {first: amount - amount // 3, second: amount // 3}
