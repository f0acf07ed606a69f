"""Add sales channel on the screen: choose, name, authorise; every way back and every refusal.

Acceptance lines: A3, A4, A5, A6, A7, A8, A9.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from textual.pilot import Pilot
from textual.widgets import Button, Input

from core import tables
from core.backend import Backend
from core.models.integration import Integration
from core.services.integrations import IntegrationService
from tests.tui.integrations.support import Merchant, authorise_from, connect, paste, said, screens
from tests.tui.terminal import drawn, until
from tui.screens.add_channel import ChooseChannel, ChooseShop, NameIntegration
from tui.screens.authorise import AuthoriseScreen
from tui.screens.integrations import IntegrationsScreen
from tui.screens.qr import QrScreen


@pytest.fixture(autouse=True)
def no_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT", "TMUX"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
async def pilot(backend: Backend) -> AsyncIterator[Pilot[None]]:
    async with screens(backend) as started:
        yield started


async def named(pilot: Pilot[None], name: str) -> None:
    """From the list to the authorise screen, under this name."""
    await pilot.press("a")
    await until(pilot, lambda: isinstance(pilot.app.screen, ChooseChannel))
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, NameIntegration))
    pilot.app.screen.query_one("#name", Input).value = name
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, AuthoriseScreen))


async def address_for(pilot: Pilot[None], name: str) -> str:
    await named(pilot, name)
    await authorise_from(pilot)
    return said(pilot, "#address")


async def back_on_the_list(pilot: Pilot[None]) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, IntegrationsScreen))


async def connected(backend: Backend) -> list[Integration]:
    return await IntegrationService(backend).all()


async def nothing_is_left(backend: Backend) -> bool:
    rows = [
        await backend.store.count(table)
        for table in (tables.INTEGRATIONS, tables.AUTHORISATIONS, tables.PENDING_AUTHORISATIONS)
    ]
    return sum(rows) == 0


async def test_A3_an_empty_list_says_how_to_add_one(pilot: Pilot[None]) -> None:
    text = drawn(pilot)
    assert "No shop is connected yet." in text
    assert "press a" in text
    assert "Add sales channel" in text


async def test_A4_the_button_opens_the_channels_with_TikTok_and_Add_beside_it(pilot: Pilot[None]) -> None:
    await pilot.click("#add")
    await until(pilot, lambda: isinstance(pilot.app.screen, ChooseChannel))
    await until(pilot, lambda: "TikTok Shop" in drawn(pilot))
    row = next(line for line in drawn(pilot).splitlines() if "TikTok Shop" in line)
    assert "Add" in row.partition("TikTok Shop")[2]
    focused = pilot.app.focused
    assert isinstance(focused, Button)
    assert focused.id == "add-tiktok"


async def test_A5_an_empty_name_is_refused_with_a_message(pilot: Pilot[None]) -> None:
    await pilot.press("a", "enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, NameIntegration))
    await pilot.press("space", "enter")
    await until(pilot, lambda: "The name is empty" in said(pilot, "#refusal"))
    assert isinstance(pilot.app.screen, NameIntegration)


async def test_A5_a_taken_name_is_refused_as_it_is_typed(backend: Backend, merchant: Merchant) -> None:
    await connect(backend, merchant, "My Shop")
    async with screens(backend) as pilot:
        await pilot.press("a", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, NameIntegration))
        pilot.app.screen.query_one("#name", Input).value = "my shop"
        await until(pilot, lambda: "already an integration named 'My Shop'" in said(pilot, "#refusal"))
        await pilot.press("2")
        await until(pilot, lambda: not said(pilot, "#refusal"))


@pytest.mark.parametrize("steps", [1, 2, 3, 4])
async def test_A6_escape_at_any_step_leaves_nothing(pilot: Pilot[None], backend: Backend, steps: int) -> None:
    await pilot.press("a")
    await until(pilot, lambda: isinstance(pilot.app.screen, ChooseChannel))
    if steps > 1:
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, NameIntegration))
    if steps > 2:
        await pilot.press("X", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, AuthoriseScreen))
    if steps > 3:
        await authorise_from(pilot)
        assert await backend.store.count(tables.PENDING_AUTHORISATIONS) == 1
    await pilot.press("escape")
    await back_on_the_list(pilot)
    assert await nothing_is_left(backend)


async def test_A7_A9_the_pasted_address_connects_the_shop(
    pilot: Pilot[None], backend: Backend, merchant: Merchant
) -> None:
    address = await address_for(pilot, "My shop")
    redirected = await asyncio.to_thread(merchant.consent, address)
    await paste(pilot, f"{redirected[:70]}\n  {redirected[70:]}\n")
    await back_on_the_list(pilot)
    (made,) = await connected(backend)
    assert (made.name, made.enabled, made.shop.region) == ("My shop", True, "GB")
    await until(pilot, lambda: "Sandbox Shop GB" in drawn(pilot))
    assert "● enabled" in drawn(pilot)
    assert await backend.store.count(tables.PENDING_AUTHORISATIONS) == 0


async def test_A7_the_bare_code_does_as_well(
    pilot: Pilot[None], backend: Backend, merchant: Merchant
) -> None:
    await address_for(pilot, "By code")
    await pilot.press("p")
    assert pilot.app.focused is pilot.app.screen.query_one("#reply")
    await paste(pilot, await asyncio.to_thread(merchant.code))
    await back_on_the_list(pilot)
    assert [one.name for one in await connected(backend)] == ["By code"]


async def test_A7_the_listener_takes_the_code_by_itself(
    pilot: Pilot[None], backend: Backend, merchant: Merchant
) -> None:
    address = await address_for(pilot, "Listened")
    words = said(pilot, "#listening")
    listener = words[words.index("http://") :].partition(",")[0]
    redirected = await asyncio.to_thread(merchant.consent, address)
    async with httpx.AsyncClient() as web:
        page = await web.get(f"{listener}?{redirected.partition('?')[2]}")
    assert "The terminal says what came of it" in page.text
    await back_on_the_list(pilot)
    assert [one.name for one in await connected(backend)] == ["Listened"]
    with pytest.raises(httpx.ConnectError):
        await asyncio.to_thread(httpx.get, listener)


async def test_A7_over_ssh_it_names_the_line_that_forwards_the_port(
    pilot: Pilot[None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 1 10.0.0.2 22")
    monkeypatch.setenv("DISPLAY", ":0")
    await address_for(pilot, "Remote")
    assert "ssh -L " in said(pilot, "#listening")
    assert not pilot.app.screen.query_one("#browse").display


async def test_A7_a_desktop_gets_its_browser_opened(
    pilot: Pilot[None], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    def open_in_browser(address: str) -> bool:
        opened.append(address)
        return True

    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr("webbrowser.open", open_in_browser)
    address = await address_for(pilot, "Desktop")
    await until(pilot, lambda: "Asked the browser" in said(pilot, "#said"))
    assert opened == [address]


async def test_A7_the_address_goes_to_the_terminal_and_to_a_file_and_it_says_which(
    pilot: Pilot[None], backend: Backend
) -> None:
    address = await address_for(pilot, "Copied")
    await pilot.press("y")
    await until(pilot, lambda: "OSC 52" in said(pilot, "#said"))
    assert pilot.app.clipboard == address
    await pilot.press("w")
    await until(pilot, lambda: "Written to" in said(pilot, "#said"))
    (file,) = (backend.settings.home / "exports").iterdir()
    assert file.read_text() == f"{address}\n"


async def test_A7_the_qr_code_stands_beside_where_it_fits(pilot: Pilot[None]) -> None:
    await address_for(pilot, "Wide")
    assert pilot.app.screen.query_one("#qr-code").display
    await pilot.resize_terminal(80, 24)
    await until(pilot, lambda: not pilot.app.screen.query_one("#qr-code").display)
    await pilot.press("c")
    await until(pilot, lambda: isinstance(pilot.app.screen, QrScreen))
    assert pilot.app.screen.query_one("#big-qr").display
    await pilot.resize_terminal(60, 20)
    await until(pilot, lambda: pilot.app.screen.query_one("#too-small").display)
    await pilot.press("escape")
    await until(pilot, lambda: isinstance(pilot.app.screen, AuthoriseScreen))


async def test_A8_a_denial_is_told_and_starting_again_works(
    pilot: Pilot[None], backend: Backend, merchant: Merchant
) -> None:
    address = await address_for(pilot, "Denied")
    await paste(pilot, await asyncio.to_thread(merchant.deny, address))
    await until(pilot, lambda: "did not give consent" in said(pilot, "#outcome"))
    assert await nothing_is_left(backend)
    pilot.app.screen.query_one("#copy").focus()
    await pilot.press("n")
    await until(pilot, lambda: said(pilot, "#address") != address and not said(pilot, "#outcome"))
    await paste(pilot, await asyncio.to_thread(merchant.consent, said(pilot, "#address")))
    await back_on_the_list(pilot)
    assert [one.name for one in await connected(backend)] == ["Denied"]


async def test_A8_a_late_reply_is_told(pilot: Pilot[None], backend: Backend, merchant: Merchant) -> None:
    address = await address_for(pilot, "Late")
    redirected = await asyncio.to_thread(merchant.consent, address)
    merchant.clock.advance(timedelta(minutes=31))
    await paste(pilot, redirected)
    await until(pilot, lambda: "older than half an hour" in said(pilot, "#outcome"))
    assert await nothing_is_left(backend)


async def test_A8_anothers_state_and_a_spent_code_are_told(
    pilot: Pilot[None], backend: Backend, merchant: Merchant
) -> None:
    address = await address_for(pilot, "Mixed up")
    redirected = await asyncio.to_thread(merchant.consent, address)
    await paste(pilot, redirected.partition("&state=")[0] + "&state=stolen")
    await until(pilot, lambda: "belongs to another authorisation" in said(pilot, "#outcome"))
    code = await asyncio.to_thread(merchant.code)
    merchant.sandbox.consents.codes.clear()
    await paste(pilot, code)
    await until(pilot, lambda: "TikTok did not accept" in said(pilot, "#outcome"))
    assert await backend.store.count(tables.INTEGRATIONS) == 0


async def test_of_several_shops_one_is_chosen(
    pilot: Pilot[None], backend: Backend, merchant: Merchant
) -> None:
    merchant.give_second_shop()
    address = await address_for(pilot, "Second")
    await paste(pilot, await asyncio.to_thread(merchant.consent, address))
    await until(pilot, lambda: isinstance(pilot.app.screen, ChooseShop))
    await pilot.press("down", "enter")
    await back_on_the_list(pilot)
    assert [one.shop.region for one in await connected(backend)] == ["US"]


async def test_a_shop_that_is_connected_already_is_refused(backend: Backend, merchant: Merchant) -> None:
    await connect(backend, merchant, "First")
    async with screens(backend) as pilot:
        address = await address_for(pilot, "Second")
        await paste(pilot, await asyncio.to_thread(merchant.consent, address))
        await until(pilot, lambda: "already connected" in said(pilot, "#outcome"))
    assert [one.name for one in await connected(backend)] == ["First"]


async def test_missing_app_credentials_are_named(backend: Backend) -> None:
    bare = backend.settings.model_copy(update={"tiktok_service_id": ""})
    backend.settings = bare
    async with screens(backend) as pilot:
        await named(pilot, "No app")
        await pilot.press("enter")
        await until(pilot, lambda: "AVASAM_TIKTOK_SERVICE_ID" in said(pilot, "#outcome"))


async def test_a_read_only_session_adds_nothing(backend: Backend) -> None:
    async with screens(backend, read_only=True) as pilot:
        await pilot.press("a")
        await until(pilot, lambda: "read-only session: nothing was changed" in drawn(pilot))
        assert isinstance(pilot.app.screen, IntegrationsScreen)


async def test_a_hostile_name_is_drawn_as_plain_text(
    pilot: Pilot[None], backend: Backend, merchant: Merchant
) -> None:
    await named(pilot, "[red]x[/]")
    await until(pilot, lambda: "[red]x[/]" in drawn(pilot))
    await authorise_from(pilot)
    await paste(pilot, await asyncio.to_thread(merchant.consent, said(pilot, "#address")))
    await back_on_the_list(pilot)
    await until(pilot, lambda: "[red]x[/]" in drawn(pilot))
