"""The download of orders: windows, watermark, failures in the middle, 72 hours (A44, A51)."""

from datetime import timedelta

import pytest

from core import tables
from core.channel.errors import ServerFault
from core.channel.port import Unreadable
from core.models.integration import Integration, SyncKind, SyncState
from core.models.order import OrderKind, OrderState
from core.sync.context import Outcome
from core.sync.orders import UNREADABLE, sync_orders
from tests.core.sync.support import NOON, FakeShop, Stand, channel_order


async def sync(stand: Stand, integration: Integration) -> Outcome:
    """One order sync whose watermark is kept only if it finished."""
    state = await stand.state(integration, SyncKind.ORDERS)
    outcome, watermark = await sync_orders(await stand.context(integration), state)
    key = tables.key(integration.id, "orders")
    await stand.put(tables.SYNC_STATES, key, state.model_copy(update={"watermark": watermark}))
    return outcome


async def watermark_of(stand: Stand, integration: Integration) -> object:
    state: SyncState = await stand.state(integration, SyncKind.ORDERS)
    return state.watermark


async def test_the_first_sync_asks_from_the_beginning_and_the_next_overlaps(
    stand: Stand, one: Integration, shop: FakeShop
) -> None:
    await sync(stand, one)
    stand.clock.move(minutes=2)
    await sync(stand, one)
    second = timedelta(seconds=1)
    assert [window for name, window in shop.calls if name == "orders"] == [
        (None, NOON + second),
        (NOON - timedelta(seconds=900), NOON + timedelta(minutes=2) + second),
    ]
    assert await watermark_of(stand, one) == stand.clock.now()


async def test_the_window_ends_where_it_did_before_the_first_page(
    stand: Stand, one: Integration, shop: FakeShop
) -> None:
    shop.orders_there = [channel_order("later", ("own",), updated_at=NOON + timedelta(minutes=1))]
    await sync(stand, one)
    assert await stand.order(one, "later") is None
    stand.clock.move(minutes=2)
    await sync(stand, one)
    assert await stand.order(one, "later") is not None


async def test_an_order_updated_within_the_second_of_the_sync_is_not_lost(
    stand: Stand, one: Integration, shop: FakeShop
) -> None:
    stand.settings = stand.settings.model_copy(update={"order_overlap_seconds": 0.0})
    stand.clock.move(microseconds=300_000)
    await sync(stand, one)
    shop.orders_there = [channel_order("1", ("own",), updated_at=NOON)]
    stand.clock.move(minutes=2)
    await sync(stand, one)
    assert await stand.order(one, "1") is not None


async def test_a_failing_page_keeps_what_came_before_and_leaves_the_watermark(
    stand: Stand, one: Integration, shop: FakeShop
) -> None:
    shop.orders_there = [
        channel_order(str(number), ("own",), updated_at=NOON - timedelta(minutes=10 - number))
        for number in range(6)
    ]
    shop.fail["orders page 2"] = ServerFault("HTTP 500")
    with pytest.raises(ServerFault):
        await sync(stand, one)
    assert await stand.store.count(tables.ORDERS) == 4
    assert await watermark_of(stand, one) is None

    shop.fail.clear()
    outcome = await sync(stand, one)
    assert (outcome.counts["new"], outcome.counts["unchanged"]) == (2, 4)
    assert await watermark_of(stand, one) == NOON


async def test_an_unreadable_order_holds_the_watermark_and_shows_until_it_can_be_read(
    stand: Stand, one: Integration, shop: FakeShop
) -> None:
    shop.orders_there = [channel_order("1", ("own",))]
    shop.unreadable = [Unreadable("77", "line_items: not a list")]
    outcome = await sync(stand, one)
    assert (outcome.counts["new"], outcome.counts["unreadable"]) == (1, 1)
    assert await watermark_of(stand, one) is None
    problem = (await stand.problems())[f"one/{UNREADABLE}"]
    assert "77" in problem.what

    shop.unreadable = []
    await sync(stand, one)
    assert await watermark_of(stand, one) == NOON
    assert await stand.problems() == {}


async def test_how_far_the_first_sync_looks_back_can_be_set(
    stand: Stand, one: Integration, shop: FakeShop
) -> None:
    stand.settings = stand.settings.model_copy(update={"first_sync_days": 30})
    await sync(stand, one)
    assert shop.calls[0][1][0] == NOON - timedelta(days=30)


