"""TikTok's refusals by the field that cures them and what to do about it (tiktok-shop-api §5)."""

from typing import Final

OF_A_PRODUCT: Final = frozenset({12052221, 12052201, 12052208, 12052223, 12052226, 12052225, 12009014})
"""Missing permissions that concern one product's category or brand, not the whole shop."""

QUOTA: Final = 12052093
"""The daily listing quota is used up."""

GONE: Final = frozenset({12052032, 12052260, 12019150, 12019008, 12052048, 12052034})
"""The product is not there, or not in this shop."""

_FIELDS: Final[dict[str, frozenset[int]]] = {
    "title": frozenset({12052261, 12052051, 12052262, 12052263, 12052931}),
    "description": frozenset({12052015, 12052013, 12019006, 12052344, 12052345, 12052056, 12052932}),
    "images": frozenset(
        {12052028, 12052300, 12052301, 12052302, 12052304, 12052305, 12052306, 12052722}
        | {12038002, 12038004, 12038005, 12038014, 12038015, 12019116, 12052520, 12052528, 36009021}
    ),
    "category": frozenset(
        {12052002, 12052023, 12052024, 12052025, 12052217, 12052230, 12052220, 12052446, 12052221}
        | {12052223, 12052226, 12052225}
    ),
    "size_chart": frozenset({12052128}),
    "certificates": frozenset({12052105}),
    "brand": frozenset({12052026, 12019013, 12052200, 12052201, 12052208}),
    "attributes": frozenset({12052104, 12052240, 12052246, 12052248, 12052249, 12052251, 12052529}),
    "variation": frozenset(
        {12052527, 12052525, 12052526, 12052550, 12052560, 12019019, 12052050, 12052558, 12052902}
    ),
    "sku": frozenset({12019059, 12052054, 12052592, 12052591, 12052996, 12052553, 12052557, 12052036}),
    "weight": frozenset({12019011, 12052181, 12052006, 12019061, 12052915}),
    "size": frozenset({12052116}),
    "shop": frozenset({12052402, 12052549, 12019215, 12052115, 12052535}),
}
_AREAS: Final = {"price": "price", "inventory": "stock"}
_FIXES: Final = {
    "title": "Change the title, then List or Update again.",
    "description": "Change the description, then List or Update again.",
    "images": "Replace the image in Avasam, read the inventory, then try again.",
    "category": "Choose another TikTok category.",
    "brand": "Choose a brand that this shop may sell, or none.",
    "attributes": "Complete the attributes of the category.",
    "variation": "Correct the variants in Avasam, read the inventory, then try again.",
    "sku": "Rename the SKU in Avasam.",
    "weight": "Correct the weight.",
    "size": "Type length, width and height of the package.",
    "size_chart": "Choose a size chart for the TikTok category.",
    "certificates": "Choose the documents that the TikTok category asks for.",
    "price": "Change the price or its pricing rule.",
    "stock": "Check the stock in Avasam and the quantity settings.",
    "shop": "Complete it in Seller Center.",
}


def field_of(code: int | None, area: str = "") -> str:
    """The field that a refusal is about; "any" where TikTok does not tell."""
    found = next((name for name, codes in _FIELDS.items() if code in codes), None)
    return found or _AREAS.get(area, "any")


def fix_of(code: int | None, field: str) -> str:
    """What to do about it; empty where only the error's own words help."""
    if code in GONE:
        return "Delete the row to unlink it, then List it anew."
    return _FIXES.get(field, "")


def field_of_position(position: str) -> str:
    """The field that a review names, e.g. `main_images`."""
    lowered = position.casefold().replace(" ", "_")
    names = {"size_chart": "size_chart", "certif": "certificates", "qualification": "certificates"}
    names |= {"main_image": "images", "image": "images", "title": "title", "product_name": "title"}
    names |= {"description": "description", "category": "category", "brand": "brand", "price": "price"}
    names |= {"attribute": "attributes", "sku": "sku"}
    return next((field for name, field in names.items() if name in lowered), "any")
