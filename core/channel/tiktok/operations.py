"""The calls this program makes, at their newest documented versions (contract/tiktok-shop.openapi.json)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Operation:
    """One endpoint. `cipher`: it wants `shop_cipher` (some refuse it). `safe`: it may be repeated blindly.

    Safe are reads and writes of absolute values; §5 of tiktok-shop-api lists what must never be repeated.
    """

    method: str
    path: str
    cipher: bool = True
    safe: bool = True


AUTHORISED_SHOPS = Operation("GET", "/authorization/202309/shops", cipher=False)

SEARCH_ORDERS = Operation("POST", "/order/202309/orders/search")
ORDER_DETAIL = Operation("GET", "/order/202507/orders")

SEARCH_PRODUCTS = Operation("POST", "/product/202502/products/search")
PRODUCT = Operation("GET", "/product/202309/products/{product_id}")
CREATE_PRODUCT = Operation("POST", "/product/202309/products", safe=False)
PARTIAL_EDIT = Operation("POST", "/product/202509/products/{product_id}/partial_edit", safe=False)
ACTIVATE = Operation("POST", "/product/202309/products/activate")
DEACTIVATE = Operation("POST", "/product/202309/products/deactivate")
DELETE = Operation("DELETE", "/product/202309/products")
LISTING_CHECK = Operation("POST", "/product/202309/products/listing_check")
PREREQUISITES = Operation("GET", "/product/202312/prerequisites")
UPLOAD_IMAGE = Operation("POST", "/product/202309/images/upload", cipher=False, safe=False)
UPLOAD_FILE = Operation("POST", "/product/202309/files/upload", cipher=False, safe=False)

SEARCH_INVENTORY = Operation("POST", "/product/202309/inventory/search")
UPDATE_INVENTORY = Operation("POST", "/product/202309/products/{product_id}/inventory/update")
UPDATE_PRICE = Operation("POST", "/product/202309/products/{product_id}/prices/update")

CATEGORIES = Operation("GET", "/product/202309/categories")
RECOMMEND_CATEGORY = Operation("POST", "/product/202309/categories/recommend")
CATEGORY_ATTRIBUTES = Operation("GET", "/product/202309/categories/{category_id}/attributes")
CATEGORY_RULES = Operation("GET", "/product/202309/categories/{category_id}/rules")
BRANDS = Operation("GET", "/product/202309/brands")

WAREHOUSES = Operation("GET", "/logistics/202309/warehouses")
DELIVERY_OPTIONS = Operation("GET", "/logistics/202309/warehouses/{warehouse_id}/delivery_options")
SHIPPING_PROVIDERS = Operation(
    "GET", "/logistics/202309/delivery_options/{delivery_option_id}/shipping_providers"
)

MARK_SHIPPED = Operation("POST", "/fulfillment/202610/orders/{order_id}/packages", safe=False)
UPDATE_SHIPPING_INFO = Operation("POST", "/fulfillment/202610/packages/{package_id}/shipping_info/update")
SEARCH_CANCELLATIONS = Operation("POST", "/return_refund/202602/cancellations/search")

ALL = tuple(value for value in list(globals().values()) if isinstance(value, Operation))
