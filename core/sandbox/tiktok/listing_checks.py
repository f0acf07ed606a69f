"""What TikTok finds wrong with a product before it takes it (tiktok-shop-api §5, §6, §7)."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from core.sandbox.model import Shop, World
from core.sandbox.tiktok.document_checks import document_problems, rule_problems

JSON = dict[str, Any]
Found = tuple[int, str]

SHORT_TITLES = frozenset({"DE", "ES", "FR", "IE", "IT", "JP", "UK", "GB", "US"})
V2_ONLY = frozenset({"US", "ID", "MY", "PH", "SG", "TH", "VN"})
MOST_PRICE = {"USD": Decimal(7600), "GBP": Decimal(5600), "EUR": Decimal(6300)}
PENNY = LEAST_PRICE = Decimal("0.01")
MOST_SKUS = 300
MOST_GRAMS = {"GB": Decimal(30_000), "US": Decimal(68_000)}
GRAMS = {"GRAM": Decimal(1), "KILOGRAM": Decimal(1000), "POUND": Decimal("453.59")}
MOST_UNITS = 999_999
DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")
"""How numbers stand in strings: Decimal alone would take `1_0`, `1E1` and digits of other scripts."""
ODD_TITLE = re.compile(r"[\x00-\x1f\x7f]|&[a-z]+;|&#\d+;|[\U0001f300-\U0001faff]|(.)\1{9}")


def listing_problems(world: World, shop: Shop, body: JSON, *, new: bool = True) -> Iterator[Found]:
    """Everything wrong with a product, as (code, message); `new` asks for prices and stock."""
    yield from _title_problems(shop, body.get("title", ""))
    if not body.get("description", "").strip():
        yield 12052015, "The description is missing"
    yield from _category_problems(world, shop, body)
    images = [image["uri"] for image in body.get("main_images", ())]
    if not images:
        yield 12052028, "There is no main image"
    if any(uri not in world.images and not uri.startswith("tos-sandbox/") for uri in images):
        yield 12052722, "An image uri is unknown to TikTok Shop"
    yield from document_problems(world, body)
    yield from _package_problems(shop, body)
    yield from _skus_problems(shop, body.get("skus", []), new=new)


def price_problem(shop: Shop, price: JSON) -> Found | None:
    """What is wrong with a price for this shop, as (code, message)."""
    if price["currency"] != shop.currency:
        return 12052084, f"The currency {price['currency']} is not that of this shop"
    if price.get("amount") is None:
        return 12052571, "The price of a SKU is missing"
    if not DECIMAL.fullmatch(price["amount"]):
        return 12052012, "The price format is wrong"
    amount = Decimal(price["amount"])
    if amount != amount.quantize(PENNY):
        return 12052012, "The price format is wrong"
    if amount < LEAST_PRICE:
        return 12052073, "The price is invalid"
    if amount > MOST_PRICE.get(shop.currency, Decimal(10**9)):
        return 12052570, "The price is over the limit"
    return None


def seller_sku_problem(seller_sku: str) -> Found | None:
    """What is wrong with a seller SKU, as (code, message)."""
    if len(seller_sku) > 50:
        return 12052054, "The seller_sku is longer than 50 characters"
    if any(character.isspace() for character in seller_sku):
        return 12019059, "The seller_sku is invalid"
    return None


def _title_problems(shop: Shop, title: str) -> Iterator[Found]:
    if not title.strip():
        yield 12052261, "The title is empty"
    elif ODD_TITLE.search(title):
        yield 12052931, "The title has HTML escapes, emoji, control characters or repeats"
    elif len(title) > 255 or (shop.region not in SHORT_TITLES and len(title) < 25):
        yield 12052051, "The title length is outside the limits"


def _category_problems(world: World, shop: Shop, body: JSON) -> Iterator[Found]:
    category_id = body.get("category_id", "")
    if shop.region in V2_ONLY and body.get("category_version") != "v2":
        yield 12052217, "This market needs the v2 category tree"
    node = next((node for node in world.categories if node["id"] == category_id), None)
    if not category_id:
        yield 12052023, "The category is missing"
    elif not category_id.isdecimal():
        yield 12052002, "The category id has a wrong format"
    elif node is None:
        yield 12052025, "The category is invalid"
    elif not node["is_leaf"]:
        yield 12052024, "The category is not a leaf"
    else:
        yield from _permission_problems(node["permission_statuses"])
        yield from _attribute_problems(node["attributes"], body.get("product_attributes", []))
        yield from rule_problems(node["rules"], body)


def _permission_problems(statuses: list[str]) -> Iterator[Found]:
    codes = {
        "PROHIBITED": (12052220, "The category is prohibited"),
        "INVITE_ONLY": (12052223, "The category is restricted: apply first"),
        "NON_MAIN_CATEGORY": (12052225, "The category is outside the shop's main category"),
    }
    yield from (codes[status] for status in statuses if status in codes)


def _attribute_problems(rules: list[JSON], given: list[JSON]) -> Iterator[Found]:
    product_rules = {rule["id"]: rule for rule in rules if rule["type"] == "PRODUCT_PROPERTY"}
    values = {attribute["id"]: attribute["values"] for attribute in given}
    for rule in product_rules.values():
        if rule["is_requried"] and not values.get(rule["id"]):
            yield 12052104, f"The required attribute '{rule['name']}' ({rule['id']}) is missing"
    for attribute_id, chosen in values.items():
        found = product_rules.get(attribute_id)
        if found is None:
            yield 12052240, f"The attribute {attribute_id} is not of this category"
            continue
        known = {value["id"] for value in found["values"]}
        if len(chosen) > 1 and not found["is_multiple_selection"]:
            yield 12052246, f"The attribute '{found['name']}' is single-choice"
        for value in chosen:
            if value.get("id") and value["id"] not in known:
                yield 12052529, f"The attribute value {value['id']} is unknown"
            elif not value.get("id") and not value.get("name"):
                yield 12052248, f"The value of '{found['name']}' is empty"
            elif not value.get("id") and not found["is_customizable"]:
                yield 12052240, f"The attribute '{found['name']}' takes no custom value"


def _package_problems(shop: Shop, body: JSON) -> Iterator[Found]:
    weight = body.get("package_weight")
    if weight is None:
        yield 12019011, "The package weight is invalid"
        return
    if not DECIMAL.fullmatch(weight["value"]) or weight["unit"] not in GRAMS:
        yield 12052006, "The package weight format is wrong"
        return
    grams = Decimal(weight["value"]) * GRAMS[weight["unit"]]
    if grams <= 0:
        yield 12052181, "The package weight is zero"
    elif grams > MOST_GRAMS.get(shop.region, Decimal(30_000)):
        yield 12019011, "The package weight is invalid"
    if weight["unit"] == "POUND" and shop.region != "US":
        yield 12019061, "Imperial units are for the US alone"


def _skus_problems(shop: Shop, skus: list[JSON], *, new: bool) -> Iterator[Found]:
    if not skus:
        yield 12052902, "The skus list is empty: leave it out instead"
    if len(skus) > MOST_SKUS:
        yield 12052558, "There are too many SKUs"
    kinds = {tuple(sorted(_attribute_keys(sku))) for sku in skus}
    if len(kinds) > 1:
        yield 12052550, "A SKU lacks one of the sales attributes"
    values = [tuple(sorted(_attribute_values(sku))) for sku in skus]
    if len(set(values)) < len(values):
        yield 12052560, "Two SKUs have the same sales attributes"
    for sku in skus:
        yield from _sku_problems(shop, sku, new=new and not sku.get("id"))


def _sku_problems(shop: Shop, sku: JSON, *, new: bool) -> Iterator[Found]:
    problem = seller_sku_problem(sku.get("seller_sku", ""))
    if problem:
        yield problem
    price = sku.get("price")
    if price is None:
        if new:
            yield 12052571, "The price of a SKU is missing"
    elif problem := price_problem(shop, price):
        yield problem
    entries = sku.get("inventory", [])
    if new and not entries:
        yield 12052097, "The warehouse of a SKU is missing"
    places = [entry["warehouse_id"] for entry in entries]
    if len(set(places)) < len(places):
        yield 12052555, "A warehouse is repeated"
    for entry in entries:
        yield from _inventory_problems(shop, entry)


def _inventory_problems(shop: Shop, entry: JSON) -> Iterator[Found]:
    warehouse = next((item for item in shop.warehouses if item.id == entry["warehouse_id"]), None)
    if warehouse is None:
        yield 12052530, "The warehouse is not of this shop"
    elif warehouse.type != "SALES_WAREHOUSE":
        yield 12052532, "The warehouse is not a delivery warehouse"
    elif warehouse.effect_status != "ENABLED":
        yield 12052531, "The warehouse is disabled"
    if not 0 <= entry.get("quantity", 0) <= MOST_UNITS:
        yield 12052055, "The quantity is outside the limits"


def _attribute_keys(sku: JSON) -> list[str]:
    return [item.get("id") or item.get("name", "") for item in sku.get("sales_attributes", ())]


def _attribute_values(sku: JSON) -> list[str]:
    return [item.get("value_id") or item.get("value_name", "") for item in sku.get("sales_attributes", ())]
