"""Additional settings: what is refused as typed, what Save would change, and what it keeps.

Acceptance lines: A39, A40, A42, A43.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import tables
from core.backend import Backend
from core.models.integration import Integration
from core.services.errors import NotFound, ServiceError
from core.services.integration_settings import MOST, SettingsService, read_units
from storage.vault import Vault
from tests.core.sync.support import Stand, open_stand


@pytest.fixture
async def stand(tmp_path: Path) -> AsyncIterator[Stand]:
    opened = await open_stand(tmp_path, guard_zero_least=2)
    yield opened
    await opened.store.close()


@pytest.fixture
def backend(stand: Stand, tmp_path: Path) -> Backend:
    return Backend(
        settings=stand.settings,
        store=stand.store,
        vault=Vault.open(home=tmp_path, environ={}),
        clock=stand.clock,
    )


@pytest.fixture
async def shop(stand: Stand) -> Integration:
    """Three mapped SKUs that show 3, 12 and 40, which is their stock."""
    integration = await stand.connect("shop")
    await stand.stock_up(low=3, some=12, many=40)
    for sku, live in (("low", 3), ("some", 12), ("many", 40)):
        await stand.sell(integration, sku, live=live, price="9.99")
    return integration


@pytest.mark.parametrize(
    ("typed", "units"), [("", None), ("  ", None), ("none", None), ("0", 0), (" 20 ", 20)]
)
def test_A42_blank_means_none(typed: str, units: int | None) -> None:
    assert read_units(typed) == units


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("-1", "negative"),
        ("ten", "not a whole number"),
        ("1.5", "not a whole number"),
        ("1,000", "not a whole number"),
        ("٣", "not a whole number"),
        ("1000000", "more than 999,999"),
    ],
)
def test_A42_negatives_and_text_are_refused_in_words(typed: str, why: str) -> None:
    with pytest.raises(ServiceError, match=why):
        read_units(typed)


@given(st.text(max_size=12))
def test_A42_whatever_is_typed_gives_units_or_a_refusal(typed: str) -> None:
    try:
        units = read_units(typed)
    except ServiceError:
        units = None
    assert units is None or 0 <= units <= MOST


async def test_A43_the_effect_counts_changes_and_zeros_without_sending(
    backend: Backend, stand: Stand, shop: Integration
) -> None:
    service = SettingsService(backend)
    nothing = await service.effect(shop, {})
    assert (nothing.changes_anything, nothing.mapped) == (False, 3)
    before = await stand.dump()
    effect = await service.effect(shop, {"max_quantity": 20, "stock_threshold": 5})
    assert (effect.stock.changes, effect.stock.to_zero, effect.price.switched_on) == (2, 1, False)
    shown = [(change.avasam_sku, change.confirmed, change.desired) for change in effect.stock.worst]
    assert shown == [("low", "3", "0"), ("many", "40", "20")]
    assert await stand.dump() == before
    assert stand.shops[shop.id].calls == []


async def test_A43_it_says_when_the_guard_would_stop_the_sync(backend: Backend, shop: Integration) -> None:
    effect = await SettingsService(backend).effect(shop, {"stock_threshold": 100})
    assert effect.stopped is not None
    assert "3 of 3 mapped SKUs would be set to 0" in effect.stopped.what


async def test_A40_with_stock_update_off_nothing_would_be_sent(backend: Backend, shop: Integration) -> None:
    effect = await SettingsService(backend).effect(shop, {"stock_update": False, "max_quantity": 1})
    assert not effect.changes_anything


async def test_A39_saving_changes_the_named_fields_alone(backend: Backend, shop: Integration) -> None:
    service = SettingsService(backend)
    await service.save(shop.id, {"max_quantity": 20})
    saved = await service.save(shop.id, {"exclude_non_avasam": True})
    assert (saved.settings.max_quantity, saved.settings.exclude_non_avasam) == (20, True)
    document = await backend.store.get(tables.INTEGRATIONS, shop.id)
    assert document == saved.to_document()
    assert await backend.store.count(tables.LISTING_SYNCS) == 0


async def test_saving_for_a_removed_integration_is_refused(backend: Backend) -> None:
    with pytest.raises(NotFound):
        await SettingsService(backend).save("gone", {"max_quantity": 1})