async def test_A44_a_foreign_order_is_kept_for_71_59_and_gone_at_72_00(
    stand: Stand, one: Integration, shop: FakeShop
) -> None:
    shop.orders_there = [channel_order("1", ("own",))]
    await sync(stand, one)

    stand.clock.move(hours=71, minutes=59)
    await sync(stand, one)
    assert await stand.order(one, "1") is not None

    stand.clock.move(minutes=1)
    outcome = await sync(stand, one)
    assert outcome.counts["deleted"] == 1
    assert await stand.order(one, "1") is None
    tombstone = await stand.store.get(tables.TOMBSTONES, "one/1")
    assert tombstone is not None
    assert tombstone["sku_ids"] == ["own"]

    shop.orders_there = [channel_order("1", ("own",), updated_at=stand.clock.now())]
    await sync(stand, one)
    assert await stand.order(one, "1") is None, "the next sync does not bring it back"


async def test_A44_mapping_within_72_hours_adopts_the_order_although_tiktok_is_quiet(
    stand: Stand, one: Integration, shop: FakeShop
) -> None:
    shop.orders_there = [channel_order("1", ("own",))]
    await sync(stand, one)
    shop.orders_there = []
    stand.clock.move(hours=71)
    await stand.map(one, "own", "AV-OWN")
    outcome = await sync(stand, one)
    order = await stand.order(one, "1")
    assert outcome.counts["adopted"] == 1
    assert order is not None
    assert (order.kind, order.state) == (OrderKind.AVASAM, OrderState.READY)
    stand.clock.move(hours=2)
    await sync(stand, one)
    assert await stand.order(one, "1") is not None, "an Avasam order is not deleted"


async def test_A44_an_order_that_was_shown_stays_shown_when_half_of_it_is_mapped_while_such_are_hidden(
    stand: Stand, one: Integration, shop: FakeShop
) -> None:
    shop.orders_there = [channel_order("1", ("own", "other"))]
    await sync(stand, one)
    hiding = await stand.change(one, exclude_non_avasam=True)
    await stand.map(one, "own", "AV-OWN")
    await sync(stand, hiding)
    order = await stand.order(one, "1")
    assert order is not None
    assert order.kind is OrderKind.MIXED
    before = await stand.dump()
    outcome = await sync(stand, hiding)
    assert not outcome.changed()
    assert await stand.dump() == before


async def test_A51_orders_that_are_left_out_again_are_nothing_to_report(
    stand: Stand, one: Integration, shop: FakeShop
) -> None:
    hiding = await stand.change(one, exclude_non_avasam=True)
    shop.orders_there = [
        channel_order("1", ("own",)),
        channel_order("2", ("own",), status="UNPAID"),
        channel_order("3", ("own",), fulfilment_type="FULFILLMENT_BY_TIKTOK"),
    ]
    await sync(stand, hiding)
    before = await stand.dump()
    stand.clock.move(minutes=2)
    outcome = await sync(stand, hiding)
    assert outcome.counts["excluded"] == 1
    assert outcome.counts["ignored"] == 2
    assert not outcome.changed()
    assert await stand.dump() == before


async def test_orders_of_another_integration_are_not_tidied(stand: Stand, one: Integration) -> None:
    other = await stand.connect("two")
    stand.shops["two"].orders_there = [channel_order("1", ("own",))]
    await sync(stand, other)
    stand.clock.move(hours=80)
    await sync(stand, one)
    assert await stand.order(other, "1") is not None


@pytest.mark.parametrize("exclude", [False, True])
@pytest.mark.parametrize("split", [False, True])
@pytest.mark.parametrize("skus", [("mug", "cup"), ("own", "hat"), ("mug", "own")])
async def test_A44_what_is_kept_after_72_hours_is_what_the_table_says(
    stand: Stand, one: Integration, shop: FakeShop, skus: tuple[str, ...], split: bool, exclude: bool
) -> None:
    """The table, written out: which orders are mapped, split, exclude -> lines kept, kept after 72 h."""
    table = {
        ("all", False, False): (2, True),
        ("all", False, True): (2, True),
        ("all", True, False): (2, True),
        ("all", True, True): (2, True),
        ("none", False, False): (2, False),
        ("none", True, False): (2, False),
        ("none", False, True): (0, False),
        ("none", True, True): (0, False),
        ("some", True, False): (1, True),
        ("some", True, True): (1, True),
        ("some", False, False): (2, True),
        ("some", False, True): (0, False),
    }
    for sku in ("mug", "cup"):
        await stand.map(one, sku, f"AV-{sku}")
    ours = sum(sku in {"mug", "cup"} for sku in skus)
    lines, stays = table["none" if not ours else "all" if ours == 2 else "some", split, exclude]
    changed = await stand.change(one, split_unknown=split, exclude_non_avasam=exclude)
    shop.orders_there = [channel_order("1", skus)]
    await sync(stand, changed)
    found = await stand.order(changed, "1")
    assert (0 if found is None else len(found.source.lines)) == lines
    stand.clock.move(hours=71, minutes=59)
    await sync(stand, changed)
    assert (await stand.order(changed, "1") is not None) is (lines > 0)
    stand.clock.move(minutes=1)
    await sync(stand, changed)
    assert (await stand.order(changed, "1") is not None) is stays
