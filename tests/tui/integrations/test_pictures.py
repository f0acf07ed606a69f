"""The Integrations screen and its dialogues as a terminal shows them, at both sizes that ux.md names.

Acceptance lines: A3, A4, A5, A7, A10, A12, A13, A15, A16, A39, A43.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Button

from core import tables
from core.backend import Backend
from core.models.integration import Integration, SyncKind, SyncState
from core.models.listing import ChannelSku, SkuMapping
from core.models.product import Product
from core.services.authorisation import Begun
from tests.clocks import NOON
from tests.tui.integrations.support import Merchant, connect, open_first, said, screens, type_in
from tests.tui.pictures import SIZES, Size, check_picture
from tests.tui.terminal import drawn, until
from tui.screens.add_channel import ChooseChannel, NameIntegration
from tui.screens.authorise import AuthoriseScreen, Purpose
from tui.screens.choose_sync import ChooseSync
from tui.screens.confirm import Confirm
from tui.screens.help import HelpScreen
from tui.screens.integrations import IntegrationsScreen
from tui.screens.jump import JumpScreen
from tui.screens.qr import QrScreen
from tui.screens.save_effect import SaveEffect
from tui.screens.tour import TourScreen

KEPT = Path(__file__).parent / "pictures"
ADDRESS = (
    "https://services.tiktokshop.com/open/authorize?service_id=7172835&state=9f86d081884c7d659a2feaa0c55ad015"
)


async def shows(pilot: Pilot[None], kind: type[Screen[Any]]) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, kind))


async def two_shops(backend: Backend, merchant: Merchant) -> Integration:
    """One that works, with a mapped SKU of 40 pieces, and one whose consent was revoked."""
    first = await connect(backend, merchant, "My shop")
    second = await connect(backend, merchant, "Harbour", 1)
    marked = second.model_copy(update={"needs_reauthorisation": "the consent was revoked"})
    done = NOON - timedelta(seconds=12)
    own = {"integration_id": first.id, "sku_id": "t1"}
    key = tables.key(first.id, "t1")
    live = ChannelSku(**own, product_id="p1", currency="GBP", quantities={"w": 40}, read_at=NOON)
    mapping = SkuMapping(**own, avasam_sku="MUG", mapped_at=NOON)
    async with backend.store.transaction() as tx:
        await tx.put(tables.INTEGRATIONS, second.id, marked.to_document())
        await tx.put(tables.PRODUCTS, "MUG", Product(sku="MUG", title="Mug", stock=40).to_document())
        await tx.put(tables.SKU_MAPPINGS, key, mapping.to_document())
        await tx.put(tables.CHANNEL_SKUS, key, live.to_document())
        for kind in (SyncKind.ORDERS, SyncKind.STOCK):
            state = SyncState(integration_id=first.id, kind=kind, last_finished_at=done, counts={"new": 3})
            await tx.put(tables.SYNC_STATES, tables.key(first.id, kind.value), state.to_document())
    return first


@pytest.mark.parametrize("size", SIZES)
async def test_the_empty_list_and_the_way_to_a_first_shop(backend: Backend, size: Size) -> None:
    async with screens(backend, size=size) as pilot:
        await until(pilot, lambda: "No shop is connected yet." in drawn(pilot))
        await check_picture(pilot, KEPT, "empty")
        await pilot.press("a")
        await shows(pilot, ChooseChannel)
        await check_picture(pilot, KEPT, "choose-channel")
        await pilot.press("enter")
        await shows(pilot, NameIntegration)
        await pilot.press("enter")
        await until(pilot, lambda: "The name is empty" in said(pilot, "#refusal"))
        await check_picture(pilot, KEPT, "name")


@pytest.mark.parametrize("size", SIZES)
async def test_the_consent_without_a_browser(backend: Backend, size: Size) -> None:
    async def begin() -> Begun:
        return Begun("My shop", "s", ADDRESS, NOON + timedelta(minutes=30))

    async def finish(_: object) -> None:
        """Never reached."""

    async with screens(backend, size=size) as pilot:
        session = pilot.app.session  # type: ignore[attr-defined]
        pilot.app.push_screen(
            AuthoriseScreen(session, Purpose("Authorise My shop with TikTok", begin, finish))
        )
        await shows(pilot, AuthoriseScreen)
        await check_picture(pilot, KEPT, "authorise")
        await pilot.press("enter")
        await until(pilot, lambda: "Waiting" in said(pilot, "#listening"))
        pilot.app.screen.query_one("#listening").visible = False  # the port may be any
        await check_picture(pilot, KEPT, "authorise-begun")
        await pilot.press("c")
        await shows(pilot, QrScreen)
        await check_picture(pilot, KEPT, "qr")


@pytest.mark.parametrize("size", SIZES)
async def test_the_list_and_an_opened_integration(backend: Backend, merchant: Merchant, size: Size) -> None:
    await two_shops(backend, merchant)
    async with screens(backend, size=size) as pilot:
        await until(pilot, lambda: "My shop" in drawn(pilot))
        await until(pilot, lambda: "needs reauthorisation" in said(pilot, "#banner"))
        await check_picture(pilot, KEPT, "banner", of="#banner")
        await pilot.press("down")
        await until(pilot, lambda: "10 s ago" in drawn(pilot))
        await check_picture(pilot, KEPT, "list")
        await check_picture(pilot, KEPT, "status-line", of="#status-line")
        await pilot.press("space")
        await shows(pilot, Confirm)
        await check_picture(pilot, KEPT, "disable")
        await pilot.press("escape")
        await open_first(pilot)
        await until(pilot, lambda: "Mixed orders" in drawn(pilot))
        await check_picture(pilot, KEPT, "integration")
        await type_in(pilot, "#max_quantity", "x")
        await until(pilot, lambda: "✖" in said(pilot, "#max_quantity-said"))
        await type_in(pilot, "#max_quantity", "20")
        await type_in(pilot, "#stock_threshold", "-1")
        await until(pilot, lambda: "✖" in said(pilot, "#stock_threshold-said"))
        await check_picture(pilot, KEPT, "refused")
        await type_in(pilot, "#stock_threshold", "")
        await until(pilot, lambda: "1 of 1 mapped listing" in said(pilot, "#effect"))
        await pilot.press("ctrl+s")
        await shows(pilot, SaveEffect)
        await check_picture(pilot, KEPT, "save-effect")
        await pilot.press("escape")
        pilot.app.screen.query_one("#remove", Button).press()
        await shows(pilot, Confirm)
        await check_picture(pilot, KEPT, "remove")


@pytest.mark.parametrize("size", SIZES)
async def test_what_lies_over_every_screen(
    backend: Backend, merchant: Merchant, size: Size, monkeypatch: pytest.MonkeyPatch
) -> None:
    await connect(backend, merchant, "My shop")
    async with screens(backend, size=size) as pilot:
        await until(pilot, lambda: "● enabled" in drawn(pilot))
        await pilot.press("f1")
        await shows(pilot, HelpScreen)
        await check_picture(pilot, KEPT, "help")
        await pilot.press("escape", "r")
        await shows(pilot, ChooseSync)
        await check_picture(pilot, KEPT, "sync")
        await pilot.press("escape", "ctrl+o")
        await shows(pilot, JumpScreen)
        await check_picture(pilot, KEPT, "jump")  # the whole shell with it
        await pilot.press("escape")
        await shows(pilot, IntegrationsScreen)
        monkeypatch.setattr("sys.argv", ["avasam"])  # however the tests were started
        pilot.app.push_screen(TourScreen())
        await shows(pilot, TourScreen)
        await check_picture(pilot, KEPT, "tour")
