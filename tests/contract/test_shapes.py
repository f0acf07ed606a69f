"""Bodies as they were seen on the live API, and every way in which they may change, still parse."""

import copy
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.channel.port import Unreadable
from core.channel.tiktok import wire
from core.channel.tiktok.envelope import open_envelope
from core.channel.tiktok.reading import read_order, read_refusals, read_skus
from core.models.listing import ChannelSku
from core.models.order import ChannelOrder
from tests.core.channel.support import NOON, contract

OBSERVED = contract("observed-shapes.json")
SHAPES = OBSERVED["shapes"]
MODELS: dict[str, type[wire.Reply]] = {
    "getAuthorizedShops": wire.AuthorisedShops,
    "searchProducts": wire.ProductsPage,
    "getProduct": wire.ProductDetail,
    "getOrderList": wire.OrdersPage,
    "createProduct": wire.CreatedProduct,
    "updateInventory": wire.BatchResult,
    "updatePrice": wire.BatchResult,
    "uploadProductImage": wire.UploadedImage,
    "getCategories": wire.Categories,
}
ORDER = SHAPES["getOrderList"]["data"]["orders"][0]
PRODUCT = SHAPES["getProduct"]["data"]
FOUND = SHAPES["searchProducts"]["data"]["products"][0]


def _skus(row: object) -> list[ChannelSku]:
    read = read_skus(row, integration_id="i1", read_at=NOON)
    assert not isinstance(read, Unreadable), read.why
    return read


def _order(row: object) -> ChannelOrder:
    read = read_order(row)
    assert not isinstance(read, Unreadable), read.why
    return read


def test_every_observed_shape_has_a_model() -> None:
    assert MODELS.keys() == SHAPES.keys()


@pytest.mark.parametrize("name", MODELS)
def test_an_observed_shape_parses_and_keeps_what_it_says(name: str) -> None:
    envelope = open_envelope(orjson.dumps(SHAPES[name]))
    assert envelope is not None
    assert envelope.code == 0
    assert envelope.request_id == SHAPES[name]["request_id"]
    read = MODELS[name].model_validate(envelope.data)
    kept = json.loads(read.model_dump_json(exclude_unset=True))
    assert _leaves(kept) <= _leaves(SHAPES[name]["data"])


def _leaves(value: object, at: str = "") -> set[tuple[str, str]]:
    if isinstance(value, dict):
        return {leaf for name, inner in value.items() for leaf in _leaves(inner, f"{at}.{name}")}
    if isinstance(value, list):
        return {leaf for inner in value for leaf in _leaves(inner, f"{at}[]")}
    return {(at, str(value))}


@pytest.mark.parametrize("body", OBSERVED["errors"].values(), ids=list(OBSERVED["errors"]))
def test_an_observed_refusal_opens(body: dict[str, Any]) -> None:
    envelope = open_envelope(orjson.dumps(body))
    assert envelope is not None
    assert (envelope.code, envelope.message) == (body["code"], body["message"])


def test_an_observed_order_becomes_ours() -> None:
    order = _order(ORDER)
    assert order.id == "577900000000000001"
    assert order.status == "CANCELLED"
    assert order.created_at == datetime.fromtimestamp(1695873653, UTC)
    assert order.currency == "VND"
    assert str(order.total) == "657000"
    assert order.package_ids == ("1153000000000000001",)
    (line,) = order.lines
    assert (line.line_id, line.sku_id, line.seller_sku) == (
        "577900000000000002",
        "1729700000000000011",
        "SKU-1",
    )


@pytest.mark.parametrize("row", [PRODUCT, FOUND], ids=["Get Product", "search"])
def test_an_observed_product_becomes_its_skus(row: dict[str, Any]) -> None:
    (sku,) = _skus(row)
    assert (sku.product_id, sku.sku_id) == ("1734000000000000001", "1734000000000000011")
    assert sku.quantities == {"7270000000000000001": 43}
    assert str(sku.live_price) == "72000"
    assert sku.status == "ACTIVATE"


