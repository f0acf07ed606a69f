"""The list and an opened integration as a terminal shows them, at both sizes that ux.md names."""

from datetime import timedelta
from pathlib import Path

import pytest

from core import tables
from core.backend import Backend
from core.models.integration import SyncKind, SyncState
from tests.clocks import NOON
from tests.tui.integrations.support import Merchant, connect, drawn, open_first, screens, until
from tests.tui.pictures import SIZES, Size, check_picture

KEPT = Path(__file__).parent / "pictures"


async def two_shops(backend: Backend, merchant: Merchant) -> None:
    first = await connect(backend, merchant, "My shop")
    second = await connect(backend, merchant, "Harbour", 1)
    marked = second.model_copy(update={"needs_reauthorisation": "the consent was revoked"})
    done = NOON - timedelta(seconds=12)
    async with backend.store.transaction() as tx:
        await tx.put(tables.INTEGRATIONS, second.id, marked.to_document())
        for kind in (SyncKind.ORDERS, SyncKind.STOCK):
            state = SyncState(integration_id=first.id, kind=kind, last_finished_at=done, counts={"new": 3})
            await tx.put(tables.SYNC_STATES, tables.key(first.id, kind.value), state.to_document())


@pytest.mark.parametrize("size", SIZES)
async def test_the_list_and_an_opened_integration(backend: Backend, merchant: Merchant, size: Size) -> None:
    await two_shops(backend, merchant)
    async with screens(backend, size=size) as pilot:
        await until(pilot, lambda: "My shop" in drawn(pilot.app))
        await pilot.press("down")
        await until(pilot, lambda: "10 s ago" in drawn(pilot.app))
        await check_picture(pilot, KEPT, "list")
        await open_first(pilot)
        await until(pilot, lambda: "Mixed orders" in drawn(pilot.app))
        await check_picture(pilot, KEPT, "integration")
