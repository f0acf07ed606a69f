"""Tracking back to TikTok: once for each parcel, not before the release (A50).

Acceptance lines: A51.
"""

from datetime import timedelta

import pytest

from core import tables
from core.channel.errors import ChannelError, DataRefused, PermissionNeeded, ServerFault, UnreadableReply
from core.channel.port import Cancellation, Parcel
from core.models.integration import Integration
from core.models.order import Order, OrderState
from core.models.shipping import CarrierChoice
from tests.core.sync.desk import Killed, Way, open_way, shipped
from tests.core.sync.support import NOON, Stand

NOT_ALLOWED = PermissionNeeded("the scope is missing", code=105005)
NO_SUCH = DataRefused("TikTok: no", area="order", code=21001001)


@pytest.fixture
async def way(stand: Stand, one: Integration) -> Way:
    """One order of two units that Avasam has."""
    made = await open_way(stand, one)
    await made.sell("mug", "cup")
    made.bought("1", "mug", "cup")
    await made.run()
    return made


async def test_A50_a_parcel_goes_back_once_with_its_lines_and_the_carrier_of_that_name(way: Way) -> None:
    way.desk.dispatch("1", "TRK 123 GB")
    await way.run()
    await way.run()
    await way.run(hours=2)
    assert way.parcels.packages == [("1", Parcel("TRK123GB", "c2", ["1-0", "1-1"]))]
    order = await way.order("1")
    assert (order.state, order.held_reason) == (OrderState.TRACKING_RETURNED, None)
    assert order.parts[0].package_id == "pkg1"


async def test_A51_a_returned_order_is_left_alone(way: Way) -> None:
    way.desk.dispatch("1")
    await way.run()
    await way.run()
    before = await way.stand.dump()
    await way.run()
    await way.run(hours=5)
    assert await way.stand.dump() == before


async def test_an_order_cancelled_after_its_tracking_went_back_asks_for_a_person_once(way: Way) -> None:
    """domain.md, What happens to an imported order: one already sent is flagged, however far it has come."""
    way.desk.dispatch("1")
    await way.run()
    await way.run()
    way.change("1", status="CANCELLED", cancel_reason="Package lost")
    for _ in range(2):
        await way.run(hours=2)
        order = await way.order("1")
        assert order.state is OrderState.FLAGGED
        assert order.held_reason == "cancelled on TikTok after it was shipped: see what becomes of the parcel"
    assert sum("-> flagged" in event.text for event in order.timeline) == 1


async def test_while_avasam_has_not_sent_it_nothing_goes_back(way: Way) -> None:
    await way.run()
    assert ((await way.order("1")).state, way.parcels.asked) == (OrderState.SENT, 0)
    way.desk.shown["1"] = {"status": "DISPATCH"}
    await way.run()
    order = await way.order("1")
    assert (order.state, order.held_reason) == (OrderState.DISPATCHED, "no tracking number yet")
    assert way.parcels.asked == 0


async def test_A50_not_before_tiktok_releases_the_order(way: Way) -> None:
    way.change("1", status="ON_HOLD", is_on_hold=True)
    way.desk.dispatch("1")
    await way.run()
    assert way.parcels.asked == 0
    assert "not released" in ((await way.order("1")).held_reason or "")
    way.change("1", status="AWAITING_SHIPMENT", is_on_hold=False)
    await way.run()
    assert len(way.parcels.packages) == 1
    assert (await way.order("1")).state is OrderState.TRACKING_RETURNED


@pytest.mark.parametrize("mishap", ["lost before", "lost after", "killed before", "killed after"])
async def test_a_lost_reply_is_looked_up_before_it_is_repeated(way: Way, mishap: str) -> None:
    way.desk.dispatch("1")
    way.parcels.mishaps = [mishap]
    if mishap.startswith("killed"):
        with pytest.raises(Killed):
            await way.run()
    else:
        await way.run()
    assert (await way.order("1")).state is OrderState.DISPATCHED
    await way.run(minutes=5)
    assert len(way.parcels.packages) == 1
    assert (await way.order("1")).state is OrderState.TRACKING_RETURNED
    assert way.parcels.asked == (2 if mishap.endswith("before") else 1)


async def test_a_repetition_waits_until_the_first_would_show(way: Way) -> None:
    way.desk.dispatch("1")
    way.parcels.mishaps = ["lost before"]
    await way.run()
    await way.run(seconds=30)
    assert way.parcels.asked == 1


