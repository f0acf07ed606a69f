"""Singles and variations from List to Delete by command, with refused reviews; GET /state is the witness.

Acceptance lines: A24, A26, A27, A28, A29, A32, A53.
"""

import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from core import tables
from core.models.listing import Listing
from tests.journeys.shop_goods import CANDLES, category, family, made_home, products_of, single, stock_home
from tests.journeys.world import Home, SandboxProcess
from tui.commands import app


def run(home: Home, *words: str) -> Result:
    """A command in this process: starting another for each takes longer than what it does."""
    return CliRunner().invoke(app, words, env=home.environ)


def told(home: Home, *words: str) -> Any:
    """The JSON that a command prints."""
    return json.loads(run(home, *words).stdout)


def shown(home: Home) -> dict[str, dict[str, Any]]:
    """SKU -> row of `listings show`, variants among them."""
    rows = told(home, "listings", "show", "--variants", "--json")
    return {row["sku"]: row for row in rows}


def sold(sandbox: SandboxProcess) -> dict[str, dict[str, Any]]:
    """Seller SKU -> what the shop has of it: title, price, quantity, status."""
    return {
        sku["seller_sku"]: {
            "title": product["title"],
            "price": sku["price"],
            "quantity": sku["quantity"],
            "status": product["status"],
        }
        for product in sandbox.state()["products"].values()
        if product["status"] != "DELETED"
        for sku in product["skus"].values()
    }


def judge(sandbox: SandboxProcess, sku: str, *, passes: bool) -> None:
    """End a review as TikTok would."""
    (product_id,) = products_of(sandbox, sku)[sku]
    sandbox.control("POST", f"/reviews/{product_id}", {"pass": passes, "reasons": ["It promises a result"]})


def test_A53_listings_live_through_refused_reviews_and_the_shop_always_has_what_is_said(
    tmp_path: Path, sandbox: SandboxProcess
) -> None:
    goods = [single(sandbox, "LIF-1"), *family(sandbox, "LIF-F", "Sage", "Navy")]
    home = made_home(tmp_path, sandbox, goods)
    leaf = category(home, CANDLES)
    assert run(home, "listings", "set", "LIF-1", "--tiktok-category", leaf).exit_code == 0
    assert run(home, "listings", "check", "--all", "--images").exit_code == 0
    assert run(home, "listings", "publish", "--all").exit_code == 0
    judge(sandbox, "LIF-1", passes=False)
    judge(sandbox, "LIF-F-SAG", passes=True)
    assert home.once().code == 0
    rows = shown(home)
    assert (rows["LIF-1"]["status"], rows["LIF-F"]["status"]) == ("error", "listed")
    assert rows["LIF-1"]["linked"], "an error never unlinks: stock goes on"
    problems = told(home, "activity", "problems", "--json")
    assert any("refused 1 listing in review" in one["what"] and "LIF-1" in one["why"] for one in problems)

    (cause,) = told(home, "listings", "problems", "--json")
    assert run(home, "listings", "fix", cause["id"], "--title", "A candle of soy wax").exit_code == 0
    judge(sandbox, "LIF-1", passes=True)
    assert home.once().code == 0
    assert {row["status"] for row in shown(home).values()} == {"listed"}
    assert told(home, "listings", "problems", "--json") == []
    assert sold(sandbox)["LIF-1"]["title"] == "A candle of soy wax"

    assert run(home, "rules", "add", "Forty", "--percent", "40", "--ending", ".99").exit_code == 0
    assert run(home, "rules", "attach", "Forty", "LIF-F").exit_code == 0
    stock_home(home, [*goods, *family(sandbox, "LIF-F", "Rust")[1:]])
    run(home, "listings", "set", "LIF-F", "--title", "The best candles of all")
    updated = told(home, "listings", "update", "LIF-F", "LIF-1", "--json")
    assert {row["sku"]: row["text"] for row in updated[0]["rows"]} == {
        "LIF-1": "nothing has changed",
        "LIF-F": "sent title, variation, price",
    }
    judge(sandbox, "LIF-F-SAG", passes=False)
    assert home.once().code == 0
    row, there = shown(home)["LIF-F"], sold(sandbox)
    assert (row["status"], "old version" in row["note"]) == ("error", True)
    assert there["LIF-F-SAG"]["title"] == "Harbour candle number LIF-F", "buyers see the old one"
    assert there["LIF-F-SAG"]["price"] == "6.99", "a price needs no review"
    assert {sku for sku in there if sku.startswith("LIF-F")} >= {"LIF-F-SAG", "LIF-F-NAV"}

    run(home, "listings", "set", "LIF-F", "--title", "Candles of soy wax")
    assert run(home, "listings", "retry").exit_code == 0
    judge(sandbox, "LIF-F-SAG", passes=True)
    assert home.once().code == 0
    assert {sku for sku in sold(sandbox) if sku.startswith("LIF-F")} == {
        "LIF-F-SAG",
        "LIF-F-NAV",
        "LIF-F-RUS",
    }
    assert sold(sandbox)["LIF-F-RUS"]["title"] == "Candles of soy wax"

    assert run(home, "listings", "deactivate", "LIF-1").exit_code == 0
    assert sold(sandbox)["LIF-1"]["status"] == "SELLER_DEACTIVATED"
    assert run(home, "listings", "delete", "LIF-1", "LIF-F", "--yes").exit_code == 0
    assert not {sku for sku in sold(sandbox) if sku.startswith("LIF-")}
    after = shown(home)
    assert {(row["status"], row["linked"]) for row in after.values()} == {("not_listed", False)}


