"""Pricing rules on the screen: made while the example is worked, attached, paused, taken off, deleted.

Acceptance lines: A24.
"""

from decimal import Decimal

import pytest
from textual.events import Key
from textual.widgets import Input

from core.services.errors import ServiceError
from core.services.pricing_rules import PricingRuleService
from core.services.rule_values import number
from tests.core.services.listing_world import ListingWorld
from tests.tui.listing_actions.support import Opened, opened
from tests.tui.session import ReadySession
from tui.screens.confirm import Confirm
from tui.screens.confirm_many import ConfirmMany
from tui.screens.listings.rule_effect import ShowEffect
from tui.screens.listings.rule_form import RuleForm
from tui.screens.listings.rules import PricingRules

FORTY = {"name": "Forty", "percent": Decimal(40), "ending": Decimal("0.99")}


def rules(world: ListingWorld, *skus: str, read_only: bool = False) -> PricingRules:
    return PricingRules(ReadySession(world.backend, read_only=read_only), world.shop, skus)


async def fill(on: Opened[PricingRules], **texts: str) -> None:
    """Type into the form on top."""
    await on.asks(RuleForm)
    for name, text in texts.items():
        box = on.pilot.app.screen.query_one(f"#{name}", Input)
        box.value = text


async def test_A24_automate_now_opens_the_form_works_the_example_out_and_the_cells_show_auto(
    world: ListingWorld,
) -> None:
    await world.stock(world.single("ONE", supplier="Acme"), *world.family("FAM", "Sage"))
    async with opened(world, rules(world, "ONE", "FAM"), size=(80, 24)) as on:
        await on.asks(RuleForm)
        for key in (*"Forty", "tab", *"4x"):  # all at once, as over a slow line
            on.pilot.app.post_message(Key(key, key if len(key) == 1 else None))
        await on.shows("Forty", "✖ '4x' is not a number")
        await fill(on, percent="40", fixed="1")
        await on.shows("✖ Both a percentage and an amount")
        await on.press("ctrl+s")
        assert on.pilot.app.screen.query_one("#fixed").has_focus, "what is wrong is gone to, nothing is kept"
        await fill(on, fixed="", ending="0,99")
        await on.shows("has a comma")
        await fill(on, ending=".99")
        await on.shows("VAT 20 % = 16.80 -> up to .99 = 16.99", "ONE, now 9.99: rule Forty -> cost 4.00")
        await on.shows("2 rows looked at · 2 change price")
        await fill(on, suppliers="acme, Nobody")
        await on.shows("▲ no product has Nobody", "1 changes price")
        await fill(on, suppliers="", floor_percent="50")
        await on.shows("▲ 2 rows below the floor", "below the floor of 7.20")
        await on.press("ctrl+s")
        await on.asks(ShowEffect)
        await on.shows("Save Forty and automate 2 rows?", "ONE: 9.99 -> 6.99")
        await on.press("enter")
        assert await PricingRuleService(world.backend).all(world.shop) == [], "Cancel had the focus"
        await on.press("ctrl+s")
        await on.asks(ShowEffect)
        await on.press("tab", "enter")
        await on.is_back()
        await on.shows("Forty", "cost + 40 %", "● on")
        assert (await world.row("ONE")).rule_id == (await world.row("FAM-SAG")).rule_id is not None
        await on.press("escape")
        assert await on.answered() is True


async def test_A24_a_rule_is_edited_paused_taken_off_and_deleted_with_its_rows_named(
    world: ListingWorld,
) -> None:
    await world.stock(world.single("ONE"), world.single("TWO"))
    service = PricingRuleService(world.backend)
    rule = await service.save(world.shop, FORTY)
    async with opened(world, rules(world, "ONE")) as on:
        await on.shows("Forty", "ONE, now 9.99: rule Forty")
        await on.press("a")
        await on.asks(ShowEffect)
        await on.press("tab", "enter")
        await on.is_back()
        await on.until(lambda: on.dialog.under_cursor and on.dialog.under_cursor.followers == 1)

        await on.press("e")
        await fill(on, percent="100")
        await on.shows("ONE: 6.99 -> 9.99")
        await on.press("escape")
        await on.asks(Confirm)
        await on.shows("Drop what was typed?")
        await on.press("enter", "ctrl+s")
        await on.asks(ShowEffect)
        await on.press("tab", "enter")
        await on.is_back()
        await on.shows("cost + 100 %")

        await on.press("space")
        await on.asks(Confirm)
        await on.shows("Pause Forty? 1 row follow")
        await on.press("tab", "enter")
        await on.shows("‖ paused")
        await on.press("space")
        await on.shows("● on")

        await on.press("d")
        await on.asks(Confirm)
        await on.shows("Take 1 row off their rule?")
        await on.press("tab", "enter")
        await on.until(lambda: on.dialog.under_cursor and on.dialog.under_cursor.followers == 0)
        await on.press("d")
        assert any("None of these rows" in one for one in on.told())

        await service.attach(world.shop, ["TWO"], rule.id, by="ann")
        await on.press("n")
        await fill(on, name="forty", fixed="5")
        await on.shows("There is already a rule named 'forty'")
        await on.press("escape")
        await on.asks(Confirm)
        await on.press("tab", "enter")
        await on.is_back()
        await on.until(lambda: on.dialog.under_cursor)
        await on.press("x")
        await on.asks(ConfirmMany)
        await on.shows("Delete the pricing rule Forty?")
        await on.press("enter")
        await on.is_back()
        assert len(await service.all(world.shop)) == 1
        await on.press("x")
        await on.asks(ConfirmMany)
        await on.press("tab", "enter")
        await on.shows("No pricing rule yet")
        assert (await world.row("TWO")).rule_id is None


async def test_a_read_only_session_reads_rules_and_changes_none(world: ListingWorld) -> None:
    await world.stock(world.single("ONE"))
    await PricingRuleService(world.backend).save(world.shop, FORTY)
    async with opened(world, rules(world, "ONE", read_only=True)) as on:
        await on.shows("Forty")
        for key in ("n", "e", "space", "x", "a", "d"):
            await on.press(key)
        assert sum("read-only" in one for one in on.told()) == 6
        await on.press("escape")
        assert await on.answered() is False


def test_A24_what_is_typed_into_a_rule_is_refused_in_words() -> None:
    assert (number("percent", " 40 % "), number("fixed", "")) == (Decimal(40), None)
    for field, text, said in (
        ("ending", "1.5", "not from .00 to .99"),
        ("floor_percent", "-1", "below cost"),
        ("percent", "-100", "takes off 100 %"),
        ("fixed", "inf", "not a number"),
        ("percent", "1,5", "has a comma"),
        ("fixed", "5 %", "is a percentage"),
        ("percent", "1_000", "not a number"),
        ("percent", "４０", "not a number"),
        ("fixed", "1e3", "not a number"),
    ):
        with pytest.raises(ServiceError, match=said):
            number(field, text)