async def test_what_somebody_else_marked_as_shipped_is_done(way: Way) -> None:
    source = way.shop.orders_there[0]
    way.shop.orders_there[0] = shipped(source, Parcel("OTHER-1", "c1", ["1-0", "1-1"]), "pkg9")
    way.desk.dispatch("1")
    await way.send()
    assert way.parcels.asked == 1, "our copy did not know yet; TikTok says 21011006"
    order = await way.order("1")
    assert order.state is OrderState.TRACKING_RETURNED
    assert order.held_reason == "somebody else marked it as shipped"
    assert "with OTHER-1" in order.timeline[-2].text


async def test_what_somebody_else_marked_and_we_know_of_is_not_asked(way: Way) -> None:
    source = way.shop.orders_there[0]
    way.shop.orders_there[0] = shipped(source, Parcel("OTHER-1", "c1", ["1-0", "1-1"]), "pkg9").model_copy(
        update={"updated_at": way.stand.clock.now() + timedelta(seconds=60)}
    )
    way.desk.dispatch("1")
    await way.run()
    assert way.parcels.asked == 0
    assert (await way.order("1")).state is OrderState.TRACKING_RETURNED


async def test_two_suppliers_are_two_parcels_each_when_it_leaves(stand: Stand, one: Integration) -> None:
    way = await open_way(stand, one)
    await way.sell("mug")
    await way.sell("pan", supplier="supplier-2")
    way.bought("1", "mug", "pan")
    await way.run()
    way.desk.dispatch("1-2")
    await way.run()
    assert way.parcels.packages == [("1", Parcel("TRK-1-2", "c2", ["1-1"]))]
    assert (await way.order("1")).state is OrderState.SENT
    way.desk.dispatch("1")
    await way.run()
    assert way.parcels.packages[1:] == [("1", Parcel("TRK-1", "c2", ["1-0"]))]
    assert (await way.order("1")).state is OrderState.TRACKING_RETURNED


async def test_a_carrier_that_nobody_knows_waits_for_a_person_who_is_remembered(way: Way) -> None:
    way.desk.dispatch("1", carrier="Hermes")
    await way.run()
    assert way.parcels.asked == 0
    assert "no carrier 'Hermes'" in ((await way.order("1")).held_reason or "")
    choice = CarrierChoice(integration_id="one", carrier="HERMES", provider_id="c3", chosen_at=NOON)
    await way.stand.put(tables.CARRIER_CHOICES, tables.key("one", "hermes"), choice)
    await way.run()
    assert [parcel.carrier_id for _, parcel in way.parcels.packages] == ["c3"]
    assert (await way.order("1")).held_reason is None


async def test_a_tracking_number_that_tiktok_cannot_take_is_not_sent(way: Way) -> None:
    way.desk.dispatch("1", "ä!")
    await way.run()
    assert way.parcels.asked == 0
    assert "no tracking number like" in ((await way.order("1")).held_reason or "")


async def test_what_tiktok_refused_is_asked_again_only_with_another_number(way: Way) -> None:
    way.desk.dispatch("1")
    way.parcels.mishaps = [NO_SUCH]
    await way.run()
    await way.run(hours=1)
    order = await way.order("1")
    assert (way.parcels.asked, order.state, order.held_reason) == (1, OrderState.DISPATCHED, "TikTok: no")
    way.desk.dispatch("1", "TRK-2")
    await way.run()
    assert [parcel.tracking_number for _, parcel in way.parcels.packages] == ["TRK-2"]


@pytest.mark.parametrize("error", [NOT_ALLOWED, ServerFault("busy")])
async def test_a_failure_that_is_not_of_one_parcel_ends_the_run(
    way: Way, error: PermissionNeeded | ServerFault
) -> None:
    way.desk.dispatch("1")
    way.parcels.mishaps = [error]
    with pytest.raises(type(error)):
        await way.run()
    await way.run()
    assert len(way.parcels.packages) == 1


@pytest.mark.parametrize(
    ("age", "told"), [(timedelta(hours=71, minutes=59), True), (timedelta(hours=72), False)]
)
async def test_another_tracking_number_is_told_within_72_hours(way: Way, age: timedelta, told: bool) -> None:
    way.desk.dispatch("1")
    await way.run()
    returned = (await way.order("1")).parts[0].returned_at
    assert returned is not None
    way.desk.dispatch("1", "TRK-NEW")
    way.stand.clock.moment = returned + age
    await way.send()
    await way.send()
    assert way.parcels.corrected == ([("pkg1", "TRK-NEW", "c2")] if told else [])
    assert len(way.parcels.packages) == 1


