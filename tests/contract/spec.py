"""The OpenAPI slice, as far as tests ask it: operations, schemas, and whether a request conforms."""

import json
import re
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

import httpx
from jsonschema import Draft202012Validator

from core.channel.tiktok.operations import Operation
from tests.core.channel.support import Rig, contract

Schema = dict[str, Any]
SPEC: Schema = contract("tiktok-shop.openapi.json")
_SIGNED = {"app_key", "timestamp", "sign", "shop_cipher", "x-tts-access-token"}


def operation_of(operation: Operation) -> Schema:
    """The slice's entry for one of our operations."""
    entry: Schema = SPEC["paths"][operation.path][operation.method.lower()]
    return entry


def resolved(schema: Schema) -> Schema:
    """The schema behind a reference or a single `allOf`."""
    while True:
        if "$ref" in schema:
            section, name = schema["$ref"].split("/")[-2:]
            schema = SPEC["components"][section][name]
        elif len(schema.get("allOf", ())) == 1:
            schema = schema["allOf"][0]
        else:
            return schema


def property_of(schema: Schema, name: str) -> Schema | None:
    """A property of an object schema."""
    found = resolved(schema).get("properties", {}).get(name)
    return None if found is None else resolved(found)


def data_schema(operation: Operation) -> Schema:
    """The schema of a reply's `data`."""
    reply = operation_of(operation)["responses"]["200"]["content"]["application/json"]["schema"]
    return resolved(resolved(reply)["properties"]["data"])


def body_schema(operation: Operation) -> Schema:
    """The schema of a JSON request body."""
    return resolved(operation_of(operation)["requestBody"]["content"]["application/json"]["schema"])


@cache
def _validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator({**json.loads(schema), "components": SPEC["components"]})


def faults(schema: Schema, instance: object) -> list[str]:
    """What a value breaks of a schema, unknown names included."""
    validator = _validator(json.dumps(schema))
    broken = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(instance)]
    return broken + [f"unknown: {name}" for name in unknown_names(schema, instance)]


def unknown_names(schema: Schema, instance: object, at: str = "$") -> list[str]:
    """Names in a value that its schema does not know."""
    schema = resolved(schema)
    if isinstance(instance, list):
        return [name for item in instance for name in unknown_names(schema["items"], item, f"{at}[]")]
    if not isinstance(instance, dict):
        return []
    unknown = []
    for name, value in instance.items():
        inner = property_of(schema, name)
        unknown += [f"{at}.{name}"] if inner is None else unknown_names(inner, value, f"{at}.{name}")
    return unknown


def request_faults(request: httpx.Request) -> list[str]:
    """What a request breaks of the slice: path, method, query, body."""
    path = request.url.path
    for template, methods in SPEC["paths"].items():
        pattern = re.sub(r"\{\w+\}", "[^/]+", template)
        if re.fullmatch(pattern, path) and request.method.lower() in methods:
            return _faults_against(methods[request.method.lower()], request)
    return [f"{request.method} {path} is not in the slice"]


def faults_of(made: Rig) -> list[str]:
    """What the requests of a test broke of the slice, all together."""
    return [fault for request in made.shop.requests for fault in request_faults(request)]


def _faults_against(entry: Schema, request: httpx.Request) -> list[str]:
    parameters = {row["name"]: row for row in map(resolved, entry["parameters"]) if row["in"] == "query"}
    query = dict(parse_qsl(request.url.query.decode(), keep_blank_values=True))
    wrong = [f"query {name} is unknown" for name in query if name not in parameters]
    wrong += [
        f"query {name} is missing"
        for name, row in parameters.items()
        if row.get("required") and name not in query
    ]
    for name in query.keys() & parameters.keys() - _SIGNED:
        schema = resolved(parameters[name]["schema"])
        value = query[name]
        if "enum" in schema and value not in schema["enum"]:
            wrong.append(f"query {name}={value} is none of {schema['enum']}")
        if schema.get("type") == "integer" and not value.isdigit():
            wrong.append(f"query {name}={value} is no integer")
    content = entry.get("requestBody", {}).get("content", {})
    if "application/json" in content and request.content:
        wrong += faults(content["application/json"]["schema"], json.loads(request.content))
    if entry.get("requestBody", {}).get("required") and not request.content:
        wrong.append("the body is missing")
    if not content and request.content:
        wrong.append("there must be no body")
    return wrong
