"""What requests may hold, from the published contract: `requests.json` is its request half, written out."""

import json
import re
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

Schema = dict[str, Any]
INTEGER = re.compile(r"-?[0-9]{1,18}")
ECHOED = 60
"""How many characters of a wrong value come back in the message about it."""


@cache
def operations() -> dict[str, dict[str, Any]]:
    """Every operation by its id: method, path, whether it takes a cipher, query and body schemas."""
    text = resources.files(__package__).joinpath("requests.json").read_text("utf-8")
    loaded: dict[str, dict[str, Any]] = json.loads(text)
    return loaded


class Problem(NamedTuple):
    """What is wrong with a request: the bare name of the field, which rule it breaks, and a message."""

    field: str
    rule: str
    message: str


def body_problem(schema: Schema, value: Any, where: str = "body", field: str = "body") -> Problem | None:
    """The first thing wrong with a JSON body, or None. Null counts as absent."""
    kind = schema.get("type", "object")
    if not _is(kind, value):
        return Problem(field, "type", f"Invalid '{where}' parameter: expected {kind}")
    if "enum" in schema and value not in schema["enum"]:
        choices = ", ".join(map(str, schema["enum"]))
        shown = f"{value:.{ECHOED}}..." if len(str(value)) > ECHOED else value
        return Problem(field, "enum", f"Invalid '{where}' parameter: '{shown}' is not one of {choices}")
    if kind == "object":
        return _object_problem(schema, value, where)
    if kind == "array":
        return _array_problem(schema, value, where, field)
    if kind == "string" and len(value) > schema.get("maxLength", len(value)):
        return Problem(field, "length", f"Invalid '{where}' parameter: over {schema['maxLength']} characters")
    return _range_problem(schema, value, where) if kind == "integer" else None


def query_problem(schemas: dict[str, Schema], query: dict[str, str]) -> Problem | None:
    """The first query parameter that is missing or wrong, or None."""
    for name, schema in schemas.items():
        if name not in query:
            if schema["required"]:
                return Problem(name, "required", f"Missing '{name}' parameter")
            continue
        value: Any = query[name]
        if schema.get("type") == "integer" and INTEGER.fullmatch(value):
            value = int(value)
        elif schema.get("type") == "boolean" and value in {"true", "false"}:
            value = value == "true"
        elif schema.get("type") == "array":
            value = value.split(",")
        problem = body_problem(schema, value, name, name)
        if problem:
            return problem
    return None


def _array_problem(schema: Schema, value: list[Any], where: str, field: str) -> Problem | None:
    if len(value) > schema.get("maxItems", len(value)):
        return Problem(field, "items", f"Invalid '{where}' parameter: more than {schema['maxItems']} items")
    problems = (body_problem(schema["items"], item, f"{where}[{n}]", field) for n, item in enumerate(value))
    return next((problem for problem in problems if problem), None)


def _object_problem(schema: Schema, value: dict[str, Any], where: str) -> Problem | None:
    prefix = "" if where == "body" else f"{where}."
    for name in schema.get("required", ()):
        if value.get(name) is None:
            return Problem(name, "required", f"Missing '{prefix}{name}' parameter")
    for name, child in schema.get("properties", {}).items():
        if value.get(name) is not None:
            problem = body_problem(child, value[name], f"{prefix}{name}", name)
            if problem:
                return problem
    return None


def _range_problem(schema: Schema, value: int, where: str) -> Problem | None:
    low, high = schema.get("minimum", value), schema.get("maximum", value)
    if low <= value <= high:
        return None
    return Problem(where, "range", f"Invalid '{where}' parameter: {value} is not in [{low}, {high}]")


def _is(kind: str, value: Any) -> bool:
    if kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    kinds: dict[str, type | tuple[type, ...]] = {
        "object": dict,
        "array": list,
        "string": str,
        "boolean": bool,
        "number": (int, float),
    }
    return isinstance(value, kinds[kind])
