"""Whatever goes wrong between two calls of an Update or a Delete, and whatever pictures turn out to be.

Acceptance lines: A26, A27, A28, A29.
"""

import threading
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from core import tables
from core.channel.listings import ChannelProduct, Created, ProductDraft
from core.channel.tiktok.listings import TikTokListings
from core.models.listing_state import Action
from core.rules.listing_status import ListingStatus
from tests.core.sandbox.listings import png
from tests.core.services.listing_world import CHECK, CREATE, UPLOAD, ListingWorld

READ = "/product/202309/products/{x}"
EDIT = "/product/202509/products/{x}/partial_edit"
PRICES = f"{READ}/prices/update"
FAULTS: list[tuple[str, dict[str, Any]]] = [
    (EDIT, {"drop": "after"}),
    (EDIT, {"drop": "before", "n": 5}),
    (EDIT, {"status": 500, "when": "after", "n": 5}),
    (EDIT, {"body": "truncated", "when": "after"}),
    (EDIT, {"status": 429, "n": 5}),
    (PRICES, {"drop": "after"}),
    (PRICES, {"status": 500, "n": 5}),
    (READ, {"drop": "before", "n": 5}),
]


async def work_off(world: ListingWorld) -> None:
    """Try again whatever did not go well, until nothing is left."""
    for _ in range(3):
        for asked in await world.listings.retry(world.shop, None, by="test", reset=True):
            assert asked.job is not None
            await world.finish(asked.job)


async def test_A28_whatever_goes_wrong_in_an_update_it_ends_as_wanted_and_no_variant_is_lost(
    world: ListingWorld,
) -> None:
    names = [f"UPF-{number}" for number in range(len(FAULTS))]
    for name in names:
        await world.stock(*world.family(name, "Sage", "Navy"))
    await world.categorise(names[0])
    await world.do(Action.PUBLISH, *names)
    for name in names:
        await world.end_review(f"{name}-SAG", passes=True)
    await world.look_at_reviews()
    for name, (path, how) in zip(names, FAULTS, strict=True):
        await world.listings.edit(world.shop, [name], {"title": f"A better candle {name}"}, by="ann")
        price = {"typed_price": Decimal("11.50")}
        await world.listings.edit(world.shop, [f"{name}-SAG"], price, by="ann")
        await world.stock(world.child(name, "Rust"))
        await world.fault(path, exact=True, **how)
        await world.do(Action.UPDATE, name)
        left = (await world.control("GET", "/faults"))["faults"]
        assert all(one["hits"] for one in left), "it was struck, once or more"
        await world.control("DELETE", "/faults")
        await work_off(world)
        await world.do(Action.UPDATE, name)
        await world.end_review(f"{name}-SAG", passes=True)
        await world.look_at_reviews()
        await world.do(Action.UPDATE, name)
        sold = await world.sold(f"{name}-SAG")
        assert (sold["title"], sold["price"]) == (f"A better candle {name}", "11.50"), (path, how)
        (product_id,) = await world.products(f"{name}-SAG")
        product = (await world.shop_state())[product_id]
        assert sorted(one["seller_sku"] for one in product["skus"].values()) == [
            f"{name}-NAV",
            f"{name}-RUS",
            f"{name}-SAG",
        ], (path, how)
        assert (await world.row(name)).problems == (), (path, how)


async def test_A29_whatever_goes_wrong_in_a_delete_the_row_ends_as_the_shop_has_it(
    world: ListingWorld,
) -> None:
    names = [f"DEF-{number}" for number in range(4)]
    await world.stock(*map(world.single, names))
    await world.categorise(names[0])
    await world.do(Action.PUBLISH, *names)
    path = "/product/202309/products"
    hows: list[dict[str, Any]] = [
        {"drop": "after"},
        {"drop": "before", "n": 5},
        {"status": 500, "when": "after", "n": 5},
        {"body": "truncated", "when": "after"},
    ]
    for name, how in zip(names, hows, strict=True):
        await world.fault(path, exact=True, **how)
        await world.do(Action.DELETE, name)
        await world.control("DELETE", "/faults")
        await work_off(world)
        if (await world.row(name)).status.linked:
            await world.do(Action.DELETE, name)
        row = await world.row(name)
        assert (row.status.status, row.status.linked) == (ListingStatus.NOT_LISTED, False), how
        assert await world.products(name) == [], how
    assert await world.backend.store.count(tables.SKU_MAPPINGS) == 0


