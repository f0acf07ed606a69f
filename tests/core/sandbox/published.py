"""The published contract as tests read it: its operations, their schemas, and bodies that fit them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

JSON = dict[str, Any]
CONTRACT = Path(__file__).parents[2] / "contract"
SLICE: JSON = json.loads((CONTRACT / "tiktok-shop.openapi.json").read_text("utf-8"))
ERRORS = frozenset(one["code"] for one in json.loads((CONTRACT / "error-codes.json").read_text("utf-8")))
OBSERVED: JSON = json.loads((CONTRACT / "observed-shapes.json").read_text("utf-8"))["shapes"]
PUBLISHED = {
    operation["operationId"]: (method.upper(), path, operation)
    for path, methods in SLICE["paths"].items()
    for method, operation in methods.items()
}
DROPPED = frozenset({"description", "title", "example", "format"})


def inlined(schema: JSON) -> JSON:
    """A request schema with its references written out and its prose left out."""
    if "$ref" in schema:
        return inlined(SLICE["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    kept = {key: value for key, value in schema.items() if key not in DROPPED and not key.startswith("x-")}
    for part in kept.pop("allOf", ()):
        kept |= inlined(part)
    if "properties" in kept:
        kept["properties"] = {name: inlined(child) for name, child in kept["properties"].items()}
    if "items" in kept:
        kept["items"] = inlined(kept["items"])
    return kept


def unknown_fields(schema: JSON, value: Any, where: str = "") -> Iterator[str]:
    """Paths of what a reply holds and the contract does not know."""
    if "$ref" in schema:
        schema = SLICE["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for part in schema.get("allOf", ()):
        yield from unknown_fields(part, value, where)
    if isinstance(value, dict) and "properties" in schema:
        for name, child in value.items():
            if name in schema["properties"]:
                yield from unknown_fields(schema["properties"][name], child, f"{where}.{name}")
            else:
                yield f"{where}.{name}"
    if isinstance(value, list) and "items" in schema:
        for child in value:
            yield from unknown_fields(schema["items"], child, f"{where}[]")


TOKENS = frozenset({"getAccessToken", "refreshAccessToken"})
"""The two that are neither signed nor of a shop."""


def sample(schema: JSON) -> Any:
    """Something of the right type in every field: ones, and the first of what may be chosen from."""
    whole = inlined(schema)
    if "enum" in whole:
        return whole["enum"][0]
    match whole.get("type", "object"):
        case "object":
            return {name: sample(child) for name, child in whole.get("properties", {}).items()}
        case "array":
            return [sample(whole["items"])]
        case kind:
            return {"string": "1", "integer": 1, "number": 1, "boolean": True}[kind]
