"""Every operation, reply model and body against the OpenAPI slice of TikTok Shop."""

import re
import types
import typing
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.channel.tiktok import operations, wire
from core.channel.tiktok.operations import Operation
from tests.contract.spec import (
    SPEC,
    Schema,
    body_schema,
    data_schema,
    faults,
    operation_of,
    property_of,
    resolved,
)

REPLIES: dict[type[wire.Reply], list[Operation]] = {
    wire.AuthorisedShops: [operations.AUTHORISED_SHOPS],
    wire.OrdersPage: [operations.SEARCH_ORDERS, operations.ORDER_DETAIL],
    wire.ProductsPage: [operations.SEARCH_PRODUCTS],
    wire.ProductDetail: [operations.PRODUCT],
    wire.CreatedProduct: [operations.CREATE_PRODUCT],
    wire.EditedProduct: [operations.PARTIAL_EDIT],
    wire.CheckedListing: [operations.LISTING_CHECK],
    wire.Prerequisites: [operations.PREREQUISITES],
    wire.UploadedImage: [operations.UPLOAD_IMAGE],
    wire.UploadedFile: [operations.UPLOAD_FILE],
    wire.BatchResult: [
        operations.ACTIVATE,
        operations.DEACTIVATE,
        operations.DELETE,
        operations.UPDATE_INVENTORY,
        operations.UPDATE_PRICE,
    ],
    wire.InventoryFound: [operations.SEARCH_INVENTORY],
    wire.Categories: [operations.CATEGORIES],
    wire.RecommendedCategory: [operations.RECOMMEND_CATEGORY],
    wire.CategoryAttributes: [operations.CATEGORY_ATTRIBUTES],
    wire.CategoryRulesWire: [operations.CATEGORY_RULES],
    wire.BrandsPage: [operations.BRANDS],
    wire.Warehouses: [operations.WAREHOUSES],
    wire.DeliveryOptions: [operations.DELIVERY_OPTIONS],
    wire.ShippingProviders: [operations.SHIPPING_PROVIDERS],
    wire.ShippedPackage: [operations.MARK_SHIPPED],
    wire.CancellationsPage: [operations.SEARCH_CANCELLATIONS],
    wire.Reply: [operations.UPDATE_SHIPPING_INFO],
}
"""What each operation's `data` is parsed as."""

ROWS: dict[type[wire.Reply], tuple[str, list[Operation]]] = {
    wire.OrderWire: ("orders", [operations.SEARCH_ORDERS, operations.ORDER_DETAIL]),
    wire.ProductWire: ("products", [operations.SEARCH_PRODUCTS]),
}
"""Rows that are parsed one by one, and the list they stand in."""

ELSEWHERE = {"ProductWire": {"skus[].sales_attributes"}}
"""Fields that only another call of the same shape gives: Get Product tells the sides of a variation."""

BODIES: dict[type[wire.Body], Operation] = {
    wire.OrderSearch: operations.SEARCH_ORDERS,
    wire.ProductSearch: operations.SEARCH_PRODUCTS,
    wire.InventorySearch: operations.SEARCH_INVENTORY,
    wire.InventoryUpdate: operations.UPDATE_INVENTORY,
    wire.PriceUpdate: operations.UPDATE_PRICE,
    wire.MarkShipped: operations.MARK_SHIPPED,
    wire.ShippingUpdate: operations.UPDATE_SHIPPING_INFO,
    wire.CancellationSearch: operations.SEARCH_CANCELLATIONS,
    wire.CreateProduct: operations.CREATE_PRODUCT,
    wire.PartialEdit: operations.PARTIAL_EDIT,
    wire.ListingCheck: operations.LISTING_CHECK,
    wire.ProductIds: operations.ACTIVATE,
    wire.CategoryQuestion: operations.RECOMMEND_CATEGORY,
}

_JSON_TYPES = {str: "string", int: "integer", bool: "boolean"}
_VERSION = re.compile(r"/(\d{6})(?=/)")


def _named(operation: Operation) -> str:
    return f"{operation.method} {operation.path}"


@pytest.mark.parametrize("operation", operations.ALL, ids=_named)
def test_an_operation_is_in_the_slice_with_the_same_cipher_rule(operation: Operation) -> None:
    assert operation_of(operation)["x-shop-cipher"] is operation.cipher
    names = re.findall(r"\{(\w+)\}", operation.path)
    parameters = map(resolved, operation_of(operation)["parameters"])
    assert names == [row["name"] for row in parameters if row["in"] == "path"]


@pytest.mark.parametrize("operation", operations.ALL, ids=_named)
def test_an_operation_is_the_newest_of_its_family(operation: Operation) -> None:
    family = _VERSION.sub("/*", operation.path)
    versions = [
        _VERSION.search(path).group(1)  # type: ignore[union-attr]
        for path, methods in SPEC["paths"].items()
        if _VERSION.sub("/*", path) == family and operation.method.lower() in methods
    ]
    assert _VERSION.search(operation.path).group(1) == max(versions)  # type: ignore[union-attr]


def test_every_operation_has_a_reply_model_and_no_two() -> None:
    named = [operation for found in REPLIES.values() for operation in found]
    assert sorted(named, key=_named) == sorted(operations.ALL, key=_named)


