"""A53: what the dialogs do, as commands: check, results, fix, reset, the bundle, and rules tried out.

Acceptance lines: A24, A26, A27, A32, A53.
"""

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tests.core.services.listing_world import CREATE, ListingWorld
from tests.tui.integrations.support import Merchant, RunningClock, connect, merchant_on_a_socket, open_backend
from tui.commands import app
from tui.commands.output import Exit

Avasam = Callable[..., Result]


@pytest.fixture(scope="module")
def merchant() -> Iterator[Merchant]:
    with merchant_on_a_socket(RunningClock(), products=10, orders=0) as served:
        yield served


@pytest.fixture
def avasam(tmp_path: Path, merchant: Merchant, monkeypatch: pytest.MonkeyPatch) -> Avasam:
    """The command line over a connected shop and a few products, two of which have something wrong."""
    sandbox = merchant.sandbox
    for name, value in {
        "HOME": str(tmp_path),
        "TIKTOK_API_URL": sandbox.base_url,
        "TIKTOK_AUTH_URL": sandbox.base_url,
        "TIKTOK_CONSENT_URL": f"{sandbox.base_url}/open/authorize",
        "TIKTOK_APP_KEY": sandbox.app_key,
        "TIKTOK_APP_SECRET": sandbox.app_secret,
        "TIKTOK_SERVICE_ID": sandbox.service_id,
        "CALLS_PER_SECOND": "500",
    }.items():
        monkeypatch.setenv(f"AVASAM_{name}", value)

    async def fill() -> None:
        backend = await open_backend(tmp_path, merchant)
        world = ListingWorld(merchant, backend, await connect(backend, merchant, "Main"))
        emoji = [world.single(f"EMO-{number}", title="Candle \U0001f56f") for number in range(2)]
        await world.stock(world.single("GOOD"), *emoji, *world.family("FAM", "Sage"))
        await world.categorise("GOOD")
        await backend.close()

    asyncio.run(fill())
    return lambda *words: CliRunner().invoke(app, words)


def printed(done: Result) -> Any:
    return json.loads(done.stdout)


def test_A26_A27_A32_rows_are_checked_listed_read_back_fixed_and_reset(
    avasam: Avasam, merchant: Merchant
) -> None:
    looked = avasam("listings", "check", "GOOD", "EMO-0", "FAM-SAG", "NO-SUCH", "--json")
    assert looked.exit_code == Exit.FAILED
    told = printed(looked)
    assert {one["sku"]: one["fine"] for one in told["rows"]} == {"GOOD": True, "EMO-0": False, "FAM": True}
    assert told["rows"][1]["problems"][0]["fix"] == "Take it out."
    assert set(told["left_out"]) == {"FAM-SAG", "NO-SUCH"}
    words = avasam("listings", "check", "--all", "--images")
    assert (words.exit_code, "2 fine, 2 with problems" in words.output) == (Exit.FAILED, True)
    assert avasam("listings", "check", "GOOD").exit_code == Exit.OK
    assert avasam("listings", "check", "GOOD", "--for", "dance").exit_code == Exit.USAGE

    assert avasam("listings", "publish", "--all", "--json").exit_code == Exit.FAILED
    (job,) = printed(avasam("listings", "results", "--json"))
    assert job["kind"] == "publish"
    read = avasam("listings", "results", job["id"], "--json")
    assert read.exit_code == Exit.FAILED
    assert {one["sku"]: (one["result"], one["fix"]) for one in printed(read)["rows"]} == {
        "EMO-0": ("failed", "Take it out."),
        "EMO-1": ("failed", "Take it out."),
        "FAM": ("done", ""),
        "GOOD": ("done", ""),
    }
    assert "Take it out." in avasam("listings", "results", job["id"]).output
    assert avasam("listings", "results", "nothing").exit_code == Exit.USAGE

    (cause,) = printed(avasam("listings", "problems", "--json"))
    assert (cause["rows"], cause["held"], cause["typed_into"]) == (2, 0, ["EMO-0", "EMO-1"])
    assert "Nothing was typed" in avasam("listings", "fix", cause["id"]).output
    fixed = avasam("listings", "fix", cause["id"], "--title", "A candle of soy wax", "--json")
    assert fixed.exit_code == Exit.OK, fixed.output
    assert [one["result"] for one in printed(fixed)[0]["rows"]] == ["done", "done"]
    assert printed(avasam("listings", "problems", "--json")) == []
    assert printed(avasam("listings", "reset", "GOOD", "--json")) == {"lifted": 0}
    assert avasam("listings", "reset", "--cause", "nothing").exit_code == Exit.USAGE

    bundle = printed(avasam("listings", "explain", "GOOD", "--bundle"))
    assert "edited_by" not in bundle["draft"]
    assert merchant.sandbox.app_secret not in json.dumps(bundle)
    assert len([one for one in merchant.sandbox.log.after(0)["requests"] if one["path"] == CREATE]) == 4


def test_A24_a_rule_is_tried_out_for_numbers_and_for_rows_and_nothing_is_kept(avasam: Avasam) -> None:
    tried = printed(avasam("rules", "try", "--percent", "40", "--ending", ".99", "--shipping", "--json"))
    assert tried["example"]["price"] == "21.99"
    plain = printed(
        avasam("rules", "try", "GOOD", "FAM", "--percent", "40", "--cost", "17.85", "--vat", "0", "--json")
    )
    assert plain["example"]["price"] == "24.99"
    assert {one["sku"]: (one["now"], one["then"]) for one in plain["rows"]} == {
        "GOOD": ("9.99", "6.72"),
        "FAM-SAG": ("9.99", "6.72"),
    }
    low = avasam("rules", "try", "GOOD", "--percent", "40", "--floor", "50")
    assert (low.exit_code, "below the floor" in low.output) == (Exit.FAILED, True)
    assert "has a comma" in avasam("rules", "try", "--percent", "40", "--cost", "1,5").output
    assert "changes nothing" in avasam("rules", "try").output
    assert avasam("rules", "list", "--json").stdout.strip() == "[]"
    assert avasam("rules", "add", "Forty", "--percent", "40").exit_code == Exit.OK
    more = printed(avasam("rules", "try", "GOOD", "--rule", "forty", "--fixed", "5", "--json"))
    assert more["rows"][0]["then"] == "10.80"
    assert printed(avasam("rules", "list", "--json"))[0]["fixed"] is None
