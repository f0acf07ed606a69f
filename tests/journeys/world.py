"""Homes in which the program's commands run as a person runs them, and what the shop shows meanwhile."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core import tables
from core.clock import SystemClock
from core.models.base import Model
from core.models.integration import Integration, IntegrationSettings
from core.models.listing import ShippingMapping, SkuMapping
from core.services.authorisation import AuthorisationService
from core.settings import Settings
from core.store import Document, Lease, Store
from storage.tinydb import TinyStore
from tests.journeys.processes import ROOT, SandboxProcess, code_in, running, wait_until
from tui.bootstrap import open_backend

__all__ = [
    "SERVICE",
    "Home",
    "Ran",
    "SandboxProcess",
    "code_in",
    "is_pushed",
    "mappable",
    "orders_of",
    "restock",
    "running",
    "shop_quantities",
    "wait_until",
]

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SERVICE = "Tracked 48"
STOCKABLE = {"DRAFT", "PENDING", "FAILED", "ACTIVATE", "SELLER_DEACTIVATED"}
"""Product statuses in which TikTok takes quantities (tiktok-shop-api §7)."""
_VARIABLES = {
    "TIKTOK_API_URL": "tiktok_api_url",
    "TIKTOK_AUTH_URL": "tiktok_auth_url",
    "TIKTOK_CONSENT_URL": "consent_url",
    "TIKTOK_APP_KEY": "app_key",
    "TIKTOK_APP_SECRET": "app_secret",
    "TIKTOK_SERVICE_ID": "service_id",
    "API_URL": "avasam_url",
    "CONSUMER_KEY": "consumer_key",
    "SECRET_KEY": "secret_key",
}
TIMES = {"downloaded_at", "purge_at", "timeline", "integration_id"}


@dataclass
class Ran:
    """What a command left: exit code, output, and what it said beside it."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Home:
    """One installation: its directory and its environment."""

    directory: Path
    sandbox: SandboxProcess
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def environ(self) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("AVASAM_")}
        addresses = self.sandbox.addresses
        return {
            **clean,
            **{f"AVASAM_{name}": addresses[key] for name, key in _VARIABLES.items()},
            "AVASAM_HOME": str(self.directory),
            "AVASAM_CALLS_PER_SECOND": "500",
            **{f"AVASAM_{name}": value for name, value in self.settings.items()},
        }

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """A command under way; what it says goes to the file `said` in the home."""
        self.directory.mkdir(exist_ok=True)
        with (self.directory / "said").open("a") as errors:
            return subprocess.Popen(
                [sys.executable, "-m", "tui.main", *arguments],
                cwd=ROOT,
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=errors,
                stderr=errors,
                text=True,
            )

    def run(self, *arguments: str, given: str = "") -> Ran:
        """A command from start to end."""
        done = subprocess.run(
            [sys.executable, "-m", "tui.main", *arguments],
            cwd=ROOT,
            env=self.environ,
            input=given,
            capture_output=True,
            text=True,
            timeout=150,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def connect(self, name: str = "Main", seller: str = "1") -> None:
        """Connect a seller's shop, without a command's second of start-up."""
        code = code_in(self.sandbox.consent(seller=seller))
        given: dict[str, Any] = {
            variable.lower(): self.sandbox.addresses[key] for variable, key in _VARIABLES.items()
        }

        async def connected() -> None:
            backend = await open_backend(Settings(home=self.directory, **given))
            try:
                service = AuthorisationService(backend)
                await service.add(name, await service.accept(code))
            finally:
                await backend.close()

        asyncio.run(connected())

    def once(self) -> Ran:
        return self.run("worker", "--once", "--json")

    def store(self, work: Callable[[Store], Any]) -> Any:
        """What a coroutine gives that is handed the home's store, opened as another process would."""

        async def opened() -> Any:
            store = await TinyStore.open(self.directory / "store", clock=SystemClock())
            try:
                return await work(store)
            finally:
                await store.close()

        return asyncio.run(opened())

    def dump(self, *names: str) -> dict[str, dict[str, Document]]:
        """These tables, or all but the timers."""
        wanted = names or tuple(
            value
            for name, value in vars(tables).items()
            if name.isupper()
            and isinstance(value, str)
            and value not in {tables.EVERYWHERE, tables.SYNC_STATES}
        )

        async def read(store: Store) -> dict[str, dict[str, Document]]:
            return {name: {key: row async for key, row in store.scan(name)} for name in wanted}

        found: dict[str, dict[str, Document]] = self.store(read)
        return found

    def holder(self, name: str) -> Lease | None:
        async def read(store: Store) -> Lease | None:
            return await store.holder(name)

        found: Lease | None = self.store(read)
        return found

    def integrations(self) -> dict[str, Any]:
        """Name -> row of `integrations list --json`."""
        return {row["name"]: row for row in self.run("integrations", "list", "--json").json}

    def put(self, rows: dict[tuple[str, str], Model]) -> None:
        async def write(store: Store) -> None:
            async with store.transaction() as tx:
                for (table, key), row in rows.items():
                    await tx.put(table, key, row.to_document())

        self.store(write)

    def integration_id(self, name: str = "Main") -> str:
        rows = self.dump(tables.INTEGRATIONS)[tables.INTEGRATIONS]
        return next(key for key, row in rows.items() if row["name"] == name)

    def set(self, name: str = "Main", **settings: Any) -> None:
        """Change an integration's additional settings."""
        key = self.integration_id(name)
        row = self.dump(tables.INTEGRATIONS)[tables.INTEGRATIONS][key]
        changed = Integration.from_document(row).model_copy(
            update={"settings": IntegrationSettings(**settings)}
        )
        self.put({(tables.INTEGRATIONS, key): changed})

    def map(self, mapping: dict[str, str], options: list[str], name: str = "Main") -> None:
        """Map SKU ids to Avasam SKUs and every delivery option to one service, straight into the store."""
        key = self.integration_id(name)
        rows: dict[tuple[str, str], Model] = {
            (tables.SKU_MAPPINGS, tables.key(key, sku_id)): SkuMapping(
                integration_id=key, sku_id=sku_id, avasam_sku=avasam_sku, mapped_at=NOW
            )
            for sku_id, avasam_sku in mapping.items()
        }
        for option in options:
            rows[tables.SHIPPING_MAPPINGS, tables.key(key, option)] = ShippingMapping(
                integration_id=key, delivery_option_id=option, service=SERVICE, mapped_at=NOW
            )
        self.put(rows)


def mappable(state: Any, *, but_every: int = 0) -> dict[str, str]:
    """SKU id -> Avasam SKU for SKUs listed under Avasam's own, leaving one in `but_every` out."""
    found = {
        sku_id: sku["seller_sku"]
        for product in state["products"].values()
        for sku_id, sku in product["skus"].items()
        if sku["seller_sku"] in state["avasam"]["products"] and product["status"] in STOCKABLE
    }
    return {
        sku_id: sku
        for number, (sku_id, sku) in enumerate(sorted(found.items()))
        if not but_every or number % but_every
    }


def shop_quantities(state: Any) -> dict[str, int]:
    """SKU id -> what the shop shows of it."""
    return {
        sku_id: sku["quantity"]
        for product in state["products"].values()
        for sku_id, sku in product["skus"].items()
    }


def is_pushed(home: Home, mapping: dict[str, str]) -> bool:
    """Whether the shop shows Avasam's stock of all that is mapped, but for what orders hold of it since."""
    state = home.sandbox.state()
    stock = {sku: row["stock"] for sku, row in state["avasam"]["products"].items()}
    skus = {sku_id: sku for product in state["products"].values() for sku_id, sku in product["skus"].items()}
    return all(
        skus[sku_id]["quantity"] <= stock[sku] <= skus[sku_id]["quantity"] + skus[sku_id]["committed"]
        for sku_id, sku in mapping.items()
        if stock[sku] is not None
    )


def restock(sandbox: SandboxProcess, mapping: dict[str, str], units: int) -> None:
    """Every mapped product of known stock gets that much, and a little more the later it stands."""
    stock = sandbox.state()["avasam"]["products"]
    known = [sku for sku in dict.fromkeys(mapping.values()) if stock[sku]["stock"] is not None]
    sandbox.control("POST", "/stock", {sku: units + number for number, sku in enumerate(known)})


def orders_of(home: Home) -> dict[str, Any]:
    """Order id -> everything that does not depend on when and into which home it came."""
    rows = home.dump(tables.ORDERS)[tables.ORDERS]
    return {
        key.partition("/")[2]: {name: value for name, value in row.items() if name not in TIMES}
        for key, row in rows.items()
    }
