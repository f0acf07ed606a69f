"""A sandbox on a real socket with a clock that stands still, a backend for it, and the screens on both."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from pydantic import SecretStr
from textual.app import App
from textual.events import Paste
from textual.pilot import Pilot
from textual.widgets import Input, Static

from core.backend import Backend
from core.models.integration import Integration
from core.sandbox.merchant import build_world
from core.sandbox.runtime import Sandbox
from core.sandbox.serve import serving
from core.services.authorisation import AuthorisationService
from core.settings import Settings
from storage.tinydb import TinyStore
from storage.vault import Vault
from tests.clocks import FrozenClock
from tests.tui.session import ReadySession
from tests.tui.terminal import until
from tui.app import AvasamApp
from tui.screens.authorise import AuthoriseScreen
from tui.screens.integration import IntegrationPane
from tui.screens.integrations import IntegrationsScreen
from tui.widgets.paste_box import PasteBox


class RunningClock(FrozenClock):
    """The real time, for programs that have no other."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class Merchant:
    """The merchant's side: a sandbox and the browser in which its sellers consent."""

    sandbox: Sandbox
    clock: FrozenClock

    def consent(self, address: str, seller: int = 0) -> str:
        """Open the address, say yes as this seller, and hand back where the browser ended."""
        return self._location(f"{address}&auto={self.sandbox.world.sellers[seller].open_id}")

    def deny(self, address: str) -> str:
        """Open the address and say no."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        reply = httpx.post(address.partition("?")[0], data={**query, "deny": "1"})
        return reply.headers["location"]

    def code(self, seller: int = 0) -> str:
        """A bare code."""
        address = f"{self.sandbox.base_url}/open/authorize?service_id={self.sandbox.service_id}&state=s"
        return parse_qs(urlsplit(self.consent(address, seller)).query)["code"][0]

    def give_second_shop(self) -> None:
        """The first seller gets the last seller's shop as well."""
        sellers = self.sandbox.world.sellers
        sellers[0].shops.append(sellers[-1].shops.pop())

    def calls(self, path: str) -> int:
        """How often a path was called."""
        return sum(path in entry["path"] for entry in self.sandbox.log.after(0)["entries"])

    def _location(self, address: str) -> str:
        location: str = httpx.get(address).headers["location"]
        return location


@contextmanager
def merchant_on_a_socket(clock: FrozenClock, *, products: int = 40, orders: int = 5) -> Iterator[Merchant]:
    """Serve it from another thread until the block ends."""
    now = int(clock.now().timestamp())
    sandbox = Sandbox(
        build_world(seed=7, products=products, orders=orders, now=now),
        time_source=lambda: clock.now().timestamp(),
    )
    started = threading.Event()
    stop: list[Any] = []

    async def serve() -> None:
        async with serving(sandbox, 0) as server:
            stop.append((asyncio.get_running_loop(), server))
            started.set()
            await server.finished()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert started.wait(10)
    try:
        yield Merchant(sandbox, clock)
    finally:
        loop, server = stop[0]
        loop.call_soon_threadsafe(server.stop)
        thread.join(10)


async def open_backend(home: Path, merchant: Merchant, **settings: Any) -> Backend:
    """A backend over a real store in `home`, for the merchant's sandbox."""
    await asyncio.to_thread(home.mkdir, exist_ok=True)
    sandbox = merchant.sandbox
    chosen = Settings(
        home=home,
        tiktok_api_url=sandbox.base_url,
        tiktok_auth_url=sandbox.base_url,
        tiktok_consent_url=f"{sandbox.base_url}/open/authorize",
        tiktok_app_key=sandbox.app_key,
        tiktok_app_secret=SecretStr(sandbox.app_secret),
        tiktok_service_id=sandbox.service_id,
        api_url=sandbox.base_url,
        consumer_key=sandbox.consumer_key,
        secret_key=SecretStr(sandbox.secret_key),
        calls_per_second=1000,
        **settings,
    )
    store = await TinyStore.open(home / "store", clock=merchant.clock)
    vault = Vault.open(home=home, environ={})
    return Backend(settings=chosen, store=store, vault=vault, clock=merchant.clock)


async def connect(backend: Backend, merchant: Merchant, name: str, seller: int = 0) -> Integration:
    """Connect a seller's first free shop under this name."""
    service = AuthorisationService(backend)
    begun = await service.begin(name)
    pasted = await asyncio.to_thread(merchant.consent, begun.address, seller)
    return await service.add(name, await service.accept(pasted, state=begun.state))


def drawn_content(app: App[None]) -> str:
    """The part beside the menu alone: what other screens add to the shell does not change it."""
    region = app.screen.query_one("#content").region
    strips = app.screen._compositor.render_strips()[region.y : region.bottom]
    lines = ("".join(segment.text for segment in strip.crop(region.x, region.right)) for strip in strips)
    return "\n".join(line.rstrip() for line in lines).rstrip()


def said(pilot: Pilot[None], selector: str) -> str:
    """The words of one widget of the screen on show; none while it is not there yet."""
    return "".join(str(widget.content) for widget in pilot.app.screen.query(selector).results(Static))


@asynccontextmanager
async def screens(
    backend: Backend, *, size: tuple[int, int] = (120, 40), read_only: bool = False
) -> AsyncIterator[Pilot[None]]:
    """The program on this backend, its Integrations screen on show and up to date."""
    app = AvasamApp(ReadySession(backend, read_only=read_only))
    async with app.run_test(size=size, notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, IntegrationsScreen))
        await until(pilot, lambda: said(pilot, "#status-line"))
        yield pilot


async def open_first(pilot: Pilot[None]) -> IntegrationPane:
    """Open the first integration of the list."""
    await pilot.press("enter")
    await until(pilot, lambda: pilot.app.screen.query(IntegrationPane))
    await pilot.pause()
    return pilot.app.screen.query_one(IntegrationPane)


async def type_in(pilot: Pilot[None], selector: str, text: str) -> None:
    """Replace what an input holds, key by key."""
    box = pilot.app.screen.query_one(selector, Input)
    box.focus()
    await pilot.pause()
    await pilot.press("end", *["backspace"] * len(box.value), *text)
    await pilot.pause()


async def authorise_from(pilot: Pilot[None]) -> AuthoriseScreen[Any]:
    """On the authorise screen, press Authkey and wait for the address."""
    await until(pilot, lambda: isinstance(pilot.app.screen, AuthoriseScreen))
    screen = pilot.app.screen
    assert isinstance(screen, AuthoriseScreen)
    await pilot.press("enter")
    await until(pilot, lambda: said(pilot, "#address") and said(pilot, "#listening"))
    return screen


async def paste(pilot: Pilot[None], text: str) -> None:
    """What a terminal does when somebody pastes, then enter."""
    pilot.app.post_message(Paste(text))
    await until(pilot, lambda: pilot.app.screen.query_one(PasteBox).value)
    await pilot.press("enter")
