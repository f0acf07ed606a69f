"""How Avasam shows a product: numbers ex VAT, unrounded with VAT, and a range of prices on parents."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Final
from zlib import crc32

from core.sandbox.model import AvasamProduct

Row = dict[str, Any]
CURRENCY: Final = "£"


def product_row(product: AvasamProduct, children: Sequence[AvasamProduct], images: str) -> Row:
    """A row of the product list (§1.2): no stock, no shipping price."""
    front = children[0] if children else product
    pictures = [images + uri for uri in product.images]
    return {
        "SKU": product.sku,
        "Price": _number(_cost(front)),
        "Title": product.title,
        "BarCode": product.barcode,
        "Vat": product.vat,
        "CustomerGroup": "",
        "Image": pictures[0] if pictures else "",
        "Category": product.category,
        "CategoryId": product.category_id,
        "Description": product.description or None,
        "MinimumLevel": 0,
        "RetailPrice": _number(_retail(front)),
        "ProductDepth": 20,
        "ProductWeight": _number(Decimal(product.weight)),
        "ProductWidth": 30,
        "Height": 12,
        "ProductImage": pictures,
        "ExtendedProperties": [{"Name": name, "Value": value} for name, value in product.attributes.items()],
        "IsVariation": product.has_variations,
        "Variations": [{"SKU": child.sku, "Title": child.title} for child in children],
        "MultiTitle": {"en": product.title},
        "MultiDescription": {"en": product.description},
    }


def inventory_row(product: AvasamProduct, children: Sequence[AvasamProduct], images: str) -> Row:
    """A row of the sourced inventory (§1.4): a parent has price ranges and the stock of its children."""
    stocks = [child.stock for child in children if child.stock is not None]
    return {
        "_id": f"{crc32(product.sku.encode()):08x}{crc32(product.number.encode()):016x}",
        "SKU": product.sku,
        "Number": product.number,
        "Price": _price(product, children, _cost),
        "RetailPrice": _price(product, children, _retail),
        "PriceIncVat": _price(product, children, lambda row: _cost(row) * _vat(row)),
        "RetailPriceIncVat": _price(product, children, lambda row: _retail(row) * _vat(row)),
        "VATPercentage": product.vat,
        "Stock": sum(stocks) if children else product.stock,
        "Title": product.title,
        "image": images + product.images[0] if product.images else "",
        "IsActive": True,
        "Category": product.category,
        "CategoryId": product.category_id,
        "HasVariations": product.has_variations,
        "ParentSKU": product.parent_sku,
        "isMapped": False,
        "ListingStatus": "",
        "Listings": [],
        "authkey": product.supplier_key,
    }


def feed_view(product: AvasamProduct, images: str) -> Row:
    """The single product's `Feed` as public clients read it (§1.5)."""
    return {
        "SKU": product.sku,
        "ParentSKU": product.parent_sku,
        "Title": {"en": product.title},
        "LongDescription": {"en": product.description},
        "CostPrice": _number(_cost(product)),
        "RRPExVAT": _number(_retail(product)),
        "VATPercentage": product.vat,
        "TotalQuantity": product.stock,
        "Barcodes": [product.barcode] if product.barcode else [],
        "CategoryId": product.category_id,
        "MainImage": images + product.images[0] if product.images else "",
        "Images": [images + uri for uri in product.images],
        "MetaData": [{"Name": name, "Value": value} for name, value in product.attributes.items()],
        "ProductWeight": _number(Decimal(product.weight)),
        "HasVariations": product.has_variations,
    }


def warehouse_view(product: AvasamProduct) -> Row:
    """Where a product is sent from and what sending it costs: the only source of a shipping price (§1.5)."""
    shipping = Decimal(product.shipping_price or 0)
    return {
        "SKU": product.sku,
        "Warehouses": [
            {
                "WarehouseName": "Supplier main",
                "ShippingServices": [
                    {
                        "ShippingServiceName": "Royal Mail Tracked 48",
                        "ShippingCost": _number(shipping),
                        "ShippingCostIncVat": _number(shipping * _vat(product)),
                        "DispatchTime": 1,
                        "DeliveryMinDays": 2,
                        "DeliveryMaxDays": 3,
                    }
                ],
            }
        ],
    }


def cost_of(product: AvasamProduct, children: Sequence[AvasamProduct]) -> Decimal:
    """What filters and sorting by price look at: the cost ex VAT, a parent's being its cheapest child's."""
    return min(_cost(row) for row in children or (product,))


def _cost(product: AvasamProduct) -> Decimal:
    return Decimal(product.price)


def _retail(product: AvasamProduct) -> Decimal:
    return Decimal(product.retail_price)


def _vat(product: AvasamProduct) -> Decimal:
    return 1 + Decimal(product.vat) / 100


def _price(
    product: AvasamProduct, children: Sequence[AvasamProduct], of: Callable[[AvasamProduct], Decimal]
) -> float | int | str:
    if not children:
        return _number(of(product))
    amounts = [of(child) for child in children]
    return f"{CURRENCY}{min(amounts):.2f} - {CURRENCY}{max(amounts):.2f}"


def _number(amount: Decimal) -> float | int:
    """The JSON number whose shortest writing is the decimal itself."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)
