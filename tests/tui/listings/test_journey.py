"""From the grid to the shop with the real dialogues between, over a real socket; the shop is the witness.

Acceptance lines: A22, A26, A27.
"""

from functools import partial
from typing import Any

from textual.screen import Screen
from textual.widgets import Button

from core import tables
from core.models.job import Job
from core.services.listing_edits import Field
from tests.core.services.listing_world import ListingWorld
from tests.tui.orders.support import arrives, row
from tests.tui.session import ReadySession
from tests.tui.terminal import until
from tui.app import AvasamApp
from tui.screens.base import MainScreen
from tui.screens.listings.category import CategoryForm
from tui.screens.listings.description import DescriptionEditor
from tui.screens.listings.detail import ListingDetail
from tui.screens.listings.preflight import Preflight
from tui.screens.listings.progress import JobProgress
from tui.screens.listings.rules import PricingRules
from tui.screens.listings.screen import ListingManagerScreen
from tui.screens.listings.triage import Triage


def opened(app: AvasamApp, kind: type[Screen[Any]]) -> bool:
    return any(isinstance(one, kind) for one in app.screen_stack)


def left(app: AvasamApp, screen: Screen[Any]) -> bool:
    return screen not in app.screen_stack


async def test_A22_A26_A27_rows_are_listed_from_the_grid_and_every_key_opens_its_dialogue(
    world: ListingWorld,
) -> None:
    await world.stock(world.single("G-ONE"), *world.family("G-FAM", "Sage", "Navy"))
    await world.categorise("G-ONE")
    app = AvasamApp(ReadySession(world.backend))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, MainScreen))
        await pilot.press("2")
        screen = await arrives(pilot, ListingManagerScreen)
        await until(pilot, lambda: list(screen.table.view) == ["G-FAM", "G-ONE"])
        for key, kind in (
            ("t", CategoryForm),
            ("p", PricingRules),
            ("P", Triage),
            ("enter", ListingDetail),
            ("question_mark", ListingDetail),
        ):
            await pilot.press(key)
            await until(pilot, partial(opened, app, kind))
            while app.screen is not screen:  # without a rule, the form of a new one lies above the list
                top = app.screen
                await pilot.press("escape")
                await until(pilot, partial(left, app, top))
        await pilot.press("end", "d")
        editor = await arrives(pilot, DescriptionEditor)
        editor.dismiss("A candle of soy wax, poured by hand.")
        await until(pilot, lambda: screen.pending() == 1)
        assert screen.desk is not None
        assert set(screen.desk.edits.by_sku["G-ONE"]) == {Field.DESCRIPTION}

        await pilot.press("a", "l")
        preflight = await arrives(pilot, Preflight)
        await until(pilot, lambda: preflight._is_over)
        assert screen.pending() == 0, "what was typed for these rows was saved first"
        go = preflight.query_one("#every", Button)
        await until(pilot, lambda: go.display and not go.disabled)
        go.press()
        await arrives(pilot, JobProgress)
        (job,) = [Job.from_document(one) async for _, one in world.backend.store.scan(tables.JOBS)]
        done = await world.finish(job)
        assert {result for result, _ in done.values()} == {"done"}, done
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen)
        await row(pilot, "G-ONE", "✔ Listed in review")
        await row(pilot, "G-FAM", "✔ Listed in review")
        assert (await world.sold("G-ONE"))["quantity"] == 20
        assert await world.products("G-FAM-SAG") == await world.products("G-FAM-NAV")
