"""The dialogs of the Listing Manager as a terminal shows them, at both sizes that ux.md names.

Acceptance lines: A24, A26, A27, A32.
"""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core.models.listing_state import Action
from core.services.pricing_rules import PricingRuleService
from tests.core.services.listing_world import ListingWorld
from tests.tui.integrations.support import screens
from tests.tui.listing_actions.support import Opened
from tests.tui.pictures import SIZES, Size, check_picture
from tests.tui.session import ReadySession
from tui.screens.listings.detail import ListingDetail
from tui.screens.listings.dialog import ListingDialog
from tui.screens.listings.preflight import Preflight
from tui.screens.listings.progress import JobProgress
from tui.screens.listings.rule_form import RuleForm
from tui.screens.listings.rules import PricingRules
from tui.screens.listings.triage import Triage

KEPT = Path(__file__).parent / "pictures"


@pytest.mark.parametrize("size", SIZES)
async def test_the_dialogs_as_drawn(world: ListingWorld, size: Size) -> None:
    family = world.family("MUG", "Sage", "Navy", images=())
    family[1] = family[1].model_copy(update={"selling_price": None})
    await world.stock(*family, world.single("EMO", title="Candle \U0001f56f"), world.family("BARE")[0])
    await world.categorise("MUG")
    skus = ["MUG", "EMO", "BARE"]
    asked = await world.listings.ask(world.shop, Action.PUBLISH, skus, by="test")
    assert asked.job is not None
    await world.finish(asked.job)
    fields = {"name": "Forty", "percent": Decimal(40), "ending": Decimal("0.99")}
    rule = await PricingRuleService(world.backend).save(world.shop, fields)
    session = ReadySession(world.backend)
    shop = world.shop
    dialogs: list[tuple[str, ListingDialog[Any], str]] = [
        ("check", Preflight(session, shop, Action.PUBLISH, skus), "3 of 3 · done"),
        ("job", JobProgress(session, shop, [asked.job.id]), "3 of 3 · over"),
        ("triage", Triage(session, shop), "of which stop something"),
        ("detail", ListingDetail(session, shop, "MUG"), "Home Decor > Candles"),
        ("rules", PricingRules(session, shop, ["MUG", "EMO"]), "MUG-NAV, now 9.99"),
        ("rule", RuleForm(session, shop, ["EMO"], rule), "1 row looked at"),
    ]
    async with screens(world.backend, size=size) as pilot:
        for name, dialog, words in dialogs:
            await pilot.app.push_screen(dialog)
            await Opened(pilot, dialog).shows(words)
            await check_picture(pilot, KEPT, name, of="#dialog-box")
            dialog.dismiss(None)
            await pilot.pause()
