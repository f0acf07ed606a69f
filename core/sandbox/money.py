"""What an order costs: decimal strings, in the parts that the wire shows."""

import random
from decimal import Decimal
from typing import Any, Final

from core.sandbox.model import ShopOrder

PENNY: Final = Decimal("0.01")
SHIPPING: Final = (Decimal("0.00"), Decimal("2.99"), Decimal("3.49"))
SALES_TAX: Final = {"US": Decimal("0.07")}


def discounted(price: str, rng: random.Random) -> tuple[str, str]:
    """The price paid and the price before; one line in five is a tenth off."""
    if rng.random() >= 0.2:
        return price, price
    return str((Decimal(price) * Decimal("0.9")).quantize(PENNY)), price


def charge(order: ShopOrder, region: str, rng: random.Random) -> None:
    """Set the order's payment and its lines' discounts.

    `sub_total = original - seller discount`, `total = sub_total + shipping + tax` (tiktok-shop-api §8).
    """
    original, paid = Decimal("0.00"), Decimal("0.00")
    for line in order.lines:
        before = Decimal(line.extra["original_price"])
        line.extra["seller_discount"] = str(before - Decimal(line.price))
        original, paid = original + before, paid + Decimal(line.price)
    shipping = rng.choice(SHIPPING) if paid else Decimal("0.00")
    tax = (paid * SALES_TAX.get(region, Decimal(0))).quantize(PENNY)
    payment: dict[str, Any] = {
        "currency": order.currency,
        "original_total_product_price": str(original),
        "seller_discount": str(original - paid),
        "platform_discount": "0.00",
        "sub_total": str(paid),
        "original_shipping_fee": str(shipping),
        "shipping_fee": str(shipping),
        "tax": str(tax),
        "total_amount": str(paid + shipping + tax),
    }
    order.extra["payment"] = payment
