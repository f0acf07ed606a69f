"""From a fresh home to a shop that syncs, told by the sandbox's own state (A1, A40, A44, A51)."""

from collections import Counter
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from core import tables
from core.models.order import Order, OrderState
from core.sandbox.orders import SHAPES
from tests.journeys.world import (
    SERVICE,
    Home,
    SandboxProcess,
    is_pushed,
    mappable,
    shop_quantities,
)

PER_SHAPE = 9
ALREADY_SHIPPED = {"awaiting_collection", "in_transit", "delivered", "completed"}
FOR_A_PERSON = {"sample", "replacement", "exchange", "zero_lottery", "partially_shipping"}
HELD = {"on_hold", "cancel_requested", "masked", "no_delivery_option"}


@pytest.fixture(scope="module")
def shapes(sandbox: SandboxProcess) -> dict[str, str]:
    """250 orders and more of every shape: id -> shape."""
    made = {shape: sandbox.order(PER_SHAPE, shape=shape) for shape in SHAPES}
    assert sum(len(ids) for ids in made.values()) >= 250
    return {order_id: shape for shape, ids in made.items() for order_id in ids}


def truth(
    state: Any, shapes: dict[str, str], mapping: dict[str, str], *, exclude: bool, split: bool
) -> dict[str, tuple[str, str, Counter[str]]]:
    """Order id -> (kind, state, units by SKU id), worked out from domain.md for every order there is."""
    expected: dict[str, tuple[str, str, Counter[str]]] = {}
    for order_id, order in state["orders"].items():
        shape = shapes[order_id]
        units = Counter(order["skus"])
        ours = Counter({sku: count for sku, count in units.items() if sku in mapping})
        if order["fulfillment_type"] != "FULFILLMENT_BY_SELLER" or order["status"] == "UNPAID":
            continue
        if not ours:
            if exclude:
                continue
            kind, kept = "non_avasam", units
        elif ours == units:
            kind, kept = "avasam", units
        else:
            if exclude and not split:
                continue
            kind, kept = "mixed", ours if split else units
        if shape == "cancelled":
            stands = "cancelled"
        elif kind == "non_avasam":
            stands = "non_avasam"
        elif shape in ALREADY_SHIPPED:
            stands = "closed"
        elif shape in FOR_A_PERSON:
            stands = "flagged"
        elif shape in HELD:
            stands = "held"
        else:
            stands = "ready"
        expected[order_id] = (kind, stands, kept)
    return expected


@pytest.mark.parametrize("split", [False, True])
@pytest.mark.parametrize("exclude", [False, True])
def test_A44_250_orders_of_every_shape_arrive_as_the_truth_table_says_and_none_twice(
    tmp_path: Path, sandbox: SandboxProcess, shapes: dict[str, str], exclude: bool, split: bool
) -> None:
    state = sandbox.state()
    mapping = mappable(state, but_every=4)
    home = Home(tmp_path, sandbox, {"CONSUMER_KEY": ""})  # no Avasam account: what is ready stays ready
    home.connect()
    home.set(exclude_non_avasam=exclude, split_unknown=split, stock_update=False)
    home.map(mapping, sorted({order["delivery_option_id"] for order in state["orders"].values()} - {""}))

    done = home.run("sync", "orders", "--json")
    assert done.code == 0, done.err

    orders = [Order.from_document(row) for row in home.dump(tables.ORDERS)[tables.ORDERS].values()]
    found = {
        order.source.id: (
            order.kind.value,
            order.state.value,
            Counter(line.sku_id for line in order.source.lines),
        )
        for order in orders
    }
    assert len(found) == len(orders)
    assert found == truth(state, shapes, mapping, exclude=exclude, split=split)
    assert {order.allocated_service for order in orders if order.state is OrderState.READY} == {SERVICE}


def test_A1_a_shop_is_connected_mapped_and_synced_from_commands_alone(
    tmp_path: Path, sandbox: SandboxProcess, shapes: dict[str, str]
) -> None:
    home = Home(tmp_path, sandbox)
    begun = home.run("integrations", "begin", "Main", "--json").json
    redirect = sandbox.consent(address=begun["address"])
    added = home.run("integrations", "add", "Main", "--code", redirect, "--json")
    assert added.code == 0, added.err
    assert added.json["shop"]["name"] == "Sandbox Shop GB"
    assert added.json["enabled"] is True

    mapping = mappable(sandbox.state())
    home.map(mapping, [])
    first = home.once()
    assert first.code == 0, first.err + first.out
    assert is_pushed(home, mapping)
    shown = home.integrations()["Main"]
    assert shown["mapped"] == len(mapping)
    assert shown["problems"] <= 1, "goods of unknown stock are named, nothing else"

    listed = [row["id"] for row in home.run("orders", "list", "--json").json]
    assert sorted(listed) == sorted(key.partition("/")[2] for key in home.dump(tables.ORDERS)[tables.ORDERS])

    untouched = {key: units for key, units in shop_quantities(sandbox.state()).items() if key not in mapping}
    chosen = [sku for sku in dict.fromkeys(mapping.values()) if stocked(sandbox, sku)][:12]
    sandbox.control("POST", "/stock", {sku: 30 + number for number, sku in enumerate(chosen)})
    after = sandbox.last_request()
    assert home.once().code == 0
    assert is_pushed(home, mapping)
    state = sandbox.state()
    assert {key: shop_quantities(state)[key] for key in untouched} == untouched
    products = {
        product_id
        for product_id, product in state["products"].items()
        for sku_id in product["skus"]
        if mapping.get(sku_id) in chosen
    }
    updates = [one["path"] for one in sandbox.requests(after) if one["path"].endswith("/inventory/update")]
    assert Counter(updates) == Counter(f"/product/202309/products/{one}/inventory/update" for one in products)

    before, after = home.dump(), sandbox.last_request()
    again = home.once()
    assert again.code == 0
    assert home.dump() == before, "A51"
    writes = [one["path"] for one in sandbox.requests(after) if "update" in one["path"]]
    assert writes == []
    assert set(chain.from_iterable(run["counts"] for run in again.json)) & {"new", "pushed"} == set()


def stocked(sandbox: SandboxProcess, sku: str) -> bool:
    return sandbox.state()["avasam"]["products"][sku]["stock"] is not None
