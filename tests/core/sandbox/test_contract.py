"""Every reply of the sandbox is one that the published contract allows; so are its request rules."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from core.sandbox import contract
from core.sandbox.tiktok import OPERATIONS
from tests.core.sandbox.conftest import Caller
from tests.core.sandbox.journey import OLDER, REFUSED, STEPS, UPLOADS, Journey
from tests.core.sandbox.published import OBSERVED, PUBLISHED, SLICE, TOKENS, inlined, unknown_fields


@pytest.mark.parametrize("operation_id", sorted(contract.operations()))
def test_the_request_rules_are_those_of_the_contract(operation_id: str) -> None:
    method, path, published = PUBLISHED[operation_id]
    rules = contract.operations()[operation_id]
    assert (rules["method"], rules["path"]) == (method, path)
    assert rules["cipher"] == published["x-shop-cipher"]
    own = [parameter for parameter in published["parameters"] if "$ref" not in parameter]
    assert rules["query"] == {
        parameter["name"]: {"required": parameter.get("required", False), **inlined(parameter["schema"])}
        for parameter in own
        if parameter["in"] == "query"
    }
    if "requestBody" in published:
        ((media, content),) = published["requestBody"]["content"].items()
        required = published["requestBody"].get("required", False)
        assert rules["body"] == {"required": required, "media": media, "schema": inlined(content["schema"])}
    else:
        assert "body" not in rules


def test_every_published_operation_is_there_and_none_is_left_untested() -> None:
    there = {operation.id for operation in OPERATIONS.all()}
    assert there == STEPS.keys() | UPLOADS.keys() | REFUSED.keys()
    assert there | TOKENS == PUBLISHED.keys()
    readme = Path(__file__).parents[3].joinpath("README.md").read_text("utf-8")
    assert f"all {len(PUBLISHED)} operations of the published slice" in readme


@pytest.mark.parametrize("operation_id", sorted(REFUSED))
def test_what_these_sellers_cannot_do_is_refused_with_a_published_code(
    caller: Caller, operation_id: str
) -> None:
    method, path, published = PUBLISHED[operation_id]
    code, step = REFUSED[operation_id]
    asked = step(Journey(caller))
    for name, value in asked.get("path", {}).items():
        path = path.replace(f"{{{name}}}", value)
    cipher = published["x-shop-cipher"]
    envelope = caller.call(method, path, asked.get("body"), cipher=cipher, **asked.get("query", {}))
    assert (envelope["code"], bool(envelope["message"]), bool(envelope["request_id"])) == (code, True, True)


@pytest.mark.parametrize(
    ("operation_id", "path"),
    sorted((one.id, one.path) for one in OPERATIONS.all() if one.id not in REFUSED),
)
def test_every_reply_is_one_that_the_contract_allows(caller: Caller, operation_id: str, path: str) -> None:
    method, _, published = PUBLISHED[operation_id]
    if operation_id in UPLOADS:
        envelope = caller.upload(path, *UPLOADS[operation_id])
    else:
        journey = Journey(caller)
        step = OLDER.get(path, STEPS[operation_id])(journey)
        for name, value in step.get("path", {}).items():
            path = path.replace(f"{{{name}}}", value)
        cipher = published["x-shop-cipher"]
        envelope = caller.call(method, path, step.get("body"), cipher=cipher, **step.get("query", {}))
    assert envelope["code"] == 0, envelope
    schema = published["responses"]["200"]["content"]["application/json"]["schema"]
    jsonschema.validate(envelope, {**schema, "components": SLICE["components"]})
    assert list(unknown_fields(schema, envelope)) == []


def test_the_token_reply_is_one_that_the_contract_allows(anonymous: Caller) -> None:
    reply = anonymous.exchange("get", auth_code=anonymous.consent(), grant_type="authorized_code").json()
    _, _, published = PUBLISHED["getAccessToken"]
    schema = published["responses"]["200"]["content"]["application/json"]["schema"]
    jsonschema.validate(reply, {**schema, "components": SLICE["components"]})
    assert list(unknown_fields(schema, reply)) == []


def key_paths(value: Any, where: str = "") -> set[str]:
    """Every key in a JSON value, with where it stands."""
    if isinstance(value, dict):
        return {f"{where}.{key}" for key in value}.union(
            *(key_paths(child, f"{where}.{key}") for key, child in value.items())
        )
    if isinstance(value, list):
        return set().union(*(key_paths(child, f"{where}[]") for child in value))
    return set()


@pytest.mark.parametrize(
    "operation_id", ["getOrderList", "searchProducts", "getProduct", "getAuthorizedShops"]
)
def test_what_was_seen_live_in_a_read_is_in_the_sandbox_too(caller: Caller, operation_id: str) -> None:
    method, path, published = PUBLISHED[operation_id]
    journey = Journey(caller)
    journey.order("cancelled")
    journey.shipped()
    step = STEPS[operation_id](journey)
    path = path.replace("{product_id}", journey.live_product())
    cipher = published["x-shop-cipher"]
    reply = caller.data(method, path, cipher=cipher, **{**step.get("query", {}), "page_size": "100"})
    seen = key_paths(OBSERVED[operation_id]["data"])
    assert seen - key_paths(reply) <= {".orders[].line_items[].cancel_reason"}
