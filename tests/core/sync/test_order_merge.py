"""What becomes of a downloaded order (domain.md, Which orders are imported; A44, A47, A51).

Acceptance lines: A2.
"""

from datetime import timedelta
from typing import Any

import pytest

from core import tables
from core.models.integration import Integration
from core.models.order import ChannelOrder, Order, OrderKind, OrderState
from core.sync.order_merge import Merged, merge_order
from tests.core.sync.support import NOON, Stand, channel_order

LATER = NOON + timedelta(minutes=10)


async def merge(stand: Stand, integration: Integration, order: ChannelOrder) -> Merged:
    async with stand.store.transaction() as tx:
        return await merge_order(tx, integration, order, stand.clock.now())


async def merged(stand: Stand, integration: Integration, order: ChannelOrder) -> Order:
    """The order as it is kept after merging it, which must not leave it out."""
    await merge(stand, integration, order)
    kept = await stand.order(integration, order.id)
    assert kept is not None
    return kept


@pytest.fixture
async def mapped(stand: Stand, one: Integration) -> Integration:
    """`mug` and `cup` are mapped, `own` is the shop's own."""
    await stand.map(one, "mug", "AV-MUG")
    await stand.map(one, "cup", "AV-CUP")
    return one


@pytest.mark.parametrize("split", [False, True])
@pytest.mark.parametrize("exclude", [False, True])
@pytest.mark.parametrize(
    ("skus", "kind"),
    [
        (("mug", "cup"), OrderKind.AVASAM),
        (("own",), OrderKind.NON_AVASAM),
        (("mug", "mug", "own"), OrderKind.MIXED),
    ],
)
async def test_A44_the_truth_table_decides_what_is_kept(
    stand: Stand, mapped: Integration, skus: tuple[str, ...], kind: OrderKind, exclude: bool, split: bool
) -> None:
    mapped = await stand.change(mapped, exclude_non_avasam=exclude, split_unknown=split)
    kept_lines = {
        OrderKind.AVASAM: skus,
        OrderKind.NON_AVASAM: () if exclude else skus,
        OrderKind.MIXED: ("mug", "mug") if split else () if exclude else skus,
    }[kind]

    result = await merge(stand, mapped, channel_order("1", skus))

    order = await stand.order(mapped, "1")
    if not kept_lines:
        assert result is Merged.EXCLUDED
        assert order is None
        assert await stand.store.get(tables.TOMBSTONES, "one/1") is not None
        return
    assert result is Merged.NEW
    assert order is not None
    assert order.kind is kind
    assert tuple(line.sku_id for line in order.source.lines) == kept_lines
    assert (order.purge_at is not None) == (kind is OrderKind.NON_AVASAM)


async def test_one_line_is_one_unit_and_lines_keep_their_mapping(stand: Stand, mapped: Integration) -> None:
    order = await merged(stand, mapped, channel_order("1", ("mug", "mug", "mug", "own")))
    assert [line.avasam_sku for line in order.source.lines] == ["AV-MUG"] * 3 + [None]


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, OrderState.READY),
        ({"status": "ON_HOLD", "is_on_hold": True}, OrderState.HELD),
        ({"is_on_hold": True}, OrderState.HELD),
        ({"delivery_option_id": "d9", "delivery_option_name": "Drone"}, OrderState.HELD),
        ({"delivery_option_id": "d9"}, OrderState.READY),
        ({"cancel_requested": True}, OrderState.HELD),
        ({"is_sample": True}, OrderState.FLAGGED),
        ({"is_replacement": True}, OrderState.FLAGGED),
        ({"is_exchange": True}, OrderState.FLAGGED),
        ({"order_type": "ZERO_LOTTERY"}, OrderState.FLAGGED),
        ({"status": "PARTIALLY_SHIPPING"}, OrderState.FLAGGED),
        ({"status": "SOMETHING_NEW"}, OrderState.FLAGGED),
        ({"status": "IN_TRANSIT"}, OrderState.CLOSED),
        ({"status": "COMPLETED"}, OrderState.CLOSED),
        ({"status": "CANCELLED"}, OrderState.CANCELLED),
        ({"lines": ()}, OrderState.FLAGGED),
    ],
)
async def test_every_shape_of_order_stands_where_it_should(
    stand: Stand, mapped: Integration, fields: dict[str, Any], state: OrderState
) -> None:
    order = await merged(stand, mapped, channel_order("1", ("mug",), **fields))
    assert order.state is state
    assert (order.state is OrderState.READY) == (order.held_reason is None)


