"""What TikTok finds wrong with size charts, certificates and who made it (tiktok-shop-api §5, §7)."""

from collections.abc import Iterator
from typing import Any

from core.sandbox.model import World

JSON = dict[str, Any]
Found = tuple[int, str]


def rule_problems(rules: JSON, body: JSON) -> Iterator[Found]:
    """What the category's rules ask for and the product lacks."""
    if _is_asked(rules, "package_dimension") and not body.get("package_dimensions"):
        yield 12052116, "The package dimensions are missing"
    chart = body.get("size_chart") or {}
    if _is_asked(rules, "size_chart") and not (chart.get("image") or chart.get("template")):
        yield 12052128, "The size chart is missing"
    given = {item["id"]: item for item in body.get("certifications") or ()}
    known = {rule["id"] for rule in rules.get("product_certifications", ())}
    for unknown in sorted(given.keys() - known):
        yield 12052105, f"The certification {unknown} is not of this category"
    for rule in rules.get("product_certifications", ()):
        item = given.get(rule["id"])
        has_paper = item is not None and (item.get("images") or item.get("files"))
        if rule["is_required"] and item is None:
            yield 12052105, f"A required qualification is missing: {rule['name']}"
        elif item is not None and not has_paper:
            yield 12052105, f"The qualification has neither image nor file: {rule['name']}"
        elif item is not None and _is_asked(rule, "expiration_date") and not item.get("expiration_date"):
            yield 12052105, f"The qualification has no expiration date: {rule['name']}"
    for name in ("manufacturer", "responsible_person"):
        if _is_asked(rules, name) and not body.get(f"{name}_ids"):
            yield 12052105, f"The {name.replace('_', ' ')} is missing"


def document_problems(world: World, body: JSON) -> Iterator[Found]:
    """References to pictures and files that were never uploaded, or for another use."""
    chart = ((body.get("size_chart") or {}).get("image") or {}).get("uri")
    if chart is not None and _use(world, chart) != "SIZE_CHART_IMAGE":
        yield 12052722, "The size chart image uri is unknown to TikTok Shop"
    for item in body.get("certifications") or ():
        uris = [image["uri"] for image in item.get("images") or ()]
        if any(_use(world, uri) != "CERTIFICATION_IMAGE" for uri in uris):
            yield 12052722, "A certification image uri is unknown to TikTok Shop"
        if any(_file_id(file) not in world.files for file in item.get("files") or ()):
            yield 12038002, "A certification file is unknown to TikTok Shop"


def certifications_view(world: World, items: list[JSON], rules: JSON, image_view: Any) -> list[JSON]:
    """Certificates as Get Product shows them."""
    names = {rule["id"]: rule["name"] for rule in rules.get("product_certifications", ())}
    shown = []
    for item in items:
        ids = [_file_id(file) for file in item.get("files") or ()]
        one: JSON = {
            "id": item["id"],
            "title": names.get(item["id"], ""),
            "images": [image_view(image["uri"]) for image in item.get("images") or ()],
            "files": [{"id": file_id, "urls": [], **world.files.get(file_id, {})} for file_id in ids],
        }
        if item.get("expiration_date"):
            one["expiration_date"] = item["expiration_date"]
        shown.append(one)
    return shown


def _file_id(file: JSON | str) -> str:
    """A create names files by text, a partial edit by object (contract)."""
    return file if isinstance(file, str) else str(file.get("id", ""))


def _use(world: World, uri: str) -> str:
    return str(world.images.get(uri, {}).get("use_case", ""))


def _is_asked(rules: JSON, name: str) -> bool:
    return bool(rules.get(name, {}).get("is_required"))
