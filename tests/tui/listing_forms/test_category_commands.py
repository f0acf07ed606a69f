"""A53: everything the category form can do, as commands, up to what the shop then has (A25)."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from core.models.integration import Integration
from core.services.integrations import IntegrationService
from tests.core.sandbox.listings import png
from tests.core.services.listing_world import ListingWorld
from tests.tui.integrations.support import Merchant, RunningClock, connect, merchant_on_a_socket, open_backend
from tui.commands import app
from tui.commands.output import Exit


@pytest.fixture(scope="module")
def merchant() -> Iterator[Merchant]:
    with merchant_on_a_socket(RunningClock(), products=10, orders=0) as served:
        yield served


class Terminal:
    """Runs commands on a home of its own, with two dressing gowns and a bear in stock."""

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
            "AVASAM_CALLS_PER_SECOND": "500",
        }

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(app, list(words), env=self.environ)

    def json(self, *words: str) -> Any:
        done = self.run(*words, "--json")
        return json.loads(done.stdout)

    def stock(self) -> None:
        async def work() -> None:
            backend = await open_backend(self.home, self.merchant)
            shop = await connect(backend, self.merchant, "Main")
            world = ListingWorld(self.merchant, backend, shop)
            gowns = [world.single(f"GOWN-{n}", category="Gowns", title="Waffle gown") for n in (1, 2)]
            await world.stock(*gowns, world.single("BEAR-1", category="Bears"))
            await backend.close()

        asyncio.run(work())

    def products(self) -> dict[str, dict[str, Any]]:
        """Seller SKU -> product, as GET /control/state tells."""

        async def work() -> dict[str, dict[str, Any]]:
            backend = await open_backend(self.home, self.merchant)
            shop: Integration = (await IntegrationService(backend).all())[0]
            state = await ListingWorld(self.merchant, backend, shop).shop_state()
            await backend.close()
            return {sku["seller_sku"]: one for one in state.values() for sku in one["skus"].values()}

        return asyncio.run(work())


@pytest.fixture
def terminal(tmp_path: Path, merchant: Merchant) -> Terminal:
    made = Terminal(tmp_path / "home", merchant)
    made.stock()
    return made


def test_A25_A53_a_category_with_size_chart_and_certificate_is_chosen_and_listed_by_command(
    terminal: Terminal, tmp_path: Path
) -> None:
    departments = terminal.json("categories", "browse")
    branch = next(one for one in departments if one["path"] == "Womenswear & Underwear")
    assert (branch["leaf"], terminal.json("categories", "browse", branch["id"])[0]["leaf"]) == (False, False)
    gown = terminal.json("categories", "search", "dressing", "--title", "Waffle gown")[0]["id"]
    shown = terminal.run("categories", "show", gown)
    assert "needed: size chart" in shown.stderr

    first = terminal.json("categories", "choose", gown, "GOWN-1", "--attribute", "Material=Cotton")
    assert first == {"rows": 1, "category": gown, "missing": ["Country of Origin", "Size chart"]}
    bad = tmp_path / "small.png"
    bad.write_bytes(png(400, 400))
    refused = terminal.run("listings", "set", "GOWN-1", "--size-chart", str(bad))
    assert refused.exit_code == Exit.FAILED
    assert "400 x 400 pixels; its shorter side must have 1024" in refused.stderr
    chart = tmp_path / "sizes.png"
    chart.write_bytes(png(1024, 1024))
    brand = next(one for one in terminal.json("categories", "brands") if one["authorised"])
    done = terminal.run(
        "listings", "set", "GOWN-1", "--size-chart", str(chart), "--brand", brand["id"],
        "--attribute", "Material=Cotton", "--attribute", "Country of Origin=Portugal",
    )  # fmt: skip
    assert done.exit_code == Exit.OK, done.stderr
    would = terminal.json("listings", "explain", "GOWN-1")["would_send"]
    assert (would["brand_id"], would["size_chart"]["file"]["format"]) == (brand["id"], "PNG")
    told = terminal.run("listings", "explain", "GOWN-1").stderr
    assert "Size chart: sizes.png (PNG" in told
    assert "Country of Origin: Portugal" in told

    toy = terminal.json("categories", "search", "plush")[0]["id"]
    paper = tmp_path / "en71.pdf"
    paper.write_bytes(b"%PDF-1.7\n%%EOF")
    answered = terminal.json(
        "categories", "choose", toy, "BEAR-1", "--certificate", f"EN 71={paper}",
        "--certificate-expires", "EN 71=2999-03-31", "--manufacturer", "7001", "--responsible-person", "7002",
        "--only-these",
    )  # fmt: skip
    assert answered["missing"] == []
    bundle = terminal.run("listings", "explain", "BEAR-1", "--bundle").stdout
    assert "en71.pdf" in bundle
    assert str(tmp_path) not in bundle, "no folder of this machine leaves in a bundle"

    ended = terminal.json("listings", "publish", "GOWN-1", "GOWN-2", "BEAR-1")
    assert {row["sku"]: row["result"] for row in ended[0]["rows"]} == dict.fromkeys(
        ("GOWN-1", "GOWN-2", "BEAR-1"), "done"
    )
    listed = terminal.products()
    assert listed["GOWN-1"]["size_chart"] == listed["GOWN-2"]["size_chart"] is not None
    assert listed["GOWN-1"]["brand_id"] == brand["id"]
    (sent,) = listed["BEAR-1"]["certifications"]
    assert (len(sent["files"]), sent["expiration_date"]) == (1, 32479833600)
    assert listed["BEAR-1"]["manufacturer_ids"] == ["7001"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--certificate", "EN 71=/no/such/file"), "/no/such/file is not there"),
        (("--certificate", "CE=/x"), "asks for no document 'CE'"),
        (("--certificate-expires", "EN 71=2999-01-01"), "has no file yet"),
        (("--manufacturer", "Acme Ltd"), "is no id of a manufacturer"),
        (("--side", "Shade=Flavour"), "has no sales attribute 'Flavour'"),
        (("--size-chart", "template:x"), "is no id of a template"),
    ],
)
def test_bad_answers_end_in_words_and_keep_nothing(
    terminal: Terminal, options: tuple[str, str], words: str
) -> None:
    toy = terminal.json("categories", "search", "plush")[0]["id"]
    done = terminal.run("categories", "choose", toy, "BEAR-1", *options)
    assert (done.exit_code, words in done.stderr) == (Exit.FAILED, True), done.stderr
    assert terminal.json("listings", "explain", "BEAR-1")["would_send"]["category"]["id"] is None
