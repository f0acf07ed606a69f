"""One integration on the screen: its sections, its switch, a new authorisation, its end.

Acceptance lines: A10, A12, A13, A15, A16.
"""

import asyncio
from datetime import timedelta
from functools import partial

import pytest
from textual.widgets import Button, Collapsible

from core import tables
from core.backend import Backend
from core.models.integration import Integration
from core.services.integrations import IntegrationService
from core.sync.problems import note_problem
from core.sync.runner import REAUTHORISE
from tests.clocks import FrozenClock
from tests.tui.integrations.support import Merchant, authorise_from, connect, open_first, paste, said, screens
from tests.tui.terminal import drawn, until
from tui.keys.everywhere import SCREENS
from tui.screens.authorise import AuthoriseScreen
from tui.screens.confirm import Confirm
from tui.screens.integrations import IntegrationsScreen


@pytest.fixture(autouse=True)
def no_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT", "TMUX"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
async def shop(backend: Backend, merchant: Merchant) -> Integration:
    return await connect(backend, merchant, "My shop")


async def stored(backend: Backend, integration: Integration) -> Integration:
    document = await backend.store.get(tables.INTEGRATIONS, integration.id)
    assert document is not None
    return Integration.from_document(document)


async def mark(backend: Backend, integration: Integration) -> None:
    """As a worker does when TikTok says that the consent was revoked."""
    marked = integration.model_copy(update={"needs_reauthorisation": "the consent was revoked"})
    async with backend.store.transaction() as tx:
        await tx.put(tables.INTEGRATIONS, integration.id, marked.to_document())
        await note_problem(tx, backend.clock, integration.id, REAUTHORISE, what="revoked", why="", cure="")


async def test_A10_the_switch_asks_disables_and_enables(backend: Backend, shop: Integration) -> None:
    async with screens(backend) as pilot:
        await pilot.press("space")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, IntegrationsScreen))
        assert (await stored(backend, shop)).enabled
        await pilot.press("space")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await pilot.press("tab", "enter")
        await until(pilot, lambda: "○ disabled" in drawn(pilot))
        assert not (await stored(backend, shop)).enabled
        await pilot.press("space")
        await until(pilot, lambda: "● enabled" in drawn(pilot))


async def test_A12_enter_opens_its_sections_and_escape_goes_back(backend: Backend, shop: Integration) -> None:
    async with screens(backend) as pilot:
        pane = await open_first(pilot)
        titles = [section.title for section in pane.query(Collapsible)]
        assert titles == [
            "Shipping mapping",
            "SKU mapping",
            "Additional settings",
            "Reauthorize",
            "Remove account",
        ]
        for section in pane.query(Collapsible):
            section.collapsed = False
        await until(pilot, lambda: "0 channel SKUs are mapped" in said(pilot, "#skus"))
        assert "0 delivery options are mapped" in said(pilot, "#shipping")
        assert "ends in 365 d" in said(pilot, "#authorisation")
        assert pane.query_one("#save", Button).display
        await pilot.press("escape")
        await until(pilot, lambda: not pilot.app.screen.query("#integration"))
        assert pilot.app.focused is not None
        assert pilot.app.focused.id == "integrations"


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_sections_are_within_reach_on_any_terminal(
    backend: Backend, shop: Integration, size: tuple[int, int]
) -> None:
    async with screens(backend, size=size) as pilot:
        await open_first(pilot)
        text = drawn(pilot)
        for words in (
            "My shop",
            "Shipping mapping",
            "Stock update",
            "Max quantity",
            "Non-Avasam orders: shown",
        ):
            assert words in text


async def test_A13_cancel_has_the_focus_and_changes_nothing(backend: Backend, shop: Integration) -> None:
    async with screens(backend) as pilot:
        pane = await open_first(pilot)
        pane.query_one("#remove", Button).press()
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await until(pilot, lambda: "Remove My shop?" in drawn(pilot))
        assert "0 SKU mappings" in drawn(pilot)
        assert pilot.app.focused is not None
        assert pilot.app.focused.id == "cancel"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, IntegrationsScreen))
        assert await stored(backend, shop) == shop


async def test_A13_after_ok_the_row_is_gone_and_the_list_says_how_to_add(
    backend: Backend, shop: Integration
) -> None:
    async with screens(backend) as pilot:
        pane = await open_first(pilot)
        pane.query_one("#remove", Button).press()
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await pilot.press("tab", "enter")
        await until(pilot, lambda: "No shop is connected yet." in drawn(pilot))
        assert await IntegrationService(backend).all() == []
        assert await backend.store.count(tables.AUTHORISATIONS) == 0


async def test_what_another_program_removes_closes_by_itself(backend: Backend, shop: Integration) -> None:
    async with screens(backend) as pilot:
        await open_first(pilot)
        async with backend.store.transaction() as tx:
            await tx.delete(tables.INTEGRATIONS, shop.id)
        await until(pilot, lambda: not pilot.app.screen.query("#integration"))
        await until(pilot, lambda: "My shop is gone." in drawn(pilot))


