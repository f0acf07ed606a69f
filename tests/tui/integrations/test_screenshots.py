"""The list and an opened integration as a terminal shows them, at both sizes that ux.md names."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from core import tables
from core.backend import Backend
from core.models.integration import SyncKind, SyncState
from tests.clocks import NOON
from tests.tui.integrations.support import Merchant, connect, drawn, drawn_content, open_first, screens, until

KEPT = Path(__file__).parent / "screenshots"
SIZES = [(80, 24), (120, 40)]


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


def matches(name: str, size: tuple[int, int], text: str) -> None:
    """Compare with what is kept; AVASAM_KEEP_SCREENSHOTS=1 keeps the new one instead."""
    file = KEPT / f"{name}-{size[0]}x{size[1]}.txt"
    if os.environ.get("AVASAM_KEEP_SCREENSHOTS"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"{text}\n", encoding="utf-8")
    assert file.read_text(encoding="utf-8") == f"{text}\n"


@pytest.mark.parametrize("size", SIZES)
async def test_the_list(backend: Backend, merchant: Merchant, size: tuple[int, int]) -> None:
    await two_shops(backend, merchant)
    async with screens(backend, size=size) as pilot:
        await until(pilot, lambda: "My shop" in drawn(pilot.app))
        await pilot.press("down")
        await until(pilot, lambda: "12 s ago" in drawn(pilot.app))
        matches("list", size, drawn_content(pilot.app))


@pytest.mark.parametrize("size", SIZES)
async def test_an_opened_integration(backend: Backend, merchant: Merchant, size: tuple[int, int]) -> None:
    await two_shops(backend, merchant)
    async with screens(backend, size=size) as pilot:
        await pilot.press("down")
        await open_first(pilot)
        await until(pilot, lambda: "Mixed orders" in drawn(pilot.app))
        matches("integration", size, drawn_content(pilot.app))