def test_bad_input_ends_in_a_clear_message_for_its_row_and_the_rest_goes_on(
    tmp_path: Path, sandbox: SandboxProcess
) -> None:
    base = sandbox.addresses["control_url"].removesuffix("/control")
    crowd = [f"c{number}" for number in range(301)]
    bad = {
        "BAD-EMOJI": (single(sandbox, "BAD-EMOJI", title="Candle \U0001f56f"), "emoji"),
        "BAD-LONG": (single(sandbox, "BAD-LONG", title="Candle " * 60), "characters"),
        "BAD-NOPIC": (single(sandbox, "BAD-NOPIC", images=[]), "no image"),
        "BAD-404": (single(sandbox, "BAD-404", images=[f"{base}/images/nothing"]), "HTTP 404"),
        "BAD-TEXT": (single(sandbox, "BAD-TEXT", images=[f"{base}/control/faults"]), "not an image"),
        "BAD-PRICE": (single(sandbox, "BAD-PRICE", selling_price="9000"), "outside"),
        "BAD-STOCK": (single(sandbox, "BAD-STOCK", stock=None), "not known"),
        "BAD-LEAF": (single(sandbox, "BAD-LEAF"), "not in this shop's tree"),
        "BAD-ALONE": (single(sandbox, "BAD-ALONE", kind="parent", stock=None), "no children"),
        "BAD-CROWD": (single(sandbox, "BAD-CROWD", kind="parent", stock=None), "301 variants"),
    }
    children = [
        single(sandbox, f"CRO-{name}", parent_sku="BAD-CROWD", attributes={"Colour": name}) for name in crowd
    ]
    control = single(sandbox, "GOOD-CTRL", title="Candle\x1b[31m of\x07 joy")
    rows = [row for row, _ in bad.values()]
    home = made_home(tmp_path, sandbox, [*rows, *children, single(sandbox, "GOOD-1"), control])
    run(home, "listings", "set", "GOOD-1", "--tiktok-category", category(home, CANDLES))
    shop = home.integration_id()
    draft = Listing(integration_id=shop, avasam_sku="BAD-LEAF", category_id="999999")
    home.put({(tables.LISTINGS, tables.key(shop, "BAD-LEAF")): draft})
    assert "has a comma" in run(home, "listings", "set", "GOOD-1", "--price", "12,99").output

    looked = run(home, "listings", "check", "--all", "--images", "--json")
    assert looked.exit_code == 1
    assert {one["sku"] for one in json.loads(looked.stdout)["rows"] if one["fine"]} == {"GOOD-1", "GOOD-CTRL"}
    (done,) = told(home, "listings", "publish", "--all", "--json")
    became = {row["sku"]: row for row in done["rows"]}
    for sku, (_, words) in bad.items():
        assert (became[sku]["result"], words in became[sku]["text"]) == ("failed", True), became[sku]
    assert {sku for sku, row in became.items() if row["result"] == "done"} == {"GOOD-1", "GOOD-CTRL"}
    there = sold(sandbox)
    assert there["GOOD-CTRL"]["title"] == "Candle of joy"
    assert not {sku for sku in there if sku.startswith(("BAD-", "CRO-"))}
    results = told(home, "listings", "results", done["job"]["id"], "--json")
    assert all(row["fix"] for row in results["rows"] if row["result"] == "failed")
