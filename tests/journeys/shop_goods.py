"""Goods of one's own for listing journeys: an inventory file, with images that the sandbox draws."""

import json
from pathlib import Path
from typing import Any

from tests.journeys.world import Home, SandboxProcess

CANDLES = "Home Supplies > Home Decor > Candles"


def single(sandbox: SandboxProcess, sku: str, **more: Any) -> dict[str, Any]:
    """A row that nothing is wrong with."""
    return {
        "sku": sku,
        "title": f"Harbour candle number {sku}",
        "description": "A candle of soy wax.\n\nBurns for forty hours.",
        "category": "Candles",
        "stock": 20,
        "cost_ex": "4.00",
        "shipping_ex": "1.00",
        "vat_percent": "20",
        "selling_price": "9.99",
        "weight_kg": "0.4",
        "images": [image(sandbox, 7)],
        **more,
    }


def family(sandbox: SandboxProcess, sku: str, *colours: str, **more: Any) -> list[dict[str, Any]]:
    """A parent with a child for each colour."""
    parent = single(sandbox, sku, stock=None, kind="parent", **more)
    return [
        parent,
        *(
            single(sandbox, f"{sku}-{colour[:3].upper()}", parent_sku=sku, attributes={"Colour": colour})
            for colour in colours
        ),
    ]


def image(sandbox: SandboxProcess, number: int) -> str:
    """The address of an image that the sandbox draws."""
    base = sandbox.addresses["control_url"].removesuffix("/control")
    return f"{base}/images/tos-sandbox/{number}"


def stock_home(home: Home, rows: list[dict[str, Any]]) -> None:
    """Let the home's inventory be these rows from now on."""
    file = home.directory / "inventory.json"
    home.directory.mkdir(exist_ok=True)
    file.write_text(json.dumps(rows), "utf-8")
    home.settings["INVENTORY_FILE"] = str(file)
    read = home.run("products", "read", "--confirm")
    assert read.code == 0, read.err


def made_home(directory: Path, sandbox: SandboxProcess, rows: list[dict[str, Any]]) -> Home:
    """A connected home with these goods."""
    home = Home(directory, sandbox, {"LEASE_SECONDS": "1"})
    stock_home(home, rows)
    home.connect()
    return home


def category(home: Home, path: str) -> str:
    """The id of a leaf by its path."""
    found = home.run("categories", "search", *path.split(" > "), "--json").json
    return next(str(one["id"]) for one in found if one["path"] == path)


def products_of(sandbox: SandboxProcess, *skus: str) -> dict[str, list[str]]:
    """Seller SKU -> ids of products of the shop that sell it now: the independent witness."""
    found: dict[str, list[str]] = {sku: [] for sku in skus}
    for product_id, product in sandbox.state()["products"].items():
        for sku in product["skus"].values():
            if sku["seller_sku"] in found and product["status"] != "DELETED":
                found[sku["seller_sku"]].append(product_id)
    return found
