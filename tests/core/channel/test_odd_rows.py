"""One row or field that is not as promised: the others are read, and an effect is not taken for a failure."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from core.channel.errors import LostReply, UnreadableReply
from core.channel.port import Parcel
from core.channel.tiktok import operations, wire
from core.channel.tiktok.adapter import TikTokAuthoriser, TikTokShop
from core.channel.tiktok.categories import TikTokCategories
from core.channel.tiktok.fulfilment import TikTokFulfilment
from core.channel.tiktok.listings import TikTokListings
from core.channel.tiktok.logistics import TikTokLogistics
from tests.core.channel.support import NOON, Rig, ok, rig
from tests.core.channel.test_listings import DRAFT

Read = Callable[[Rig], Awaitable[Any]]
NOT_ROWS: list[Any] = [None, "x", 5, [], {}, {"id": {}, "product_id": [], "cancel_id": {}, "check_item": []}]
STOCK = {"product_id": "1", "skus": [{"id": "10", "warehouse_inventory": []}]}


async def _cancelled(made: Rig) -> list[str]:
    pages = TikTokFulfilment(made.client).cancellations(since=NOON, until=NOON)
    return [row.id async for page in pages for row in page]


async def _stock(made: Rig) -> list[str]:
    shop = TikTokShop(made.client, integration_id="i1", clock=made.clock)
    return [row.sku_id async for batch in shop.live_stock(["10"]) for row in batch]


async def _brands(made: Rig) -> list[str]:
    return [row.id async for page in TikTokCategories(made.client).brands() for row in page]


async def _warehouses(made: Rig) -> list[str]:
    shop = TikTokShop(made.client, integration_id="i1", clock=made.clock)
    return [row.id for row in await shop.warehouses()]


async def _shops(made: Rig) -> list[str]:
    return [row.id for row in await TikTokAuthoriser(made.client).shops()]


async def _carriers(made: Rig) -> list[str]:
    return [row.id for row in await TikTokLogistics(made.client).carriers("1")]


async def _tree(made: Rig) -> list[str]:
    return [row.id for row in await TikTokCategories(made.client).categories()]


async def _attributes(made: Rig) -> list[str]:
    return [row.id for row in await TikTokCategories(made.client).attributes("1")]


@pytest.mark.parametrize("odd", NOT_ROWS, ids=str)
@pytest.mark.parametrize(
    ("name", "row", "read"),
    [
        ("inventory", STOCK, _stock),
        ("cancellations", {"cancel_id": "10", "order_id": "2"}, _cancelled),
        ("brands", {"id": "10"}, _brands),
        ("warehouses", {"id": "10"}, _warehouses),
        ("shops", {"id": "10", "cipher": "c"}, _shops),
        ("shipping_providers", {"id": "10"}, _carriers),
        ("categories", {"id": "10"}, _tree),
        ("attributes", {"id": "10"}, _attributes),
    ],
)
async def test_a_row_that_is_odd_hides_none_of_the_others(
    name: str, row: object, read: Read, odd: Any
) -> None:
    made = rig(ok({name: [odd, row, odd]}))
    assert await read(made) == ["10"]
    assert len(made.shop.requests) == 1


async def test_rows_of_which_none_can_be_read_are_no_answer() -> None:
    with pytest.raises(UnreadableReply, match="cancel_id"):
        await _cancelled(rig(ok({"cancellations": [{"order_id": "2"}]})))


async def test_an_odd_variant_hides_no_other_and_a_warehouse_without_an_id_counts_for_none() -> None:
    stock = {
        "id": "10",
        "seller_sku": [],
        "total_available_quantity": "many",
        "warehouse_inventory": [
            {"warehouse_id": "\x1b[1m7", "available_quantity": "4"},
            {"available_quantity": 9},
        ],
    }
    made = rig(ok({"inventory": [{"product_id": 1, "skus": [{"id": None}, stock, "x"]}]}))
    shop = TikTokShop(made.client, integration_id="i1", clock=made.clock)
    ((live,),) = [batch async for batch in shop.live_stock(["10"])]
    assert (live.sku_id, live.quantities) == ("10", {"7": 4})


@pytest.mark.parametrize("token", [{}, [], ["x"], True])
async def test_a_page_token_that_is_none_is_not_taken_for_the_last_page(token: object) -> None:
    made = rig(ok({"orders": [], "next_page_token": token, "total_count": "many"}))
    shop = TikTokShop(made.client, integration_id="i1", clock=made.clock)
    with pytest.raises(UnreadableReply, match="next_page_token"):
        [page async for page in shop.orders(since=None, until=NOON)]


@pytest.mark.parametrize("odd", [None, "x", [], {}, {"code": "E-17", "message": {}, "detail": []}])
async def test_a_batch_error_that_cannot_be_read_confirms_none_and_is_not_asked_for_again(odd: Any) -> None:
    made = rig(ok({"errors": [odd]}))
    shop = TikTokShop(made.client, integration_id="i1", clock=made.clock)
    assert (await shop.push_stock("1", {"10": {"7": 1}, "11": {"7": 1}})).keys() == {"10", "11"}
    assert len(made.shop.requests) == 1


async def test_an_odd_inner_reason_hides_neither_the_sku_nor_the_outer_one() -> None:
    item = {"code": 12052055, "message": "Range", "detail": {"sku_id": "10", "extra_errors": {"code": 1}}}
    made = rig(ok({"errors": [item]}))
    shop = TikTokShop(made.client, integration_id="i1", clock=made.clock)
    refusals = await shop.push_stock("1", {"10": {"7": 1}, "11": {"7": 1}})
    assert [(sku, error.code) for sku, error in refusals.items()] == [("10", 12052055)]


@pytest.mark.parametrize("odd", ["x", 5, {}, ["x"], [None], [{"message": []}], [{"id": []}]], ids=str)
async def test_what_was_made_is_not_lost_with_a_word_about_it(odd: Any) -> None:
    listings = TikTokListings(
        rig(ok({"product_id": "1", "warnings": odd, "skus": odd})).client,
        integration_id="i",
        clock=rig().clock,
    )
    created = await listings.create(DRAFT, key="k1")
    assert (created.product_id, created.skus) == ("1", [])
    made = rig(ok({"package_id": "2", "warning": odd, "order_id": odd if isinstance(odd, dict) else [odd]}))
    shipped = await TikTokFulfilment(made.client).mark_shipped("1", Parcel("T1", "C1", ("11",)))
    assert shipped.package_id == "2"
    image = await made_image(odd)
    assert (image.uri, image.width) == ("tos-x/y", 0 if odd != 5 else 5)


async def made_image(odd: Any) -> wire.UploadedImage:
    made = rig(ok({"uri": "tos-x/y", "url": [odd], "width": odd, "height": "600px"}))
    return await made.client.call(operations.UPLOAD_IMAGE, wire.UploadedImage)


async def test_what_the_call_was_for_must_be_there() -> None:
    with pytest.raises(LostReply, match="uri"):
        await rig(ok({"uri": []})).client.call(operations.UPLOAD_IMAGE, wire.UploadedImage)


@pytest.mark.parametrize("odd", [[], {}, "soon", True, [5]], ids=str)
async def test_what_people_only_read_hides_no_order(odd: Any) -> None:
    row = {
        "id": "1",
        "payment": odd,
        "packages": [odd, {"id": "5"}],
        "recipient_address": {"name": "Ann", "district_info": [odd]},
        "buyer_message": [odd],
        "tts_sla_time": odd,
        "line_items": [{"id": "11", "product_name": [odd], "sku_name": [odd]}],
    }
    made = rig(ok({"orders": [row]}))
    shop = TikTokShop(made.client, integration_id="i1", clock=made.clock)
    ((order,),) = [page.orders async for page in shop.orders(since=None, until=NOON)]
    assert (order.total, order.package_ids, order.buyer_message) == (None, ("5",), "")
    assert order.address.name == "Ann"
    assert [line.line_id for line in order.lines] == ["11"]


async def test_what_an_edit_sends_back_is_read_whole_or_not_at_all() -> None:
    """A side or a certificate that were passed over would be taken from the product by the next edit."""
    for odd in (
        {"skus": [{"id": "2", "sales_attributes": [{"name": "Size", "value_name": "L"}, 5]}]},
        {"certifications": [{"id": "3"}, 5]},
        {"product_attributes": [{"id": "4", "values": [5]}]},
    ):
        made = rig(ok({"id": "1", "skus": [], **odd}))
        with pytest.raises(UnreadableReply):
            await TikTokListings(made.client, integration_id="i", clock=made.clock).product("1")
