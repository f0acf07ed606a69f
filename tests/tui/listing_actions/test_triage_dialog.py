"""Problems by cause: the card, one fix for all rows, retry, holds, and back to the grid.

Acceptance lines: A32.
"""

from collections.abc import Sequence
from decimal import Decimal

from textual.widgets import Input, TextArea

from core.models.listing_state import Action
from core.services.job_report import JobReports
from core.services.pricing_rules import PricingRuleService
from tests.core.services.listing_world import CREATE, ListingWorld
from tests.tui.listing_actions.support import Opened, opened
from tests.tui.session import ReadySession
from tui.screens.ask import Ask
from tui.screens.choose import Choose
from tui.screens.confirm_many import ConfirmMany
from tui.screens.listings.category import CategoryForm
from tui.screens.listings.description import DescriptionEditor
from tui.screens.listings.detail import ListingDetail
from tui.screens.listings.progress import JobProgress
from tui.screens.listings.rules import PricingRules
from tui.screens.listings.triage import Triage


def triage(world: ListingWorld, *, read_only: bool = False) -> Triage:
    return Triage(ReadySession(world.backend, read_only=read_only), world.shop)


async def go_to(on: Opened[Triage], code: str) -> None:
    """Put the cursor on a cause."""
    await on.shows("of which stop")
    on.dialog._table("#causes").move_cursor([cause.code for cause in on.dialog._causes.values()].index(code))
    await on.pilot.pause()


async def work_off(world: ListingWorld, jobs: Sequence[str]) -> None:
    for name in jobs:
        await world.finish(await JobReports(world.backend, world.shop).job(name))


async def answer(on: Opened[Triage], text: str) -> None:
    """Type into the question on top."""
    await on.asks(Ask)
    on.pilot.app.screen.query_one(Input).value = text
    await on.press("enter")


async def jobs_shown(on: Opened[Triage]) -> list[str]:
    await on.asks(JobProgress)
    screen = on.pilot.app.screen
    assert isinstance(screen, JobProgress)
    return list(screen._ids)


async def test_A32_a_fix_is_typed_once_for_all_rows_of_a_cause_and_they_are_tried_again(
    world: ListingWorld,
) -> None:
    names = [f"EMO-{number}" for number in range(3)]
    emoji = [world.single(name, title=f"Candle \U0001f56f {name}") for name in names]
    await world.stock(*emoji, world.single("HVY", weight_kg=None), world.single("PIC", images=()))
    await world.categorise(names[0])
    await world.do(Action.PUBLISH, *names, "HVY", "PIC")
    async with opened(world, triage(world), size=(80, 24)) as on:
        await on.shows("3 causes, 3 of which stop something · 5 rows", "Fix: Take it out.", names[2])
        await on.shows("e  type a title for TikTok once")
        await on.press("tab", "enter")
        await on.asks(ListingDetail)
        await on.press("escape")
        await on.is_back()

        await on.press("e")
        await answer(on, "  ")
        await on.is_back()
        await on.press("e")
        await answer(on, "A candle of soy wax")
        await on.asks(ConfirmMany)
        await on.shows("Give 3 rows the same title?", *names)
        await on.press("tab", "enter")
        await work_off(world, await jobs_shown(on))
        await on.shows("3 of 3", "3 done")
        await on.press("escape")
        await on.shows("2 causes", "2 rows")

        await go_to(on, "weight-missing")
        await on.press("e")
        await answer(on, "0,4")
        await on.is_back()
        assert any("has a comma" in one for one in on.told())
        await on.press("e")
        await answer(on, "0.4")
        await work_off(world, await jobs_shown(on))
        await on.press("escape")
        await on.shows("1 cause,")
        await on.press("e")
        assert any("not cured here. Add one in Avasam." in one for one in on.told())
        await on.press("y", "f")
        assert await on.answered() == "image-missing"
    assert (await world.sold(names[1]))["title"] == "A candle of soy wax"


async def test_A32_a_held_row_shows_it_until_it_is_reset_and_is_then_tried_again(world: ListingWorld) -> None:
    await world.stock(world.single("HLD"))
    await world.categorise("HLD")
    await world.fault(CREATE, exact=True, code=12052104, message="attribute missing", n=3)
    for _ in range(3):
        await world.do(Action.PUBLISH, "HLD")
    async with opened(world, triage(world)) as on:
        await on.shows("▲1", "▲ held", "held after three identical refusals")
        await on.press("r")
        await work_off(world, await jobs_shown(on))
        await on.shows("→ skipped", "Held after 3 identical")
        await on.press("escape")
        await on.is_back()
        await on.press("z")
        await on.shows("1 held: lifted.")
        await on.press("r")
        await work_off(world, await jobs_shown(on))
        await on.shows("1 done")
        await on.press("escape")
        await on.shows("No listing has a problem.")
        await on.press("escape")
        assert await on.answered() is None


