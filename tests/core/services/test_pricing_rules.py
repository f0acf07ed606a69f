"""Prices that follow from cost, made, tried out, attached and paused (A24)."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core import tables
from core.models.integration import Integration
from core.models.product import Product, ProductKind
from core.rules.guard import GuardLimits
from core.services import listing_values
from core.services.editing import EditedMeanwhile
from core.services.errors import NotFound, PartlyDone, ServiceError
from core.services.listing_keep import keep_typed
from core.services.listings import ListingService
from core.services.pricing_rules import PricingRuleService
from core.sync.plan import plan_prices
from tests.core.services.filling import filling_up
from tests.core.services.test_syncing import StandBackend
from tests.core.sync.support import Stand, open_stand


@pytest.fixture
async def stand(tmp_path: Path) -> AsyncIterator[Stand]:
    opened = await open_stand(tmp_path)
    yield opened
    await opened.store.close()


@pytest.fixture
async def one(stand: Stand) -> Integration:
    return await stand.connect("one", price_update=True)


@pytest.fixture
def backend(stand: Stand, tmp_path: Path) -> StandBackend:
    return StandBackend(stand, tmp_path)


@pytest.fixture
def rules(backend: StandBackend) -> PricingRuleService:
    return PricingRuleService(backend)


async def goods(stand: Stand, sku: str, **more: Any) -> None:
    fields: dict[str, Any] = {
        "cost_ex": Decimal(10),
        "shipping_ex": Decimal(3),
        "vat_percent": Decimal(20),
        "selling_price": Decimal("19.99"),
        **more,
    }
    await stand.put(tables.PRODUCTS, sku, Product(sku=sku, title=sku, **fields))


FORTY = {"name": "Forty", "percent": Decimal(40), "ending": Decimal("0.99"), "include_shipping": True}


async def test_a_rule_attached_to_a_row_fires_by_itself_when_cost_or_rule_changes(
    stand: Stand, one: Integration, rules: PricingRuleService
) -> None:
    await goods(stand, "a")
    await stand.sell(one, "a", live=1, price="19.99")
    rule = await rules.save(one, FORTY)
    assert await rules.attach(one, ["a"], rule.id, by="ann") == 1

    async def planned() -> list[str]:
        return [row.desired for row in (await plan_prices(stand.store, one, GuardLimits())).changes]

    assert await planned() == ["21.99"]
    await goods(stand, "a", cost_ex=Decimal(20))
    assert await planned() == ["38.99"]
    await rules.save(one, {"percent": None, "fixed": Decimal(2)}, rule_id=rule.id)
    assert await planned() == ["30.99"]
    await rules.pause(one, rule.id, paused=True)
    assert await planned() == [], "paused, the row shows its own price"


async def test_a_preview_shows_every_step_and_keeps_nothing(
    stand: Stand, one: Integration, rules: PricingRuleService
) -> None:
    await goods(stand, "p", kind=ProductKind.PARENT)
    await goods(stand, "p-1", kind=ProductKind.CHILD, parent_sku="p")
    rule = await rules.save(one, {**FORTY, "floor_percent": Decimal(90)})
    (shown,) = await rules.preview(one, rule, ["p"])
    assert (shown.sku, shown.now, shown.then.value.amount) == ("p-1", Decimal("19.99"), Decimal("21.99"))
    assert shown.then.value.below_floor
    assert "VAT 20 % = 21.84" in str(shown.then)
    assert await rules.attached(one, rule.id) == []


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"name": " "}, "name is empty"),
        ({"percent": None}, "changes nothing"),
        ({"fixed": Decimal(1)}, "both"),
        ({"ending": Decimal("1.5")}, "ending"),
        ({"percent": Decimal(-100)}, "takes off"),
        ({"floor_percent": Decimal(-1)}, "floor"),
    ],
)
async def test_a_rule_that_cannot_be_right_is_refused_in_words(
    one: Integration, rules: PricingRuleService, fields: dict[str, object], why: str
) -> None:
    with pytest.raises(ServiceError, match=why):
        await rules.save(one, {**FORTY, **fields})
    assert await rules.all(one) == []


async def test_names_are_unique_and_a_rule_may_keep_its_own(
    one: Integration, rules: PricingRuleService
) -> None:
    rule = await rules.save(one, FORTY)
    with pytest.raises(ServiceError, match="already"):
        await rules.save(one, {**FORTY, "name": "forty"})
    assert (await rules.save(one, FORTY, rule_id=rule.id)).id == rule.id
    with pytest.raises(NotFound, match="fifty"):
        await rules.named(one, "fifty")


async def test_an_edit_of_many_rows_is_refused_whole_and_says_how_far_a_full_disk_let_it_come(
    stand: Stand, one: Integration, backend: StandBackend
) -> None:
    names = [f"p{number:03}" for number in range(501)]
    async with stand.store.transaction() as tx:
        for name in names:
            await tx.put(tables.PRODUCTS, name, Product(sku=name, title=name).to_document())
    listings = ListingService(backend)
    with pytest.raises(NotFound, match="no product"):
        await listings.edit(one, [*names, "none"], {"collection": "Autumn"}, by="ann")
    assert (await listings.draft(one, "p000")).collection == ""

    store = filling_up(backend.store, commits=1)
    with pytest.raises(PartlyDone, match="500 of 501 rows were saved, those from p500 on were not") as told:
        await keep_typed(store, one, names, {"collection": "Autumn"}, by="ann")
    assert told.value.cure == "Do the same again: what is saved stays as it is."
    assert await listings.edit(one, names, {"collection": "Autumn"}, by="ann") == 1


async def test_deleting_a_rule_takes_it_off_every_row(
    stand: Stand, one: Integration, backend: StandBackend, rules: PricingRuleService
) -> None:
    await goods(stand, "a")
    rule = await rules.save(one, FORTY)
    await rules.attach(one, ["a"], rule.id, by="ann")
    listings = ListingService(backend)
    with pytest.raises(ServiceError, match="auto"):
        await listings.edit(one, ["a"], {"typed_price": Decimal(1)}, by="ann")
    await rules.pause(one, rule.id, paused=True)
    assert await listings.edit(one, ["a"], {"typed_price": Decimal(1)}, by="ann") == 1, "as in the grid"
    assert await rules.delete(one, rule.id, by="ann") == 1
    assert (await listings.draft(one, "a")).rule_id is None
    with pytest.raises(NotFound, match="gone"):
        await rules.attach(one, ["a"], rule.id, by="ann")
    assert (await listings.draft(one, "a")).rule_id is None, "nobody follows a rule that somebody deleted"


async def test_a_second_editor_is_told_who_let_the_row_follow_a_rule(
    stand: Stand, one: Integration, backend: StandBackend, rules: PricingRuleService
) -> None:
    """A21, A24: attaching, detaching and deleting a rule are edits of the row like any other."""
    await goods(stand, "a")
    rule = await rules.save(one, FORTY)
    listings = ListingService(backend)
    await rules.attach(one, ["a"], rule.id, by="ann")
    with pytest.raises(EditedMeanwhile, match=rf"ann changed a .*rule_id: nothing → {rule.id}"):
        await listings.edit(one, ["a"], {"title": "B"}, by="ben", revision=0)
    draft = await listings.draft(one, "a")
    await rules.attach(one, ["a"], rule.id, by="ben")
    assert await listings.draft(one, "a") == draft, "it follows that rule already: nothing was edited"
    await rules.delete(one, rule.id, by="ben")
    draft = await listings.draft(one, "a")
    assert (draft.revision, draft.edited_by, [one.by for one in draft.edits]) == (2, "ben", ["ann", "ben"])


async def test_A24_a_rule_at_rest_leaves_the_price_to_be_typed_by_command_as_on_the_screen(
    stand: Stand, one: Integration, backend: StandBackend, rules: PricingRuleService
) -> None:
    await goods(stand, "a")
    rule = await rules.save(one, FORTY)
    await rules.attach(one, ["a"], rule.id, by="ann")
    await rules.pause(one, rule.id, paused=True)
    listings = ListingService(backend)
    assert await listings.edit(one, ["a"], {"typed_price": Decimal(5)}, by="ann") == 1
    await rules.pause(one, rule.id, paused=False)
    with pytest.raises(ServiceError, match="auto"):
        await listings.edit(one, ["a"], {"typed_price": Decimal(6)}, by="ann")


@pytest.mark.parametrize("text", ["", "free", "0", "-1", "1,50", "1.234", "1e3", "NaN", "£5", "９"])
def test_A24_what_is_no_price_is_refused(text: str) -> None:
    with pytest.raises(ServiceError):
        listing_values.price(text)


def test_what_is_typed_is_taken_as_meant() -> None:
    assert listing_values.price(" 12.5 ") == Decimal("12.50")
    assert listing_values.shipping("0") == 0
    assert listing_values.size("30 x 20x12") == (Decimal(30), Decimal(20), Decimal(12))
    for wrong in ("30x20", "0x1x1", "axbxc"):
        with pytest.raises(ServiceError):
            listing_values.size(wrong)
