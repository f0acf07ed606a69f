"""Flagged orders settled, tracking corrected and carriers chosen on the Orders screen (A48, A49, A50)."""

from datetime import timedelta
from typing import Any

import pytest
from textual.widgets import Button, Input, OptionList

from core import tables
from core.backend import Backend
from core.channel.port import Carrier
from core.models.listing import SkuMapping
from core.models.order import OrderState
from core.models.part import OrderPart, PartItem, PartState
from core.models.shipping import CarrierChoice
from core.services.orders import OrderService
from tests.clocks import NOON
from tests.core.services.made_orders import keep, order, put
from tests.tui.orders.support import NARROW, arrives, on, row, screens
from tests.tui.terminal import drawn, told, until
from tui.screens.ask import Ask
from tui.screens.choose import Choose
from tui.screens.confirm_many import ConfirmMany
from tui.screens.order_detail import OrderScreen
from tui.screens.orders import OrdersScreen

FLAGGED: dict[str, Any] = {
    "state": OrderState.FLAGGED,
    "held_reason": "sample order",
    "source__is_sample": True,
}


class Carriers:
    async def carriers(self, _option: str) -> list[Carrier]:
        return [Carrier("c1", "Royal Mail"), Carrier("c2", "Evri")]

    async def delivery_options(self) -> list[object]:
        return []


def sent(name: str, **part: object) -> dict[str, Any]:
    made = OrderPart(
        reference=name,
        supplier_key="s",
        items=(PartItem(sku="AV-MUG", units=2),),
        line_ids=("l1", "l2"),
        state=PartState.TAKEN,
        number="AV1",
        status="DISPATCH",
        tracking_number="OLD-1",
        carrier="Hermes",
    ).model_copy(update=part)
    return {"given_at": NOON - timedelta(hours=3), "parts": (made,), "allocated_service": "Courier"}


async def state_of(backend: Backend, name: str) -> tuple[OrderState, str]:
    found = (await OrderService(backend).find(name)).order
    return found.state, "\n".join(event.text for event in found.timeline)


async def test_a_flagged_order_is_dropped_with_a_note_and_that_is_taken_back(backend: Backend) -> None:
    await keep(backend, order("1", **FLAGGED))
    pair = SkuMapping(integration_id="id-My shop", sku_id="id-MUG-BLU", avasam_sku="AV-MUG", mapped_at=NOON)
    await put(backend, tables.SKU_MAPPINGS, tables.key("id-My shop", "id-MUG-BLU"), pair)
    async with screens(backend, "5") as pilot:
        below = on(pilot, OrdersScreen).query_one("#order-line")
        await until(pilot, lambda: "then settle it" in str(below.content))  # type: ignore[attr-defined]
        await pilot.press("d")
        await arrives(pilot, Choose)
        await pilot.press("down", "down", "enter")
        await arrives(pilot, Ask)
        await pilot.press(*"[b]no[/b]", "enter")
        await row(pilot, "✖ cancelled", "1")
        assert "dropped by" in told(pilot)
        state, timeline = await state_of(backend, "1")
        assert state is OrderState.CANCELLED
        assert "[b]no[/b]" in timeline
        await pilot.press("enter")
        await arrives(pilot, OrderScreen)
        await until(pilot, lambda: "Decided: dropped by" in drawn(pilot))
        await pilot.press("d")
        menu = await arrives(pilot, Choose)
        assert menu.query_one(OptionList).option_count == 1
        await pilot.press("enter")
        await arrives(pilot, Ask)
        await pilot.press("enter")
        await until(pilot, lambda: "decision taken back by" in on(pilot, OrderScreen).text)
    assert (await state_of(backend, "1"))[0] is OrderState.FLAGGED


async def test_many_are_settled_after_a_question_and_above_fifty_their_number_is_typed(
    backend: Backend,
) -> None:
    await keep(backend, *(order(f"10{n:02d}", **FLAGGED) for n in range(52)))
    async with screens(backend, "5") as pilot:
        await pilot.press("space", "space", "d")
        await arrives(pilot, Choose)
        await pilot.press("down", "enter")
        await arrives(pilot, Ask)
        await pilot.press("enter")
        await arrives(pilot, ConfirmMany)
        await until(pilot, lambda: "Settle as 'dealt with' 2 orders?" in drawn(pilot))
        await pilot.press("escape")
        await arrives(pilot, OrdersScreen)
        await pilot.press("a", "d")
        await arrives(pilot, Choose)
        await pilot.press("down", "enter")
        await arrives(pilot, Ask)
        await pilot.press("enter")
        asked = await arrives(pilot, ConfirmMany)
        asked.query_one(Input).value = "51"
        await pilot.pause()
        assert asked.query_one("#go", Button).disabled
        asked.query_one(Input).value = "52"
        await until(pilot, lambda: not asked.query_one("#go", Button).disabled)
        asked.query_one("#go", Button).press()
        await until(pilot, lambda: "52 orders settled." in told(pilot))
    assert (await state_of(backend, "1051"))[0] is OrderState.CLOSED


