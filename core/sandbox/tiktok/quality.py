"""What would make a listing better, by its texts, pictures and attributes (tiktok-shop-api §7)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from core.sandbox.calls import TABLE, Call
from core.sandbox.tiktok.products import READ
from core.sandbox.wire import Refusal

JSON = dict[str, Any]
_TITLE, _DESCRIPTION, _PICTURES = 40, 300, 5
_MOST: Final = 20


@dataclass(frozen=True, slots=True)
class _Looked:
    title: str
    description: str
    pictures: int
    has_attributes: bool


@TABLE.operation("getProductDiagnoses", scope=READ)
def diagnoses(call: Call) -> JSON:
    """What could be better about products of the shop; unknown ones are left out."""
    ids = call.ids("product_ids")
    if not 1 <= len(ids) <= _MOST:
        raise Refusal(12019120, f"Invalid 'product_ids' parameter: 1 to {_MOST} product ids")
    found = []
    for product_id in dict.fromkeys(ids):
        product = call.shop.products.get(product_id)
        if product is not None:
            pictures, attributes = len(product.image_uris), bool(product.attributes)
            looked = _Looked(product.title, product.description, pictures, attributes)
            found.append({"id": product_id, **_diagnosis(looked)})
    return {"products": found}


@TABLE.operation("diagnoseAndOptimizeProduct", scope=READ)
def diagnose(call: Call) -> JSON:
    """The same of a product that is not listed yet. Nothing is rewritten for the seller here."""
    body = call.body
    if not any(node["id"] == body["category_id"] for node in call.sandbox.world.categories):
        raise Refusal(12052025, "The category is invalid")
    looked = _Looked(
        body.get("title", ""),
        body.get("description", ""),
        len(body.get("main_images", ())),
        bool(body.get("product_attributes")),
    )
    return _diagnosis(looked)


def _diagnosis(looked: _Looked) -> JSON:
    found = [*_wanting(looked)]
    tier = "GOOD" if not found else "FAIR" if len(found) == 1 else "POOR"
    return {
        "listing_quality": {"current_tier": tier, "remaining_recommendations": len(found)},
        "diagnoses": [
            {
                "field": field,
                "diagnosis_results": [{"code": code, "how_to_solve": cure, "quality_tier": tier}],
                "suggestion": {"seo_words": [], "smart_texts": [], "images": []},
            }
            for field, code, cure in found
        ],
    }


def _wanting(looked: _Looked) -> Iterator[tuple[str, str, str]]:
    if len(looked.title) < _TITLE:
        yield "TITLE", "title_too_short", f"Use {_TITLE} characters or more."
    if len(looked.description) < _DESCRIPTION:
        yield "DESCRIPTION", "description_too_short", f"Use {_DESCRIPTION} characters or more."
    if looked.pictures < _PICTURES:
        yield "IMAGE", "too_few_images", f"Show {_PICTURES} pictures or more."
    if not looked.has_attributes:
        yield "ATTRIBUTE", "attributes_missing", "Fill in the attributes of the category."
