"""Things to send: a listing that TikTok takes, a picture, and the calls that make a product live."""

import struct
import zlib
from typing import Any

from tests.core.sandbox.conftest import Caller

CREATE = "/product/202309/products"


def a_listing(caller: Caller, **changes: Any) -> dict[str, Any]:
    """A product of one SKU that passes every check in the caller's shop."""
    shop = next(shop for shop in caller.sandbox.world.shops() if shop.cipher == caller.cipher)
    leaf = next(
        node
        for node in caller.sandbox.world.categories
        if node["is_leaf"]
        and node["permission_statuses"] == ["AVAILABLE"]
        and not any(attribute["is_requried"] for attribute in node["attributes"])
        and not node["rules"]["product_certifications"]
        and not node["rules"]["size_chart"]["is_required"]
    )
    listing: dict[str, Any] = {
        "title": "Stoneware espresso cup, sage green",
        "description": "<p>A cup.</p>",
        "category_id": leaf["id"],
        "category_version": "v2",
        "main_images": [{"uri": "tos-sandbox/1"}],
        "package_weight": {"unit": "KILOGRAM", "value": "0.4"},
        "package_dimensions": {"unit": "CENTIMETER", "length": "10", "width": "10", "height": "10"},
        "skus": [
            {
                "seller_sku": "CUP-SAGE",
                "price": {"currency": shop.currency, "amount": "9.99"},
                "inventory": [{"warehouse_id": shop.warehouses[0].id, "quantity": 12}],
            }
        ],
    }
    return listing | changes


def create(caller: Caller, **changes: Any) -> dict[str, Any]:
    """What creating a listing answers."""
    made: dict[str, Any] = caller.data("POST", CREATE, a_listing(caller, **changes))
    return made


def read(caller: Caller, product_id: str, **query: Any) -> dict[str, Any]:
    """A product as Get Product shows it."""
    found: dict[str, Any] = caller.data("GET", f"{CREATE}/{product_id}", **query)
    return found


def pass_review(caller: Caller, product_id: str, *, passes: bool = True) -> None:
    """End a product's review."""
    caller.control("POST", f"/reviews/{product_id}", {"pass": passes})


def live(caller: Caller, **changes: Any) -> str:
    """A new product that has passed its review."""
    product_id: str = create(caller, **changes)["product_id"]
    pass_review(caller, product_id)
    return product_id


def png(width: int, height: int) -> bytes:
    """A picture of nothing, in the size asked for."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + bytes((width + 7) // 8)) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
