"""What the benchmarks share: a sandbox of its own process, a program connected to it, and tables."""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import quote, urlencode

import httpx
import orjson
from pydantic import SecretStr

from core.backend import Backend
from core.channel.tiktok.signing import sign
from core.channel.tiktok.tokens import TokenKeeper
from core.models.integration import Integration, SyncKind
from core.services.integrations import IntegrationService
from core.settings import Settings
from core.store import Lease
from core.sync.leases import INVENTORY, of_integration
from core.sync.runner import Ran, read_inventory, run_kind
from tui.bootstrap import open_backend

FASTEST: Final = 1_000.0
"""Calls a second: the settings' own limit, so that what is measured is the work and not the pace."""
_LONG: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A running sandbox: its addresses and credentials, and its control API."""

    found: Mapping[str, str]

    def settings(self, home: Path) -> Settings:
        """The settings of a program that lives in `home` and uses this sandbox at full speed."""
        return Settings(
            home=home,
            tiktok_api_url=self.found["tiktok_api_url"],
            tiktok_auth_url=self.found["tiktok_auth_url"],
            tiktok_consent_url=self.found["consent_url"],
            tiktok_app_key=self.found["app_key"],
            tiktok_app_secret=SecretStr(self.found["app_secret"]),
            tiktok_service_id=self.found["service_id"],
            api_url=self.found["avasam_url"],
            consumer_key=self.found["consumer_key"],
            secret_key=SecretStr(self.found["secret_key"]),
            calls_per_second=FASTEST,
        )

    def tell(self, path: str, body: Mapping[str, object]) -> dict[str, Any]:
        """What the control API answers to a POST."""
        reply = httpx.post(f"{self.found['control_url']}/{path}", json=body, timeout=120)
        return cast("dict[str, Any]", reply.raise_for_status().json())

    def forget_calls(self) -> None:
        """Count calls from 0 again."""
        httpx.delete(f"{self.found['control_url']}/log").raise_for_status()

    def calls(self, operation: str) -> int:
        """How often an operation, such as `POST /order/202309/orders/search`, was called since."""
        reply = httpx.get(f"{self.found['control_url']}/log", params={"after": 10**12}).raise_for_status()
        return int(reply.json()["counts"].get(operation, 0))


@dataclass(frozen=True, slots=True)
class BareShop:
    """All that calls to one shop need, and nothing that makes them safe."""

    http: httpx.AsyncClient
    settings: Settings
    token: str
    cipher: str

    async def post(self, path: str, query: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """Sign, send, and parse the `data` of the reply."""
        stamped = {
            **query,
            "app_key": self.settings.tiktok_app_key,
            "shop_cipher": self.cipher,
            "timestamp": str(int(time.time())),
        }
        stamped["sign"] = sign(path, stamped, self.settings.tiktok_app_secret.get_secret_value(), body=body)
        reply = await self.http.post(
            f"{self.settings.tiktok_api_url}{path}?{urlencode(stamped, quote_via=quote, safe='')}",
            content=body,
            headers={"x-tts-access-token": self.token, "content-type": "application/json"},
        )
        return cast("dict[str, Any]", orjson.loads(reply.raise_for_status().content)["data"])


@contextmanager
def workplace(parent: Path | None = None) -> Iterator[Path]:
    """A directory that goes away again, on the disk of the working directory: /tmp may be memory."""
    place = Path(tempfile.mkdtemp(dir=parent or Path.cwd(), prefix=".bench-"))
    try:
        yield place
    finally:
        shutil.rmtree(place)


@contextmanager
def sandbox(*, products: int, orders: int) -> Iterator[Sandbox]:
    """A sandbox in a process of its own, as another machine would be."""
    command = [sys.executable, "-m", "core.sandbox", "serve", "--json"]
    command += ["--products", str(products), "--orders", str(orders)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            yield Sandbox(orjson.loads(process.stdout.readline()))
        finally:
            process.terminate()


@asynccontextmanager
async def program(settings: Settings) -> AsyncIterator[Backend]:
    """A program with these settings, closed at the end."""
    backend = await open_backend(settings)
    try:
        yield backend
    finally:
        await backend.close()


async def connect(backend: Backend) -> Integration:
    """Connect the first shop, and read inventory and catalogue over the wire; nothing is mapped yet."""
    service = IntegrationService(backend)
    begun = await service.begin("Bench")
    async with httpx.AsyncClient() as browser:
        consent = await browser.get(f"{begun.address}&auto=1")
    integration = await service.complete(begun.name, consent.headers["location"], state=begun.state)
    async with leased(backend, INVENTORY) as held:
        finished(await read_inventory(backend.sources(), SyncKind.PRODUCTS, held))
    async with leased(backend, of_integration(integration.id)) as held:
        finished(await run_kind(backend.sources(), integration, SyncKind.CATALOGUE, held))
    return integration


async def bare_shop(backend: Backend, integration: Integration, http: httpx.AsyncClient) -> BareShop:
    """A bare way to the shop of an integration, with its present token."""
    keeper = TokenKeeper(
        integration.authorisation_id,
        store=backend.store,
        vault=backend.vault,
        auth=backend.auth(),
        clock=backend.clock,
        owner=backend.owner,
    )
    return BareShop(http, backend.settings, await keeper.access_token(), integration.shop.cipher)


@asynccontextmanager
async def leased(backend: Backend, name: str) -> AsyncIterator[Lease]:
    """A lease that outlives any benchmark, given back at the end."""
    held = await backend.store.lease(name, owner=backend.owner, ttl=_LONG)
    assert held is not None, f"the lease {name} is taken"
    yield held
    await backend.store.release(held)


def finished(ran: Ran | None) -> dict[str, int]:
    """The counts of a sync that has to have gone well."""
    assert ran is not None, "no inventory is set up"
    assert ran.ok, ran.error
    assert ran.outcome is not None
    return ran.outcome.counts


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def machine() -> str:
    """Cores, memory, Python, kernel, and how busy it was before we began; without a name or a path."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0))
    python = f"{platform.python_implementation()} {platform.python_version()}"
    busy = f"{os.getloadavg()[0]:.1f} other processes running"
    kernel = f"{platform.system()} {platform.release()}"
    return f"{cores} cores, {memory:.0f} GiB memory, {python}, {kernel}, {busy}\n"
