"""One row in full: texts, every step of every number, what the shop has, history, and a support bundle.

Acceptance lines: A27, A31, A32.
"""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from textual.widgets import Static

from core.models.listing_state import Action
from tests.core.services.listing_world import ListingWorld
from tests.tui.listing_actions.support import opened
from tests.tui.session import ReadySession
from tui.screens.choose import Choose
from tui.screens.listings.detail import ListingDetail


def detail(world: ListingWorld, sku: str) -> ListingDetail:
    return ListingDetail(ReadySession(world.backend), world.shop, sku)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_A27_a_listed_row_tells_what_was_sent_what_the_shop_has_and_what_happened(
    world: ListingWorld, size: tuple[int, int]
) -> None:
    sku = f"FAM-{size[0]}"
    await world.stock(*world.family(sku, "Sage", "Navy"))
    await world.categorise(sku)
    await world.do(Action.PUBLISH, sku)
    await world.end_review(f"{sku}-SAG", passes=False, why=["Title promises a result"])
    await world.look_at_reviews()
    async with opened(world, detail(world, sku), size=size) as on:
        await on.shows(f"{sku} · parent", f"Harbour candle {sku}", "A candle of soy wax.")
        await on.until(lambda: "History" in on.dialog.text and "looking what" not in on.dialog.text)
        text = on.dialog.text
        for words in (
            "Home Supplies > Home Decor > Candles (TikTok)",
            f"{sku}-NAV (Colour Navy)",
            "price     own price 9.99",
            "quantity  stock 20",
            "FAILED, review FAILED",
            "Title promises a result",
            f"sells {sku}-SAG",
            "shop shows 20 at 9.99 GBP",
            "price     sent 9.99 23 Nov",
            "confirmed 20 23 Nov",
            "publish: listed as product",
        ):
            assert words in text
        history = text.partition("History")[2]
        assert history.index("review: ") < history.index("publish: "), "newest first"
        await on.press("y", "w")
        await on.until(lambda: any("Written to" in one for one in on.told()))
        (file,) = (Path(world.backend.settings.home) / "exports").iterdir()
        assert file.read_text("utf-8") == text
        file.unlink()

        await on.press("b")
        await on.asks(Choose)
        await on.press("down", "enter")
        await on.is_back()
        exports = Path(world.backend.settings.home) / "exports"
        await on.until(lambda: list(exports.glob("support-*")))
        (file,) = exports.glob("support-*")
        bundle = json.loads(file.read_text("utf-8"))
        assert bundle["sku"] == sku
        assert "edited_by" not in bundle["draft"]
        await on.press("escape")
        assert await on.answered() is None


async def test_A27_a_row_that_was_never_listed_tells_what_list_would_meet_pictures_included(
    world: ListingWorld,
) -> None:
    bad = f"{world.merchant.sandbox.base_url}/control/faults"
    words = "<p>Of <b>soy</b> wax.</p><ul><li>Slow &#8238;&amp; clean</li></ul>"
    made = world.single("NEW", images=(bad,), stock=57, selling_price=Decimal("9.5"), description=words)
    await world.stock(made)
    await world.categorise("NEW")
    assert (await world.row("NEW")).description == "Of soy wax. Slow & clean"
    async with opened(world, detail(world, "NEW")) as on:
        await on.shows("  Of soy wax.", "• Slow & clean")
        await on.shows("Not linked to any SKU of the shop.", "✔ none", "Nothing was done with it yet.", bad)
        await on.press("r")
        await on.shows("List would meet now:", "is not an image")
        await world.listings.edit(world.shop, ["NEW"], {"title": "Another candle"}, by="ann")
        await on.shows("Another candle")
    async with opened(world, detail(world, "NO-SUCH")) as on:
        await on.shows("There is no product 'NO-SUCH'")
        await on.press("b")
        await on.asks(Choose)
        await on.press("enter")
        await on.is_back()
        await on.until(lambda: any("no product" in one for one in on.told()))
        assert on.dialog.query_one("#listing-text", Static)


async def test_a_shop_that_cannot_be_asked_leaves_what_the_store_knows(world: ListingWorld) -> None:
    await world.stock(world.single("OFF"))
    await world.categorise("OFF")
    shop = world.shop.model_copy(update={"enabled": False})
    dialog = ListingDetail(ReadySession(world.backend), shop, "OFF")
    async with opened(world, dialog) as on:
        await on.shows("categories could not be read", "own price 9.99")
