"""Fills screenshots/ with an SVG of every screen, from the sandbox at a frozen moment: `make screenshots`.

Names and addresses are the sandbox's own inventions, and buyers' data is on none of the screens.
"""

import asyncio
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import httpx
import uvicorn

from core.backend import Backend
from core.models.integration import Integration
from core.models.job import Job, JobKind
from core.models.listing_state import Action
from core.rules.listing_status import ListingStatus
from core.sandbox.app import SandboxApp
from core.sandbox.merchant import build_world
from core.sandbox.runtime import Sandbox
from core.services.categories import CategoryService
from core.services.integrations import IntegrationService
from core.services.listing_rows import RowFilter
from core.services.listings import ListingService
from core.services.sku_mapping import SkuMappingService
from core.services.sync import SyncService
from core.settings import Settings
from tests.clocks import NOON, FrozenClock
from tests.tui.session import ReadySession, open_backend
from tui.app import AvasamApp
from tui.screens.base import MainScreen

HERE = Path(__file__).parent.parent / "screenshots"
WHO = "screenshots"
WIDE, NARROW = (120, 40), (80, 24)
TO_THE_FIRST = ("down", "down", "down")
"""To the first row that is not listed yet."""
SHOTS = (
    ("integrations", WIDE, ()),
    ("integrations-80x24", NARROW, ()),
    ("integration", WIDE, ("enter",)),
    ("listings", WIDE, ("2", *TO_THE_FIRST)),
    ("listings-80x24", NARROW, ("2", *TO_THE_FIRST)),
    ("listing", WIDE, ("2", *TO_THE_FIRST, "enter")),
    ("listing-check", WIDE, ("2", "a", "l")),
    ("listing-problems", WIDE, ("2", "P")),
    ("category", WIDE, ("2", *TO_THE_FIRST, "t")),
    ("description", WIDE, ("2", *TO_THE_FIRST, "d")),
    ("pricing-rule", WIDE, ("2", *TO_THE_FIRST, "p", *"Spring", "tab", *"40", "tab", "tab", *".99")),
    ("sku-mapping", WIDE, ("3",)),
    ("sku-mapping-80x24", NARROW, ("3",)),
    ("shipping-mapping", WIDE, ("4",)),
    ("orders", WIDE, ("5",)),
    ("orders-80x24", NARROW, ("5",)),
    ("order", WIDE, ("5", "enter")),
    ("activity", WIDE, ("6",)),
    ("help", WIDE, ("f1",)),
    ("sync-now", WIDE, ("r",)),
)
"""Name, size in cells, and the keys that lead there."""


@contextmanager
def frozen_sandbox() -> Iterator[Sandbox]:
    """The sandbox on a loopback port of this process, its clock standing still at noon."""
    moment = NOON.timestamp()
    sandbox = Sandbox(
        build_world(seed=7, products=200, orders=40, now=int(moment)), time_source=lambda: moment
    )
    server = uvicorn.Server(uvicorn.Config(SandboxApp(sandbox), port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    sandbox.base_url = f"http://127.0.0.1:{port}"
    yield sandbox
    server.should_exit = True
    thread.join()


def settings_for(sandbox: Sandbox, home: Path) -> Settings:
    """Settings that point at the sandbox."""
    return Settings(
        home=home,
        tiktok_api_url=sandbox.base_url,
        tiktok_auth_url=sandbox.base_url,
        tiktok_consent_url=f"{sandbox.base_url}/open/authorize",
        tiktok_app_key=sandbox.app_key,
        tiktok_app_secret=sandbox.app_secret,
        tiktok_service_id=sandbox.service_id,
        api_url=sandbox.base_url,
        consumer_key=sandbox.consumer_key,
        secret_key=sandbox.secret_key,
        calls_per_second=1000,
    )


async def merchant_at_work(backend: Backend) -> None:
    """Connect the shop, map equal SKUs, sync once."""
    service, syncs = IntegrationService(backend), SyncService(backend)
    begun = await service.begin("Sandbox Shop")
    async with httpx.AsyncClient() as browser:
        consent = await browser.get(f"{begun.address}&auto=1")
    shop = await service.complete(begun.name, consent.headers["location"], state=begun.state)
    for kind, target in (
        (JobKind.READ_INVENTORY, None),
        (JobKind.DOWNLOAD_CATALOGUE, shop),
        (JobKind.SYNC_ALL, shop),
    ):
        if kind is JobKind.SYNC_ALL:
            await SkuMappingService(backend).map_equal(shop, by=WHO)
        await over(syncs, await syncs.request(kind, target, requested_by=WHO))
    await put_on_sale(backend, shop)


async def put_on_sale(backend: Backend, shop: Integration) -> None:
    """List some rows, of which a few lack what TikTok asks for; let TikTok refuse others in review."""
    listings, categories = ListingService(backend), CategoryService(backend)
    missing = RowFilter(status=ListingStatus.NOT_LISTED)
    skus = [row.sku for row in await listings.rows(shop, missing)][1:13]
    candles = (await categories.search(shop, "Candles"))[0].id
    await categories.choose(shop, skus[:9], candles, weight_kg=Decimal("0.4"), by=WHO)
    asked = await listings.ask(shop, Action.PUBLISH, skus, by=WHO)
    if asked.job is not None:
        await over(SyncService(backend), asked.job)


async def over(syncs: SyncService, job: Job) -> None:
    """Do it, here and now."""
    async for _ in syncs.follow(job):
        pass


async def shoot(backend: Backend, name: str, size: tuple[int, int], keys: tuple[str, ...]) -> None:
    """One picture."""
    app = AvasamApp(ReadySession(backend))
    async with app.run_test(size=size) as pilot:
        while not isinstance(app.screen, MainScreen):
            await pilot.pause(0.05)
        await pilot.pause(1.5)
        for key in keys:
            await pilot.press(key)
            await pilot.pause(0.3)
        await pilot.pause(2)
        app.save_screenshot(f"{name}.svg", path=str(HERE))


async def main() -> None:
    """All pictures, over one store."""
    HERE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as directory, frozen_sandbox() as sandbox:
        home = Path(directory)
        backend = await open_backend(home, FrozenClock(), settings_for(sandbox, home))
        await merchant_at_work(backend)
        for name, size, keys in SHOTS:
            await shoot(backend, name, size, keys)
        await backend.close()


if __name__ == "__main__":
    asyncio.run(main())