def test_unsafe_are_exactly_the_writes_that_tiktok_says_never_to_retry() -> None:
    unsafe = {operation for operation in operations.ALL if not operation.safe}
    assert unsafe == {
        operations.CREATE_PRODUCT,
        operations.PARTIAL_EDIT,
        operations.UPLOAD_IMAGE,
        operations.UPLOAD_FILE,
        operations.MARK_SHIPPED,
    }


def _misfits(model: type[wire.Reply], schema: Schema, at: str = "") -> set[str]:
    """Fields of a reply model that a schema does not have, or has with another type."""
    wrong = set()
    for name, field in model.model_fields.items():
        inner = property_of(schema, name)
        where = f"{at}{name}"
        if inner is None:
            wrong.add(where)
        else:
            wrong |= _type_misfits(field.annotation, inner, where)
    return wrong


def _type_misfits(annotation: Any, schema: Schema, at: str) -> set[str]:
    origin = typing.get_origin(annotation)
    if origin is tuple:
        if schema.get("type") != "array":
            return {f"{at} is no array"}
        return _type_misfits(typing.get_args(annotation)[0], resolved(schema["items"]), f"{at}[]")
    if origin is dict:
        return set() if "properties" in schema else {f"{at} is no object"}
    if isinstance(annotation, type) and issubclass(annotation, wire.Reply):
        return _misfits(annotation, schema, f"{at}.")
    return set() if schema.get("type") == _JSON_TYPES[annotation] else {f"{at} is {schema.get('type')}"}


@pytest.mark.parametrize("model", REPLIES, ids=lambda model: model.__name__)
def test_every_field_of_a_reply_is_promised_with_its_type(model: type[wire.Reply]) -> None:
    promised = [_misfits(model, data_schema(operation)) for operation in REPLIES[model]]
    assert set.intersection(*promised) == set()


@pytest.mark.parametrize("model", ROWS, ids=lambda model: model.__name__)
def test_every_field_of_a_row_is_promised_with_its_type(model: type[wire.Reply]) -> None:
    name, where = ROWS[model]
    promised = [
        _misfits(model, resolved((property_of(data_schema(operation), name) or {})["items"]))
        for operation in where
    ]
    assert set.intersection(*promised) - ELSEWHERE.get(model.__name__, set()) == set()


def _instances(model: type[wire.Body], schema: Schema) -> st.SearchStrategy[wire.Body]:
    """Bodies of every shape; where the schema lists values, one of them."""
    fields = {
        name: _values(field.annotation, property_of(schema, name) or {})
        for name, field in model.model_fields.items()
    }
    return st.builds(model, **fields)


def _values(annotation: Any, schema: Schema) -> st.SearchStrategy[Any]:
    origin = typing.get_origin(annotation)
    if origin is types.UnionType:
        inner = next(arg for arg in typing.get_args(annotation) if arg is not type(None))
        return st.none() | _values(inner, schema)
    if origin is tuple:
        items = _values(typing.get_args(annotation)[0], resolved(schema.get("items", {})))
        return st.lists(items, max_size=2).map(tuple)
    if isinstance(annotation, type) and issubclass(annotation, wire.Body):
        return _instances(annotation, schema)
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    return st.integers(0, 2**40) if annotation is int else st.text(max_size=8)


@pytest.mark.parametrize("model", BODIES, ids=lambda model: model.__name__)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data())
def test_whatever_a_body_holds_it_conforms(model: type[wire.Body], data: st.DataObject) -> None:
    schema = body_schema(BODIES[model])
    body = data.draw(_instances(model, schema))
    assert faults(schema, body.dump()) == []


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"skus": [{"id": "1"}]}, "$.skus[0]: 'inventory' is a required property"),
        ({"skus": [], "nonsense": 1}, "unknown: $.nonsense"),
        ({"skus": [{"id": 1, "inventory": []}]}, "$.skus[0].id: 1 is not of type 'string'"),
    ],
)
def test_the_slice_finds_what_is_wrong(body: Schema, fault: str) -> None:
    assert fault in faults(body_schema(operations.UPDATE_INVENTORY), body)


@pytest.mark.parametrize("path", ["/api/v2/token/get", "/api/v2/token/refresh"])
def test_the_tokens_are_read_as_they_are_promised(path: str) -> None:
    reply = SPEC["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert _misfits(wire.TokenData, property_of(reply, "data") or {}) == set()


def test_every_body_model_is_held_against_a_schema() -> None:
    def parts(model: type[wire.Body]) -> Iterator[type]:
        yield model
        for field in model.model_fields.values():
            for part in _bodies_in(field.annotation):
                yield from parts(part)

    reached = {part for model in BODIES for part in parts(model)}
    defined = {
        value for value in vars(wire).values() if isinstance(value, type) and issubclass(value, wire.Body)
    }
    assert defined - reached == {wire.Body}


def _bodies_in(annotation: Any) -> list[type[wire.Body]]:
    if isinstance(annotation, type) and issubclass(annotation, wire.Body):
        return [annotation]
    return [body for arg in typing.get_args(annotation) for body in _bodies_in(arg)]