@pytest.mark.parametrize("named", [True, False])
async def test_a_package_that_the_answer_did_not_name_is_looked_up_for_a_correction(
    way: Way, named: bool
) -> None:
    """`package_id` is optional in the contract, and there is no call for a package without an id."""
    way.desk.dispatch("1")
    way.parcels.nameless = True
    await way.run()
    (there,) = way.parcels.shop.orders_there
    if not named:
        lines = tuple(line.model_copy(update={"package_id": ""}) for line in there.lines)
        way.parcels.shop.orders_there[0] = there.model_copy(update={"lines": lines})
    way.desk.dispatch("1", "TRK-NEW")
    await way.run(hours=2)
    await way.run(hours=2)
    assert way.parcels.corrected == ([("pkg1", "TRK-NEW", "c2")] if named else [])
    order = await way.order("1")
    assert order.state is OrderState.TRACKING_RETURNED
    assert named or "correct it in Seller Center" in (order.held_reason or "")


async def test_a_correction_that_tiktok_refuses_is_told_and_not_repeated(way: Way) -> None:
    way.desk.dispatch("1")
    await way.run()
    way.desk.dispatch("1", "TRK-NEW")
    way.parcels.mishaps = [NO_SUCH]
    await way.run(hours=2)
    await way.run(hours=2)
    order = await way.order("1")
    assert (order.state, order.held_reason) == (OrderState.TRACKING_RETURNED, "TikTok: no")
    assert way.parcels.corrected == []


async def test_what_avasam_cancels_or_cannot_do_asks_for_a_person_and_may_recover(way: Way) -> None:
    way.desk.shown["1"] = {"status": "ERROR"}
    await way.run()
    order = await way.order("1")
    assert (order.state, order.held_reason) == (
        OrderState.FLAGGED,
        "Avasam has an error with it (AV0): look there",
    )
    way.desk.dispatch("1")
    await way.run()
    assert (await way.order("1")).state is OrderState.TRACKING_RETURNED


async def test_the_same_reference_twice_at_avasam_asks_for_a_person(way: Way) -> None:
    way.desk.taken *= 2
    way.desk.made_at *= 2
    await way.run()
    order = await way.order("1")
    assert order.state is OrderState.FLAGGED
    assert "more than once" in (order.held_reason or "")


async def test_a_child_of_an_order_that_avasam_divided_is_no_second_order(way: Way) -> None:
    way.desk.divided.append("1")
    way.desk.dispatch("1")
    await way.run()
    part = (await way.order("1")).parts[0]
    assert (part.number, part.twice, part.tracking_number) == ("AV0", False, "TRK-1")


async def test_a_buyer_who_asks_to_cancel_holds_the_sending_and_the_deadline_is_shown(
    stand: Stand, one: Integration
) -> None:
    way = await open_way(stand, one)
    await way.sell("mug")
    way.bought("1", "mug", cancel_requested=True)
    way.parcels.cases = [
        Cancellation("c", "1", "", "", "BUYER", "", None, None, (), NOON + timedelta(days=2))
    ]
    await way.run()
    await way.run()
    order = await way.order("1")
    assert (order.state, order.answer_cancel_by) == (OrderState.HELD, NOON + timedelta(days=2))
    assert (
        order.held_reason
        == "the buyer asks to cancel: answer in TikTok's Seller Center until 03 Mar 12:00 UTC"
    )
    assert way.desk.asked == []
    way.change("1", cancel_requested=False)
    await way.run()
    assert way.desk.references() == ["1"]


async def test_a_buyer_who_asks_after_it_went_is_shown_beside_the_state(way: Way) -> None:
    way.change("1", cancel_requested=True)
    await way.run()
    order: Order = await way.order("1")
    assert order.state is OrderState.SENT
    assert "Avasam has it" in (order.held_reason or "")
    way.change("1", cancel_requested=False)
    await way.run()
    assert (await way.order("1")).held_reason is None


@pytest.mark.parametrize("error", [NOT_ALLOWED, UnreadableReply("odd"), ServerFault("down")])
async def test_cancellations_that_cannot_be_read_stop_no_orders(way: Way, error: ChannelError) -> None:
    way.bought("2", "mug")
    way.bought("3", "mug", cancel_requested=True)
    way.parcels.cases_error = error
    await way.run()
    assert way.desk.references() == ["1", "2"]
