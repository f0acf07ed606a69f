"""Stock: plan, apply, refusals, problems (A2, A40, A42, A51; domain.md, Desired state and Listing status)."""

import pytest

from core import tables
from core.channel.errors import ClientBug, DataRefused, NeedsReauthorisation, ServerFault, StaleState
from core.channel.port import Warehouse
from core.models.integration import Integration
from core.models.listing import ListingSync, PushRecord, PushState
from core.sync.context import Outcome, guard_limits
from core.sync.plan import Plan, plan_stock
from core.sync.push import sync_stock
from tests.core.sync.support import NOON, FakeShop, Stand, channel_sku

REFUSED = DataRefused("TikTok: the warehouse is closed", area="inventory", code=12052531)


async def sync(stand: Stand, integration: Integration, *, confirmed: bool = False) -> Outcome:
    return await sync_stock(await stand.context(integration, confirmed=confirmed))


async def plan(stand: Stand, integration: Integration) -> Plan:
    return await plan_stock(stand.store, integration, guard_limits(stand.settings))


@pytest.mark.parametrize(
    ("stock", "most", "threshold", "quantity"),
    [
        (3, None, 5, 0), (5, None, 5, 5), (6, None, 5, 6), (100, 20, None, 20), (20, 20, None, 20),
        (19, 20, None, 19), (8, 5, 10, 0), (12, 5, 10, 5), (10, 5, 10, 5), (7, 5, 5, 5), (-2, 5, None, 0),
    ],
)  # fmt: skip
async def test_A42_the_table_reaches_the_shop(
    stand: Stand,
    one: Integration,
    shop: FakeShop,
    stock: int,
    most: int | None,
    threshold: int | None,
    quantity: int,
) -> None:
    one = await stand.change(one, max_quantity=most, stock_threshold=threshold)
    sku_id = await stand.sell(one, "mug", live=99)
    await stand.stock_up(mug=stock)
    await sync(stand, one)
    assert shop.stock[sku_id] == {"w1": quantity}
    record = (await stand.pushes(one, sku_id)).stock
    assert (record.value, record.state) == (str(quantity), PushState.SENT)


async def test_A40_only_what_differs_from_the_shop_is_pushed(
    stand: Stand, one: Integration, shop: FakeShop
) -> None:
    await stand.sell(one, "mug", live=5)
    cup = await stand.sell(one, "cup", live=5)
    await stand.stock_up(mug=5, cup=7)
    outcome = await sync(stand, one)
    assert shop.pushed() == [{cup: {"w1": 7}}]
    assert outcome.counts["pushed"] == 1


async def test_A40_unmapped_listings_are_never_touched(
    stand: Stand, one: Integration, shop: FakeShop
) -> None:
    await stand.put(tables.CHANNEL_SKUS, "one/t-own", channel_sku(one, "t-own", {"w1": 3}))
    await stand.stock_up(own=50)
    await sync(stand, one)
    assert shop.calls == []


async def test_A40_switched_off_nothing_is_sent_and_its_problems_are_over(
    stand: Stand, one: Integration, shop: FakeShop
) -> None:
    await stand.sell(one, "mug", live=5)
    await sync(stand, one)
    assert list(await stand.problems()) == ["one/stock-no_product"]
    await stand.stock_up(mug=9)
    off = await stand.change(one, stock_update=False)
    await sync(stand, off)
    assert shop.calls == []
    assert await stand.problems() == {}


async def test_unknown_stock_is_never_pushed_as_0(stand: Stand, one: Integration, shop: FakeShop) -> None:
    await stand.sell(one, "mug", live=5)
    await stand.stock_up(mug=None)
    outcome = await sync(stand, one)
    assert shop.calls == []
    assert outcome.counts["skipped_unknown"] == 1
    assert "t-mug" in (await stand.problems())["one/stock-unknown"].what

    await stand.stock_up(mug=4)
    await sync(stand, one)
    assert await stand.problems() == {}