async def test_a_read_only_session_settles_and_corrects_nothing(backend: Backend) -> None:
    await keep(backend, order("1", **FLAGGED))
    async with screens(backend, "5", read_only=True) as pilot:
        await pilot.press("d", "t")
        await until(
            pilot, lambda: "nothing was settled" in told(pilot) and "cannot be changed" in told(pilot)
        )


async def test_what_needs_no_person_is_not_settled(backend: Backend) -> None:
    await keep(backend, order("1", state=OrderState.READY, held_reason=None))
    async with screens(backend, "5") as pilot:
        await pilot.press("d", "t")
        await until(pilot, lambda: "Only flagged and held" in told(pilot) and "72 hours" in told(pilot))


async def test_tracking_is_corrected_with_a_carrier_of_tiktoks(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Backend, "logistics_for", lambda *_: Carriers())
    returned = {"returned_at": NOON - timedelta(hours=2), "returned_tracking": "OLD-1", "package_id": "p1"}
    made = sent("1", **returned)
    await keep(backend, order("1", state=OrderState.TRACKING_RETURNED, held_reason=None, **made))
    async with screens(backend, "5") as pilot:
        await pilot.press("t")
        await arrives(pilot, Ask)
        await until(pilot, lambda: "TikTok takes it for 2d 22h" in drawn(pilot))
        on(pilot, Ask).query_one(Input).value = "a b"
        await pilot.press("enter")
        await until(pilot, lambda: "TikTok takes no number like it." in drawn(pilot))
        on(pilot, Ask).query_one(Input).value = "NEW 1"
        await pilot.press("enter")
        await arrives(pilot, Choose)
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: "TikTok is told with the next sync" in told(pilot))
    (part,) = (await OrderService(backend).find("1")).order.parts
    assert (part.tracking_number, part.carrier, part.corrected) == ("NEW1", "Evri", True)


async def test_a_carrier_that_tiktok_does_not_know_is_chosen_with_the_key_that_unblocks(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def options(*_: object) -> list[object]:
        return [type("One", (), {"carriers": [("c1", "Royal Mail"), ("c2", "Evri")]})()]

    monkeypatch.setattr(Backend, "logistics_for", lambda *_: Carriers())
    monkeypatch.setattr("core.services.shipping_mapping.ShippingMappingService.options", options)
    why = "TikTok has no carrier 'Hermes', or several: choose one of Royal Mail, Evri"
    made = sent("1", obstacle=why)
    await keep(backend, order("1", state=OrderState.DISPATCHED, held_reason=why, **made))
    async with screens(backend, "5", size=NARROW) as pilot:
        await row(pilot, "▲ dispatched", "TikTok has no")
        await until(pilot, lambda: "Choose TikTok's carrier for it" in drawn(pilot))
        await pilot.press("u")
        await arrives(pilot, Choose)
        await pilot.press("down", "enter")
        await until(pilot, lambda: "Hermes is Evri from now on" in told(pilot))
    kept = await backend.store.get(tables.CARRIER_CHOICES, tables.key("id-My shop", "hermes"))
    assert kept is not None
    assert CarrierChoice.from_document(kept).provider_id == "c2"


async def test_A48_80x24_shows_what_a_held_order_waits_for(backend: Backend) -> None:
    await keep(
        backend,
        order("1"),
        order(
            "2",
            source__address=order().source.address.model_copy(update={"masked": True}),
            allocated_service="x",
        ),
        order(
            "3",
            source__cancel_requested=True,
            held_reason="the buyer asks to cancel",
            answer_cancel_by=NOON + timedelta(hours=20),
        ),
    )
    async with screens(backend, "5", size=NARROW) as pilot:
        await row(pilot, "◇ held", "no shipping mapping")
        await row(pilot, "◇ held", "address masked")
        await row(pilot, "◇ held", "buyer asks to canc")
        await pilot.press("home", "enter")
        await arrives(pilot, OrderScreen)
        await until(
            pilot, lambda: "Answer the buyer's wish to cancel: in 20 h" in on(pilot, OrderScreen).text
        )
