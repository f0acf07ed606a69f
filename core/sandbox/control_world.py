"""What the control API does to the world: new orders, other stock and prices, the end of reviews."""

from decimal import Decimal, InvalidOperation
from typing import Any

from core.sandbox import life, orders
from core.sandbox.model import AvasamProduct, Shop, ShopProduct
from core.sandbox.reviews import end_review
from core.sandbox.runtime import Sandbox
from core.sandbox.tiktok.cancellations import cancel, new_case

JSON = dict[str, Any]
MOST_ORDERS = 10_000
MOST_PRICE = Decimal(10**6)
PENNY = Decimal("0.01")


def make_orders(sandbox: Sandbox, body: JSON) -> JSON:
    """`n` new orders in a shop (id or name; the first by default), of one shape or any, with overrides."""
    wishes = dict(body)
    name, count, shape = wishes.pop("shop", None), wishes.pop("n", 1), wishes.pop("shape", None)
    shop = sandbox.shop(name)
    if shop is None:
        raise ValueError(f"no shop has the id or name {name!r}")
    if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= MOST_ORDERS:
        raise ValueError(f"n must be a whole number from 1 to {MOST_ORDERS}")
    if shape is not None and shape not in orders.SHAPES:
        raise ValueError(f"unknown shape {shape!r}; known: {', '.join(orders.SHAPES)}")
    made = [
        orders.new_order(sandbox.world, shop, now=sandbox.now(), rng=sandbox.rng, shape=shape, **wishes)
        for _ in range(count)
    ]
    for order in made:
        sandbox.touch_order(shop, order)
    return {"ids": [order.id for order in made]}


def move_order(sandbox: Sandbox, order_id: str, body: JSON) -> JSON:
    """Put an order into another status now, as its buyer, its carrier or TikTok would: `{"status": S}`."""
    shop = next((shop for shop in sandbox.world.shops() if order_id in shop.orders), None)
    if shop is None:
        raise ValueError(f"no shop has the order {order_id}")
    order, status = shop.orders[order_id], body.get("status")
    if status not in orders.STATUSES:
        raise ValueError(f"unknown status {status!r}; known: {', '.join(orders.STATUSES)}")
    now = sandbox.now()
    if status == "CANCELLED":
        reason = str(body.get("reason", "No longer needed"))
        cancel(sandbox, shop, order, new_case(order, "BUYER", reason, now))
        return {"status": status}
    order.status, order.update_time = status, now
    for line in order.lines:
        line.display_status = "AWAITING_SHIPMENT" if status in {"ON_HOLD", "PARTIALLY_SHIPPING"} else status
        line.package_status = life.PACKAGE_STATUS.get(status, "TO_FULFILL")
    life.schedule_next(sandbox.world, shop, order, now)
    sandbox.touch_order(shop, order)
    return {"status": status}


def set_stock(sandbox: Sandbox, body: JSON) -> JSON:
    """Avasam's stock by SKU, null for not listed; or `{"changes": n}` for that many changes anywhere."""
    if list(body) == ["changes"] and isinstance(body["changes"], int):
        wanted: JSON = {
            product.sku: max(0, (product.stock or 0) + sandbox.rng.choice((-7, -3, -1, 1, 2, 5, 20)))
            for product in _some(sandbox, body["changes"])
        }
    else:
        wanted = body
    for sku, stock in wanted.items():
        _product(sandbox, sku)
        if stock is not None and (not isinstance(stock, int) or isinstance(stock, bool)):
            raise ValueError(f"the stock of {sku} must be a whole number or null")
    for sku, stock in wanted.items():
        _product(sandbox, sku).stock = stock
    sandbox.revision += 1
    return {"changed": wanted}


def set_prices(sandbox: Sandbox, body: JSON) -> JSON:
    """Avasam's cost price ex VAT by SKU, as decimals; or `{"changes": n}` for that many changes anywhere."""
    if list(body) == ["changes"] and isinstance(body["changes"], int):
        body = {
            product.sku: str(
                (Decimal(product.price) * sandbox.rng.randint(92, 112) / 100).quantize(Decimal("0.01"))
            )
            for product in _some(sandbox, body["changes"])
        }
    for sku, price in body.items():
        _product(sandbox, sku)
        try:
            usable = 0 < Decimal(str(price)) < MOST_PRICE
        except InvalidOperation:
            usable = False
        if not usable:
            raise ValueError(f"the price of {sku} must be a positive decimal")
    for sku, price in body.items():
        _product(sandbox, sku).price = str(price)
    sandbox.revision += 1
    return {"changed": body}


def review(sandbox: Sandbox, product_id: str, body: JSON) -> JSON:
    """End the review of a product now: `{"pass": bool, "reasons": [words]}`."""
    shop, product = _shop_product(sandbox, product_id)
    if not isinstance(body.get("pass"), bool):
        raise ValueError('say {"pass": true} or {"pass": false}')
    if product.review_due is None:
        raise ValueError(f"product {product_id} is not under review")
    reasons = [str(reason) for reason in body.get("reasons") or ()]
    end_review(shop, product, sandbox.now(), passed=body["pass"], reasons=reasons)
    sandbox.touch_product(shop, product)
    return {"status": product.status, "audit_status": product.audit_status}


def _some(sandbox: Sandbox, count: int) -> list[AvasamProduct]:
    rows = [
        product
        for product in sandbox.world.avasam_products.values()
        if product.stock is not None and not product.has_variations
    ]
    return sandbox.rng.sample(rows, min(max(count, 0), len(rows)))


def _product(sandbox: Sandbox, sku: str) -> AvasamProduct:
    product = sandbox.world.avasam_products.get(sku)
    if product is None:
        raise ValueError(f"Avasam has no SKU {sku!r}")
    return product


def _shop_product(sandbox: Sandbox, product_id: str) -> tuple[Shop, ShopProduct]:
    for shop in sandbox.world.shops():
        if product_id in shop.products:
            return shop, shop.products[product_id]
    raise ValueError(f"no shop has the product {product_id}")
