"""From Save to the shop and back, over a sandbox on a real socket (A34 to A36).

Acceptance lines: A35.
"""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from core.backend import Backend
from core.models.integration import Integration
from core.models.job import JobKind, JobState
from core.services.mapping_desk import MappingDesk
from core.services.mapping_lists import Show
from core.services.sync import SyncService
from core.sync import jobs
from tests.clocks import FrozenClock
from tests.tui.integrations.support import Merchant, connect, merchant_on_a_socket, open_backend
from tests.tui.mapping.test_sku_mapping_screen import head
from tests.tui.session import ReadySession
from tests.tui.terminal import until
from tests.tui.test_shell import WIDE, opened
from tui.app import AvasamApp
from tui.screens.sku_mapping import SkuMappingScreen


@pytest.fixture
def merchant() -> Iterator[Merchant]:
    with merchant_on_a_socket(FrozenClock(), products=20, orders=0) as served:
        yield served


@pytest.fixture
async def backend(tmp_path: Path, merchant: Merchant) -> AsyncIterator[Backend]:
    opened_here = await open_backend(tmp_path / "home", merchant)
    yield opened_here
    await opened_here.close()


@pytest.fixture
async def shop(backend: Backend, merchant: Merchant) -> Integration:
    """A connected shop, its inventory read and its listings downloaded; nothing is mapped."""
    integration = await connect(backend, merchant, "One")
    await do(backend, JobKind.READ_INVENTORY, None)
    await do(backend, JobKind.DOWNLOAD_CATALOGUE, integration)
    return integration


def pushes(merchant: Merchant) -> int:
    """How often stock was sent to the shop."""
    counts: dict[str, int] = merchant.sandbox.log.after(0)["counts"]
    return sum(count for path, count in counts.items() if path.endswith("/inventory/update"))


async def do(backend: Backend, kind: JobKind, integration: Integration | None) -> None:
    """Ask for a job and see it through."""
    service = SyncService(backend)
    job = await service.request(kind, integration, requested_by="test", confirmed=True)
    async for state in service.follow(job):
        job = state
    assert job.state is JobState.DONE, job.error


async def do_what_waits(backend: Backend, integration: Integration) -> list[JobKind]:
    """What a worker would do now."""
    service, done = SyncService(backend), []
    for job in await jobs.waiting(backend.store, integration.id):
        async for state in service.follow(job):
            assert state.error is None
        done.append(job.kind)
    return done


async def test_A35_A36_stock_is_pushed_from_save_to_unlink_and_not_before_or_after(
    backend: Backend, shop: Integration, merchant: Merchant
) -> None:
    desk = MappingDesk(backend, shop)
    await desk.refresh()
    await desk.suggest()
    desk.take_above(1.0)
    assert len(desk.edits) > 0
    await do(backend, JobKind.SYNC_STOCK, shop)
    assert pushes(merchant) == 0, "before Save nothing takes effect"

    await desk.save(by="anna")
    assert await do_what_waits(backend, shop) == [JobKind.VERIFY]
    pushed = pushes(merchant)
    assert pushed > 0
    await do(backend, JobKind.VERIFY, shop)
    await desk.refresh()
    mapped = [desk.lists.channel[key] for key in desk.lists.channel_keys("", Show.MAPPED, desk.edits)]
    stocks = {sku: row.stock for sku, row in desk.lists.products.items()}
    wrong = [
        row.sku_id
        for row in mapped
        if row.partner is not None
        and (stock := stocks[row.partner.avasam_sku]) is not None
        and row.status == "ACTIVATE"
        and row.quantity != stock
    ]
    assert wrong == [], "the shop shows Avasam's stock"

    desk.unlink([row.sku_id for row in mapped])
    await desk.save(by="anna")
    await do(backend, JobKind.SYNC_STOCK, shop)
    assert pushes(merchant) == pushed, "after Unlink nothing is pushed"


async def test_A34_download_brings_listings_and_leaves_pairs_alone(
    backend: Backend, merchant: Merchant
) -> None:
    await connect(backend, merchant, "One")
    async with AvasamApp(ReadySession(backend)).run_test(size=WIDE) as pilot:
        await opened(pilot)
        await pilot.press("3")
        await until(pilot, lambda: isinstance(pilot.app.screen, SkuMappingScreen))
        screen = pilot.app.screen
        assert isinstance(screen, SkuMappingScreen)
        await until(pilot, lambda: "as of never" in head(screen))
        await pilot.press("d")
        await until(pilot, lambda: screen.left.table.view)
        await until(pilot, lambda: "as of 23 Nov" in head(screen))
