"""Orders that only a person can decide about, and tracking numbers put right (A49, A50)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from core.backend import Backend
from core.channel.port import Carrier
from core.models.order import OrderState, Verdict
from core.services.errors import NotAllowedNow, NotFound, ServiceError
from core.services.order_cures import Cause, cause_of, cure
from core.services.order_settling import OrderSettling
from core.services.order_tracking import OrderTracking
from core.services.shipping_mapping import ShippingMappingService
from core.store import StoreFull
from tests.core.sync.desk import FakeLogistics, Way


@pytest.fixture
def settling(backend: Backend) -> OrderSettling:
    return OrderSettling(backend)


@pytest.fixture
def tracking(backend: Backend) -> OrderTracking:
    return OrderTracking(backend)


async def told(way: Way, order_id: str) -> str:
    return "\n".join(event.text for event in (await way.order(order_id)).timeline)


@pytest.mark.parametrize("kind", ["is_sample", "is_replacement", "is_exchange"])
async def test_what_a_person_decides_about_special_orders_is_done_and_told_with_who_and_why(
    way: Way,
    settling: OrderSettling,
    kind: str,
) -> None:
    for order_id in ("1", "2", "3"):
        way.bought(order_id, "mug", **{kind: True})
    await way.run()
    assert set((await way.states()).values()) == {"flagged"}
    for order_id, verdict in (("1", Verdict.SHIP), ("2", Verdict.LEAVE), ("3", Verdict.DROP)):
        await settling.settle(way.integration, [order_id], verdict, note="agreed by phone", by="anna")
    for order_id in ("2", "3"):
        way.change(order_id, ship_by=way.stand.clock.now())
    await way.run()
    await way.run()
    assert way.desk.references() == ["1"]
    assert await way.states() == {"1": "sent", "2": "closed", "3": "cancelled"}
    assert (await way.order("3")).held_reason == "dropped by anna: agreed by phone"
    assert "to be shipped anyway by anna: agreed by phone: ready" in await told(way, "1")
    assert "dealt with by anna: agreed by phone" in await told(way, "2")


async def test_a_decision_is_taken_back_until_avasam_has_the_order(
    way: Way,
    settling: OrderSettling,
) -> None:
    for order_id in ("1", "2", "3"):
        way.bought(order_id, "mug", is_sample=True)
    await way.run()
    for order_id, verdict in (("1", Verdict.SHIP), ("2", Verdict.LEAVE), ("3", Verdict.DROP)):
        await settling.settle(way.integration, [order_id], verdict, by="anna")
    back = await settling.take_back(way.integration, ["2", "3"], note="too early", by="ben")
    assert [one.state for one in back.orders] == [OrderState.FLAGGED] * 2
    assert "decision taken back by ben: too early" in await told(way, "2")
    await way.run()
    assert await way.states() == {"1": "sent", "2": "flagged", "3": "flagged"}
    late = await settling.take_back(way.integration, ["1", "2"], by="ben")
    assert [(key, why.split(".")[1]) for key, why in late.refused] == [
        ("1", " Avasam has it or may have it: cancel it there"),
        ("2", " Nobody has decided anything about it"),
    ]


async def test_an_order_cancelled_after_it_was_sent_is_dealt_with_and_taken_back(
    way: Way,
    settling: OrderSettling,
) -> None:
    way.bought("1", "mug")
    await way.run()
    way.change("1", status="CANCELLED")
    await way.run()
    assert (await way.order("1")).state is OrderState.FLAGGED
    for verdict in (Verdict.SHIP, Verdict.DROP):
        no = await settling.settle(way.integration, ["1"], verdict, by="anna")
        assert "say that it is dealt with" in no.refused[0][1]
    await settling.settle(way.integration, ["1"], Verdict.LEAVE, note="cancelled there", by="anna")
    way.change("1", updated_at=way.stand.clock.now() + timedelta(seconds=1))
    await way.run()
    order = await way.order("1")
    assert (order.state, order.held_reason) == (OrderState.CLOSED, "dealt with by anna: cancelled there")
    twice = await settling.settle(way.integration, ["1", "9"], Verdict.LEAVE, by="anna")
    assert ["is closed" in twice.refused[0][1], "no order" in twice.refused[1][1]] == [True, True]
    await settling.take_back(way.integration, ["1"], by="ben")
    order = await way.order("1")
    assert (order.state, order.verdict) == (OrderState.FLAGGED, None)
    assert "cancelled on TikTok after" in (order.held_reason or "")


async def test_an_order_that_both_settled_at_once_is_settled_once(
    way: Way,
    settling: OrderSettling,
) -> None:
    way.bought("1", "mug", is_sample=True)
    await way.run()
    assert (await settling.settle(way.integration, ["1"], Verdict.DROP, by="anna")).refused == []
    second = await settling.settle(way.integration, ["1"], Verdict.SHIP, by="ben")
    assert second.orders == []
    await way.run()
    assert way.desk.references() == []


@pytest.mark.parametrize(("hours", "minutes", "taken"), [(71, 59, True), (72, 0, False)])
async def test_a_person_corrects_the_tracking_within_72_hours(
    way: Way,
    tracking: OrderTracking,
    hours: int,
    minutes: int,
    taken: bool,
) -> None:
    way.bought("1", "mug")
    await way.run()
    way.desk.dispatch("1")
    await way.run()
    way.stand.clock.move(hours=hours, minutes=minutes)
    assert len(tracking.parcels(await way.order("1"))) == taken
    if not taken:
        with pytest.raises(NotAllowedNow, match="72 hours"):
            await tracking.correct(way.integration, "1", "NEW 123", by="me")
        return
    await tracking.correct(way.integration, "1", "NEW 123", carrier="DPD UK", by="me")
    await way.send()
    await way.send()
    assert way.parcels.corrected == [("pkg1", "NEW123", "c3")]
    assert "tracking NEW123 DPD UK by me" in await told(way, "1")
    await tracking.correct(way.integration, "1", "NEW123", carrier="Evri", by="me")
    await way.send()
    await way.send()
    assert [(number, carrier) for _, number, carrier in way.parcels.corrected[1:]] == [("NEW123", "c2")]


async def test_a_number_that_is_corrected_while_tiktok_is_about_to_be_told_is_the_one_told(
    way: Way,
    tracking: OrderTracking,
) -> None:
    class Meddled(FakeLogistics):
        async def carriers(self, delivery_option_id: str) -> Sequence[Carrier]:
            await tracking.correct(way.integration, "1", "HAND-1", by="me")
            return await super().carriers(delivery_option_id)

    way.bought("1", "mug")
    await way.run()
    way.desk.dispatch("1")
    calm, way.logistics = way.logistics, Meddled()
    await way.run()
    way.logistics = calm
    await way.run()
    await way.run()
    assert [parcel.tracking_number for _, parcel in way.parcels.packages] == ["HAND-1"]
    (part,) = (await way.order("1")).parts
    assert (part.returned_tracking, way.parcels.corrected) == ("HAND-1", [])


async def test_a_tracking_number_that_is_none_is_refused(
    way: Way,
    tracking: OrderTracking,
) -> None:
    way.bought("1", "mug")
    await way.download()
    with pytest.raises(NotAllowedNow, match="no tracking number"):
        await tracking.correct(way.integration, "1", "?", by="me")
    with pytest.raises(NotAllowedNow, match="at Avasam first"):
        await tracking.correct(way.integration, "1", "GOOD-1", by="me")


async def test_of_several_parcels_one_is_named_and_what_others_shipped_is_left_alone(
    way: Way,
    tracking: OrderTracking,
) -> None:
    await way.sell("pan", supplier="supplier-2")
    way.bought("1", "mug", "pan")
    await way.run()
    way.desk.dispatch("1")
    way.desk.dispatch("1-2")
    await way.run()
    with pytest.raises(NotAllowedNow, match="name one of 1, 1-2"):
        await tracking.correct(way.integration, "1", "NEW-2", by="me")
    with pytest.raises(NotFound, match="no parcel '1-3'"):
        await tracking.correct(way.integration, "1", "NEW-2", parcel="1-3", by="me")
    await tracking.correct(way.integration, "1", "NEW-2", parcel="1-2", by="me")
    await way.send()
    assert [(number, carrier) for _, number, carrier in way.parcels.corrected] == [("NEW-2", "c2")]


async def test_a_parcel_without_a_number_gets_the_one_that_a_person_types(
    way: Way,
    tracking: OrderTracking,
) -> None:
    way.bought("1", "mug")
    await way.run()
    way.desk.shown["1"] = {"status": "DISPATCH"}
    await way.run()
    await tracking.correct(way.integration, "1", "HAND-1", carrier="evri", by="me")
    await way.run()
    assert [parcel.tracking_number for _, parcel in way.parcels.packages] == ["HAND-1"]


async def test_A50_a_carrier_that_tiktok_does_not_know_waits_for_a_choice_that_is_remembered(
    way: Way,
    backend: Backend,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Backend, "logistics_for", lambda _self, _integration: way.logistics)
    for order_id in ("1", "2"):
        way.bought(order_id, "mug")
    await way.run()
    way.desk.dispatch("1", carrier="Hermes")
    await way.run()
    order = await way.order("1")
    assert cause_of(order) is Cause.CARRIER
    found = cure(order, way.integration)
    assert found is not None
    assert found.command == "avasam shipping carrier Hermes PROVIDER"
    service = ShippingMappingService(backend)
    with pytest.raises(NotFound, match=r"Evri \(c2\)"):
        await service.choose_carrier(way.integration, "Hermes", "Owls")
    with pytest.raises(ServiceError, match="without a name"):
        await service.choose_carrier(way.integration, " ", "c2")
    assert (await service.choose_carrier(way.integration, "Hermes", "evri")).provider_id == "c2"
    way.desk.dispatch("2", carrier="HERMES")
    await way.run()
    assert [parcel.carrier_id for _, parcel in way.parcels.packages] == ["c2", "c2"]
    assert cause_of(await way.order("1")) is None


async def test_many_are_settled_in_portions_and_what_the_store_refused_is_said_of_each(
    way: Way, settling: OrderSettling, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        way.bought(str(number), "mug", is_sample=True)
    await way.run()
    monkeypatch.setattr("core.services.order_settling._AT_ONCE", 2)
    opened, begun = backend.store.transaction, 0

    def second_is_refused(*args: Any, **named: Any) -> Any:
        nonlocal begun
        begun += 1
        if begun == 2:
            raise StoreFull("No space is left.")
        return opened(*args, **named)

    monkeypatch.setattr(backend.store, "transaction", second_is_refused)
    done = await settling.settle(way.integration, ["0", "1", "2", "3", "4", "9"], Verdict.LEAVE, by="anna")
    assert [one.source.id for one in done.orders] == ["0", "1", "4"]
    assert [key for key, _ in done.refused] == ["2", "3", "9"]
    assert done.refused[0][1] == "No space is left."
    monkeypatch.setattr(backend.store, "transaction", opened)
    again = await settling.settle(way.integration, ["2", "3"], Verdict.LEAVE, by="anna")
    assert (len(again.orders), again.refused) == (2, [])
