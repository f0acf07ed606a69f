"""What people do about orders that wait (A36, A46, A47, A49)."""

import pytest

from core import tables
from core.backend import Backend
from core.channel.errors import DataRefused
from core.models.order import OrderKind, OrderState
from core.services.errors import NotAllowedNow, NotFound, PartlyDone
from core.services.order_flow import OrderFlow
from tests.core.services.filling import filling_up
from tests.core.sync.desk import Way


@pytest.fixture
def flow(backend: Backend) -> OrderFlow:
    return OrderFlow(backend)


async def test_A47_a_released_order_takes_the_mapping_of_now_and_goes_once(way: Way, flow: OrderFlow) -> None:
    way.bought("1", "mug", delivery_option_id="d9", delivery_option_name="Next day")
    way.bought("2", "mug", delivery_option_id="d8", delivery_option_name="")
    await way.run()
    await way.stand.ship_by(way.integration, "d9", "Tracked 24")
    released = await flow.release(way.integration, by="me")
    assert released.ready == ["1"]
    assert [(key, why[:19]) for key, why in released.held] == [("2", "no shipping mapping")]
    await way.run()
    await way.run()
    assert [(order.reference, order.service) for order in way.desk.taken] == [("1", "Tracked 24")]
    assert "released by me: ready" in [event.text for event in (await way.order("1")).timeline]


async def test_a_released_order_takes_the_sku_mapping_of_now_too(way: Way, flow: OrderFlow) -> None:
    way.bought("1", "mug")
    way.desk.mishaps = ["declined"]
    await way.run()
    await way.stand.map(way.integration, "t-mug", "cup")
    await flow.release(way.integration, ["1"], by="me")
    await way.run()
    assert [order.items[0].sku for order in way.desk.taken] == ["cup"]


async def test_A36_released_after_its_only_sku_was_unlinked_it_is_no_avasam_order(
    way: Way, flow: OrderFlow
) -> None:
    way.bought("1", "mug", delivery_option_id="d9", delivery_option_name="Next day")
    await way.run()
    await way.stand.delete(tables.SKU_MAPPINGS, tables.key("one", "t-mug"))
    await flow.release(way.integration, ["1"], by="me")
    order = await way.order("1")
    assert (order.kind, order.state) == (OrderKind.NON_AVASAM, OrderState.NON_AVASAM)
    assert order.purge_at is not None


async def test_what_tiktok_holds_cannot_be_released_by_us(way: Way, flow: OrderFlow) -> None:
    way.bought("1", "mug", status="ON_HOLD")
    await way.run()
    before = await way.stand.dump()
    released = await flow.release(way.integration, ["1"], by="me")
    assert (released.ready, len(released.held)) == ([], 1)
    assert await way.stand.dump() == before


async def test_A46_A47_a_release_during_tiktoks_hold_takes_the_mapping_of_now(
    way: Way, flow: OrderFlow
) -> None:
    way.bought("1", "mug", status="ON_HOLD", delivery_option_id="d9", delivery_option_name="Next day")
    await way.run()
    await way.stand.ship_by(way.integration, "d9", "Tracked 24")
    held = (await flow.release(way.integration, ["1"], by="me")).held
    assert [why[:12] for _, why in held] == ["TikTok holds"]
    way.change("1", status="AWAITING_SHIPMENT")
    await way.run()
    await way.run()
    assert [order.service for order in way.desk.taken] == ["Tracked 24"]


async def test_a_release_that_stops_half_way_says_how_far_it_came_and_a_wrong_name_releases_none(
    way: Way, backend: Backend
) -> None:
    ids = [str(number) for number in range(1, 203)]
    for order_id in ids:
        way.bought(order_id, "mug", delivery_option_id="d9", delivery_option_name="Next day")
    await way.run()
    await way.stand.ship_by(way.integration, "d9", "Tracked 24")
    with pytest.raises(NotFound, match="no order 'none'"):
        await OrderFlow(backend).release(way.integration, [*ids, "none"], by="me")
    assert (await way.order("1")).state is OrderState.HELD

    full = Backend(
        settings=backend.settings,
        store=filling_up(backend.store, commits=1),
        vault=backend.vault,
        clock=backend.clock,
    )
    with pytest.raises(PartlyDone, match="200 of 202 orders were looked at again and 200 released") as told:
        await OrderFlow(full).release(way.integration, ids, by="me")
    assert "No space is left" in told.value.what
    assert (await OrderFlow(backend).release(way.integration, by="me")).ready == ids[200:]


async def test_only_held_orders_of_a_shop_that_is_there_are_released(way: Way, flow: OrderFlow) -> None:
    way.bought("1", "mug")
    await way.run()
    with pytest.raises(NotAllowedNow, match="is sent"):
        await flow.release(way.integration, ["1"], by="me")
    with pytest.raises(NotFound, match="no order '9'"):
        await flow.release(way.integration, ["9"], by="me")
    await way.stand.delete(tables.INTEGRATIONS, "one")
    with pytest.raises(NotFound, match="is gone"):
        await flow.release(way.integration, ["1"], by="me")


async def test_A49_what_avasam_has_or_may_have_is_never_sent_again(way: Way, flow: OrderFlow) -> None:
    way.bought("1", "mug")
    way.bought("2", "mug")
    way.desk.mishaps = ["ok", "lost after"]
    await way.run()
    with pytest.raises(NotAllowedNow, match="is sent"):
        await flow.resend(way.integration, "1", by="me")
    with pytest.raises(NotAllowedNow, match="is sending"):
        await flow.resend(way.integration, "2", by="me")
    await way.run(hours=1)
    assert way.desk.references() == ["1", "2"]


async def test_what_avasam_refused_is_sent_again_when_a_person_says_so(way: Way, flow: OrderFlow) -> None:
    await way.sell("pan", supplier="supplier-2")
    way.bought("1", "mug")
    way.bought("2", "mug", "pan")
    way.desk.mishaps = ["declined", "ok", "declined"]
    await way.run()
    assert (await way.states()) == {"1": "held", "2": "flagged"}
    await flow.resend(way.integration, "1", by="me")
    await flow.resend(way.integration, "2", by="me")
    await way.run()
    assert sorted(way.desk.references()) == ["1", "2", "2-2"]
    assert (await way.states()) == {"1": "sent", "2": "sent"}


async def test_what_tiktok_refused_is_told_again_when_a_person_says_so(way: Way, flow: OrderFlow) -> None:
    way.bought("1", "mug")
    await way.run()
    way.desk.dispatch("1")
    way.parcels.mishaps = [DataRefused("TikTok: no", area="order", code=1)]
    await way.run()
    await flow.resend(way.integration, "1", by="me")
    await way.run()
    assert len(way.parcels.packages) == 1
