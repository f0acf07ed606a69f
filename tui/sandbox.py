"""A try-out shop: the sandbox as a child process, connected and mapped on its first start."""

import asyncio
import contextlib
import json
import os
import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from core.backend import Backend

PRODUCTS: Final = 200
ORDERS: Final = 40
ORDERS_A_MINUTE: Final = 12
START_SECONDS: Final = 30.0
NAME: Final = "Sandbox Shop"
RUNNING: Final = "running.json"
"""In the sandbox's home: where the sandbox listens, for whoever joins it. Its secrets are made up."""
PORT: Final = "port"
"""In the sandbox's home: the port of last time."""

_VARIABLES: Final = {
    "AVASAM_TIKTOK_API_URL": "tiktok_api_url",
    "AVASAM_TIKTOK_AUTH_URL": "tiktok_auth_url",
    "AVASAM_TIKTOK_CONSENT_URL": "consent_url",
    "AVASAM_TIKTOK_APP_KEY": "app_key",
    "AVASAM_TIKTOK_APP_SECRET": "app_secret",
    "AVASAM_TIKTOK_SERVICE_ID": "service_id",
    "AVASAM_API_URL": "avasam_url",
    "AVASAM_CONSUMER_KEY": "consumer_key",
    "AVASAM_SECRET_KEY": "secret_key",
}
_SERVICES: Final = {"NEXTDAY": "Tracked 24", "EXPRESS": "Tracked 24", "ECONOMY": "Economy"}
"""Made-up Avasam services by the type of a delivery option, so that orders are seen going out."""
_QUICK: Final = {"AVASAM_ORDERS_SECONDS": "5", "AVASAM_STOCK_SECONDS": "5", "AVASAM_VERIFY_SECONDS": "60"}
"""Somebody is watching: timers run every few seconds, unless the environment says otherwise."""


class SandboxFailed(Exception):
    """The sandbox did not start; `str()` says why."""


class Sandbox:
    """The running sandbox. It ends with the process that started it, and keeps its merchant in a file."""

    def __init__(self, process: asyncio.subprocess.Process, note: Path) -> None:
        self._process = process
        self._note = note

    @classmethod
    async def start(cls, home: Path) -> "Sandbox | None":
        """Start it, wait until it listens, and point this process's settings at it.

        None when one is running there already, which is joined and is another's to end.
        """
        if (joined := await asyncio.to_thread(running, home)) is not None:
            _point_at(home, joined)
            return None
        await asyncio.to_thread(home.mkdir, mode=0o700, parents=True, exist_ok=True)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tui.main", "sandbox", "serve", "--json", "--with-parent"),
            *("--products", str(PRODUCTS), "--orders", str(ORDERS), "--live", str(ORDERS_A_MINUTE)),
            *("--state", str(home / "merchant.json"), "--port", str(await asyncio.to_thread(_port, home))),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        assert process.stdout is not None  # noqa: S101 - asked for above
        assert process.stderr is not None  # noqa: S101 - asked for above
        try:
            line = await asyncio.wait_for(process.stdout.readline(), START_SECONDS)
            addresses = json.loads(line)
        except (TimeoutError, ValueError):
            process.kill()
            said = (await process.stderr.read()).decode(errors="replace").strip().splitlines()
            raise SandboxFailed(said[-1] if said else "it did not say where it listens") from None
        _point_at(home, addresses)
        note = home / RUNNING
        note.touch(mode=0o600)
        note.write_text(json.dumps(addresses), "utf-8")
        port = str(urlsplit(addresses["tiktok_api_url"]).port)
        await asyncio.to_thread((home / PORT).write_text, port, "utf-8")
        return cls(process, note)

    async def stop(self) -> None:
        """Let it save its merchant and end."""
        with contextlib.suppress(OSError):
            self._note.unlink()
        if self._process.returncode is None:
            self._process.terminate()
            await self._process.wait()


def _port(home: Path) -> int:
    """That of last time as long as it is free: screens and a worker that outlived the sandbox find it again.
    0 lets the system choose.
    """
    try:
        port = int((home / PORT).read_text("utf-8"))
        with socket.create_server(("127.0.0.1", port)):
            return port
    except (OSError, ValueError, OverflowError):
        return 0


def running(home: Path) -> dict[str, str] | None:
    """Addresses and credentials of the sandbox that runs there; None when nothing listens."""
    try:
        addresses: dict[str, str] = json.loads((home / RUNNING).read_text("utf-8"))
        parts = urlsplit(addresses["tiktok_api_url"])
        with socket.create_connection((str(parts.hostname), parts.port or 0), timeout=2):
            return addresses
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None  # no note, a damaged one, or one that was left behind


def join() -> None:
    """Point this process at the sandbox of a running `avasam --sandbox`. Raises SandboxFailed without one."""
    home = sandbox_home()
    addresses = running(home)
    if addresses is None:
        raise SandboxFailed("No sandbox is running. Start it in another terminal: avasam --sandbox")
    _point_at(home, addresses)


def _point_at(home: Path, addresses: Mapping[str, str]) -> None:
    os.environ.update({variable: addresses[name] for variable, name in _VARIABLES.items()})
    os.environ["AVASAM_HOME"] = str(home)
    for variable, value in _QUICK.items():
        os.environ.setdefault(variable, value)


def sandbox_home() -> Path:
    """Where the try-out lives: never in the home of the real shops."""
    if chosen := os.environ.get("AVASAM_HOME"):
        return Path(chosen) / "sandbox"
    from platformdirs import user_data_path

    return user_data_path("avasam") / "sandbox"


async def connect_first_time(backend: "Backend", say: Callable[[str], None]) -> None:
    """On the first start: give consent, read the inventory, download the shop, map SKUs and delivery."""
    import httpx

    from core.models.job import JobKind
    from core.services.integrations import IntegrationService
    from core.services.shipping_mapping import ShippingMappingService
    from core.services.sku_mapping import SkuMappingService
    from core.services.sync import SyncService

    integrations, syncs = IntegrationService(backend), SyncService(backend)
    if await integrations.all():
        return
    say("Connecting the sandbox shop")
    begun = await integrations.begin(NAME)
    async with httpx.AsyncClient() as browser:
        consent = await browser.get(f"{begun.address}&auto=1")
    shop = await integrations.complete(begun.name, consent.headers["location"], state=begun.state)
    for words, kind, target in (
        ("Reading the inventory", JobKind.READ_INVENTORY, None),
        ("Downloading the shop's listings", JobKind.DOWNLOAD_CATALOGUE, shop),
    ):
        say(words)
        job = await syncs.request(kind, target, requested_by="sandbox")
        async for _ in syncs.follow(job):
            pass
    say("Mapping equal SKUs")
    await SkuMappingService(backend).map_equal(shop, by="sandbox")
    say("Mapping delivery options")
    shipping = ShippingMappingService(backend)
    options = await shipping.options(shop)
    await shipping.save(
        shop,
        {option.id: _SERVICES.get(option.kind, "Tracked 48") for option in options},
        names={option.id: option.name for option in options},
    )
