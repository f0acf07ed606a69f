"""From the body of a create or edit to the fields of a product."""

from typing import Any

from core.sandbox.calls import Call
from core.sandbox.ids import new_id
from core.sandbox.model import SalesAttribute, Shop, ShopProduct, ShopSku
from core.sandbox.wire import Refusal

JSON = dict[str, Any]
KEPT = (
    "external_product_id",
    "is_cod_allowed",
    "is_pre_owned",
    "key_product_features",
    "manufacturer_ids",
    "minimum_order_quantity",
    "responsible_person_ids",
    "search_terms",
    "shipping_insurance_requirement",
    "shipping_template_id",
)
"""What a product keeps as it was sent, and shows again under the same name."""


def fields_of(call: Call, body: JSON, product: ShopProduct | None) -> tuple[JSON, list[str]]:
    """The product fields that a body sets, and warnings for what was dropped. Absent ones are left out."""
    fields: JSON = {name: body[name] for name in ("title", "description", "category_id") if name in body}
    warnings: list[str] = []
    if "main_images" in body:
        fields["image_uris"] = [image["uri"] for image in body["main_images"]]
    if "product_attributes" in body:
        category_id = fields.get("category_id") or (product.category_id if product else "")
        fields["attributes"] = _attributes(call, category_id, body["product_attributes"])
    if "brand_id" in body:
        known = any(brand["id"] == body["brand_id"] for brand in call.sandbox.world.brands)
        fields["brand_id"] = body["brand_id"] if known else None
        if not known:
            warnings.append(
                "The [brand_id] field is incorrect and has been automatically cleared by the system"
            )
    for name in ("package_weight", "package_dimensions", "size_chart", "certifications"):
        if name in body:
            fields[name] = body[name]
    kept = {name: body[name] for name in KEPT if name in body}
    if kept:
        fields["extra"] = {**(product.extra if product else {}), **kept}
    if "skus" in body:
        fields["skus"] = _skus(call, body["skus"], product)
    return fields, warnings


def body_of(product: ShopProduct) -> JSON:
    """A product as a whole body would send it, without prices and stock."""
    return {
        "title": product.title,
        "description": product.description,
        "category_id": product.category_id,
        "category_version": "v2",
        "main_images": [{"uri": uri} for uri in product.image_uris],
        "product_attributes": product.attributes,
        "package_weight": product.package_weight,
        "package_dimensions": product.package_dimensions,
        "size_chart": product.size_chart,
        "certifications": product.certifications,
        **{name: product.extra[name] for name in KEPT if name in product.extra},
        "skus": [
            {
                "id": sku.id,
                "sales_attributes": [
                    {"id": side.id, "value_id": side.value_id} for side in sku.sales_attributes
                ],
            }
            for sku in product.skus
        ],
    }


def apply(shop: Shop, product: ShopProduct, fields: JSON) -> None:
    """Set fields of a product that is not live, at once; SKUs left out are gone."""
    for name, value in fields.items():
        setattr(product, name, value)
    if "skus" in fields:
        for sku_id in [sku_id for sku_id, owner in shop.by_sku.items() if owner == product.id]:
            del shop.by_sku[sku_id]
        for sku in product.skus:
            shop.by_sku[sku.id] = product.id


def _skus(call: Call, wishes: list[JSON], product: ShopProduct | None) -> list[ShopSku]:
    """The SKUs as they shall be: those with an id keep what is not sent, those without are new."""
    live = {sku.id: sku for sku in product.skus} if product else {}
    ids = [wish["id"] for wish in wishes if wish.get("id")]
    if len(set(ids)) < len(ids):
        raise Refusal(12052553, "A SKU id is repeated")
    if not live.keys() >= set(ids):
        raise Refusal(12052557, "A SKU id is not of this product")
    return [_sku(call, wish, live.get(wish.get("id", ""))) for wish in wishes]


def _sku(call: Call, wish: JSON, old: ShopSku | None) -> ShopSku:
    quantity = {entry["warehouse_id"]: entry.get("quantity", 0) for entry in wish.get("inventory", ())}
    attributes = [_sales_attribute(call, item) for item in wish.get("sales_attributes", ())]
    price = wish.get("price", {}).get("amount")
    if old is None:
        return ShopSku(
            id=new_id(call.sandbox.world, "sku"),
            seller_sku=wish.get("seller_sku", ""),
            price=price or "0.00",
            currency=call.shop.currency,
            quantity=quantity,
            sales_attributes=attributes,
        )
    return ShopSku(
        id=old.id,
        seller_sku=wish.get("seller_sku", old.seller_sku),
        price=price or old.price,
        currency=old.currency,
        quantity=quantity or dict(old.quantity),
        committed=dict(old.committed),
        sales_attributes=attributes or old.sales_attributes,
        status=old.status,
    )


def _sales_attribute(call: Call, wish: JSON) -> SalesAttribute:
    """A side of a variation with names for ids and ids for names; custom ones get new ids."""
    rule = _known(call, lambda rule: rule["id"] == wish.get("id") or rule["name"] == wish.get("name"))
    values = rule.get("values", []) if rule else []
    wanted = (wish.get("value_id"), wish.get("value_name"))
    value: JSON = next((item for item in values if item["id"] == wanted[0] or item["name"] == wanted[1]), {})
    return SalesAttribute(
        id=wish.get("id") or rule.get("id") or new_id(call.sandbox.world, "option"),
        name=wish.get("name") or rule.get("name", "Custom"),
        value_id=wish.get("value_id") or value.get("id") or new_id(call.sandbox.world, "option"),
        value_name=wish.get("value_name") or value.get("name", ""),
    )


def _known(call: Call, fits: Any) -> JSON:
    rules = (rule for node in call.sandbox.world.categories for rule in node.get("attributes", ()))
    return next((rule for rule in rules if rule["type"] == "SALES_PROPERTY" and fits(rule)), {})


def _attributes(call: Call, category_id: str, given: list[JSON]) -> list[JSON]:
    """Product attributes with their names, as a read shows them."""
    node: JSON = next((node for node in call.sandbox.world.categories if node["id"] == category_id), {})
    rules = {rule["id"]: rule for rule in node.get("attributes", ())}
    shown = []
    for attribute in given:
        rule = rules.get(attribute["id"], {})
        names = {value["id"]: value["name"] for value in rule.get("values", ())}
        values = [
            {
                "id": value.get("id") or new_id(call.sandbox.world, "option"),
                "name": value.get("name") or names.get(value.get("id"), ""),
            }
            for value in attribute["values"]
        ]
        shown.append({"id": attribute["id"], "name": rule.get("name", ""), "values": values})
    return shown
