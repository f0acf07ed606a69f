"""Reading back what the shop shows, and what exists there (A34, A40; domain.md, Desired state).

Acceptance lines: A51.
"""

import pytest

from core import tables
from core.channel.errors import ServerFault
from core.channel.port import Unreadable
from core.models.integration import Integration
from core.models.listing import ChannelSku
from core.sync.catalogue import UNREADABLE, download_catalogue
from core.sync.context import Outcome
from core.sync.push import sync_stock
from core.sync.verify import verify_stock
from tests.core.sync.support import FakeShop, Stand


async def pushed(stand: Stand, one: Integration, *, live: int = 1, units: int = 20) -> None:
    """`mug` is in the shop with as many units as Avasam has."""
    await stand.sell(one, "mug", live=live)
    await stand.stock_up(mug=units)
    await sync_stock(await stand.context(one))


async def verify(stand: Stand, one: Integration) -> Outcome:
    return await verify_stock(await stand.context(one))


async def in_shop(stand: Stand, sku_id: str = "t-mug") -> ChannelSku:
    row = await stand.store.get(tables.CHANNEL_SKUS, f"one/{sku_id}")
    assert row is not None
    return ChannelSku.from_document(row)


@pytest.mark.parametrize(("shown", "committed", "drifted"), [
    (20, 0, 0), (18, 2, 0), (18, 0, 1), (17, 2, 1), (25, 0, 1), (25, 5, 1), (0, 20, 0),
])  # fmt: skip
async def test_what_open_orders_hold_is_no_drift(
    stand: Stand, one: Integration, shop: FakeShop, shown: int, committed: int, drifted: int
) -> None:
    await pushed(stand, one)
    shop.stock["t-mug"], shop.committed["t-mug"] = {"w1": shown}, committed
    outcome = await verify(stand, one)
    assert outcome.counts["drifted"] == drifted
    assert (await in_shop(stand)).quantities == {"w1": shown}

    await sync_stock(await stand.context(one))
    assert shop.stock["t-mug"] == {"w1": 20 if drifted else shown}


@pytest.mark.parametrize("how", ["verified", "downloaded"])
async def test_an_order_for_a_sku_that_never_needed_a_push_is_not_made_up_for(
    stand: Stand, one: Integration, shop: FakeShop, how: str
) -> None:
    await pushed(stand, one, live=20, units=20)
    assert shop.pushed() == [], "it showed what was wanted"
    shop.stock["t-mug"], shop.committed["t-mug"] = {"w1": 18}, 2
    context = await stand.context(one)
    await (verify_stock(context) if how == "verified" else download_catalogue(context))
    await sync_stock(await stand.context(one))
    assert shop.pushed() == [], "two of the twenty are sold: showing twenty again would sell them twice"


async def test_A51_verifying_twice_changes_nothing(stand: Stand, one: Integration) -> None:
    await pushed(stand, one)
    await verify(stand, one)
    before = await stand.dump()
    stand.clock.move(minutes=15)
    assert not (await verify(stand, one)).changed()
    assert await stand.dump() == before


async def test_A34_a_download_keeps_the_mapping_of_what_is_gone_and_marks_it(
    stand: Stand, one: Integration, shop: FakeShop
) -> None:
    for sku in ("mug", "cup", "jug"):
        await stand.sell(one, sku, live=1)
    del shop.skus["t-mug"]
    outcome = await download_catalogue(await stand.context(one))
    assert outcome.counts["gone"] == 1
    assert (await in_shop(stand)).deleted
    assert await stand.store.get(tables.SKU_MAPPINGS, "one/t-mug") is not None
    assert not (await in_shop(stand, "t-cup")).deleted


async def test_A34_a_second_download_of_the_same_shop_changes_nothing(stand: Stand, one: Integration) -> None:
    await stand.sell(one, "mug", live=1)
    await download_catalogue(await stand.context(one))
    before = await stand.dump()
    stand.clock.move(hours=1)
    outcome = await download_catalogue(await stand.context(one))
    assert not outcome.changed()
    assert await stand.dump() == before


async def test_what_comes_back_is_there_again(stand: Stand, one: Integration, shop: FakeShop) -> None:
    await stand.sell(one, "mug", live=1)
    known = shop.skus.pop("t-mug")
    await download_catalogue(await stand.context(one))
    shop.skus["t-mug"] = known
    await download_catalogue(await stand.context(one))
    assert not (await in_shop(stand)).deleted


async def test_while_a_product_cannot_be_read_nothing_is_taken_for_gone(
    stand: Stand, one: Integration, shop: FakeShop
) -> None:
    await stand.sell(one, "mug", live=1)
    shop.skus.clear()
    shop.unreadable = [Unreadable("9", "skus: not a list")]
    outcome = await download_catalogue(await stand.context(one))
    assert ("gone" in outcome.counts, outcome.counts["unreadable"]) == (False, 1)
    assert f"one/{UNREADABLE}" in await stand.problems()

    shop.unreadable = []
    await download_catalogue(await stand.context(one))
    assert await stand.problems() == {}
    assert (await in_shop(stand)).deleted


async def test_a_download_that_breaks_off_marks_nothing(
    stand: Stand, one: Integration, shop: FakeShop
) -> None:
    await stand.sell(one, "mug", live=1)
    shop.fail["catalogue"] = ServerFault("HTTP 500")
    with pytest.raises(ServerFault):
        await download_catalogue(await stand.context(one))
    assert not (await in_shop(stand)).deleted
