"""The world written down and read back, and its pictures."""

import random
import struct
import zlib
from dataclasses import replace

import orjson
import pytest

from core.sandbox.images import image_bytes
from core.sandbox.life import advance, schedule_dispatch, schedule_review
from core.sandbox.merchant import build_world
from core.sandbox.model import AvasamOrder, World
from core.sandbox.orders import SHAPES, new_order
from core.sandbox.persistence import dump_world, load_world

NOW = 1_800_000_000


@pytest.fixture
def world() -> World:
    """A world in which everything that can be there is there."""
    world = build_world(seed=9, products=150, orders=30, now=NOW)
    for shop in world.shops():
        for shape in SHAPES:
            new_order(world, shop, now=NOW, rng=random.Random(3), shape=shape)
    shop = world.shops()[0]
    product = next(iter(shop.products.values()))
    product.pending = {"title": "Edited", "skus": [replace(sku, seller_sku="X") for sku in product.skus]}
    schedule_review(world, shop, product, NOW + 600)
    world.avasam_orders.append(AvasamOrder("AV00000001", "ref", 3, NOW, {"Notes": "é"}))
    schedule_dispatch(world, world.avasam_orders[0], NOW + 60)
    world.images["tos-sandbox/up"] = {"width": 30, "height": 20}
    return world


def test_a_world_read_back_equals_the_one_written(world: World) -> None:
    assert load_world(dump_world(world)) == world


def test_a_world_read_back_goes_on_just_as_the_one_written_would_have(world: World) -> None:
    again = load_world(dump_world(world))
    moved = [advance(one, NOW + 5 * 3600, random.Random(2)) for one in (world, again)]
    assert moved[0] == moved[1] > 0
    made = [new_order(one, one.shops()[0], now=NOW, rng=random.Random(2)) for one in (world, again)]
    assert made[0] == made[1]
    assert again == world


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"{}", b'{"seed": 1}'])
def test_what_is_not_a_world_is_refused(data: bytes) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        load_world(data)


def test_a_world_with_an_unknown_field_is_refused(world: World) -> None:
    with pytest.raises(TypeError):
        load_world(orjson.dumps({**orjson.loads(dump_world(world)), "moons": 2}))


def read_png(data: bytes) -> tuple[int, int, int]:
    """Width, height and number of pixel bytes, with every checksum checked."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    chunks: dict[bytes, bytes] = {}
    place = 8
    while place < len(data):
        length, kind = struct.unpack(">I4s", data[place : place + 8])
        body = data[place + 8 : place + 8 + length]
        (check,) = struct.unpack(">I", data[place + 8 + length : place + 12 + length])
        assert check == zlib.crc32(kind + body)
        chunks[kind] = body
        place += 12 + length
    assert list(chunks) == [b"IHDR", b"PLTE", b"IDAT", b"IEND"]
    width, height = struct.unpack(">II", chunks[b"IHDR"][:8])
    return width, height, len(zlib.decompress(chunks[b"IDAT"]))


def test_the_merchants_pictures_are_600_pixels_square_and_always_the_same(world: World) -> None:
    uri = next(iter(world.avasam_products.values())).images[0]
    found = image_bytes(world, uri)
    assert found is not None
    data, kind = found
    assert kind == "image/png"
    assert read_png(data) == (600, 600, 600 * (75 + 1))
    assert image_bytes(world, uri) == found
    assert image_bytes(world, "tos-sandbox/123456") != found


@pytest.mark.parametrize(("width", "height"), [(30, 20), (1, 1), (7, 500), (4000, 3)])
def test_an_uploaded_picture_has_the_size_it_was_uploaded_with(world: World, width: int, height: int) -> None:
    world.images["tos-sandbox/up"] = {"width": width, "height": height}
    found = image_bytes(world, "tos-sandbox/up")
    assert found is not None
    assert read_png(found[0]) == (width, height, height * ((width + 7) // 8 + 1))


@pytest.mark.parametrize("uri", ["", "tos-sandbox/", "tos-sandbox/x", "../etc/passwd", "tos-sandbox/1/2"])
def test_there_is_no_picture_at_any_other_address(world: World, uri: str) -> None:
    assert image_bytes(world, uri) is None
