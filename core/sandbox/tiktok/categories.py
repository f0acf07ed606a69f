"""The category tree, what each leaf asks for, and brands (tiktok-shop-api §7)."""

import re
from typing import Any

from core.sandbox.calls import TABLE, Call
from core.sandbox.ids import new_id
from core.sandbox.tiktok.product_views import category_chain
from core.sandbox.tiktok.products import READ
from core.sandbox.tiktok.searching import listed
from core.sandbox.tiktok.sku_updates import WRITE
from core.sandbox.wire import Refusal

JSON = dict[str, Any]
FIELDS = ("id", "parent_id", "local_name", "is_leaf", "permission_statuses")


@TABLE.operation("getCategories", scope=READ)
def list_categories(call: Call) -> JSON:
    """The whole tree, or what has the keyword in its name; prohibited leaves only when asked for."""
    keyword = call.query.get("keyword", "").lower()
    prohibited = call.query.get("include_prohibited_categories") == "true"
    return {
        "categories": [
            {name: node[name] for name in FIELDS}
            for node in call.sandbox.world.categories
            if keyword in node["local_name"].lower()
            and (prohibited or "PROHIBITED" not in node["permission_statuses"])
        ]
    }


@TABLE.operation("recommendCategory", scope=READ)
def recommend(call: Call) -> JSON:
    """The leaf whose name and goods share most words with the title, with its ancestors."""
    words = _words(call.body["product_title"])
    leaves = [node for node in call.sandbox.world.categories if node["is_leaf"]]
    best = max(leaves, key=lambda node: len(words & _words(node["local_name"])))
    chain = category_chain(call.sandbox, best["id"])
    statuses = {node["id"]: node["permission_statuses"] for node in call.sandbox.world.categories}
    return {
        "leaf_category_id": best["id"],
        "categories": [
            {
                "id": node["id"],
                "name": node["local_name"],
                "level": level,
                "is_leaf": node["is_leaf"],
                "permission_statuses": statuses[node["id"]],
            }
            for level, node in enumerate(chain, 1)
        ],
    }


@TABLE.operation("getCategoryAttributes", scope=READ)
def attributes(call: Call) -> JSON:
    """What a product of this leaf may and must say; required is spelt `is_requried`."""
    return {"attributes": _leaf(call)["attributes"]}


@TABLE.operation("getCategoryRules", scope=READ)
def rules(call: Call) -> JSON:
    """Which certificates, size charts and package facts this leaf asks for."""
    found: JSON = _leaf(call)["rules"]
    return found


@TABLE.operation("getBrands", scope=READ)
def brands(call: Call) -> JSON:
    """A page of the brands, by part of the name when one is given; this shop may sell every third."""
    name = call.query.get("brand_name", "").lower()
    only = call.query.get("is_authorized", "")
    found = [
        ((place, brand["id"]), (brand, authorised))
        for place, brand in enumerate(call.sandbox.world.brands)
        for authorised in (_is_authorised(place, brand),)
        if name in brand["name"].lower() and only in {"", str(authorised).lower()}
    ]
    page = listed(call, found, size=int(call.query["page_size"]))
    return {
        "brands": [
            {
                "id": brand["id"],
                "name": brand["name"],
                "authorized_status": "AUTHORIZED" if authorised else "UNAUTHORIEZD",
                "brand_status": "AVAILABLE",
                "is_t1_brand": False,
            }
            for brand, authorised in page.rows
        ],
        "total_count": page.total,
        "next_page_token": page.next_token,
    }


@TABLE.operation("suggestBrands", scope=READ)
def suggest_brands(call: Call) -> JSON:
    """The brands whose names stand in the title."""
    words = _words(call.body["product_title"])
    return {
        "brands": [
            {"id": brand["id"], "name": brand["name"], "is_authorized": _is_authorised(place, brand)}
            for place, brand in enumerate(call.sandbox.world.brands)
            if _words(brand["name"]) <= words
        ]
    }


@TABLE.operation("createCustomBrands", scope=WRITE)
def create_brand(call: Call) -> JSON:
    """A brand of the seller's own, which it may sell."""
    name = call.body["name"].strip()
    known = call.sandbox.world.brands
    if not name or any(brand["name"].lower() == name.lower() for brand in known):
        raise Refusal(98001004, "Invalid 'name' parameter: a brand has a name, and one that is not taken")
    made = {"id": new_id(call.sandbox.world, "brand"), "name": name, "custom": True}
    known.append(made)
    call.sandbox.world_changed()
    return {"id": made["id"]}


def _is_authorised(place: int, brand: JSON) -> bool:
    return place % 3 == 0 or bool(brand.get("custom"))


def _leaf(call: Call) -> JSON:
    category_id = call.path["category_id"]
    node: JSON | None = next(
        (node for node in call.sandbox.world.categories if node["id"] == category_id), None
    )
    if node is None:
        raise Refusal(12052025, "The category is invalid")
    if not node["is_leaf"]:
        raise Refusal(12052024, "The category is not a leaf")
    return node


def _words(text: str) -> set[str]:
    return {word.rstrip("s") for word in re.findall(r"[a-z]+", text.lower())}
