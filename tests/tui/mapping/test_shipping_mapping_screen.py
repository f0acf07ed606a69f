"""Shipping Mapping on the screen, over a sandbox on a real socket.

Acceptance lines: A45, A46, A47.
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from core import tables
from core.backend import Backend
from core.models.integration import Integration
from core.models.listing import SkuMapping
from core.models.order import Order, OrderKind, OrderState
from core.services.shipping_mapping import Option, ShippingMappingService
from tests.clocks import NOON, FrozenClock
from tests.core.sync.support import channel_order
from tests.tui.integrations.support import Merchant, connect, merchant_on_a_socket, open_backend
from tests.tui.session import ReadySession
from tests.tui.terminal import drawn, until
from tests.tui.test_shell import NARROW, WIDE, keep, opened
from tui.app import AvasamApp
from tui.screens.ask import Ask
from tui.screens.confirm import Confirm
from tui.screens.shipping_mapping import ShippingMappingScreen


@dataclass
class Shop:
    """A connected shop, its options, and two services on the list."""

    backend: Backend
    integration: Integration
    ours: list[Option]
    theirs: list[Option]

    @property
    def service(self) -> ShippingMappingService:
        return ShippingMappingService(self.backend)

    async def saved(self) -> dict[str, str]:
        return {row.delivery_option_id: row.service for row in await self.service.pairs(self.integration)}

    async def map(self, option: Option, service: str) -> None:
        await self.service.save(self.integration, {option.id: service}, names={option.id: option.name})

    async def hold_order(self, option: Option) -> None:
        """An order that waits because its option has no service."""
        source = channel_order("o1", ["t1"], delivery_option_id=option.id, delivery_option_name=option.name)
        lines = tuple(line.model_copy(update={"avasam_sku": "A"}) for line in source.lines)
        order = Order(
            integration_id=self.integration.id,
            source=source.model_copy(update={"lines": lines}),
            kind=OrderKind.AVASAM,
            state=OrderState.HELD,
            held_reason="no shipping mapping",
            downloaded_at=NOON,
        )
        await keep(self.backend, tables.ORDERS, tables.key(self.integration.id, "o1"), order)

    async def order(self) -> Order:
        row = await self.backend.store.get(tables.ORDERS, tables.key(self.integration.id, "o1"))
        assert row is not None
        return Order.from_document(row)


@pytest.fixture(scope="module")
def merchant() -> Iterator[Merchant]:
    with merchant_on_a_socket(FrozenClock(), products=10, orders=0) as served:
        yield served


@pytest.fixture
async def shop(tmp_path: Path, merchant: Merchant) -> AsyncIterator[Shop]:
    backend = await open_backend(tmp_path / "home", merchant)
    integration = await connect(backend, merchant, "One")
    service = ShippingMappingService(backend)
    for name in ("Tracked 24", "Tracked 48"):
        await service.add_service(name)
    options = await service.options(integration)
    yield Shop(
        backend, integration, [one for one in options if one.ours], [one for one in options if not one.ours]
    )
    await backend.close()


async def shown(pilot: Pilot[None]) -> ShippingMappingScreen:
    """Go to Shipping Mapping and wait until the shop has answered."""
    await opened(pilot)
    await pilot.press("4")
    await until(pilot, lambda: isinstance(pilot.app.screen, ShippingMappingScreen))
    screen = pilot.app.screen
    assert isinstance(screen, ShippingMappingScreen)
    await until(pilot, lambda: screen.options.view)
    await pilot.pause()
    return screen


def go_to(screen: ShippingMappingScreen, option: Option) -> None:
    screen.options.move_cursor(screen.options.view.index(option.id))


def line(screen: ShippingMappingScreen) -> str:
    return str(screen.query_one("#mapping-line", Static).content)


def told(pilot: Pilot[None]) -> list[str]:
    return [note.message for note in pilot.app._notifications]


async def test_A45_options_left_services_right_pairs_below(shop: Shop) -> None:
    await shop.map(shop.ours[0], "Tracked 48")
    async with AvasamApp(ReadySession(shop.backend)).run_test(size=WIDE) as pilot:
        screen = await shown(pilot)
        assert set(screen.options.view) == {one.id for one in (*shop.ours, *shop.theirs)}
        assert list(screen.services.view) == ["Tracked 24", "Tracked 48"]
        assert list(screen.pairs.view) == [shop.ours[0].id]
        assert f"{len(shop.ours) - 1} option" in line(screen)


async def test_A46_map_field_waits_for_save_and_x_removes(shop: Shop) -> None:
    async with AvasamApp(ReadySession(shop.backend)).run_test(size=WIDE) as pilot:
        screen = await shown(pilot)
        go_to(screen, shop.ours[0])
        screen.services.move_cursor(1)
        await pilot.press("m")
        assert list(screen.pairs.view) == [shop.ours[0].id]
        assert await shop.saved() == {}
        await pilot.press("ctrl+s")
        await until(pilot, lambda: any("Saved: 1 changed" in words for words in told(pilot)))
        assert await shop.saved() == {shop.ours[0].id: "Tracked 48"}
        screen.pairs.focus()
        await pilot.press("x")
        assert await shop.saved() == {shop.ours[0].id: "Tracked 48"}
        await pilot.press("ctrl+s")
        await until(pilot, lambda: not screen.pairs.view)
        assert await shop.saved() == {}


async def test_what_tiktok_ships_itself_is_not_mapped(shop: Shop) -> None:
    async with AvasamApp(ReadySession(shop.backend)).run_test(size=WIDE) as pilot:
        screen = await shown(pilot)
        go_to(screen, shop.theirs[0])
        await pilot.press("m")
        assert screen.pending() == 0
        assert "What TikTok ships by itself needs no service." in told(pilot)


async def test_A47_the_check_names_waiting_orders_and_they_are_released_after_mapping(shop: Shop) -> None:
    await shop.hold_order(shop.ours[0])
    pair = SkuMapping(integration_id=shop.integration.id, sku_id="t1", avasam_sku="A", mapped_at=NOON)
    await keep(shop.backend, tables.SKU_MAPPINGS, tables.key(shop.integration.id, "t1"), pair)
    async with AvasamApp(ReadySession(shop.backend)).run_test(size=WIDE) as pilot:
        screen = await shown(pilot)
        assert f"{shop.ours[0].name} (1 order waits for it)" in line(screen)
        go_to(screen, shop.ours[0])
        await pilot.press("m", "R")
        assert "Save first: ctrl+s." in told(pilot)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "1 order waits, though the option has a service now" in line(screen))
        assert (await shop.order()).state is OrderState.HELD, "old orders do not change by themselves"
        await pilot.press("R")
        await until(pilot, lambda: any("1 ready" in words for words in told(pilot)))
        assert (await shop.order()).state is OrderState.READY


async def test_services_are_a_kept_list_that_can_be_edited(shop: Shop) -> None:
    await shop.map(shop.ours[0], "Tracked 48")
    async with AvasamApp(ReadySession(shop.backend)).run_test(size=WIDE) as pilot:
        screen = await shown(pilot)
        screen.services.focus()
        await pilot.press("n")
        await until(pilot, lambda: isinstance(pilot.app.screen, Ask))
        pilot.app.screen.query_one(Input).value = "Economy"
        await pilot.press("enter")
        await until(pilot, lambda: list(screen.services.view) == ["Economy", "Tracked 24", "Tracked 48"])
        await until(pilot, lambda: screen.services.cursor_key == "Economy")
        await pilot.press("delete")
        await until(pilot, lambda: list(screen.services.view) == ["Tracked 24", "Tracked 48"])
        screen.services.move_cursor(1)
        await pilot.press("delete")
        await until(pilot, lambda: any("A mapping uses 'Tracked 48'" in words for words in told(pilot)))


async def test_leaving_unsaved_asks(shop: Shop) -> None:
    async with AvasamApp(ReadySession(shop.backend)).run_test(size=WIDE) as pilot:
        screen = await shown(pilot)
        go_to(screen, shop.ours[0])
        await pilot.press("m", "1")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)
        await pilot.press("D")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await pilot.press("tab", "enter")
        await until(pilot, lambda: screen.pending() == 0)


async def test_a_pair_that_another_saved_appears_by_itself(shop: Shop) -> None:
    async with AvasamApp(ReadySession(shop.backend)).run_test(size=WIDE) as pilot:
        screen = await shown(pilot)
        await shop.map(shop.ours[1], "Tracked 24")
        await until(pilot, lambda: list(screen.pairs.view) == [shop.ours[1].id])


async def test_a_shop_that_does_not_answer_is_told_with_what_to_do(shop: Shop) -> None:
    gone = shop.integration.model_copy(update={"authorisation_id": "nowhere"})
    await keep(shop.backend, tables.INTEGRATIONS, gone.id, gone)
    async with AvasamApp(ReadySession(shop.backend)).run_test(size=WIDE) as pilot:
        await opened(pilot)
        await pilot.press("4")
        await until(pilot, lambda: any(told(pilot)))
        screen = pilot.app.screen
        assert "d tries again" in str(screen.query_one("#mapping-head", Static).content)


async def test_below_100_columns_the_upper_lists_are_tabs(shop: Shop) -> None:
    async with AvasamApp(ReadySession(shop.backend)).run_test(size=NARROW) as pilot:
        screen = await shown(pilot)
        assert (bool(screen.options.region.area), bool(screen.services.region.area)) == (True, False)
        assert "TikTok's delivery options   tab: Avasam's shipping services" in drawn(pilot)
        await pilot.press("tab")
        await until(pilot, lambda: screen.services.has_focus)
        assert (bool(screen.options.region.area), bool(screen.services.region.area)) == (False, True)
        await pilot.press("tab")
        await until(pilot, lambda: screen.pairs.has_focus)


async def test_a_read_only_session_changes_nothing(shop: Shop) -> None:
    async with AvasamApp(ReadySession(shop.backend, read_only=True)).run_test(size=WIDE) as pilot:
        screen = await shown(pilot)
        go_to(screen, shop.ours[0])
        await pilot.press("m", "ctrl+s", "n", "R", "I")
        await until(pilot, lambda: len([words for words in told(pilot) if "read-only" in words]) == 4)
        assert await shop.saved() == {}
        screen.discard()