def test_an_observed_partial_failure_names_sku_and_warehouse() -> None:
    result = wire.BatchResult.model_validate(SHAPES["updateInventory"]["data"])
    refusals = read_refusals(result, ("1", "2"), area="inventory")
    assert refusals.keys() == {"1"}
    assert refusals["1"].code == 12052097
    assert "(warehouse 7)" in str(refusals["1"])


def _paths(value: object, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The way to every field of an object, however deep."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield (*at, name)
            yield from _paths(inner, (*at, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _paths(inner, (*at, index))


def _put(value: Any, way: tuple[str | int, ...], new: object) -> None:
    for step in way[:-1]:
        value = value[step]
    value[way[-1]] = new


def _at(value: Any, way: tuple[str | int, ...]) -> Any:
    for step in way:
        value = value[step]
    return value


def _mangled(row: dict[str, Any], data: st.DataObject) -> dict[str, Any]:
    """The row with nulls, integers for ids, unknown words and unknown fields, in places drawn at random."""
    changed = copy.deepcopy(row)
    ways = [way for way in _paths(row) if way[-1] != "id" and way[-1] != "skus" and way[-1] != "line_items"]
    for way in data.draw(st.lists(st.sampled_from(ways), max_size=8, unique=True)):
        try:
            old = _at(changed, way)
        except (KeyError, IndexError, TypeError):
            continue
        if isinstance(old, str) and old.isdigit():
            new: object = data.draw(st.sampled_from([None, int(old), 2**63 - 1]))
        elif isinstance(old, str):
            new = data.draw(st.none() | st.text(max_size=5))
        else:
            new = data.draw(st.sampled_from([None, old]))
        _put(changed, way, new)
    for way in data.draw(st.lists(st.sampled_from([(), *_paths(changed)]), max_size=4)):
        if isinstance(place := _at(changed, way), dict):
            place[data.draw(st.text(max_size=3)) + "_new"] = data.draw(
                st.sampled_from([1, "x", None, [], {}])
            )
    return changed


@settings(deadline=None)
@given(data=st.data())
def test_nulls_integers_unknown_words_and_unknown_fields_never_hide_an_order(data: st.DataObject) -> None:
    order = _order(orjson.loads(orjson.dumps(_mangled(ORDER, data))))
    assert order.id == ORDER["id"]
    assert len(order.lines) == 1


@settings(deadline=None)
@given(data=st.data(), row=st.sampled_from([PRODUCT, FOUND]))
def test_nulls_integers_unknown_words_and_unknown_fields_never_hide_a_product(
    data: st.DataObject, row: dict[str, Any]
) -> None:
    (sku,) = _skus(orjson.loads(orjson.dumps(_mangled(row, data))))
    assert sku.sku_id == row["skus"][0]["id"]


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_FIELDS = st.dictionaries(
    st.sampled_from([*wire.OrderWire.model_fields, *wire.ProductWire.model_fields]), _JSON
)


@settings(deadline=None)
@given(row=_JSON | _FIELDS)
def test_whatever_a_row_is_it_is_read_or_said_to_be_unreadable(row: object) -> None:
    order = read_order(row)
    assert isinstance(order, ChannelOrder | Unreadable)
    if isinstance(order, ChannelOrder):
        assert ChannelOrder.from_document(order.to_document()) == order
    assert isinstance(read_skus(row, integration_id="i1", read_at=NOON), list | Unreadable)


@settings(deadline=None)
@given(order_id=st.integers(2**53, 2**63 - 1))
def test_an_id_beyond_the_exact_floats_keeps_every_digit(order_id: int) -> None:
    assert _order(orjson.loads(b'{"id": %d}' % order_id)).id == str(order_id)


@pytest.mark.parametrize("seconds", [10**17, -(10**17), 1_696_306_119_000])
def test_a_time_no_calendar_knows_is_no_time(seconds: int) -> None:
    order = _order({**ORDER, "update_time": seconds, "rts_sla_time": seconds})
    assert order.updated_at == order.created_at
    assert order.ship_by is None


@pytest.mark.parametrize("amount", ["1e9", "NaN", "Infinity", "1_000", "٣", "1,5", "", "-", "9" * 400])
def test_an_amount_that_is_no_decimal_is_no_amount(amount: str) -> None:
    assert _order({**ORDER, "payment": {"total_amount": amount}}).total is None