async def test_what_cannot_be_compared_is_named_with_its_reason(
    stand: Stand, one: Integration, shop: FakeShop
) -> None:
    await stand.sell(one, "ghost", live=1)
    await stand.map(one, "t-gone", "mug")
    await stand.stock_up(mug=3)
    outcome = await sync(stand, one)
    assert shop.pushed() == []
    assert (outcome.counts["skipped_no_product"], outcome.counts["skipped_not_in_shop"]) == (1, 1)
    assert set(await stand.problems()) == {"one/stock-no_product", "one/stock-not_in_shop"}


async def test_a_mapped_sku_that_no_download_brought_is_looked_up_and_pushed(
    stand: Stand, one: Integration, shop: FakeShop
) -> None:
    shop.stock["t-mug"] = {"w1": 1, "w2": 0}
    await stand.map(one, "t-mug", "mug")
    await stand.stock_up(mug=3)
    await sync(stand, one)
    assert shop.stock["t-mug"] == {"w1": 3, "w2": 0}


async def test_several_warehouses_are_all_named_and_together_hold_what_is_wanted(
    stand: Stand, one: Integration, shop: FakeShop
) -> None:
    await stand.sell(one, "mug", live=1)
    await stand.put(tables.CHANNEL_SKUS, "one/t-mug", channel_sku(one, "t-mug", {"w1": 4, "w2": 3, "w3": 0}))
    shop.places = [
        Warehouse("w1", "Old", is_sales=True, is_enabled=False, is_default=True),
        Warehouse("w2", "Main", is_sales=True, is_enabled=True, is_default=True),
        Warehouse("w3", "Second", is_sales=True, is_enabled=True, is_default=False),
    ]
    await stand.stock_up(mug=10)
    await sync(stand, one)
    assert shop.stock["t-mug"] == {"w1": 0, "w2": 10, "w3": 0}


async def test_one_call_a_product_with_all_its_changed_skus(
    stand: Stand, one: Integration, shop: FakeShop
) -> None:
    for sku in ("red", "blue"):
        await stand.sell(one, sku, live=1)
        row = channel_sku(one, f"t-{sku}", {"w1": 1}, product_id="p-shirt")
        await stand.put(tables.CHANNEL_SKUS, f"one/t-{sku}", row)
    await stand.stock_up(red=5, blue=6)
    await sync(stand, one)
    assert shop.pushed() == [{"t-blue": {"w1": 6}, "t-red": {"w1": 5}}]


async def test_a_refused_sku_stops_no_other_one(stand: Stand, one: Integration, shop: FakeShop) -> None:
    for sku in ("mug", "cup", "jug"):
        await stand.sell(one, sku, live=1)
    await stand.stock_up(mug=5, cup=6, jug=7)
    shop.refuse["t-mug"] = REFUSED
    shop.fail["p-t-jug"] = StaleState("TikTok: the product is deactivated", code=12052901)
    outcome = await sync(stand, one)
    assert (outcome.counts["pushed"], outcome.counts["refused"]) == (1, 2)
    assert shop.stock["t-cup"] == {"w1": 6}
    record = (await stand.pushes(one, "t-mug")).stock
    assert (record.state, record.failures, record.error_code) == (PushState.FAILED, 1, "12052531")
    assert record.value is None, "nothing was confirmed"
    assert "2 SKUs" in (await stand.problems())["one/stock-refused"].what


async def test_three_identical_refusals_hold_the_value_until_it_changes(
    stand: Stand, one: Integration, shop: FakeShop
) -> None:
    await stand.sell(one, "mug", live=1)
    await stand.stock_up(mug=5)
    shop.refuse["t-mug"] = REFUSED
    for _ in range(5):
        await sync(stand, one)
    assert len(shop.pushed()) == 3
    assert (await stand.pushes(one, "t-mug")).stock.state is PushState.HELD
    (told,) = (await stand.problems()).values()
    assert told.what == "TikTok refused the stock of 1 SKU, held after three identical refusals"
    assert told.cure.endswith("What is held goes on as soon as its stock changes.")

    await stand.stock_up(mug=6)
    await sync(stand, one)
    assert len(shop.pushed()) == 4
    assert (await stand.pushes(one, "t-mug")).stock.failures == 1, "another value counts anew"

    shop.refuse.clear()
    await sync(stand, one)
    assert shop.stock["t-mug"] == {"w1": 6}
    assert await stand.problems() == {}


