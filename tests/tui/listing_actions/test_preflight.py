"""Before List: every problem of every variant of every row, then the choice.

Acceptance lines: A26.
"""

import asyncio
from collections.abc import Callable
from decimal import Decimal

from textual.widgets import Button

from core.models.listing_state import Action, ListingProblem
from core.services.listing_check import Checked
from tests.core.services.listing_world import CREATE, ListingWorld
from tests.tui.listing_actions.support import NOTHING, opened
from tests.tui.session import ReadySession
from tui.screens.listings.dialog import DialogTable
from tui.screens.listings.preflight import Preflight
from tui.words.listing_actions import FINE, NOTE, check_lines


def check(world: ListingWorld, *skus: str, read_only: bool = False) -> Preflight:
    session = ReadySession(world.backend, read_only=read_only)
    return Preflight(session, world.shop, Action.PUBLISH, skus)


async def meanwhile(condition: Callable[[], object]) -> None:
    """Wait without waiting for the program to become idle."""
    for _ in range(1_000_000):
        if condition():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never came true")


async def test_A26_all_rows_are_looked_at_and_those_that_are_fine_can_be_listed_alone(
    world: ListingWorld,
) -> None:
    family = world.family("FAM", "Sage", "Navy")
    family[1] = family[1].model_copy(update={"selling_price": None})
    family[2] = family[2].model_copy(update={"stock": None})
    bad = f"{world.merchant.sandbox.base_url}/control/faults"
    bare = world.single("BARE", title="Candle \U0001f56f", weight_kg=None)
    await world.stock(world.single("FINE"), world.single("PIC", images=(bad,)), bare, *family)
    await world.stock(world.single("DONE"))
    await world.categorise("FINE")
    await world.do(Action.PUBLISH, "DONE")
    calls = world.calls(CREATE, "POST")

    dialog = check(world, "FINE", "DONE", "BARE", "FAM-SAG", "PIC")
    async with opened(world, dialog, size=(80, 24)) as on:
        await on.shows("5 of 5", "done", "✔ 2 fine", "✖ 2 with problems", "→ 1 skipped", "1 left out")
        await on.shows("emoji", "FAM-SAG", "FAM-NAV")
        lines = [line.text.split("\t") for line in dialog._lines.values() if line.front == "FAM"]
        assert [(line[1], line[-1]) for line in lines] == [
            ("FAM-NAV", "stock-unknown"),
            ("FAM-SAG", "price-missing"),
        ]
        await on.press("down", "down")
        await on.shows("Fix: Check the product in Avasam.")
        await on.press("n")
        await on.shows("showing skipped", "already linked; Update")
        await on.press("n")
        await on.shows("showing fine", "Harbour candle FINE")
        assert on.dialog.query_one("#fine", Button).label == "List the 2 that are fine"

        await on.press("p", "n", "n")
        await on.shows("✔ 1 fine", "✖ 3 with problems", "showing problems", "The main image")
        await on.press("y")
        assert any("Sent 7 lines" in one for one in on.told())
        await on.press("f")
        assert await on.answered() == ["FINE"]
    assert world.calls(CREATE, "POST") == calls

    async with opened(world, check(world, "FINE", "BARE", "DONE"), size=(80, 24)) as on:
        await on.shows("done", "List all 3")
        on.dialog.query_one("#every", Button).press()
        assert await on.answered() == ["FINE", "BARE", "DONE"]


async def test_A26_a_thousand_rows_leave_the_keyboard_free_and_can_be_stopped(world: ListingWorld) -> None:
    skus = [f"BIG-{number:04d}" for number in range(1_000)]
    await world.stock(*(world.single(sku, cost_ex=Decimal(2)) for sku in skus))
    await world.categorise(skus[0])
    async with opened(world, check(world, *skus)) as on:
        await meanwhile(lambda: len(on.dialog._found) > 20)
        on.pilot.app.simulate_key("f")
        await meanwhile(on.told)
        assert on.answer is NOTHING, "nothing is sent before all is known"
        on.pilot.app.simulate_key("x")
        await meanwhile(lambda: on.dialog._is_over)
        stopped = len(on.dialog._found)
        assert 20 < stopped < 1_000
        await on.shows(f"✔ {stopped} fine", f"List all {stopped}")
        await on.press("escape")
        assert await on.answered() is None

    async with opened(world, check(world, *skus, read_only=True)) as on:
        await on.shows("✔ 1,000 fine")
        await on.press("a")
        assert any("read-only" in one for one in on.told())
        assert on.answer is NOTHING
        assert on.dialog.query_one(DialogTable).view, "without a problem all rows are shown"


def test_where_problems_alone_are_shown_the_first_of_a_row_names_it() -> None:
    """The line that says it is fine had the name, and is not among the problems."""
    note = ListingProblem(code="weight-missing", field="weight", what="No weight", fix="", blocking=False)
    lines = list(check_lines(Checked("MUG", "Mug", 1, (note, note))))
    assert [(line.name, line.mark) for line in lines] == [("MUG", FINE), ("MUG", NOTE), ("", NOTE)]