async def test_A47_a_name_that_means_several_services_holds_the_order(
    stand: Stand, mapped: Integration
) -> None:
    """domain.md: the delivery option's id first, its name as the fallback; no service is guessed."""
    unknown = {"delivery_option_id": "d9", "delivery_option_name": "Standard"}
    await stand.ship_by(mapped, "d2", "Tracked 48", name="Standard")
    order = await merged(stand, mapped, channel_order("1", ("mug",), **unknown))
    assert (order.state, order.allocated_service) == (OrderState.READY, "Tracked 48"), "both mean the same"
    await stand.ship_by(mapped, "d2", "Tracked 24", name="Standard")
    order = await merged(stand, mapped, channel_order("2", ("mug",), **unknown))
    assert (order.state, order.allocated_service) == (OrderState.HELD, None)
    order = await merged(
        stand, mapped, channel_order("3", ("mug",), **{**unknown, "delivery_option_id": "d2"})
    )
    assert order.allocated_service == "Tracked 24"


@pytest.mark.parametrize("fields", [{"status": "UNPAID"}, {"fulfilment_type": "FULFILLMENT_BY_TIKTOK"}])
async def test_orders_that_are_not_ours_to_ship_leave_no_trace(
    stand: Stand, mapped: Integration, fields: dict[str, Any]
) -> None:
    assert await merge(stand, mapped, channel_order("1", ("mug",), **fields)) is Merged.IGNORED
    assert await stand.order(mapped, "1") is None
    assert await stand.store.get(tables.TOMBSTONES, "one/1") is None


async def test_A51_the_same_order_again_changes_nothing(stand: Stand, mapped: Integration) -> None:
    order = channel_order("1", ("mug", "own"))
    await merge(stand, mapped, order)
    before = await stand.dump()
    stand.clock.move(minutes=5)
    assert await merge(stand, mapped, order) is Merged.UNCHANGED
    assert await stand.dump() == before


async def test_a_newer_page_brings_the_order_up_to_date(stand: Stand, mapped: Integration) -> None:
    await merge(stand, mapped, channel_order("1", ("mug",), status="ON_HOLD"))
    result = await merge(stand, mapped, channel_order("1", ("mug",), updated_at=LATER))
    order = await stand.order(mapped, "1")
    assert result is Merged.UPDATED
    assert order is not None
    assert (order.state, order.held_reason) == (OrderState.READY, None), "TikTok released it"
    assert [event.text for event in order.timeline][1:] == [
        "TikTok: ON_HOLD -> AWAITING_SHIPMENT",
        "held -> ready",
    ]


async def test_a_stale_page_never_takes_an_order_back(stand: Stand, mapped: Integration) -> None:
    await merge(stand, mapped, channel_order("1", ("mug",), updated_at=LATER))
    assert await merge(stand, mapped, channel_order("1", ("mug",), status="ON_HOLD")) is Merged.UNCHANGED
    order = await stand.order(mapped, "1")
    assert order is not None
    assert order.source.status == "AWAITING_SHIPMENT"


async def test_an_imported_order_keeps_its_lines_whatever_the_settings_say_later(
    stand: Stand, mapped: Integration
) -> None:
    split = await stand.change(mapped, split_unknown=True)
    await merge(stand, split, channel_order("1", ("mug", "own")))
    hiding = await stand.change(mapped, split_unknown=False, exclude_non_avasam=True)
    order = await merged(stand, hiding, channel_order("1", ("mug", "own"), updated_at=LATER))
    assert [line.sku_id for line in order.source.lines] == ["mug"]


async def test_mappings_are_not_retroactive(stand: Stand, mapped: Integration) -> None:
    await merge(stand, mapped, channel_order("1", ("mug",)))
    await stand.map(mapped, "mug", "AV-OTHER")
    order = await merged(stand, mapped, channel_order("1", ("mug",), updated_at=LATER))
    assert [line.avasam_sku for line in order.source.lines] == ["AV-MUG"]


