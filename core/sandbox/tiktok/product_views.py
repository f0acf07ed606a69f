"""Products as the wire shows them: a row of the search, and the whole of Get Product (tiktok-shop-api §7)."""

from dataclasses import replace
from typing import Any

from core.sandbox.calls import Call
from core.sandbox.model import SalesAttribute, ShopProduct, ShopSku
from core.sandbox.runtime import Sandbox
from core.sandbox.tiktok.document_checks import certifications_view

JSON = dict[str, Any]
INITIAL = frozenset({"PENDING", "FAILED"})


def search_view(product: ShopProduct, region: str) -> JSON:
    """One row of the product search."""
    return {
        "id": product.id,
        "title": product.title,
        "status": product.status,
        "audit": {"status": product.audit_status, "pre_approved_reasons": []},
        "create_time": product.create_time,
        "update_time": product.update_time,
        "has_draft": product.pending is not None,
        "is_not_for_sale": False,
        "product_tags": [],
        "recommended_categories": [],
        "sales_regions": [region],
        "skus": [_sku_base(sku) for sku in product.skus],
    }


def detail_view(call: Call, product: ShopProduct) -> JSON:
    """The whole of one product, with what its edited version changes when `product` is that version."""
    sandbox = call.sandbox
    view: JSON = {
        "id": product.id,
        "title": product.title,
        "description": product.description,
        "status": product.status,
        "product_status": "INITIAL" if product.status in INITIAL else product.status,
        "audit": {"status": product.audit_status, "pre_approved_reasons": []},
        "category_chains": category_chain(sandbox, product.category_id),
        "create_time": product.create_time,
        "update_time": product.update_time,
        "has_draft": product.pending is not None,
        "is_not_for_sale": False,
        "main_images": [image_view(sandbox, uri) for uri in product.image_uris],
        "product_attributes": product.attributes,
        "product_types": ["COMBINED_PRODUCT"] if "primary_combined_product_id" in product.extra else [],
        "recommended_categories": [],
        "skus": [_sku_detail(sku) for sku in product.skus],
        **{key: value for key, value in product.extra.items() if not key.startswith("_")},
    }
    if product.audit_failed_reasons:
        view["audit_failed_reasons"] = product.audit_failed_reasons
    brand = next((brand for brand in sandbox.world.brands if brand["id"] == product.brand_id), None)
    if brand:
        view["brand"] = {"id": brand["id"], "name": brand["name"]}
    if product.package_weight:
        view["package_weight"] = product.package_weight
    if product.package_dimensions:
        view["package_dimensions"] = product.package_dimensions
    if product.size_chart:
        view["size_chart"] = _size_chart(sandbox, product.size_chart)
    if product.certifications:
        nodes = (node for node in sandbox.world.categories if node["id"] == product.category_id)
        rules: JSON = next((node.get("rules", {}) for node in nodes), {})
        view["certifications"] = certifications_view(
            sandbox.world, product.certifications, rules, lambda uri: image_view(sandbox, uri)
        )
    return view


def _size_chart(sandbox: Sandbox, chart: JSON) -> JSON:
    uri = (chart.get("image") or {}).get("uri")
    template = {"template": chart["template"]} if chart.get("template") else {}
    return template | ({"image": image_view(sandbox, uri)} if uri else {})


def under_review(product: ShopProduct) -> ShopProduct:
    """The product as its edited version would have it; without one, as it is."""
    if product.pending is None:
        return product
    changes = dict(product.pending)
    if "skus" in changes:
        changes["skus"] = [_as_sku(sku) for sku in changes["skus"]]
    return replace(product, **changes, audit_status="AUDITING")


def _as_sku(given: ShopSku | JSON) -> ShopSku:
    """A SKU of an edited version, which is a plain dict once it has been saved and loaded."""
    if isinstance(given, ShopSku):
        return given
    attributes = [SalesAttribute(**attribute) for attribute in given["sales_attributes"]]
    return ShopSku(**{**given, "sales_attributes": attributes})


def category_chain(sandbox: Sandbox, category_id: str) -> list[JSON]:
    """The category and its ancestors, the root first."""
    nodes = {node["id"]: node for node in sandbox.world.categories}
    chain: list[JSON] = []
    node = nodes.get(category_id)
    while node is not None:
        names = ("id", "is_leaf", "local_name", "parent_id")
        chain.insert(0, {name: node[name] for name in names})
        node = nodes.get(node["parent_id"])
    return chain


def image_view(sandbox: Sandbox, uri: str) -> JSON:
    """An image with the address where it is served."""
    known = sandbox.world.images.get(uri, {})
    url = sandbox.image_url(uri)
    return {
        "uri": uri,
        "urls": [url],
        "thumb_urls": [url],
        "width": known.get("width", 600),
        "height": known.get("height", 600),
    }


def made_view(product: ShopProduct, *, warnings: list[str]) -> JSON:
    """What creating or editing a product answers."""
    return {
        "product_id": product.id,
        "skus": [
            {
                "id": sku.id,
                "seller_sku": sku.seller_sku,
                "sales_attributes": [
                    {"id": attribute.id, "value_id": attribute.value_id} for attribute in sku.sales_attributes
                ],
            }
            for sku in product.skus
        ],
        "warnings": [{"message": message} for message in warnings],
    }


def _sku_base(sku: ShopSku) -> JSON:
    return {
        "id": sku.id,
        "seller_sku": sku.seller_sku,
        "price": {"currency": sku.currency, "tax_exclusive_price": sku.price},
        "inventory": [
            {"warehouse_id": warehouse_id, "quantity": quantity}
            for warehouse_id, quantity in sku.quantity.items()
        ],
        "status_info": {"status": sku.status},
    }


def _sku_detail(sku: ShopSku) -> JSON:
    view = _sku_base(sku)
    view["price"] = {**view["price"], "sale_price": sku.price}
    view["sales_attributes"] = [
        {
            "id": attribute.id,
            "name": attribute.name,
            "value_id": attribute.value_id,
            "value_name": attribute.value_name,
        }
        for attribute in sku.sales_attributes
    ]
    return view