async def test_A15_a_new_authorisation_takes_effect_on_save(
    backend: Backend, shop: Integration, merchant: Merchant
) -> None:
    await mark(backend, shop)
    before = await backend.store.get(tables.AUTHORISATIONS, shop.authorisation_id)
    async with screens(backend) as pilot:
        await open_first(pilot)
        assert pilot.app.focused is not None
        assert pilot.app.focused.id == "reauthorize"
        await pilot.press("enter")
        await authorise_from(pilot)
        await paste(pilot, await asyncio.to_thread(merchant.consent, said(pilot, "#address")))
        await until(pilot, lambda: isinstance(pilot.app.screen, IntegrationsScreen))
        await until(pilot, lambda: "waits for Save" in said(pilot, "#authorisation"))
        assert await backend.store.get(tables.AUTHORISATIONS, shop.authorisation_id) == before
        assert (await stored(backend, shop)).needs_reauthorisation is not None
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "My shop is saved." in drawn(pilot))
        assert await stored(backend, shop) == shop
        assert await backend.store.get(tables.AUTHORISATIONS, shop.authorisation_id) != before
        await until(pilot, lambda: not pilot.app.screen.query_one("#banner").display)
        assert await backend.store.count(tables.PROBLEMS) == 0


async def test_A15_leaving_without_save_keeps_the_old_authorisation_and_asks_first(
    backend: Backend, shop: Integration, merchant: Merchant
) -> None:
    before = await backend.store.get(tables.AUTHORISATIONS, shop.authorisation_id)
    async with screens(backend) as pilot:
        pane = await open_first(pilot)
        pane.query_one("#reauthorize", Button).press()
        await authorise_from(pilot)
        await paste(pilot, await asyncio.to_thread(merchant.consent, said(pilot, "#address")))
        await until(pilot, lambda: isinstance(pilot.app.screen, IntegrationsScreen))
        await until(pilot, lambda: pilot.app.screen.query_one("#unsaved").display)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await until(pilot, lambda: "a new authorisation" in drawn(pilot))
        await pilot.press("tab", "enter")
        await until(pilot, lambda: not pilot.app.screen.query("#integration"))
    assert await backend.store.get(tables.AUTHORISATIONS, shop.authorisation_id) == before


async def test_A15_another_shops_authorisation_is_refused_where_it_happens(
    backend: Backend, shop: Integration, merchant: Merchant
) -> None:
    async with screens(backend) as pilot:
        pane = await open_first(pilot)
        pane.query_one("#reauthorize", Button).press()
        await authorise_from(pilot)
        await paste(pilot, await asyncio.to_thread(merchant.consent, said(pilot, "#address"), 1))
        await until(pilot, lambda: "not for Sandbox Shop GB" in said(pilot, "#outcome"))
        assert isinstance(pilot.app.screen, AuthoriseScreen)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, IntegrationsScreen))
        assert not pilot.app.screen.query_one("#unsaved").display


async def test_A16_a_revoked_authorisation_is_named_under_the_title(
    backend: Backend, shop: Integration
) -> None:
    async with screens(backend) as pilot:
        assert not pilot.app.screen.query_one("#banner").display
        await mark(backend, shop)
        await until(pilot, lambda: "My shop needs reauthorisation" in drawn(pilot))
        assert "the consent was revoked" in said(pilot, "#banner")
        assert "! reauthorise" in drawn(pilot)


async def test_A16_every_screen_says_it_with_the_way_out_first(backend: Backend, shop: Integration) -> None:
    await mark(backend, shop)
    words = "! My shop needs reauthorisation: open it (1) and press ctrl+r."
    async with screens(backend, size=(80, 24)) as pilot:
        for command in SCREENS:
            await pilot.press(command.keys)
            mode = command.id.removeprefix("screen.")
            await until(pilot, partial(lambda mode: pilot.app.current_mode == mode, mode))
            await until(pilot, lambda: words in drawn(pilot))


async def test_A16_an_authorisation_that_ends_soon_counts_its_days(
    backend: Backend, shop: Integration, clock: FrozenClock
) -> None:
    clock.advance(timedelta(days=353))
    async with screens(backend) as pilot:
        await until(pilot, lambda: "the authorisation ends in 12 d" in said(pilot, "#banner"))
        assert "! in 12 d" in drawn(pilot)


async def test_a_read_only_session_changes_nothing(backend: Backend, shop: Integration) -> None:
    async with screens(backend, read_only=True) as pilot:
        pane = await open_first(pilot)
        for button in ("#reauthorize", "#remove"):
            pane.query_one(button, Button).press()
            await until(pilot, lambda: "read-only session: nothing was changed" in drawn(pilot))
            assert isinstance(pilot.app.screen, IntegrationsScreen)
            pilot.app.clear_notifications()
            await until(pilot, lambda: "read-only session: nothing" not in drawn(pilot))


async def test_hostile_words_are_drawn_as_plain_text(backend: Backend, shop: Integration) -> None:
    evil = shop.model_copy(
        update={
            "name": "[red]wide 漢字[/red]",
            "shop": shop.shop.model_copy(update={"name": "[link=x]Shop[/]"}),
            "needs_reauthorisation": "[bold]why[/bold]",
        }
    )
    async with backend.store.transaction() as tx:
        await tx.put(tables.INTEGRATIONS, evil.id, evil.to_document())
    async with screens(backend) as pilot:
        pane = await open_first(pilot)
        text = drawn(pilot)
        assert "[red]wide 漢字[/red] needs reauthorisation: open it" in text
        assert "[bold]why[/bold]." in said(pilot, "#banner")
        assert "[link=x]Shop[/]" in text
        pane.query_one("#remove", Button).press()
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await until(pilot, lambda: "Remove [red]wide 漢字[/red]?" in drawn(pilot))
