"""Additional settings on the screen: judged as typed, their effect before Save, kept after it.

Acceptance lines: A39, A42, A43.
"""

from typing import Any

import pytest
from textual.pilot import Pilot

from core import tables
from core.backend import Backend
from core.models.integration import Integration, IntegrationSettings
from core.models.listing import ChannelSku, SkuMapping
from core.models.product import Product
from core.services.integration_settings import SettingsService
from tests.clocks import NOON
from tests.tui.integrations.support import Merchant, connect, open_first, said, screens, type_in
from tests.tui.terminal import drawn, until
from tui.screens.confirm import Confirm
from tui.screens.integrations import IntegrationsScreen
from tui.screens.save_effect import SaveEffect

STOCK = {"low": 3, "some": 12, "many": 40}


@pytest.fixture
async def shop(backend: Backend, merchant: Merchant) -> Integration:
    """Three mapped SKUs that show their stock: 3, 12 and 40."""
    integration = await connect(backend, merchant, "My shop")
    rows: list[tuple[str, str, Any]] = []
    for sku, units in STOCK.items():
        key, sku_id = tables.key(integration.id, f"t-{sku}"), f"t-{sku}"
        own = {"integration_id": integration.id, "sku_id": sku_id}
        rows.append((tables.PRODUCTS, sku, Product(sku=sku, title=sku, stock=units)))
        rows.append((tables.SKU_MAPPINGS, key, SkuMapping(**own, avasam_sku=sku, mapped_at=NOON)))
        live = ChannelSku(**own, product_id=f"p-{sku}", currency="GBP", quantities={"w": units}, read_at=NOON)
        rows.append((tables.CHANNEL_SKUS, key, live))
    async with backend.store.transaction() as tx:
        for table, key, row in rows:
            await tx.put(table, key, row.to_document())
    return integration


async def settings_of(backend: Backend, integration: Integration) -> IntegrationSettings:
    document = await backend.store.get(tables.INTEGRATIONS, integration.id)
    assert document is not None
    return Integration.from_document(document).settings


async def saved(pilot: Pilot[None]) -> None:
    await until(pilot, lambda: "My shop is saved." in drawn(pilot))


async def test_A39_the_six_settings_are_there_as_they_are_stored(backend: Backend, shop: Integration) -> None:
    async with screens(backend) as pilot:
        await open_first(pilot)
        text = drawn(pilot)
        assert "▐X▌ Stock update" in text
        for off in ("Price (Inc VAT) update", "Exclude non-Avasam orders", "Split orders with unknown SKUs"):
            assert f"▐ ▌ {off}" in text
        assert "Max quantity to advertise" in text
        assert "Stock threshold" in text


async def test_A39_the_switches_say_in_words_what_they_do(backend: Backend, shop: Integration) -> None:
    async with screens(backend) as pilot:
        await open_first(pilot)
        assert "Non-Avasam orders: shown" in said(pilot, "#exclude-words")
        pilot.app.screen.query_one("#exclude_non_avasam").focus()
        await pilot.press("enter")
        await until(pilot, lambda: said(pilot, "#exclude-words") == "Non-Avasam orders: hidden")
        assert said(pilot, "#split-words") == "Mixed orders: hidden"
        await pilot.press("ctrl+s")
        await saved(pilot)
    assert (await settings_of(backend, shop)).exclude_non_avasam


@pytest.mark.parametrize(("typed", "why"), [("-3", "negative"), ("ten", "not a whole number")])
async def test_A42_nonsense_is_refused_as_it_is_typed_and_not_saved(
    backend: Backend, shop: Integration, typed: str, why: str
) -> None:
    async with screens(backend) as pilot:
        await open_first(pilot)
        await type_in(pilot, "#stock_threshold", typed)
        await until(pilot, lambda: why in said(pilot, "#stock_threshold-said"))
        pilot.app.screen.query_one("#split_unknown").focus()
        await pilot.press("ctrl+s")
        await until(pilot, lambda: pilot.app.focused and pilot.app.focused.id == "stock_threshold")
    assert await settings_of(backend, shop) == shop.settings


