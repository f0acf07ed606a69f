"""Taking an inventory read in: whole, or not at all (domain.md, Desired state)."""

from decimal import Decimal

import pytest

from core import tables
from core.inventory.port import ProductRead, Rejected, StockRead
from core.models.product import Product, ProductKind
from core.rules.guard import GuardLimits
from core.store import Lease
from core.sync.context import Outcome
from core.sync.inventory import take_products, take_stock
from core.sync.leases import INVENTORY
from tests.core.sync.support import TTL, Stand, product

LIMITS = GuardLimits()


@pytest.fixture
async def lease(stand: Stand) -> Lease:
    taken = await stand.store.lease(INVENTORY, owner="me", ttl=TTL)
    assert taken is not None
    return taken


async def take(stand: Stand, lease: Lease, *products: Product, confirmed: bool = False) -> Outcome:
    read = ProductRead(products, (Rejected(7, "sku", "", "is empty"),))
    return await take_products(stand.store, stand.clock, read, LIMITS, lease=lease, confirmed=confirmed)


async def stock(stand: Stand, lease: Lease, units: dict[str, int], *, confirmed: bool = False) -> Outcome:
    return await take_stock(stand.store, StockRead(units), LIMITS, lease=lease, confirmed=confirmed)


async def known(stand: Stand) -> dict[str, Product]:
    return {key: Product.from_document(row) async for key, row in stand.store.scan(tables.PRODUCTS)}


def goods(count: int, units: int = 5) -> list[Product]:
    return [product(f"s{number}", units) for number in range(count)]


async def test_a_read_is_taken_in_and_the_same_again_changes_nothing(stand: Stand, lease: Lease) -> None:
    outcome = await take(stand, lease, *goods(3))
    assert (outcome.counts["new"], outcome.counts["rejected"]) == (3, 1)
    before = await stand.dump()
    stand.clock.move(minutes=15)
    outcome = await take(stand, lease, *goods(3))
    assert outcome.counts["unchanged"] == 3
    assert not outcome.changed()
    assert await stand.dump() == before


async def test_what_changed_is_brought_up_to_date(stand: Stand, lease: Lease) -> None:
    await take(stand, lease, *goods(3))
    outcome = await take(stand, lease, product("s0", 9, price="4.50"), *goods(3)[1:])
    assert outcome.counts["changed"] == 1
    row = (await known(stand))["s0"]
    assert (row.stock, row.selling_price) == (9, Decimal("4.50"))


async def test_what_a_read_lacks_is_missing_and_its_stock_unknown_until_it_comes_back(
    stand: Stand, lease: Lease
) -> None:
    await take(stand, lease, *goods(5))
    outcome = await take(stand, lease, *goods(4))
    assert outcome.counts["missing"] == 1
    gone = (await known(stand))["s4"]
    assert (gone.missing, gone.stock) == (True, None)
    await take(stand, lease, *goods(5))
    back = (await known(stand))["s4"]
    assert (back.missing, back.stock) == (False, 5)


@pytest.mark.parametrize("confirmed", [False, True])
async def test_an_empty_read_changes_nothing_whoever_confirms_it(
    stand: Stand, lease: Lease, confirmed: bool
) -> None:
    await take(stand, lease, *goods(3))
    before = await stand.dump()
    assert (await take(stand, lease, confirmed=confirmed)).stopped is not None
    assert (await stock(stand, lease, {}, confirmed=confirmed)).stopped is not None
    assert await stand.dump() == before


async def test_a_shrunken_read_changes_nothing_until_a_person_confirms(stand: Stand, lease: Lease) -> None:
    await take(stand, lease, *goods(10))
    before = await stand.dump()
    outcome = await take(stand, lease, *goods(6))
    assert outcome.stopped is not None
    assert "from 10 to 6" in outcome.stopped.what
    assert await stand.dump() == before
    assert (await take(stand, lease, *goods(6), confirmed=True)).counts["missing"] == 4


async def test_a_stock_read_changes_stock_alone(stand: Stand, lease: Lease) -> None:
    await take(stand, lease, *goods(3))
    outcome = await stock(stand, lease, {"s0": 5, "s1": 0, "s2": 7})
    assert (outcome.counts["changed"], outcome.counts["unchanged"]) == (2, 1)
    assert {sku: row.stock for sku, row in (await known(stand)).items()} == {"s0": 5, "s1": 0, "s2": 7}


async def test_a_sku_that_the_stock_list_lacks_has_unknown_stock_not_0(stand: Stand, lease: Lease) -> None:
    await take(stand, lease, *goods(10))
    await stock(stand, lease, {f"s{number}": 5 for number in range(9)})
    assert (await known(stand))["s9"].stock is None


async def test_a_shrunken_stock_list_changes_nothing_until_a_person_confirms(
    stand: Stand, lease: Lease
) -> None:
    await take(stand, lease, *goods(10))
    before = await stand.dump()
    assert (await stock(stand, lease, {"s0": 1, "s1": 1})).stopped is not None
    assert await stand.dump() == before
    await stock(stand, lease, {"s0": 1, "s1": 1}, confirmed=True)
    assert (await known(stand))["s9"].stock is None


async def test_a_variation_parent_has_no_stock_of_its_own_to_miss(stand: Stand, lease: Lease) -> None:
    parents = [product(f"p{number}", kind=ProductKind.PARENT) for number in range(10)]
    await take(stand, lease, *parents, *goods(2))
    outcome = await stock(stand, lease, {"s0": 5, "s1": 6})
    assert outcome.stopped is None
    assert outcome.counts["changed"] == 1


async def test_skus_that_only_the_stock_list_knows_make_no_products(stand: Stand, lease: Lease) -> None:
    await take(stand, lease, *goods(1))
    await stock(stand, lease, {"s0": 5, "stranger": 3})
    assert list(await known(stand)) == ["s0"]
