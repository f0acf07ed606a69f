"""Prices: which one is wanted, in whose currency, and what stops them (A2, A41, A51)."""

from decimal import Decimal

import pytest

from core import tables
from core.channel.errors import DataRefused
from core.models.integration import Integration
from core.models.listing import Listing, PricingRule, PushState
from core.models.product import Product
from core.sync.context import Outcome
from core.sync.push import sync_prices, sync_stock
from tests.core.sync.support import NOON, FakeShop, Stand, channel_sku, product


@pytest.fixture
async def pricing(stand: Stand, one: Integration) -> Integration:
    """`mug` is in the shop at 9.99; prices are pushed."""
    await stand.sell(one, "mug", live=1, price="9.99")
    return await stand.change(one, price_update=True)


async def offer(stand: Stand, *products: Product) -> None:
    for one in products:
        await stand.put(tables.PRODUCTS, one.sku, one)


async def sync(stand: Stand, integration: Integration, *, confirmed: bool = False) -> Outcome:
    return await sync_prices(await stand.context(integration, confirmed=confirmed))


async def test_A41_a_new_price_reaches_the_shop_in_its_currency(
    stand: Stand, pricing: Integration, shop: FakeShop
) -> None:
    await offer(stand, product("mug", price="12.50"))
    await sync(stand, pricing)
    assert str(shop.prices["t-mug"]) == "12.50 GBP"
    assert (await stand.pushes(pricing, "t-mug")).price.value == "12.50"


async def test_A41_new_integrations_leave_prices_alone(
    stand: Stand, one: Integration, shop: FakeShop
) -> None:
    await stand.sell(one, "mug", live=1, price="9.99")
    await offer(stand, product("mug", price="12.50"))
    await sync(stand, one)
    assert shop.calls == []


async def test_the_same_price_written_otherwise_is_no_change(
    stand: Stand, pricing: Integration, shop: FakeShop
) -> None:
    await offer(stand, product("mug", price="9.990"))
    await sync(stand, pricing)
    assert shop.calls == []


async def test_a_typed_price_goes_before_the_own_and_a_rule_before_both(
    stand: Stand, pricing: Integration, shop: FakeShop
) -> None:
    goods = product("mug", price="12.50", cost_ex=Decimal(10), vat_percent=Decimal(20))
    await offer(stand, goods)
    typed = Listing(integration_id="one", avasam_sku="mug", typed_price=Decimal("14.00"))
    await stand.put(tables.LISTINGS, "one/mug", typed)
    await sync(stand, pricing)
    assert str(shop.prices["t-mug"].amount) == "14.00"

    rule = PricingRule(
        id="r1",
        integration_id="one",
        name="Forty",
        percent=Decimal(40),
        ending=Decimal("0.99"),
        edited_at=NOON,
    )
    await stand.put(tables.PRICING_RULES, "one/r1", rule)
    await stand.put(tables.LISTINGS, "one/mug", typed.model_copy(update={"rule_id": "r1"}))
    await sync(stand, pricing)
    assert str(shop.prices["t-mug"].amount) == "16.99"


@pytest.mark.parametrize("price", [None, "0", "-1.00"])
async def test_a_price_that_is_unknown_or_not_above_0_is_never_pushed(
    stand: Stand, pricing: Integration, shop: FakeShop, price: str | None
) -> None:
    await offer(stand, product("mug", price=price))
    outcome = await sync(stand, pricing)
    assert shop.calls == []
    assert outcome.counts["skipped_unknown"] == 1
    assert "one/price-unknown" in await stand.problems()


async def test_a_price_below_its_rules_floor_stands_and_is_a_problem_until_it_is_not(
    stand: Stand, pricing: Integration, shop: FakeShop
) -> None:
    """domain.md, Selling price: a price below the floor is a problem on the listing, not a silent clamp."""
    await offer(stand, product("mug", cost_ex=Decimal(10), vat_percent=Decimal(20)))
    draft = Listing(integration_id="one", avasam_sku="mug", rule_id="r1")
    await stand.put(tables.LISTINGS, "one/mug", draft)
    rule = PricingRule(
        id="r1",
        integration_id="one",
        name="Thin",
        percent=Decimal(10),
        floor_percent=Decimal(25),
        edited_at=NOON,
    )
    for floor, is_wrong in ((25, True), (10, False)):
        thin = rule.model_copy(update={"floor_percent": Decimal(floor)})
        await stand.put(tables.PRICING_RULES, "one/r1", thin)
        for _ in range(2):
            await sync(stand, pricing, confirmed=True)
            assert str(shop.prices["t-mug"]) == "13.20 GBP"
            assert ("one/price-below_floor" in await stand.problems()) == is_wrong
    assert len(shop.pushed("price")) == 1


