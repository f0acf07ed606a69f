"""Orders to Avasam: once each, whatever happens on the way (A36, A46, A47, A49, A51)."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from core import tables
from core.inventory.errors import InventoryRefused, InventoryUnreachable
from core.models.integration import Integration, SyncKind, SyncState
from core.models.order import Address, OrderState
from core.models.part import PartItem, PartState
from core.store import LeaseLost
from core.sync.fulfil import NO_DESK, UNCLEAR, fulfil
from core.sync.fulfil_look import Seen
from core.sync.fulfil_send import send
from core.sync.leases import of_integration
from tests.core.sync.desk import HOME, Killed, Way, open_way
from tests.core.sync.support import NOON, TTL, Stand

NEVER = SyncState(integration_id="one", kind=SyncKind.FULFIL)
SHUT_OUT = InventoryRefused("Avasam does not allow this", "no right", "switch it on")


@pytest.fixture
async def way(stand: Stand, one: Integration) -> Way:
    made = await open_way(stand, one)
    await made.sell("mug", "cup")
    return made


async def test_an_order_goes_to_avasam_as_it_wants_it(way: Way) -> None:
    way.bought("1", "mug", "cup", "mug", buyer_message="ring twice")
    await way.run()
    (order,) = way.desk.taken
    assert order.reference == "1"
    assert order.items == (PartItem(sku="mug", units=2), PartItem(sku="cup", units=1))
    assert (order.service, order.supplier_key, order.notes) == ("Tracked 48", "supplier-1", "ring twice")
    to = order.deliver_to
    assert (to.address, to.city, to.country) == ("12 Tanner's Row, Flat 3", "Leeds", "United Kingdom")
    assert (to.postcode, to.phone) == ("LS99 1ZZ", "+447700900123")
    assert (await way.order("1")).state is OrderState.SENT


async def test_A51_running_again_sends_and_writes_nothing(way: Way) -> None:
    way.bought("1", "mug")
    await way.run()
    await way.run()
    before = await way.stand.dump()
    await way.run()
    await way.run(hours=3)
    assert way.desk.references() == ["1"]
    assert await way.stand.dump() == before


@pytest.mark.parametrize("mishap", ["lost before", "lost after", "killed before", "killed after"])
async def test_A49_no_clear_answer_is_looked_up_before_anything_is_repeated(way: Way, mishap: str) -> None:
    way.bought("1", "mug")
    way.desk.mishaps = [mishap]
    if mishap.startswith("killed"):
        with pytest.raises(Killed):
            await way.run()
    else:
        assert (await way.run()).counts["unclear"] == 1
    assert (await way.order("1")).state is OrderState.SENDING
    await way.run(seconds=30)
    if mishap.endswith("before"):
        assert way.desk.asked == ["1"], "half a minute is too soon to take its absence for a no"
        await way.run(minutes=2)
    assert way.desk.references() == ["1"]
    assert (await way.order("1")).state is OrderState.SENT
    assert way.desk.asked == (["1", "1"] if mishap.endswith("before") else ["1"])


async def test_an_unclear_outcome_is_on_show_until_it_is_clear(way: Way) -> None:
    way.bought("1", "mug")
    way.desk.mishaps = ["lost after"]
    await way.run()
    assert f"one/{UNCLEAR}" in await way.stand.problems()
    assert "no clear answer" in ((await way.order("1")).held_reason or "")
    await way.run()
    assert await way.stand.problems() == {}
    assert (await way.order("1")).held_reason is None


async def test_the_look_up_covers_the_first_attempt_however_long_ago(way: Way) -> None:
    way.bought("1", "mug")
    way.desk.mishaps = ["lost after"]
    await way.run()
    tried = (await way.order("1")).parts[0].first_tried_at
    assert tried is not None
    way.desk.windows.clear()
    way.stand.clock.move(days=9)
    await way.send()
    (window,) = way.desk.windows
    assert window[0] <= tried - timedelta(hours=1)
    assert window[1] >= tried + timedelta(hours=1)
    assert way.desk.references() == ["1"]


async def test_nothing_is_sent_while_avasam_cannot_be_looked_through(way: Way) -> None:
    way.bought("1", "mug")
    way.desk.list_error = InventoryUnreachable("down", "HTTP 500", "wait")
    with pytest.raises(InventoryUnreachable):
        await way.run()
    assert way.desk.asked == []
    assert (await way.order("1")).state is OrderState.READY
    way.desk.list_error = None
    await way.run()
    assert way.desk.references() == ["1"]


async def test_an_order_that_avasam_has_already_is_taken_over_and_not_sent(way: Way) -> None:
    """From a store restored from a copy, a shop added again, or another program."""
    way.bought("1", "mug", created_at=NOON - timedelta(days=3))
    await way.run()
    await way.stand.delete(tables.ORDERS, tables.key("one", "1"))
    await way.run()
    assert way.desk.asked == ["1"]
    assert (await way.order("1")).state is OrderState.SENT
    assert (await way.order("1")).parts[0].number == "AV0"


@pytest.mark.parametrize("days", [0, 20])
async def test_A50_an_order_that_was_found_at_avasam_is_followed_and_its_tracking_returned(
    way: Way, days: int
) -> None:
    """However long ago it was placed: nobody here knows when Avasam was asked."""
    way.bought("1", "mug", created_at=NOON - timedelta(days=days, hours=1))
    await way.run()
    await way.stand.delete(tables.ORDERS, tables.key("one", "1"))
    await way.run(days=days, minutes=2)
    assert (await way.order("1")).parts[0].state is PartState.TAKEN
    way.desk.dispatch("1")
    await way.run(days=1)
    assert way.desk.asked == ["1"]
    assert [order_id for order_id, _ in way.parcels.packages] == ["1"]
    assert (await way.order("1")).state is OrderState.TRACKING_RETURNED


async def test_a_reference_is_compared_exactly(way: Way) -> None:
    way.bought("12", "mug")
    await way.run()
    way.bought("1", "mug")
    way.bought("123", "mug")
    await way.run()
    assert sorted(way.desk.references()) == ["1", "12", "123"]


async def test_an_order_of_two_suppliers_is_two_orders_at_avasam(way: Way) -> None:
    await way.sell("pan", supplier="supplier-2")
    way.bought("1", "mug", "pan", "mug")
    await way.run()
    assert [(order.reference, order.supplier_key) for order in way.desk.taken] == [
        ("1", "supplier-1"),
        ("1-2", "supplier-2"),
    ]
    assert [part.line_ids for part in (await way.order("1")).parts] == [("1-0", "1-2"), ("1-1",)]


async def test_of_two_parts_only_the_lost_one_is_repeated(way: Way) -> None:
    await way.sell("pan", supplier="supplier-2")
    way.bought("1", "mug", "pan")
    way.desk.mishaps = ["ok", "lost before"]
    await way.run()
    assert (await way.order("1")).state is OrderState.SENDING
    await way.run(minutes=5)
    assert way.desk.references() == ["1", "1-2"]
    assert (await way.order("1")).state is OrderState.SENT


async def test_avasams_no_holds_the_order_with_its_words_until_a_person_releases_it(way: Way) -> None:
    way.bought("1", "mug")
    way.desk.mishaps = ["declined"]
    await way.run()
    await way.run(hours=1)
    order = await way.order("1")
    assert (order.state, order.given_at) == (OrderState.HELD, None)
    assert order.held_reason == "Avasam refuses it: SKU mug does not exist."
    assert way.desk.asked == ["1"]


async def test_a_new_address_takes_a_refusal_back(way: Way) -> None:
    way.bought("1", "mug")
    way.desk.mishaps = ["declined"]
    await way.run()
    way.stand.clock.move(minutes=1)
    way.change("1", address=HOME.model_copy(update={"postcode": "LS1 1AA"}))
    await way.run()
    assert way.desk.references() == ["1"]


async def test_a_refused_order_that_is_cancelled_is_dropped_and_not_flagged(way: Way) -> None:
    way.bought("1", "mug")
    way.desk.mishaps = ["declined"]
    await way.run()
    way.change("1", status="CANCELLED")
    await way.run()
    assert (await way.order("1")).state is OrderState.CANCELLED


async def test_one_part_refused_and_one_taken_asks_for_a_person(way: Way) -> None:
    await way.sell("pan", supplier="supplier-2")
    way.bought("1", "mug", "pan")
    way.desk.mishaps = ["ok", "declined"]
    await way.run()
    await way.run(hours=1)
    order = await way.order("1")
    assert order.state is OrderState.FLAGGED
    assert "refused 1-2: SKU mug does not exist." in (order.held_reason or "")
    assert way.desk.references() == ["1"]


async def test_being_shut_out_ends_the_run_and_loses_nothing(way: Way) -> None:
    for number in range(10):
        way.bought(str(number), "mug")
    way.desk.mishaps = [SHUT_OUT] * 10
    with pytest.raises(InventoryRefused):
        await way.run()
    assert len(way.desk.asked) <= 4
    way.desk.mishaps.clear()
    await way.run(minutes=5)
    assert sorted(way.desk.references()) == [str(number) for number in range(10)]


async def test_after_three_unclear_answers_in_a_row_the_rest_waits(way: Way) -> None:
    for number in range(20):
        way.bought(str(number), "mug")
    way.desk.mishaps = ["lost before"] * 20
    await way.run()
    assert len(way.desk.asked) == 4
    assert list((await way.states()).values()).count("ready") == 16


async def test_A47_an_unmapped_service_holds_the_order_and_mapping_it_later_does_not_free_it(
    way: Way,
) -> None:
    way.bought("1", "mug", delivery_option_id="d9", delivery_option_name="Next day")
    await way.run()
    assert "no shipping mapping" in ((await way.order("1")).held_reason or "")
    await way.stand.ship_by(way.integration, "d9", "Tracked 24")
    way.change("1", ship_by=NOON)
    await way.run(minutes=5)
    assert (await way.order("1")).state is OrderState.HELD, "mappings are not retroactive (A46)"
    assert way.desk.asked == []
    way.bought("2", "mug", delivery_option_id="d9")
    await way.run()
    assert [(order.reference, order.service) for order in way.desk.taken] == [("2", "Tracked 24")]


@pytest.mark.parametrize(
    ("address", "why"),
    [
        (HOME.model_copy(update={"name": "P*****", "masked": True}), "masked"),
        (HOME.model_copy(update={"line": "1*****"}), "masked"),
        (HOME.model_copy(update={"phone": ""}), "lacks a telephone number"),
        (Address(), "lacks a name and a street"),
        (HOME.model_copy(update={"country": "ZZ"}), "country 'ZZ'"),
    ],
)
async def test_an_address_that_avasam_cannot_use_holds_the_order(
    way: Way, address: Address, why: str
) -> None:
    way.bought("1", "mug", address=address)
    await way.run()
    await way.run()
    order = await way.order("1")
    assert order.state is OrderState.HELD
    assert why in (order.held_reason or "")
    assert way.desk.asked == []


async def test_a_product_whose_supplier_is_not_known_holds_the_order(way: Way) -> None:
    await way.sell("pan", supplier="")
    way.bought("1", "mug", "pan")
    await way.run()
    assert "supplier's key (authkey) of pan" in ((await way.order("1")).held_reason or "")
    assert way.desk.asked == []


async def test_A36_an_order_whose_sku_was_unlinked_before_it_went_is_not_sent(way: Way) -> None:
    way.bought("1", "mug")
    await way.download()
    await way.stand.delete(tables.SKU_MAPPINGS, tables.key("one", "t-mug"))
    await way.run()
    assert "unlinked" in ((await way.order("1")).held_reason or "")
    assert way.desk.asked == []


async def test_of_a_mixed_order_only_the_mapped_lines_go(way: Way) -> None:
    way.bought("1", "mug", "own")
    await way.run()
    assert [order.items for order in way.desk.taken] == [(PartItem(sku="mug", units=1),)]


async def test_cancelled_lines_do_not_go(way: Way) -> None:
    order = way.bought("1", "mug", "cup")
    lines = (order.lines[0].model_copy(update={"status": "CANCELLED"}), order.lines[1])
    way.change("1", lines=lines)
    await way.run()
    assert [order.items for order in way.desk.taken] == [(PartItem(sku="cup", units=1),)]


async def test_cancelled_before_it_went_is_dropped(way: Way) -> None:
    way.bought("1", "mug")
    await way.download()
    way.change("1", status="CANCELLED", cancel_reason="No longer needed")
    await way.run()
    order = await way.order("1")
    assert (order.state, way.desk.asked) == (OrderState.CANCELLED, [])
    assert "No longer needed" in (order.held_reason or "")


async def test_cancelled_after_it_went_is_flagged_for_a_person(way: Way) -> None:
    way.bought("1", "mug")
    await way.run()
    way.change("1", status="CANCELLED")
    await way.run()
    assert (await way.order("1")).state is OrderState.FLAGGED
    way.desk.dispatch("1")
    await way.run()
    assert (await way.order("1")).state is OrderState.FLAGGED
    assert way.parcels.asked == 0


@pytest.mark.parametrize(
    ("mishap", "state"), [("lost before", OrderState.CANCELLED), ("lost after", OrderState.FLAGGED)]
)
async def test_cancelled_while_nobody_knows_is_dropped_only_when_avasam_lacks_it(
    way: Way, mishap: str, state: OrderState
) -> None:
    way.bought("1", "mug")
    way.desk.mishaps = [mishap]
    await way.run()
    way.change("1", status="CANCELLED")
    await way.run(minutes=1)
    await way.run(minutes=5)
    assert (await way.order("1")).state is state
    assert len(way.desk.asked) == 1


async def test_while_the_buyer_asks_to_cancel_an_unclear_order_is_not_repeated(way: Way) -> None:
    way.bought("1", "mug")
    way.desk.mishaps = ["lost before"]
    await way.run()
    way.change("1", cancel_requested=True)
    await way.run(minutes=5)
    assert way.desk.asked == ["1"]
    way.change("1", cancel_requested=False)
    await way.run(minutes=5)
    assert way.desk.references() == ["1"]


async def test_what_became_ready_after_avasam_was_looked_through_waits_for_the_next_look(way: Way) -> None:
    way.bought("1", "mug")
    await way.download()
    ctx = await way.stand.context(way.integration)
    await send(ctx, way.desk, [await way.order("1")], Seen(began=way.stand.clock.now()))
    assert (way.desk.asked, (await way.order("1")).state) == ([], OrderState.READY)
    await way.send()
    assert way.desk.references() == ["1"]


async def test_a_disabled_integration_stops_in_the_middle(way: Way) -> None:
    for number in range(12):
        way.bought(str(number), "mug")

    async def switch_off(done: int, _total: int | None) -> None:
        await way.stand.change(way.integration, enabled=False)

    await way.download()
    ctx = replace(await way.stand.context(way.integration), progress=switch_off)
    await fulfil(ctx, way.outlets(), NEVER)
    assert len(way.desk.taken) == 4


async def test_who_lost_the_lease_stores_no_intent_and_so_sends_nothing(way: Way) -> None:
    way.bought("1", "mug")
    await way.download()
    ctx = await way.stand.context(way.integration)
    way.stand.clock.move(seconds=60)
    assert await way.stand.store.lease(of_integration("one"), owner="you", ttl=TTL) is not None
    with pytest.raises(LeaseLost):
        await fulfil(ctx, way.outlets(), NEVER)
    assert way.desk.asked == []


async def test_without_an_avasam_account_orders_wait_and_that_is_said(way: Way) -> None:
    way.bought("1", "mug")
    await way.download()
    ctx = await way.stand.context(way.integration)
    nobody = replace(way.outlets(), desk=None)
    await fulfil(ctx, nobody, NEVER)
    assert "AVASAM_CONSUMER_KEY" in (await way.stand.problems())[f"one/{NO_DESK}"].cure
    await way.send()
    assert await way.stand.problems() == {}
    assert way.desk.references() == ["1"]


async def test_windows_of_orders_far_apart_are_read_apart(way: Way) -> None:
    way.bought("1", "mug")
    await way.run()
    way.stand.clock.move(days=5)
    way.bought("2", "mug", created_at=way.stand.clock.now())
    await way.run()
    way.desk.windows.clear()
    await way.run()
    assert len(way.desk.windows) == 2
    assert all(later[0] > earlier[1] for earlier, later in pairwise(way.desk.windows))


async def test_names_of_services_that_avasam_shows_join_the_kept_list(way: Way) -> None:
    way.bought("1", "mug")
    await way.run()
    await way.run()
    rows = [row async for _, row in way.stand.store.scan(tables.SHIPPING_SERVICES)]
    assert rows == [{"name": "Tracked 48", "seen": True, "removed": False}]
