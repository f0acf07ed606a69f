"""A44: an order that was left out comes back once its SKU is mapped.

Acceptance lines: A51.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core import tables
from core.channel.port import Cancellation, OrdersPage, Parcel, Shipped, Unreadable
from core.models.integration import Integration, SyncKind
from core.models.listing import SkuMapping
from core.models.order import ChannelOrder, OrderKind, OrderState
from core.sync import timers
from core.sync.orders import sync_orders
from tests.core.sync.support import FakeShop, Stand, channel_order


@dataclass
class Details:
    """A `Fulfilment` that shows single orders; `asked` are the ids of every call."""

    orders: dict[str, ChannelOrder] = field(default_factory=dict)
    broken: tuple[str, ...] = ()
    asked: list[list[str]] = field(default_factory=list)

    async def order_details(self, ids: Sequence[str]) -> AsyncIterator[OrdersPage]:
        self.asked.append(list(ids))
        found = [self.orders[one] for one in ids if one in self.orders]
        yield OrdersPage(
            found, [Unreadable(one, "no lines") for one in ids if one in self.broken], len(found)
        )

    async def mark_shipped(self, order_id: str, parcel: Parcel) -> Shipped:
        raise AssertionError("nothing is shipped")

    async def update_tracking(self, package_id: str, *, tracking_number: str, carrier_id: str) -> None:
        raise AssertionError("nothing is shipped")

    async def cancellations(
        self, *, since: datetime, until: datetime
    ) -> AsyncIterator[Sequence[Cancellation]]:
        yield ()


async def sync(stand: Stand, one: Integration, details: Details) -> dict[str, int]:
    state = await timers.load(stand.store, one.id, SyncKind.ORDERS)
    outcome, _ = await sync_orders(await stand.context(one), state, details)
    return outcome.counts


async def bury(stand: Stand, one: Integration, shop: FakeShop, **changed: Any) -> Details:
    """An order for SKU `t-A` comes, stays foreign for 72 hours, and is deleted."""
    order = channel_order("o1", ["t-A"], **changed)
    shop.orders_there = [order]
    await sync(stand, one, Details())
    stand.clock.move(hours=72)
    await sync(stand, one, Details())
    shop.orders_there = []
    assert await stand.order(one, "o1") is None
    stand.clock.move(minutes=1)
    return Details({"o1": order})


async def map_now(stand: Stand, one: Integration, sku_id: str) -> None:
    row = SkuMapping(integration_id=one.id, sku_id=sku_id, avasam_sku="A", mapped_at=stand.clock.now())
    await stand.put(tables.SKU_MAPPINGS, tables.key(one.id, sku_id), row)


async def test_A44_a_deleted_order_comes_back_when_its_sku_is_mapped_later(
    stand: Stand, one: Integration, shop: FakeShop
) -> None:
    details = await bury(stand, one, shop)
    await sync(stand, one, details)
    assert details.asked == [], "nobody asks for it while its SKU is not mapped"
    await map_now(stand, one, "t-A")
    assert (await sync(stand, one, details))["offered_again"] == 1
    back = await stand.order(one, "o1")
    assert back is not None
    assert (back.kind, back.state) == (OrderKind.AVASAM, OrderState.READY)
    assert await stand.store.count(tables.TOMBSTONES) == 0


async def test_A51_it_is_asked_for_once(stand: Stand, one: Integration, shop: FakeShop) -> None:
    details = await bury(stand, one, shop)
    await map_now(stand, one, "t-A")
    await sync(stand, one, details)
    before = await stand.dump()
    await sync(stand, one, details)
    assert len(details.asked) == 1
    assert await stand.dump() == before


async def test_an_order_that_is_gone_from_tiktok_is_not_asked_for_again(
    stand: Stand, one: Integration, shop: FakeShop
) -> None:
    details = await bury(stand, one, shop)
    details.orders.clear()
    await map_now(stand, one, "t-A")
    for _ in range(2):
        await sync(stand, one, details)
        stand.clock.move(minutes=2)
    assert details.asked == [["o1"]]
    assert await stand.store.count(tables.TOMBSTONES) == 1


async def test_an_order_that_cannot_be_read_is_asked_for_again(
    stand: Stand, one: Integration, shop: FakeShop
) -> None:
    details = await bury(stand, one, shop)
    details.orders.clear()
    details.broken = ("o1",)
    await map_now(stand, one, "t-A")
    for _ in range(2):
        await sync(stand, one, details)
        stand.clock.move(minutes=2)
    assert details.asked == [["o1"], ["o1"]]


async def test_a_mixed_order_that_stays_hidden_is_asked_for_once_a_mapping(
    stand: Stand, one: Integration, shop: FakeShop
) -> None:
    hides = await stand.change(one, exclude_non_avasam=True)
    order = channel_order("o1", ["t-A", "t-B"])
    shop.orders_there = [order]
    await sync(stand, hides, Details())
    shop.orders_there = []
    stand.clock.move(minutes=1)
    details = Details({"o1": order})
    await map_now(stand, one, "t-A")
    for _ in range(2):
        assert (await sync(stand, hides, details)).get("offered_again", 0) == 0
        stand.clock.move(minutes=2)
    assert details.asked == [["o1"]]
    await map_now(stand, one, "t-B")
    assert (await sync(stand, hides, details))["offered_again"] == 1