async def test_other_reasons_start_the_count_of_refusals_again(
    stand: Stand, one: Integration, shop: FakeShop
) -> None:
    await stand.sell(one, "mug", live=1)
    await stand.stock_up(mug=5)
    for code in (1, 1, 2, 2):
        shop.refuse["t-mug"] = DataRefused("no", area="inventory", code=code)
        await sync(stand, one)
    record = (await stand.pushes(one, "t-mug")).stock
    assert (record.state, record.failures) == (PushState.FAILED, 2)


async def test_a_refusal_is_over_when_the_shop_shows_what_is_wanted_again(
    stand: Stand, one: Integration, shop: FakeShop
) -> None:
    await stand.sell(one, "mug", live=5)
    await stand.stock_up(mug=7)
    shop.refuse["t-mug"] = REFUSED
    for _ in range(4):
        await sync(stand, one)
    await stand.stock_up(mug=5)
    await sync(stand, one)
    assert await stand.problems() == {}
    record = (await stand.pushes(one, "t-mug")).stock
    assert (record.state, record.failures, record.error) == (PushState.IDLE, 0, None)


async def test_a_refusal_is_no_problem_any_more_once_the_sku_is_unlinked(
    stand: Stand, one: Integration, shop: FakeShop
) -> None:
    await stand.sell(one, "mug", live=5)
    await stand.stock_up(mug=7)
    shop.refuse["t-mug"] = REFUSED
    await sync(stand, one)
    await stand.delete(tables.SKU_MAPPINGS, "one/t-mug")
    await sync(stand, one)
    assert await stand.problems() == {}


@pytest.mark.parametrize("error", [ServerFault("HTTP 500"), ClientBug("bad parameter", code=98001004)])
async def test_a_fault_with_one_product_does_not_keep_the_others_from_being_pushed(
    stand: Stand, one: Integration, shop: FakeShop, error: ClientBug | ServerFault
) -> None:
    skus = [f"s{number:02}" for number in range(20)]
    for sku in skus:
        await stand.sell(one, sku, live=1)
    await stand.stock_up(**dict.fromkeys(skus, 5))
    shop.fail["p-t-s00"] = error
    outcome = await sync(stand, one)
    assert (outcome.counts["pushed"], outcome.counts["refused"]) == (19, 1)
    assert "one/stock-refused" in await stand.problems()
    shop.fail.clear()
    await sync(stand, one)
    assert shop.stock["t-s00"] == {"w1": 5}
    assert await stand.problems() == {}


async def test_a_fault_with_every_product_ends_the_pass_early(
    stand: Stand, one: Integration, shop: FakeShop
) -> None:
    skus = [f"s{number:03}" for number in range(100)]
    for sku in skus:
        await stand.sell(one, sku, live=1)
    await stand.stock_up(**dict.fromkeys(skus, 5))
    shop.fail["push_stock"] = ServerFault("HTTP 500")
    with pytest.raises(ServerFault):
        await sync(stand, one)
    assert len(shop.pushed()) < 20
    shop.fail.clear()
    await sync(stand, one)
    assert {shop.stock[f"t-{sku}"]["w1"] for sku in skus} == {5}, "nothing was lost"


async def test_what_concerns_the_whole_shop_ends_the_pass_and_is_no_skus_failure(
    stand: Stand, one: Integration, shop: FakeShop
) -> None:
    await stand.sell(one, "mug", live=1)
    await stand.stock_up(mug=5)
    shop.fail["push_stock"] = NeedsReauthorisation("revoked")
    with pytest.raises(NeedsReauthorisation):
        await sync(stand, one)
    record = (await stand.pushes(one, "t-mug")).stock
    assert (record.state, record.failures) == (PushState.IDLE, 0)


