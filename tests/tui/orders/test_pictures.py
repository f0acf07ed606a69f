"""Orders as a terminal shows them, at both sizes that ux.md names (A48)."""

from datetime import timedelta
from pathlib import Path

import pytest

from core.backend import Backend
from core.models.order import OrderKind, OrderState
from tests.clocks import NOON
from tests.core.services.made_orders import foreign, keep, order
from tests.tui.orders.support import arrives, screens
from tests.tui.pictures import SIZES, Size, check_picture, greenwich  # noqa: F401 - a fixture
from tests.tui.terminal import drawn, until
from tui.screens.choose import Choose
from tui.screens.help import HelpScreen
from tui.screens.integrations import IntegrationsScreen
from tui.screens.order_detail import OrderScreen
from tui.screens.orders import OrdersScreen

KEPT = Path(__file__).parent / "pictures"


@pytest.mark.usefixtures("greenwich")
@pytest.mark.parametrize("size", SIZES)
async def test_the_list_one_order_and_what_narrows_it(backend: Backend, size: Size) -> None:
    async with screens(backend, "5", size=size) as pilot:
        await until(pilot, lambda: "No order yet." in drawn(pilot))
        await check_picture(pilot, KEPT, "empty")
    placed = (NOON - timedelta(hours=2, minutes=number) for number in range(9))
    await keep(
        backend,
        order("5761", source__created_at=next(placed)),
        order("5762", kind=OrderKind.MIXED, source__ship_by=NOON - timedelta(hours=3)),
        order("5763", state=OrderState.DISPATCHED, held_reason=None, allocated_service="Courier"),
        order("5764", state=OrderState.FLAGGED, held_reason="cancelled after it was sent to Avasam"),
        foreign("5771", hours=71.5),
    )
    async with screens(backend, "5", size=size) as pilot:
        await until(pilot, lambda: "Map one of its SKUs" in drawn(pilot))
        await pilot.press("down", "space", "G")
        await check_picture(pilot, KEPT, "orders")
        await pilot.press("f")
        await arrives(pilot, Choose)
        await check_picture(pilot, KEPT, "narrow")
        await pilot.press("escape", "G", "enter")
        await arrives(pilot, OrderScreen)
        await until(pilot, lambda: "5761" in drawn(pilot))
        await check_picture(pilot, KEPT, "order")
        await pilot.press("f1")
        assert (await arrives(pilot, HelpScreen)).told.heading == "An order"
        await pilot.press("escape", "1")
        await arrives(pilot, IntegrationsScreen)
        await pilot.press("5")
        await arrives(pilot, OrdersScreen)
