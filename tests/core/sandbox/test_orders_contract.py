"""Every order of the simulated merchant against the published schema, with unknown fields forbidden."""

import random
from pathlib import Path
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator

from core.sandbox.merchant import build_world
from core.sandbox.orders import SHAPES, new_order
from core.sandbox.tiktok.orders import order_view

NOW = 1_800_000_000
CONTRACT = Path(__file__).parents[2] / "contract" / "tiktok-shop.openapi.json"


def closed(schema: Any) -> Any:
    """The schema with every object limited to the properties that it names."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    parts = {name: closed(part) for name, part in schema.items()}
    return parts | {"additionalProperties": False} if "properties" in schema else parts


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    contract = orjson.loads(CONTRACT.read_bytes())
    schemas = closed(contract["components"]["schemas"])
    root = "#/components/schemas/GetOrderListResponseData"
    return Draft202012Validator({"components": {"schemas": schemas}, "$ref": root})


@pytest.mark.parametrize("place", [0, 1, 2])
def test_every_shape_goes_over_the_wire_in_documented_fields_alone(
    validator: Draft202012Validator, place: int
) -> None:
    world = build_world(seed=1, products=100, orders=0, now=NOW)
    shop = world.shops()[place]
    orders = [new_order(world, shop, now=NOW, rng=random.Random(1), shape=shape) for shape in SHAPES]
    shown = orjson.loads(orjson.dumps({"orders": [order_view(order) for order in orders]}))
    assert [error.message for error in validator.iter_errors(shown)] == []