async def test_what_was_sent_but_never_answered_is_sent_again(
    stand: Stand, one: Integration, shop: FakeShop
) -> None:
    await stand.sell(one, "mug", live=1)
    await stand.stock_up(mug=5)
    sending = PushRecord(sent="5", sent_at=NOON, state=PushState.SENDING)
    row = ListingSync(integration_id="one", sku_id="t-mug", stock=sending)
    await stand.put(tables.LISTING_SYNCS, "one/t-mug", row)
    await sync(stand, one)
    assert shop.pushed() == [{"t-mug": {"w1": 5}}]
    assert (await stand.pushes(one, "t-mug")).stock.value == "5"


async def test_a_value_of_unknown_outcome_is_overwritten_even_by_the_last_confirmed_one(
    stand: Stand, one: Integration, shop: FakeShop
) -> None:
    await stand.sell(one, "mug", live=1)
    await stand.stock_up(mug=5)
    await sync(stand, one)
    shop.stock["t-mug"] = {"w1": 7}
    before = (await stand.pushes(one, "t-mug")).stock
    sending = before.model_copy(update={"sent": "7", "state": PushState.SENDING})
    row = ListingSync(integration_id="one", sku_id="t-mug", stock=sending)
    await stand.put(tables.LISTING_SYNCS, "one/t-mug", row)
    await sync(stand, one)
    assert shop.stock["t-mug"] == {"w1": 5}, "7 had arrived although nobody heard of it"


async def test_A51_the_same_sync_again_changes_nothing(
    stand: Stand, one: Integration, shop: FakeShop
) -> None:
    for sku in ("mug", "cup", "jug"):
        await stand.sell(one, sku, live=1)
    await stand.stock_up(mug=5, cup=None, jug=0)
    await sync(stand, one)
    before = await stand.dump()
    stand.clock.move(minutes=1)
    outcome = await sync(stand, one)
    assert len(shop.pushed()) == 2
    assert not outcome.changed()
    assert await stand.dump() == before


async def test_A2_the_same_sku_in_two_shops_goes_by_each_ones_settings(
    stand: Stand, one: Integration
) -> None:
    two = await stand.connect("two", max_quantity=2)
    for integration in (one, two):
        await stand.sell(integration, "mug", live=1)
    await stand.stock_up(mug=9)
    await sync(stand, one)
    assert stand.shops["two"].calls == []
    await sync(stand, two)
    assert stand.shops["one"].stock["t-mug"] == {"w1": 9}
    assert stand.shops["two"].stock["t-mug"] == {"w1": 2}


async def test_the_guard_stops_a_plan_that_empties_the_shop_until_a_person_confirms(
    stand: Stand, one: Integration, shop: FakeShop
) -> None:
    skus = [f"s{number:02}" for number in range(30)]
    for sku in skus:
        await stand.sell(one, sku, live=5)
    await stand.stock_up(**dict.fromkeys(skus, 0))
    outcome = await sync(stand, one)
    assert outcome.stopped is not None
    assert outcome.stopped.what.startswith("30 of 30")
    assert shop.calls == []

    outcome = await sync(stand, one, confirmed=True)
    assert outcome.stopped is None
    assert outcome.counts["pushed"] == 30
    assert {shop.stock[f"t-{sku}"]["w1"] for sku in skus} == {0}


async def test_twenty_may_always_go_to_zero(stand: Stand, one: Integration, shop: FakeShop) -> None:
    skus = [f"s{number:02}" for number in range(20)]
    for sku in skus:
        await stand.sell(one, sku, live=5)
    await stand.stock_up(**dict.fromkeys(skus, 0))
    assert (await plan(stand, one)).verdict.stopped is False


async def test_a_plan_can_be_shown_without_being_applied(
    stand: Stand, one: Integration, shop: FakeShop
) -> None:
    await stand.sell(one, "mug", live=1)
    await stand.stock_up(mug=5)
    before = await stand.dump()
    (change,) = (await plan(stand, one)).changes
    assert (change.avasam_sku, change.confirmed, change.desired) == ("mug", "1", "5")
    assert shop.calls == []
    assert await stand.dump() == before
