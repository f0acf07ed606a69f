"""Finding and reading products (tiktok-shop-api §6, §7)."""

from collections.abc import Callable
from typing import Any

from core.sandbox.calls import TABLE, Call
from core.sandbox.index import TimeIndex, Window
from core.sandbox.model import ShopProduct
from core.sandbox.tiktok.product_views import detail_view, search_view, under_review
from core.sandbox.tiktok.searching import bounds, search
from core.sandbox.wire import Refusal

READ = "seller.product.basic"
MOST_RESULTS = 10_000


@TABLE.operation("searchProducts", scope=READ, siblings=("/product/202312/products/search",))
def search_products(call: Call) -> dict[str, Any]:
    """A page of products: `_ge` and `_le` both inclusive. A search never goes past 10,000 results."""
    field = "update_time" if {"update_time_ge", "update_time_le"} & call.body.keys() else "create_time"
    status = call.body.get("status", "ALL")
    page = search(
        call,
        _candidates(call),
        Window(None if status == "ALL" else status, field, *bounds(call.body, field, inclusive=True)),
        size=int(call.query["page_size"]),
        fits=_filter(call, field),
        first_rows=MOST_RESULTS,
    )
    return {
        "next_page_token": page.next_token,
        "total_count": min(page.total, MOST_RESULTS),
        "products": [search_view(product, call.shop.region) for product in page.rows],
    }


@TABLE.operation("getProduct", scope=READ)
def get_product(call: Call) -> dict[str, Any]:
    """One product; `return_under_review_version` shows the edited version that waits for its review."""
    product = product_of(call, call.path["product_id"])
    wishes = (call.query.get("return_under_review_version"), call.query.get("return_draft_version"))
    if wishes == ("true", "true"):
        raise Refusal(98001004, "Invalid 'return_draft_version' parameter: ask for one version alone")
    if wishes[0] == "true" and product.pending is None and product.status != "PENDING":
        raise Refusal(12052547, "There is no version under review")
    return detail_view(call, under_review(product) if "true" in wishes else product)


def product_of(call: Call, product_id: str) -> ShopProduct:
    """A product of the call's shop. Refusal 12019008, 12052034 or 12052260 when there is none."""
    product = call.shop.products.get(product_id)
    if product is not None:
        return product
    if not product_id.isdecimal():
        raise Refusal(12019008, "The product id is invalid")
    if any(product_id in shop.products for shop in call.sandbox.world.shops()):
        raise Refusal(12052034, "The product belongs to another shop")
    raise Refusal(12052260, "The product does not exist")


def _candidates(call: Call) -> TimeIndex[ShopProduct]:
    """The products to search: those with one of the SKU ids or seller SKUs when some are named, else all."""
    shop, sku_ids = call.shop, call.body.get("sku_ids")
    seller_skus = set(call.body.get("seller_skus", ()))
    if not sku_ids and not seller_skus:
        return call.sandbox.products(shop)
    found = shop.products
    if sku_ids:
        owners = {shop.by_sku[sku_id] for sku_id in sku_ids if sku_id in shop.by_sku}
        found = {product_id: shop.products[product_id] for product_id in owners}
    if seller_skus:
        found = {
            product.id: product
            for product in found.values()
            if any(sku.seller_sku in seller_skus for sku in product.skus)
        }
    return TimeIndex(found)


def _filter(call: Call, field: str) -> Callable[[ShopProduct], bool] | None:
    body = call.body
    audits = set(body.get("audit_status", ()))
    windowed = field == "update_time" and {"create_time_ge", "create_time_le"} & body.keys()
    by_create = bounds(body, "create_time", inclusive=True) if windowed else None
    if not (audits or by_create):
        return None

    def fits(product: ShopProduct) -> bool:
        return (not audits or product.audit_status in audits) and (
            by_create is None or by_create[0] <= product.create_time < by_create[1]
        )

    return fits
