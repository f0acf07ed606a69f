"""From a row of the Listing Manager through description, category and picture to the shop.

Acceptance lines: A22, A25, A27, A31.
"""

from textual.pilot import Pilot

from core.models.listing_state import Action
from tests.core.services.listing_world import ListingWorld
from tests.tui.integrations.support import said, screens
from tests.tui.terminal import drawn, until
from tui.screens.listings.category import CategoryForm
from tui.screens.listings.description import DescriptionEditor
from tui.screens.listings.screen import ListingManagerScreen
from tui.widgets.picture import Picture


async def on(pilot: Pilot[None], kind: type) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, kind))
    await pilot.pause()


async def test_A22_A25_A27_A31_a_row_is_described_categorised_seen_and_listed(world: ListingWorld) -> None:
    await world.stock(world.single("GRID-1", category="Grid things", description="A candle."))
    async with screens(world.backend, size=(140, 40)) as pilot:
        await pilot.press("2")
        await on(pilot, ListingManagerScreen)
        await until(pilot, lambda: "GRID-1" in drawn(pilot))
        await pilot.press("d")
        await on(pilot, DescriptionEditor)
        await pilot.press(*" Glows.", "ctrl+s")
        await on(pilot, ListingManagerScreen)
        await until(pilot, lambda: "unsaved" in drawn(pilot))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "unsaved" not in drawn(pilot))

        await pilot.press("t")
        await on(pilot, CategoryForm)
        await until(pilot, lambda: "of" in said(pilot, "#category-count"))
        await pilot.press(*"decor cand", "enter")
        await until(pilot, lambda: "Nothing is missing" in said(pilot, "#category-missing"))
        await pilot.press("ctrl+s")
        await on(pilot, ListingManagerScreen)

        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen.query(Picture))
        await until(pilot, lambda: "PNG, 600 x 600 pixels" in said(pilot, "#picture-words"))
        await until(pilot, lambda: "▀" in drawn(pilot))
    draft = await world.listings.draft(world.shop, "GRID-1")
    assert draft.description == "A candle. Glows."
    assert (await world.do(Action.PUBLISH, "GRID-1"))["GRID-1"][0] == "done"
    (product_id,) = await world.products("GRID-1")
    listed = world.merchant.sandbox.world.shops()[0].products[product_id]
    assert listed.description == "<p>A candle. Glows.</p>"