async def test_amounts_are_never_sent_in_another_currency_than_the_shops(
    stand: Stand, pricing: Integration, shop: FakeShop
) -> None:
    await stand.put(
        tables.CHANNEL_SKUS, "one/t-mug", channel_sku(pricing, "t-mug", {}, "9.99", currency="USD")
    )
    await offer(stand, product("mug", price="12.50"))
    outcome = await sync(stand, pricing)
    assert shop.calls == []
    assert outcome.counts["skipped_currency"] == 1


async def test_without_a_download_the_shops_currency_is_unknown_and_no_price_is_sent(
    stand: Stand, pricing: Integration, shop: FakeShop
) -> None:
    shop.stock["t-cup"] = {"w1": 1}
    await stand.map(pricing, "t-cup", "cup")
    await offer(stand, product("mug", price="9.99"), product("cup", price="5.00"))
    outcome = await sync(stand, pricing)
    assert shop.prices == {}
    assert outcome.counts["skipped_not_in_shop"] == 1


async def test_the_guard_stops_prices_that_jump_until_a_person_confirms(
    stand: Stand, pricing: Integration, shop: FakeShop
) -> None:
    await offer(stand, product("mug", price="99.00"))
    outcome = await sync(stand, pricing)
    assert outcome.stopped is not None
    assert shop.calls == []
    await sync(stand, pricing, confirmed=True)
    assert str(shop.prices["t-mug"].amount) == "99.00"


async def test_the_guard_counts_the_prices_there_are_and_not_the_skus_without_one(
    stand: Stand, pricing: Integration, shop: FakeShop
) -> None:
    unpriced = [product(f"new-{number}", price=None) for number in range(4)]
    for one in unpriced:
        await stand.sell(pricing, one.sku, live=1, price="9.99")
    await offer(stand, product("mug", price="99.00"), *unpriced)
    outcome = await sync(stand, pricing)
    assert outcome.stopped is not None
    assert "1 of 1 price " in outcome.stopped.what
    assert shop.calls == []


async def test_a_refused_price_never_blocks_the_stock_of_the_same_listing(
    stand: Stand, pricing: Integration, shop: FakeShop
) -> None:
    await offer(stand, product("mug", 7, price="12.50"))
    shop.refuse["t-mug"] = DataRefused("too cheap", area="price", code=12052084)
    for _ in range(4):
        await sync(stand, pricing)
    shop.refuse.clear()
    await sync_stock(await stand.context(pricing))
    assert shop.stock["t-mug"] == {"w1": 7}
    record = await stand.pushes(pricing, "t-mug")
    assert (record.price.state, record.stock.state) == (PushState.HELD, PushState.SENT)


async def test_A51_the_same_prices_again_change_nothing(
    stand: Stand, pricing: Integration, shop: FakeShop
) -> None:
    await offer(stand, product("mug", price="12.50"))
    await sync(stand, pricing)
    before = await stand.dump()
    outcome = await sync(stand, pricing)
    assert len(shop.pushed("price")) == 1
    assert not outcome.changed()
    assert await stand.dump() == before


async def test_A2_the_price_of_one_shop_is_not_the_others(stand: Stand, pricing: Integration) -> None:
    two = await stand.connect("two", price_update=True)
    await stand.sell(two, "mug", live=1, price="9.99")
    await offer(stand, product("mug", price="12.50"))
    typed = Listing(integration_id="two", avasam_sku="mug", typed_price=Decimal("11.00"))
    await stand.put(tables.LISTINGS, "two/mug", typed)
    await sync(stand, pricing)
    await sync(stand, two)
    assert str(stand.shops["one"].prices["t-mug"].amount) == "12.50"
    assert str(stand.shops["two"].prices["t-mug"].amount) == "11.00"


async def test_a_price_with_more_decimals_than_pennies_is_rounded_and_then_left_alone(
    stand: Stand, pricing: Integration, shop: FakeShop
) -> None:
    await offer(stand, product("mug", price="12.505"))
    await sync(stand, pricing)
    await sync(stand, pricing)
    assert str(shop.prices["t-mug"].amount) == "12.51"
    assert len(shop.pushed("price")) == 1