async def test_A32_a_price_is_typed_for_the_variants_that_lack_it_or_left_to_a_rule(
    world: ListingWorld,
) -> None:
    bare = [one.model_copy(update={"selling_price": None}) for one in world.family("FAM", "Sage", "Navy")]
    await world.stock(*bare)
    await world.categorise("FAM")
    await world.do(Action.PUBLISH, "FAM")
    fields = {"name": "Forty", "percent": Decimal(40)}
    rule = await PricingRuleService(world.backend).save(world.shop, fields)
    async with opened(world, triage(world, read_only=True)) as on:
        await on.shows("FAM-NAV has no price")
        await on.press("e")
        assert any("read-only" in one for one in on.told())
    async with opened(world, triage(world)) as on:
        await on.shows("FAM-NAV has no price")
        await on.press("e")
        await on.asks(Choose)
        await on.press("escape")
        await on.is_back()
        await on.press("e")
        await on.asks(Choose)
        await on.press("down", "enter")
        await on.asks(PricingRules)
        await on.shows("for 2 rows: FAM-NAV, FAM-SAG", "Forty")
        await on.press("a", "tab", "enter")
        await on.shows("These")
        await on.asks(PricingRules)
        await on.press("escape")
        await work_off(world, await jobs_shown(on))
        await on.shows("1 done")
    assert (await PricingRuleService(world.backend).attached(world.shop, rule.id)) == ["FAM-NAV", "FAM-SAG"]
    assert (await world.sold("FAM-SAG"))["price"] == "6.72"


async def test_A32_a_description_and_a_category_are_cured_in_their_own_editors(world: ListingWorld) -> None:
    texts = [world.single(f"TXT-{number}", description="") for number in range(2)]
    await world.stock(*texts, world.single("CAT", category="Somewhere else"))
    await world.categorise("TXT-0")
    await world.do(Action.PUBLISH, "TXT-0", "TXT-1", "CAT")
    async with opened(world, triage(world)) as on:
        await go_to(on, "category-missing")
        await on.press("e")
        await on.asks(CategoryForm)
        await on.press("escape")
        await on.is_back()
        causes = on.dialog._causes.values()
        await go_to(on, next(cause.code for cause in causes if cause.field == "description"))
        await on.shows("e  edit the description once")
        await on.press("e")
        await on.asks(DescriptionEditor)
        on.pilot.app.screen.query_one(TextArea).text = "A candle of soy wax."
        await on.press("ctrl+s")
        await on.asks(ConfirmMany)
        await on.shows("Give 2 rows the same description?")
        await on.press("tab", "enter")
        await work_off(world, await jobs_shown(on))
        await on.shows("2 done")
    assert await world.products("TXT-1")


async def test_a_fix_of_descriptions_begins_with_the_whole_text_and_never_with_another_products(
    world: ListingWorld,
) -> None:
    """It began with the 160 characters that the grid holds of the first row, for all of them."""
    long = f"<p>{'A candle of soy wax. ' * 30}</p><script>"
    await world.stock(*(world.single(f"TXT-{n}", description=long + "</script>" * n) for n in range(2)))
    await world.categorise("TXT-0", "TXT-1")
    await world.do(Action.PUBLISH, "TXT-0")
    async with opened(world, triage(world)) as on:
        await go_to(on, next(one.code for one in on.dialog._causes.values() if one.field == "description"))
        await on.press("e")
        await on.asks(DescriptionEditor)
        assert on.pilot.app.screen.query_one(TextArea).text == long
        await on.press("escape")
        await on.is_back()
    await world.do(Action.PUBLISH, "TXT-1")
    async with opened(world, triage(world)) as on:
        await go_to(on, next(one.code for one in on.dialog._causes.values() if len(one.skus) == 2))
        await on.press("e")
        await on.asks(DescriptionEditor)
        assert on.pilot.app.screen.query_one(TextArea).text == ""
        await on.press("ctrl+s")
        await on.is_back()
