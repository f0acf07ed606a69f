"""Creating, editing and checking products (tiktok-shop-api §7)."""

from typing import Any

from core.sandbox import life
from core.sandbox.calls import TABLE, Call
from core.sandbox.ids import new_id
from core.sandbox.model import ShopProduct
from core.sandbox.tiktok.listing_checks import listing_problems
from core.sandbox.tiktok.product_drafts import apply, body_of, fields_of
from core.sandbox.tiktok.product_views import made_view, under_review
from core.sandbox.tiktok.products import READ, product_of
from core.sandbox.tiktok.sku_updates import WRITE
from core.sandbox.wire import Refusal

JSON = dict[str, Any]
UNEDITABLE = frozenset({"FREEZE", "DELETED"})
BLANKED = ("package_weight", "package_dimensions", "size_chart")
CHECKS = (
    "SHOP_STATUS",
    "SHOP_TAX",
    "PICKUP_WAREHOUSE",
    "RETURN_WAREHOUSE",
    "DELIVERY_OPTION",
    "SHIPPING_TEMPLATE",
    "PRODUCT_QUANTITY_LIMIT",
    "EXTENDED_PRODUCER_RESPONSIBILITY",
    "BANk_ACCOUNT",
    "CONTACT_INFO",
)


@TABLE.operation("createProduct", scope=WRITE)
def create_product(call: Call) -> JSON:
    """A new product, under review or as a draft. The same idempotency_key again answers the first reply."""
    key = call.body.get("idempotency_key")
    known = call.sandbox.created.get(f"{call.shop.id}/{key}") if key else None
    if known is not None:
        return known
    draft = call.body.get("save_mode") == "AS_DRAFT"
    if not draft:
        _check(call, call.body)
    now = call.sandbox.now()
    fields, warnings = fields_of(call, call.body, None)
    product = ShopProduct(
        id=new_id(call.sandbox.world, "product"),
        **fields,
        status="DRAFT" if draft else "PENDING",
        audit_status="NONE" if draft else "AUDITING",
        create_time=now,
        update_time=now,
    )
    call.shop.products[product.id] = product
    for sku in product.skus:
        call.shop.by_sku[sku.id] = product.id
    if not draft:
        _send_to_review(call, product)
    call.sandbox.touch_product(call.shop, product)
    made = made_view(product, warnings=warnings)
    if key:
        call.sandbox.created[f"{call.shop.id}/{key}"] = made
    return made


@TABLE.operation("editProduct", scope=WRITE, siblings=("/product/202309/products/{product_id}",))
def edit_product(call: Call) -> JSON:
    """Replace the whole product: what is not sent is blanked, but for price and stock of SKUs that stay."""
    product = _editable(call)
    blank: JSON = {"product_attributes": [], "certifications": [], **dict.fromkeys(BLANKED)}
    return _edit(call, product, {**blank, **call.body}, call.body)


@TABLE.operation(
    "partialEditProduct", scope=WRITE, siblings=("/product/202309/products/{product_id}/partial_edit",)
)
def partial_edit(call: Call) -> JSON:
    """Replace the properties that are sent; sending `skus` deletes the SKUs left out."""
    product = _editable(call)
    merged = {**body_of(under_review(product)), **call.body}
    answer = _edit(call, product, call.body, merged)
    del answer["warnings"]
    return answer


@TABLE.operation("checkProductListing", scope=READ)
def check_listing(call: Call) -> JSON:
    """A dry run of create: everything that is wrong, at once. The check takes no category version."""
    body = {**call.body, "category_version": "v2"}
    problems = list(listing_problems(call.sandbox.world, call.shop, body))
    return {
        "check_result": "FAILED" if problems else "PASS",
        "fail_reasons": [{"code": code, "message": message} for code, message in problems],
        "warnings": {"message": ""},
    }


@TABLE.operation("checkListingPrerequisites", scope=READ)
def prerequisites(call: Call) -> JSON:
    """What a shop needs before it may list; these shops have all of it. One item is misspelt on the wire."""
    return {
        "check_results": [{"check_item": item, "is_failed": False, "fail_reasons": []} for item in CHECKS]
    }


def _edit(call: Call, product: ShopProduct, body: JSON, whole: JSON) -> JSON:
    """Apply `body` after checking the product as it would be on the `whole`; a live one stays as it is."""
    draft = body.get("save_mode") == "AS_DRAFT"
    if not draft:
        _check(call, whole, product)
    sent = {key: value for key, value in body.items() if value is not None}
    fields, warnings = fields_of(call, sent, product)
    for name in BLANKED:
        if name in body and body[name] is None:
            fields[name] = None
    _set_stock_and_price(product, body)
    edited = fields
    if product.status == "ACTIVATE":
        product.pending = {**(product.pending or {}), **fields}
        edited = product.pending
    else:
        apply(call.shop, product, fields)
        product.status = "DRAFT" if draft else "PENDING"
    product.update_time = call.sandbox.now()
    if not draft:
        product.audit_status = product.audit_status if product.pending else "AUDITING"
        _send_to_review(call, product)
    call.sandbox.touch_product(call.shop, product)
    shown = under_review(product) if edited else product
    return {**made_view(shown, warnings=warnings), "audit": {"status": "NONE" if draft else "AUDITING"}}


def _set_stock_and_price(product: ShopProduct, body: JSON) -> None:
    """Prices and stock that came with an edit count at once: they skip the review."""
    live = {sku.id: sku for sku in product.skus}
    for wish in body.get("skus", ()):
        sku = live.get(wish.get("id", ""))
        if sku is None:
            continue
        sku.price = wish.get("price", {}).get("amount") or sku.price
        for entry in wish.get("inventory", ()):
            sku.quantity[entry["warehouse_id"]] = entry.get("quantity", 0)


def _send_to_review(call: Call, product: ShopProduct) -> None:
    due = call.sandbox.now() + call.sandbox.settings.review_seconds
    life.schedule_review(call.sandbox.world, call.shop, product, due)


def _editable(call: Call) -> ShopProduct:
    product = product_of(call, call.path["product_id"])
    if product.status in UNEDITABLE:
        raise Refusal(12052901, f"The product status {product.status} does not allow this")
    return product


def _check(call: Call, body: JSON, product: ShopProduct | None = None) -> None:
    """Refuse a listing for its first problem; an edit only for one that the product did not have before."""
    world, shop = call.sandbox.world, call.shop
    old = set() if product is None else set(listing_problems(world, shop, body_of(product)))
    problem = next((found for found in listing_problems(world, shop, body) if found not in old), None)
    if problem is not None:
        raise Refusal(*problem)
