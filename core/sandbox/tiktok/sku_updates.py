"""Stock and prices: what is written absolutely and skips the review (tiktok-shop-api §7)."""

from typing import Any

from core.sandbox.calls import TABLE, Call
from core.sandbox.model import Shop, ShopProduct, ShopSku
from core.sandbox.tiktok.listing_checks import price_problem
from core.sandbox.tiktok.products import READ, product_of
from core.sandbox.wire import Refusal

JSON = dict[str, Any]
WRITE = "seller.product.write"
STOCK_STATUSES = frozenset({"DRAFT", "PENDING", "FAILED", "ACTIVATE", "SELLER_DEACTIVATED"})
MOST_UNITS = 999_999


@TABLE.operation("inventorySearch", scope=READ)
def search_inventory(call: Call) -> JSON:
    """Stock by product or by SKU; SKU ids win when both are given. Unknown ids are left out."""
    sku_ids = call.body.get("sku_ids", [])
    product_ids = call.body.get("product_ids", [])
    if not sku_ids and not product_ids:
        raise Refusal(98001004, "Missing 'product_ids' or 'sku_ids' parameter")
    wanted = set(sku_ids)
    owners = dict.fromkeys(call.shop.by_sku.get(sku_id, "") for sku_id in sku_ids) if wanted else product_ids
    found = (call.shop.products.get(product_id) for product_id in dict.fromkeys(owners))
    return {
        "inventory": [
            {
                "product_id": product.id,
                "skus": [_stock_view(sku) for sku in product.skus if not wanted or sku.id in wanted],
            }
            for product in found
            if product is not None
        ]
    }


@TABLE.operation("updateInventory", scope=WRITE)
def update_inventory(call: Call) -> JSON:
    """Set quantities. A SKU with a wrong warehouse or quantity stays as it is and is named in `errors`."""
    product = product_of(call, call.path["product_id"])
    if product.status not in STOCK_STATUSES:
        raise Refusal(12052901, f"The product status {product.status} does not allow this")
    skus = _named_skus(call, product)
    for sku, wish in skus:
        _check_all_named(sku, wish["inventory"])
    errors = []
    for sku, wish in skus:
        problems = [
            problem for entry in wish["inventory"] if (problem := _stock_problem(call.shop, sku, entry))
        ]
        places = [_place(sku, entry) for entry in wish["inventory"]]
        if len(set(places)) < len(places):
            problems.append(_problem(places[0], 12052555, "The warehouse is repeated"))
        if problems:
            errors.append(_check_failed(sku.id, problems))
            continue
        for place, entry in zip(places, wish["inventory"], strict=True):
            sku.quantity[place] = entry["quantity"]
    _touched(call, product)
    return {"errors": errors}


@TABLE.operation("updatePrice", scope=WRITE)
def update_price(call: Call) -> JSON:
    """Set prices of a live product, all or none."""
    product = product_of(call, call.path["product_id"])
    if product.status != "ACTIVATE":
        raise Refusal(12052901, f"The product status {product.status} does not allow this")
    skus = _named_skus(call, product)
    for _, wish in skus:
        problem = price_problem(call.shop, wish["price"])
        if problem:
            raise Refusal(*problem)
    for sku, wish in skus:
        sku.price = wish["price"]["amount"]
    _touched(call, product)
    return {}


def _named_skus(call: Call, product: ShopProduct) -> list[tuple[ShopSku, JSON]]:
    known = {sku.id: sku for sku in product.skus}
    wishes: list[JSON] = call.body["skus"]
    if not wishes:
        raise Refusal(12052036, "The SKU id is missing")
    ids = [wish["id"] for wish in wishes]
    if len(set(ids)) < len(ids):
        raise Refusal(12052553, "A SKU id is repeated")
    unknown = next((sku_id for sku_id in ids if sku_id not in known), None)
    if unknown is not None:
        raise Refusal(12052557, f"The SKU id '{unknown}' is not of this product")
    return [(known[wish["id"]], wish) for wish in wishes]


def _place(sku: ShopSku, entry: JSON) -> str:
    """The warehouse that an entry means: the only one when it names none."""
    return str(entry.get("warehouse_id") or next(iter(sku.quantity), ""))


def _check_all_named(sku: ShopSku, entries: list[JSON]) -> None:
    named = {entry.get("warehouse_id") for entry in entries}
    if len(sku.quantity) > 1 and not sku.quantity.keys() <= named:
        raise Refusal(12019028, "The SKU is in several warehouses: send the stock of all of them")
    if not entries:
        raise Refusal(12019024, "The stock is missing")


def _stock_problem(shop: Shop, sku: ShopSku, entry: JSON) -> JSON | None:
    place = _place(sku, entry)
    warehouse = next((warehouse for warehouse in shop.warehouses if warehouse.id == place), None)
    if warehouse is None:
        return _problem(place, 12052097, "The warehouse does not exist")
    if warehouse.type != "SALES_WAREHOUSE":
        return _problem(place, 12052532, "The warehouse is not a delivery warehouse")
    if warehouse.effect_status != "ENABLED" and place not in sku.quantity:
        return _problem(place, 12052531, "The warehouse is disabled")
    if not 0 <= entry["quantity"] <= MOST_UNITS:
        return _problem(place, 12052055, "The quantity is outside the limits")
    return None


def _problem(warehouse_id: str, code: int, message: str) -> JSON:
    return {"warehouse_id": warehouse_id, "code": code, "message": message}


def _check_failed(sku_id: str, problems: list[JSON]) -> JSON:
    """TikTok's wrapper around what is wrong with one SKU (observed-shapes: updateInventory)."""
    return {
        "code": 12052990,
        "message": "Check failed",
        "detail": {"sku_id": sku_id, "extra_errors": problems},
    }


def _touched(call: Call, product: ShopProduct) -> None:
    product.update_time = call.sandbox.now()
    call.sandbox.touch_product(call.shop, product)


def _stock_view(sku: ShopSku) -> JSON:
    places = dict.fromkeys((*sku.quantity, *sku.committed))
    return {
        "id": sku.id,
        "seller_sku": sku.seller_sku,
        "total_available_quantity": sum(sku.quantity.values()),
        "total_committed_quantity": sum(sku.committed.values()),
        "warehouse_inventory": [
            {
                "warehouse_id": place,
                "available_quantity": sku.quantity.get(place, 0),
                "committed_quantity": sku.committed.get(place, 0),
            }
            for place in places
        ],
        "total_available_inventory_distribution": {
            "campaign_inventory": [],
            "creator_inventory": [],
            "in_shop_inventory": {"quantity": sum(sku.quantity.values())},
        },
    }
