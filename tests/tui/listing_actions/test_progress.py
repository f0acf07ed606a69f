"""Jobs are followed row by row, cancelled after a question, and their results read, copied and kept.

Acceptance lines: A26, A27, A29.
"""

from datetime import timedelta
from pathlib import Path

from core.models.job import Job, JobState
from core.models.listing_state import Action
from tests.core.services.listing_world import CREATE, ListingWorld
from tests.tui.listing_actions.support import opened
from tests.tui.session import ReadySession
from tui.screens.confirm import Confirm
from tui.screens.listings.detail import ListingDetail
from tui.screens.listings.progress import JobProgress
from tui.words.progress import Pace, left


async def ask(world: ListingWorld, *skus: str) -> Job:
    asked = await world.listings.ask(world.shop, Action.PUBLISH, skus, by="test")
    assert asked.job is not None
    return asked.job


async def test_A27_each_row_says_what_became_of_it_and_how_to_fix_it(
    world: ListingWorld,
) -> None:
    await world.stock(world.single("GOOD"), world.single("BAD", title="Candle \U0001f56f"))
    await world.stock(world.single("DONE"))
    await world.categorise("GOOD")
    await world.do(Action.PUBLISH, "DONE")
    job = await ask(world, "GOOD", "BAD", "DONE")
    dialog = JobProgress(ReadySession(world.backend), world.shop, [job.id])
    async with opened(world, dialog, size=(80, 24)) as on:
        await on.shows("0 of 3", "List: waits for the worker", "· waiting")
        await world.finish(job)
        await on.shows("3 of 3", "over", "1 done · 1 skipped · 1 failed", "already linked", "✔ done")
        assert on.text.index("✖ failed") < on.text.index("→ skipped"), "what needs a person comes first"
        await on.shows("Fix: Take it out.  (title, title-emoji)")
        await on.press("n")
        await on.shows("showing failed")
        assert "→ skipped" not in on.text
        await on.press("y", "w")
        await on.until(lambda: any("Written to" in one for one in on.told()))
        assert any("3 rows." in one for one in on.told())
        (file,) = (Path(world.backend.settings.home) / "exports").iterdir()
        assert "BAD,failed,The title has an emoji" in file.read_text("utf-8")
        assert "x Cancel" not in on.text, "it is over"
        await on.press("x")
        await on.shows("showing failed")

        await on.press("enter")
        await on.asks(ListingDetail)
        await on.press("escape")
        await on.is_back()
        await world.listings.edit(world.shop, ["BAD"], {"title": "A plain candle"}, by="ann")
        await on.press("r")
        await on.shows("0 of 1")
        (again,) = on.dialog._ids
        await world.finish(
            Job(id=again, kind=job.kind, integration_id=world.shop.id, requested_at=job.requested_at)
        )
        await on.shows("1 of 1", "1 done")
        await on.press("escape")
        assert await on.answered() is None


async def test_A26_a_job_is_cancelled_after_a_question_and_leaving_ends_nothing(world: ListingWorld) -> None:
    await world.stock(*(world.single(f"CAN-{number}") for number in range(4)))
    job = await ask(world, *(f"CAN-{number}" for number in range(4)))
    async with opened(world, JobProgress(ReadySession(world.backend), world.shop, [])) as on:
        await on.shows("0 of 4")
        await on.press("x")
        await on.asks(Confirm)
        await on.shows("Cancel? 4 rows would not be tried.")
        await on.press("enter")
        await on.is_back()
        assert (await world.job(job)).state is JobState.QUEUED, "Cancel had the focus"
        await on.press("x")
        await on.asks(Confirm)
        await on.press("tab", "enter")
        await on.shows("cancelled before it began", "- not tried", "r tries it")
        assert (await world.job(job)).state is JobState.CANCELLED
    async with opened(
        world, JobProgress(ReadySession(world.backend, read_only=True), world.shop, [job.id])
    ) as on:
        await on.shows("over")
        await on.press("r")
        assert any("read-only" in one for one in on.told())


async def test_rows_over_the_daily_quota_show_the_date_on_which_they_go_on(world: ListingWorld) -> None:
    await world.stock(world.single("QUO-1"), world.single("QUO-2"))
    await world.categorise("QUO-1")
    await world.fault(CREATE, exact=True, code=12052093, n=10)
    job = await ask(world, "QUO-1", "QUO-2")
    await world.finish(job)
    tomorrow = (world.backend.clock.now() + timedelta(days=1)).date()
    async with opened(world, JobProgress(ReadySession(world.backend), world.shop, [job.id])) as on:
        await on.shows("2 queued for tomorrow", "◷ tomorrow", str(tomorrow))


async def test_a_shop_without_consent_is_named_while_its_job_waits(world: ListingWorld) -> None:
    await world.stock(world.single("PAU-1"))
    await world.categorise("PAU-1")
    job = await ask(world, "PAU-1")
    await world.fault("/product/", code=36009004, message="Invalid access_token in header", n=1_000)
    await world.finish(job)
    async with opened(world, JobProgress(ReadySession(world.backend), world.shop, [job.id])) as on:
        await on.shows("List queued:", "0 of 1")


def test_the_rate_is_that_of_late_and_time_left_is_said_in_words() -> None:
    from tests.clocks import NOON

    pace = Pace()
    assert pace.words(0, 200) == "0 of 200"
    pace.note(0, NOON)
    pace.note(40, NOON + timedelta(seconds=2))
    assert pace.words(40, 200) == "40 of 200 · 20 a second · 8 s left"
    pace.note(41, NOON + timedelta(seconds=60))
    pace.note(42, NOON + timedelta(seconds=64))
    assert pace.words(42, 200).startswith("42 of 200 · 0.2 a second · ")
    assert (left(100), left(9_000)) == ("2 min left", "2.5 h left")