async def test_cancelled_before_it_was_given_is_dropped_with_its_reason(
    stand: Stand, mapped: Integration
) -> None:
    await merge(stand, mapped, channel_order("1", ("mug",)))
    order = await merged(
        stand,
        mapped,
        channel_order("1", ("mug",), status="CANCELLED", cancel_reason="No longer needed", updated_at=LATER),
    )
    assert order.state is OrderState.CANCELLED
    assert "No longer needed" in (order.held_reason or "")


async def test_cancelled_after_it_was_given_is_flagged_for_a_person(
    stand: Stand, mapped: Integration
) -> None:
    order = await merged(stand, mapped, channel_order("1", ("mug",)))
    given = order.model_copy(update={"state": OrderState.SENT, "given_at": NOON})
    await stand.put(tables.ORDERS, "one/1", given)
    order = await merged(stand, mapped, channel_order("1", ("mug",), status="CANCELLED", updated_at=LATER))
    assert order.state is OrderState.FLAGGED


async def test_an_order_that_was_given_stays_given(stand: Stand, mapped: Integration) -> None:
    order = await merged(stand, mapped, channel_order("1", ("mug",)))
    given = order.model_copy(update={"state": OrderState.SENT, "given_at": NOON})
    await stand.put(tables.ORDERS, "one/1", given)
    order = await merged(stand, mapped, channel_order("1", ("mug",), status="IN_TRANSIT", updated_at=LATER))
    assert order.state is OrderState.SENT


async def test_an_order_of_another_fulfilment_type_by_now_is_kept_for_a_person(
    stand: Stand, mapped: Integration
) -> None:
    await merge(stand, mapped, channel_order("1", ("mug",)))
    order = await merged(
        stand,
        mapped,
        channel_order("1", ("mug",), fulfilment_type="FULFILLMENT_BY_TIKTOK", updated_at=LATER),
    )
    assert order.state is OrderState.FLAGGED
    assert [line.avasam_sku for line in order.source.lines] == ["AV-MUG"]


async def test_A44_mapping_a_sku_makes_its_order_an_avasam_order(stand: Stand, mapped: Integration) -> None:
    await merge(stand, mapped, channel_order("1", ("own",)))
    await stand.map(mapped, "own", "AV-OWN")
    order = await merged(stand, mapped, channel_order("1", ("own",)))
    assert (order.kind, order.state, order.purge_at) == (OrderKind.AVASAM, OrderState.READY, None)
    assert order.downloaded_at == NOON
    assert order.allocated_service == "Tracked 48"


async def test_a_purged_order_stays_away_until_its_sku_is_mapped(stand: Stand, mapped: Integration) -> None:
    await merge(stand, mapped, channel_order("1", ("own",)))
    await stand.delete(tables.ORDERS, "one/1")
    async with stand.store.transaction() as tx:
        await tx.put(
            tables.TOMBSTONES,
            "one/1",
            {
                "integration_id": "one",
                "order_id": "1",
                "sku_ids": ["own"],
                "since": "2026-03-01T12:00:00Z",
                "reason": "purged",
            },
        )
    assert await merge(stand, mapped, channel_order("1", ("own",))) is Merged.PURGED
    await stand.map(mapped, "own", "AV-OWN")
    assert await merge(stand, mapped, channel_order("1", ("own",))) is Merged.NEW
    assert await stand.store.get(tables.TOMBSTONES, "one/1") is None


async def test_an_excluded_order_comes_when_the_switch_goes_off(stand: Stand, mapped: Integration) -> None:
    hiding = await stand.change(mapped, exclude_non_avasam=True)
    assert await merge(stand, hiding, channel_order("1", ("own",))) is Merged.EXCLUDED
    assert await merge(stand, mapped, channel_order("1", ("own",))) is Merged.NEW
    assert await stand.store.get(tables.TOMBSTONES, "one/1") is None


async def test_A2_an_order_of_one_shop_is_nothing_to_another(stand: Stand, mapped: Integration) -> None:
    other = await stand.connect("two")
    await merge(stand, mapped, channel_order("1", ("mug",)))
    order = await merged(stand, other, channel_order("1", ("mug",)))
    assert order.kind is OrderKind.NON_AVASAM, "nothing is mapped there"
    first = await stand.order(mapped, "1")
    assert first is not None
    assert first.kind is OrderKind.AVASAM
