"""`avasam integrations` in the same words and with the same power as the screens (A53).

Acceptance lines: A7, A8, A9, A10, A13, A14, A15, A42, A43.
"""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from core import tables
from core.models.listing import ChannelSku, SkuMapping
from core.models.product import Product
from tests.clocks import NOON
from tests.tui.integrations.support import Merchant, RunningClock, merchant_on_a_socket, open_backend
from tui.commands import app
from tui.commands.output import Exit


@pytest.fixture(scope="module")
def merchant() -> Iterator[Merchant]:
    with merchant_on_a_socket(RunningClock(), products=10, orders=0) as served:
        yield served


class Terminal:
    """Runs commands on a home of its own."""

    def __init__(self, home: Path, merchant: Merchant) -> None:
        sandbox = merchant.sandbox
        self.home, self.merchant = home, merchant
        self.environ = {
            "AVASAM_HOME": str(home),
            "AVASAM_TIKTOK_API_URL": sandbox.base_url,
            "AVASAM_TIKTOK_AUTH_URL": sandbox.base_url,
            "AVASAM_TIKTOK_CONSENT_URL": f"{sandbox.base_url}/open/authorize",
            "AVASAM_TIKTOK_APP_KEY": sandbox.app_key,
            "AVASAM_TIKTOK_APP_SECRET": sandbox.app_secret,
            "AVASAM_TIKTOK_SERVICE_ID": sandbox.service_id,
        }

    def run(self, *words: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(app, ["integrations", *words], env=self.environ, input=typed)

    def json(self, *words: str) -> Any:
        return json.loads(self.run(*words, "--json").stdout)

    def add(self, name: str, seller: int = 0) -> Any:
        address = self.json("begin", name)["address"]
        return self.json("add", name, "--code", self.merchant.consent(address, seller))

    def fill(self, integration_id: str) -> None:
        """Three mapped SKUs that show their stock: 3, 12 and 40."""

        async def work() -> None:
            backend = await open_backend(self.home, self.merchant)
            async with backend.store.transaction() as tx:
                for sku, units in (("low", 3), ("some", 12), ("many", 40)):
                    key, own = (
                        tables.key(integration_id, sku),
                        {"integration_id": integration_id, "sku_id": sku},
                    )
                    product = Product(sku=sku, title=sku, stock=units)
                    mapping = SkuMapping(**own, avasam_sku=sku, mapped_at=NOON)
                    live = ChannelSku(
                        **own, product_id="p", currency="GBP", quantities={"w": units}, read_at=NOON
                    )
                    await tx.put(tables.PRODUCTS, sku, product.to_document())
                    await tx.put(tables.SKU_MAPPINGS, key, mapping.to_document())
                    await tx.put(tables.CHANNEL_SKUS, key, live.to_document())
            await backend.close()

        asyncio.run(work())


@pytest.fixture
def terminal(tmp_path: Path, merchant: Merchant) -> Terminal:
    return Terminal(tmp_path, merchant)


def test_A7_add_takes_what_is_pasted_on_standard_input(terminal: Terminal) -> None:
    code = terminal.merchant.code()
    done = terminal.run("add", "Typed", typed=f"{code}\n")
    assert (done.exit_code, "Connected Sandbox Shop GB (GB) as 'Typed', enabled." in done.stderr) == (0, True)
    assert "/open/authorize?service_id=" in done.stderr


def test_A9_begin_and_add_serve_scripts(terminal: Terminal) -> None:
    made = terminal.add("Scripted")
    assert (made["name"], made["enabled"], made["shop"]["region"]) == ("Scripted", True, "GB")
    assert "cipher" not in made["shop"]
    assert [row["name"] for row in terminal.json("list")] == ["Scripted"]


def test_A8_a_refusal_is_an_exit_code_and_words(terminal: Terminal) -> None:
    refused = terminal.run("add", "Nobody", "--code", "wrong", "--json")
    assert refused.exit_code == Exit.FAILED
    error = json.loads(refused.stdout)["error"]
    assert "TikTok did not accept the authorisation" in error["what"]
    assert "Start again" in error["cure"]
    assert terminal.json("list") == []


def test_A10_disable_and_enable_survive_between_programs(terminal: Terminal) -> None:
    terminal.add("Switched")
    assert terminal.json("disable", "switched")["enabled"] is False
    assert terminal.json("show", "Switched")["enabled"] is False
    assert terminal.json("enable", "Switched")["enabled"] is True


def test_A15_reauthorise_takes_the_same_shop_only(terminal: Terminal) -> None:
    made = terminal.add("Again")
    done = terminal.run("reauthorise", "Again", "--code", terminal.merchant.code())
    assert done.exit_code == Exit.OK
    assert "Again is authorised until" in done.stderr
    other = terminal.run("reauthorise", "Again", "--code", terminal.merchant.code(1))
    assert other.exit_code == Exit.FAILED
    assert "not for Sandbox Shop GB" in other.stderr
    assert terminal.json("show", "Again")["id"] == made["id"]


def test_A13_remove_counts_first_and_removes_when_confirmed(terminal: Terminal) -> None:
    terminal.fill(terminal.add("Gone")["id"])
    asked = terminal.run("remove", "Gone")
    assert asked.exit_code == Exit.NEEDS_CONFIRMATION
    assert "3 sku mappings" in asked.stderr
    assert len(terminal.json("list")) == 1
    assert terminal.json("remove", "Gone", "--confirm")["removed"] is True
    assert terminal.json("list") == []
    assert terminal.run("show", "Gone").exit_code == Exit.USAGE


def test_A14_the_same_shop_again_starts_from_nothing(terminal: Terminal) -> None:
    terminal.fill(terminal.add("Twice")["id"])
    terminal.run("remove", "Twice", "--confirm")
    terminal.add("Twice")
    assert terminal.json("show", "Twice")["mapped"] == 0


def test_A43_settings_show_the_effect_and_a_dry_run_saves_nothing(terminal: Terminal) -> None:
    terminal.fill(terminal.add("Set")["id"])
    limits = ("--max-quantity", "20", "--stock-threshold", "5")
    dry = terminal.json("settings", "Set", *limits, "--dry-run")
    assert (dry["saved"], dry["stock"]["changes"], dry["stock"]["to_zero"]) == (False, 2, 1)
    assert dry["stock"]["worst"][0] == {"sku": "low", "before": "3", "after": "0"}
    assert terminal.json("settings", "Set")["settings"]["max_quantity"] is None
    saved = terminal.run("settings", "Set", *limits)
    assert "Stock: 2 of 3 mapped listings change, 1 of them to 0" in saved.stderr
    shown = terminal.run("show", "Set").stdout
    assert "Max quantity to advertise      20" in shown
    assert "Non-Avasam orders: shown" in shown
    assert terminal.json("settings", "Set", "--max-quantity", "none")["settings"]["max_quantity"] is None


@pytest.mark.parametrize("typed", ["-1", "ten"])
def test_A42_nonsense_is_refused(terminal: Terminal, typed: str) -> None:
    terminal.add("Strict")
    refused = terminal.run("settings", "Strict", f"--max-quantity={typed}")
    assert refused.exit_code == Exit.FAILED
    assert "blank" in refused.stderr


def test_A43_what_the_guard_would_stop_wants_a_confirmation(terminal: Terminal) -> None:
    terminal.environ["AVASAM_GUARD_ZERO_LEAST"] = "1"
    terminal.fill(terminal.add("Guarded")["id"])
    asked = terminal.run("settings", "Guarded", "--stock-threshold", "100")
    assert asked.exit_code == Exit.NEEDS_CONFIRMATION
    assert "3 of 3 mapped SKUs would be set to 0" in asked.stderr
    assert terminal.json("settings", "Guarded")["settings"]["stock_threshold"] is None
    assert terminal.run("settings", "Guarded", "--stock-threshold", "100", "--confirm").exit_code == Exit.OK