async def test_A43_the_effect_is_shown_while_typing_and_asked_about_before_save(
    backend: Backend, shop: Integration
) -> None:
    async with screens(backend) as pilot:
        await open_first(pilot)
        await type_in(pilot, "#max_quantity", "20")
        await type_in(pilot, "#stock_threshold", "5")
        effect = "Stock: 2 of 3 mapped listings change, 1 of them to 0"
        await until(pilot, lambda: effect in said(pilot, "#effect"))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, SaveEffect))
        assert effect in said(pilot, "#effect-summary")
        assert [line.split() for line in said(pilot, "#worst").splitlines()] == [
            ["low", "stock", "3", "->", "0"],
            ["many", "stock", "40", "->", "20"],
        ]
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, IntegrationsScreen))
        assert await settings_of(backend, shop) == shop.settings
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, SaveEffect))
        await pilot.press("tab", "enter")
        await saved(pilot)
        assert not pilot.app.screen.query_one("#unsaved").display
    kept = await settings_of(backend, shop)
    assert (kept.max_quantity, kept.stock_threshold) == (20, 5)
    assert await backend.store.count(tables.LISTING_SYNCS) == 0


async def test_A42_a_blank_takes_the_limit_away(backend: Backend, shop: Integration) -> None:
    await SettingsService(backend).save(shop.id, {"max_quantity": 500})
    async with screens(backend) as pilot:
        await open_first(pilot)
        await type_in(pilot, "#max_quantity", "")
        await pilot.press("ctrl+s")
        await saved(pilot)
    assert (await settings_of(backend, shop)).max_quantity is None


async def test_A43_what_changes_nothing_at_the_shop_is_saved_at_once(
    backend: Backend, shop: Integration
) -> None:
    async with screens(backend) as pilot:
        await open_first(pilot)
        await type_in(pilot, "#max_quantity", "99")
        await until(pilot, lambda: "Stock: nothing changes (3 mapped)" in said(pilot, "#effect"))
        await pilot.press("ctrl+s")
        await saved(pilot)
    assert (await settings_of(backend, shop)).max_quantity == 99


async def test_leaving_unsaved_asks(backend: Backend, shop: Integration) -> None:
    async with screens(backend) as pilot:
        pane = await open_first(pilot)
        await type_in(pilot, "#max_quantity", "7")
        await until(pilot, lambda: "Max quantity to advertise" in said(pilot, "#unsaved"))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, IntegrationsScreen))
        assert pane.is_dirty
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await pilot.press("tab", "enter")
        await until(pilot, lambda: not pilot.app.screen.query("#integration"))
    assert await settings_of(backend, shop) == shop.settings


async def test_quitting_unsaved_asks(backend: Backend, shop: Integration) -> None:
    async with screens(backend) as pilot:
        await open_first(pilot)
        await type_in(pilot, "#max_quantity", "7")
        await pilot.press("ctrl+q")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        assert pilot.app.is_running


async def test_what_was_typed_survives_a_save_from_elsewhere(backend: Backend, shop: Integration) -> None:
    async with screens(backend) as pilot:
        await open_first(pilot)
        await type_in(pilot, "#max_quantity", "99")
        await SettingsService(backend).save(shop.id, {"stock_threshold": 2, "split_unknown": True})
        await until(pilot, lambda: "mapped lines only" in said(pilot, "#split-words"))
        await pilot.press("ctrl+s")
        await saved(pilot)
    kept = await settings_of(backend, shop)
    assert (kept.max_quantity, kept.stock_threshold, kept.split_unknown) == (99, 2, True)


async def test_a_read_only_session_saves_nothing(backend: Backend, shop: Integration) -> None:
    async with screens(backend, read_only=True) as pilot:
        await open_first(pilot)
        await type_in(pilot, "#max_quantity", "7")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "read-only session: nothing was changed" in drawn(pilot))
    assert await settings_of(backend, shop) == shop.settings