async def test_A27_variants_whose_names_the_answer_leaves_out_are_looked_up_and_mapped(
    world: ListingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`skus[].seller_sku` is optional in the contract: without it nothing tells which variant is which."""
    create = TikTokListings.create

    async def nameless(self: TikTokListings, draft: ProductDraft, *, key: str) -> Created:
        made = await create(self, draft, key=key)
        return replace(made, skus=[(sku_id, "") for sku_id, _ in made.skus])

    monkeypatch.setattr(TikTokListings, "create", nameless)
    await world.stock(*world.family("NAM-FAM", "Sage", "Navy"))
    await world.categorise("NAM-FAM")
    assert (await world.do(Action.PUBLISH, "NAM-FAM"))["NAM-FAM"][0] == "done"
    mapped = [one["avasam_sku"] async for _, one in world.backend.store.scan(tables.SKU_MAPPINGS)]
    assert sorted(map(str, mapped)) == ["NAM-FAM-NAV", "NAM-FAM-SAG"]


async def test_A27_a_review_of_which_the_answer_says_nothing_is_not_taken_for_passed(
    world: ListingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`audit` is optional in the contract: a pending product is under review without it."""
    await world.stock(world.single("QUI-ONE"))
    await world.categorise("QUI-ONE")
    await world.do(Action.PUBLISH, "QUI-ONE")
    read = TikTokListings.product
    said = {"status": "PENDING"}

    async def quiet(self: TikTokListings, product_id: str) -> ChannelProduct:
        return replace(await read(self, product_id), review="", status=said["status"])

    monkeypatch.setattr(TikTokListings, "product", quiet)
    assert await world.look_at_reviews() == {"looked": 1, "in_review": 1}
    said["status"] = ""
    assert await world.look_at_reviews() == {"looked": 1, "in_review": 1}
    said["status"] = "ACTIVATE"
    assert await world.look_at_reviews() == {"looked": 1, "approved": 1}


async def test_a_picture_that_was_handed_over_stays_known_although_the_call_after_it_failed(
    world: ListingWorld,
) -> None:
    """Its record shares the commit of the attempt; where there is no attempt it is kept by itself."""
    await world.stock(world.single("PIC-1", images=(world.image(70_001),)))
    await world.categorise("PIC-1")
    before = world.calls(UPLOAD)
    await world.fault(CHECK, exact=True, status=500, n=9)
    assert (await world.do(Action.PUBLISH, "PIC-1"))["PIC-1"][0] == "failed"
    await world.control("DELETE", "/faults")
    assert await world.backend.store.count(tables.IMAGE_UPLOADS) == 1
    assert (await world.do(Action.PUBLISH, "PIC-1"))["PIC-1"][0] == "done"
    assert world.calls(UPLOAD) == before + 1, "the same bytes go once"


class Pictures(BaseHTTPRequestHandler):
    """Pictures that nobody would take."""

    def do_GET(self) -> None:
        body = {
            "/small": png(100, 100),
            "/wide": png(600, 20_000),
            "/text": b"<html>Sorry, no picture today</html>",
            "/empty": b"",
        }.get(self.path)
        if self.path == "/huge":
            self.send_response(200)
            self.end_headers()
            try:
                for _ in range(50):
                    self.wfile.write(bytes(1024 * 1024))
            except (BrokenPipeError, ConnectionResetError):
                return  # nobody reads 50 MB to the end
        elif body is None:
            self.send_error(404)
        else:
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def pictures() -> Iterator[str]:
    """The address of a server of them."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pictures)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


async def test_A26_pictures_that_are_missing_small_huge_or_none_fail_their_rows_alone(
    world: ListingWorld, pictures: str
) -> None:
    said = {
        "missing": "HTTP 404",
        "small": "100 x 100 pixels",
        "wide": "600 x 20000 pixels",
        "text": "is not an image",
        "empty": "is not an image",
        "huge": "at most",
    }
    rows = [world.single(f"IMG-{name}", images=(f"{pictures}/{name}",)) for name in said]
    second = world.single("IMG-GOOD", images=(world.image(), f"{pictures}/small"))
    await world.stock(*rows, second)
    await world.categorise("IMG-GOOD")
    creates = world.calls(CREATE, "POST")
    done = await world.do(Action.PUBLISH, "IMG-GOOD", *(row.sku for row in rows))
    assert done["IMG-GOOD"][0] == "done"
    for name, words in said.items():
        result, text = done[f"IMG-{name}"]
        assert (result, words in text) == ("failed", True), text
    assert world.calls(CREATE, "POST") == creates + 1
    notes = (await world.state("IMG-GOOD")).problems
    assert [(one.code, one.blocking) for one in notes] == [("image-size", False)], "that one was left out"
