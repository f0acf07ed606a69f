"""Putting products on and off sale, twenty at a time, each failing for itself (tiktok-shop-api §5, §7)."""

from collections.abc import Callable
from typing import Any

from core.sandbox import life
from core.sandbox.calls import TABLE, Call
from core.sandbox.model import ShopProduct
from core.sandbox.tiktok.products import product_of
from core.sandbox.tiktok.sku_updates import WRITE
from core.sandbox.wire import Refusal

JSON = dict[str, Any]
OFF_SALE = frozenset({"SELLER_DEACTIVATED", "PLATFORM_DEACTIVATED"})


@TABLE.operation("activateProducts", scope=WRITE)
def activate(call: Call) -> JSON:
    """Off sale -> under review -> on sale."""

    def step(product: ShopProduct) -> None:
        _require(product, OFF_SALE | {"ACTIVATE", "PENDING"})
        if product.status in OFF_SALE:
            product.status, product.audit_status = "PENDING", "AUDITING"
            due = call.sandbox.now() + call.sandbox.settings.review_seconds
            life.schedule_review(call.sandbox.world, call.shop, product, due)

    return _each(call, step)


@TABLE.operation("deactivateProducts", scope=WRITE)
def deactivate(call: Call) -> JSON:
    """On sale -> taken off sale by the seller."""

    def step(product: ShopProduct) -> None:
        _require(product, {"ACTIVATE", "SELLER_DEACTIVATED"})
        product.status = "SELLER_DEACTIVATED"

    return _each(call, step)


@TABLE.operation("deleteProducts", scope=WRITE)
def delete(call: Call) -> JSON:
    """Anything but FREEZE -> deleted."""

    def step(product: ShopProduct) -> None:
        if product.status == "FREEZE":
            raise Refusal(12052901, "The product status FREEZE does not allow this")
        product.status, product.review_due, product.pending = "DELETED", None, None

    return _each(call, step)


@TABLE.operation("recoverProducts", scope=WRITE)
def recover(call: Call) -> JSON:
    """Deleted -> off sale."""

    def step(product: ShopProduct) -> None:
        _require(product, {"DELETED", "SELLER_DEACTIVATED"})
        product.status = "SELLER_DEACTIVATED"

    return _each(call, step)


def _require(product: ShopProduct, statuses: frozenset[str] | set[str]) -> None:
    if product.status not in statuses:
        raise Refusal(12052901, f"The product status {product.status} does not allow this")


def _each(call: Call, step: Callable[[ShopProduct], None]) -> JSON:
    """Take the step with every product named; those that refuse are reported, code 0 or not."""
    errors = []
    for product_id in call.body["product_ids"]:
        try:
            product = product_of(call, product_id)
            step(product)
        except Refusal as refusal:
            detail = {"product_id": product_id}
            errors.append({"code": refusal.code, "message": refusal.message, "detail": detail})
            continue
        product.update_time = call.sandbox.now()
        call.sandbox.touch_product(call.shop, product)
    return {"errors": errors}
