"""Whatever is sent, the sandbox answers with an envelope: it has no way to break, only to refuse."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.sandbox import contract
from core.sandbox.calls import Operation
from core.sandbox.tiktok import OPERATIONS
from tests.core.sandbox.conftest import Caller
from tests.core.sandbox.listings import a_listing

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63),
    st.text(max_size=8),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)
WORDS = st.one_of(
    st.sampled_from(["", "0", "1", "-1", "1e9", "NaN", "GBP", "KILOGRAM", "tos-sandbox/1", "true", "\x00"]),
    st.text(max_size=12),
)
JSON_OPERATIONS = [each for each in OPERATIONS.all() if each.media != "multipart/form-data"]


def values(schema: contract.Schema) -> st.SearchStrategy[Any]:
    """What fits a schema's types, and now and then what does not."""
    kind = schema.get("type", "object")
    fitting: st.SearchStrategy[Any] = ODD
    if "enum" in schema:
        fitting = st.sampled_from(schema["enum"])
    elif kind == "object":
        fields = {name: values(child) for name, child in schema.get("properties", {}).items()}
        needed = {name: fields.pop(name) for name in schema.get("required", ()) if name in fields}
        fitting = st.fixed_dictionaries(needed, optional=fields)
    elif kind == "array":
        fitting = st.lists(values(schema["items"]), max_size=2)
    elif kind == "integer":
        fitting = st.integers(-5, 10**12)
    elif kind == "boolean":
        fitting = st.booleans()
    elif kind == "string":
        fitting = WORDS
    return st.one_of(fitting, fitting, fitting, fitting, fitting, fitting, ODD)


def is_envelope(caller: Caller) -> bool:
    reply = caller.last
    return reply.status_code < 500 and reply.json().keys() == {"code", "message", "request_id", "data"}


@pytest.mark.parametrize("operation", JSON_OPERATIONS, ids=lambda each: f"{each.method} {each.path}")
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_body_and_no_query_breaks_an_operation(
    caller: Caller, operation: Operation, data: st.DataObject
) -> None:
    shop = caller.sandbox.world.sellers[0].shops[0]
    path = operation.path
    for name, known in (
        ("{product_id}", next(iter(shop.products))),
        ("{order_id}", next(iter(shop.orders))),
        ("{warehouse_id}", shop.warehouses[0].id),
    ):
        path = path.replace(name, known)
    query = [(name, data.draw(WORDS)) for name in operation.query if data.draw(st.booleans())]
    body = data.draw(values(operation.body["schema"])) if operation.body else None
    content = b"" if body is None else json.dumps(body).encode()
    caller.send(operation.method, path, query=query, body=content, cipher=operation.cipher)
    assert is_envelope(caller)


@pytest.mark.parametrize(
    "what", ["POST /product/202309/products", "PUT /product/202509/products/{product_id}"]
)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_listing_that_is_almost_right_breaks_create_or_edit(
    caller: Caller, what: str, data: st.DataObject
) -> None:
    method, path = what.split()
    operation = OPERATIONS.find(path.replace("{product_id}", "1"))
    assert operation is not None
    body = operation[0][method].body
    assert body is not None
    properties = body["schema"]["properties"]
    changed = data.draw(st.lists(st.sampled_from(sorted(properties)), max_size=3))
    listing = a_listing(caller, **{name: data.draw(values(properties[name])) for name in changed})
    product_id = next(iter(caller.sandbox.world.sellers[0].shops[0].products))
    caller.send(method, path.replace("{product_id}", product_id), body=json.dumps(listing).encode())
    assert is_envelope(caller)
