"""TikTok's review of a product: most pass, some do not, and a rejected edit leaves the old version live."""

import zlib
from collections.abc import Sequence
from typing import Any, Final

from core.sandbox.model import Shop, ShopProduct, ShopSku

REJECT_HINT: Final = "reject-me"
"""In a title, makes the review fail whatever else is true."""
FAILING_PERCENT: Final = 10
REASONS: Final = (
    ("title", "Title contains prohibited words", "Remove words that promise a result or name another brand."),
    ("main_images", "Main image is unclear", "Upload a sharp picture, at least 600 x 600, on white."),
    ("description", "Description does not match the product", "Describe the very product that is sold."),
)


def end_review(
    shop: Shop,
    product: ShopProduct,
    now: int,
    *,
    passed: bool | None = None,
    reasons: Sequence[str] | None = None,
) -> bool:
    """End the review of a product or its edited version at that Unix second: whether it passed.

    Without `passed` one in ten fails, always the same ones. A pass of an edit swaps it in; a failure leaves
    the old version live for good and shows why in `audit_failed_reasons` (tiktok-shop-api §7).
    """
    edited = product.pending
    title = str((edited or {}).get("title", product.title))
    if passed is None:
        passed = _would_pass(product.id, title)
    product.review_due = None
    product.pending = None
    product.update_time = now
    product.audit_status = "APPROVED" if passed else "FAILED"
    product.audit_failed_reasons = [] if passed else [_reason(product.id, title, reasons)]
    if edited is None or product.status == "PENDING":
        # With an edit, it is one that was taken off sale and put back while the edit waited.
        product.status = "ACTIVATE" if passed else "FAILED"
    if edited is not None and passed:
        _swap_in(shop, product, edited)
    return passed


def _swap_in(shop: Shop, product: ShopProduct, edited: dict[str, Any]) -> None:
    """Put an edited version in the place of the live one; SKUs that it left out are gone."""
    for name, value in edited.items():
        if name != "skus":
            setattr(product, name, value)
    if "skus" not in edited:
        return
    live = {sku.id: sku for sku in product.skus}
    product.skus = [_renewed(live, sku) for sku in edited["skus"]]
    for sku_id in live:
        shop.by_sku.pop(sku_id, None)
    for sku in product.skus:
        shop.by_sku[sku.id] = product.id


def _renewed(live: dict[str, ShopSku], edited: ShopSku) -> ShopSku:
    """The edited SKU with the stock and price of the live one: those are never part of an edit's review."""
    old = live.get(edited.id)
    if old is not None:
        edited.quantity, edited.committed, edited.price = old.quantity, old.committed, old.price
    return edited


def _would_pass(product_id: str, title: str) -> bool:
    draw = zlib.crc32(f"{product_id}/{title}".encode("utf-8", "replace")) % 100
    return REJECT_HINT not in title and draw >= FAILING_PERCENT


def _reason(product_id: str, title: str, reasons: Sequence[str] | None) -> dict[str, Any]:
    place = 0 if REJECT_HINT in title else zlib.crc32(product_id.encode()) % len(REASONS)
    position, reason, suggestion = REASONS[place]
    return {
        "listing_platform": "TIKTOK_SHOP",
        "position": position,
        "reasons": list(reasons or [reason]),
        "suggestions": [suggestion],
    }
