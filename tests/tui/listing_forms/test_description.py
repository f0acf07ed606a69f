"""The description window: typed, previewed, counted, kept or dropped (A22)."""

import pytest
from textual.widgets import TextArea

from core.rules.description_preview import preview
from core.rules.listing_limits import limits_for
from tests.core.services.listing_world import ListingWorld
from tests.tui.integrations.support import said
from tests.tui.listing_forms.support import SIZES, boxed, dialogue, matches, until_shows
from tests.tui.terminal import until
from tui.screens.confirm import Confirm
from tui.screens.listings.description import DescriptionEditor

HTML = """<h2>Blue mug</h2>
<p>Holds <b>330 ml</b> &amp; keeps <i>warm</i>.</p>
<ul><li>Stoneware</li><li>Safe in the <u>dishwasher</u></li></ul>
<ol><li>Wash<ul><li>by hand</li></ul></li><li>Dry</li></ol>"""


def test_A22_the_preview_reads_as_buyers_will_see_it() -> None:
    seen = preview(HTML, limits_for("GB"), longest=20_000)
    assert [f"{'  ' * (line.depth - bool(line.mark))}{line.mark}{line.text}" for line in seen.lines] == [
        "Blue mug",
        "Holds 330 ml & keeps warm.",
        "",
        "• Stoneware",
        "• Safe in the dishwasher",
        "",
        "1. Wash",
        "  • by hand",
        "2. Dry",
    ]
    assert [run.text for line in seen.lines for run in line.runs if run.bold] == ["Blue mug", "330 ml"]
    assert (seen.length, seen.refused, seen.changed) == (len(HTML), (), ())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<script>alert(1)</script>Hi", "script"),
        ("<a href='x'>Hi</a>", "tags that TikTok does not take: a"),
        ("<p>Hi<b>there</p>", "not opened and closed in pairs"),
        ("<p>Hi</p><img src='https://else.where/a.png'>", "images from elsewhere"),
        ("x" * 10_001, "TikTok takes 10000"),
        (" ", "empty"),
    ],
)
def test_what_tiktok_refuses_is_said_in_words_with_what_to_do(text: str, words: str) -> None:
    found = preview(text, limits_for("GB"), longest=20_000)
    assert any(words in what and fix for what, fix in found.refused)
    assert "alert" not in "".join(line.text for line in found.lines)


def test_what_save_leaves_out_is_said_too() -> None:
    assert preview("a\x07b", limits_for("GB"), longest=100).changed == (
        "Control characters and trailing blanks are taken out",
    )
    assert preview("x" * 101, limits_for("GB"), longest=100).changed == (
        "Only the first 100 characters are kept",
    )
    styled = preview("<p style='color:red'>Hi</p>", limits_for("GB"), longest=100)
    assert styled.changed == ("TikTok may take out what is inside tags: p style",)


@pytest.mark.parametrize("size", SIZES)
async def test_A22_save_keeps_what_was_typed_and_the_preview_follows(
    world: ListingWorld, size: tuple[int, int]
) -> None:
    editor = DescriptionEditor("Blue mug [bold]", HTML, "GB")
    async with dialogue(editor, size=size) as (pilot, shown):
        if size[0] < 100:
            await until_shows(pilot, "[Text]")
            matches("description-text", size, boxed(pilot, "#description-box"))
            await pilot.press("f2")
            await until_shows(pilot, "[Preview]", "• Stoneware")
        await until_shows(pilot, "Blue mug [bold]", "2. Dry", "TikTok takes it as it is")
        matches("description", size, boxed(pilot, "#description-box"))
        if size[0] < 100:
            await pilot.press("f2")
            await until(pilot, lambda: isinstance(pilot.app.focused, TextArea))
        await pilot.press("ctrl+end", *"<x>!")
        await until_shows(pilot, "tags that TikTok does not take: x")
        await pilot.press("ctrl+z")
        await until_shows(pilot, "TikTok takes it as it is")
        await pilot.press("!", "ctrl+s")
        await until(pilot, lambda: shown.answered)
    assert shown.answer == HTML + "!"


async def test_A22_cancel_drops_and_asks_only_when_something_was_typed(world: ListingWorld) -> None:
    async with dialogue(DescriptionEditor("Mug", "A mug.", "GB")) as (pilot, shown):
        await until_shows(pilot, "A mug.")
        await pilot.press("escape")
        await until(pilot, lambda: shown.answered)
        assert shown.answer is None
    async with dialogue(DescriptionEditor("Mug", "A mug.", "GB")) as (pilot, shown):
        await pilot.press("!", "escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, DescriptionEditor))
        assert not shown.answered
        assert pilot.app.screen.query_one(TextArea).text == "A mug.!"
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await pilot.press("tab", "enter")
        await until(pilot, lambda: shown.answered)
        assert shown.answer is None


async def test_a_count_over_the_limit_is_marked(world: ListingWorld) -> None:
    async with dialogue(DescriptionEditor("Mug", "x" * 9_993, "GB")) as (pilot, _):
        await until(pilot, lambda: said(pilot, "#description-count").startswith("10,000 of 10,000"))
        await pilot.press("y")
        await until(pilot, lambda: said(pilot, "#description-count").startswith("✖ 10,001 of 10,000"))
