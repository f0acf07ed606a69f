"""A shop and an inventory held in memory, and what a test of the sync needs around a real store."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from core import tables
from core.channel.errors import ChannelError
from core.channel.port import CataloguePage, LiveStock, OrdersPage, Refusals, Unreadable, Warehouse
from core.inventory.errors import InventoryError
from core.inventory.port import ProductRead, StockRead
from core.models.base import Model, Money
from core.models.integration import Integration, IntegrationSettings, Shop, SyncKind, SyncState
from core.models.job import Problem
from core.models.listing import ChannelSku, ListingSync, ShippingMapping, SkuMapping
from core.models.order import ChannelOrder, Order, OrderLine
from core.models.product import Product
from core.settings import Settings
from core.store import Document, Lease, StoreError
from core.sync import timers
from core.sync.context import SyncContext
from core.sync.leases import of_integration
from core.sync.runner import Sources
from storage.tinydb import TinyStore

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
TTL = timedelta(seconds=15)


class MovableClock:
    """A clock that stands still until a test moves it, or goes on by `passes` with each look."""

    def __init__(self) -> None:
        self.moment = NOON
        self.passes = timedelta(0)

    def now(self) -> datetime:
        self.moment += self.passes
        return self.moment

    def move(self, **by: float) -> None:
        self.moment += timedelta(**by)


@dataclass
class FakeShop:
    """A `Channel` over plain dictionaries; `refuse` and `fail` say what goes wrong, `calls` what came."""

    orders_there: list[ChannelOrder] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    skus: dict[str, ChannelSku] = field(default_factory=dict)
    stock: dict[str, dict[str, int]] = field(default_factory=dict)
    committed: dict[str, int] = field(default_factory=dict)
    prices: dict[str, Money] = field(default_factory=dict)
    places: list[Warehouse] = field(default_factory=list)
    refuse: dict[str, ChannelError] = field(default_factory=dict)
    fail: dict[str, ChannelError | StoreError] = field(default_factory=dict)
    calls: list[tuple[str, Any]] = field(default_factory=list)
    page: int = 2

    async def orders(self, *, since: datetime | None, until: datetime) -> AsyncIterator[OrdersPage]:
        self.calls.append(("orders", (since, until)))
        found = sorted(
            (
                one
                for one in self.orders_there
                if (since is None or since <= one.updated_at) and one.updated_at < until
            ),
            key=lambda one: one.updated_at,
        )
        for number, start in enumerate(range(0, max(len(found), 1), self.page)):
            self._perhaps_fail("orders", f"orders page {number}")
            chunk = found[start : start + self.page]
            yield OrdersPage(chunk, self.unreadable if number == 0 else (), len(found))

    async def catalogue(self, *, until: datetime) -> AsyncIterator[CataloguePage]:
        self._perhaps_fail("catalogue")
        skus = [
            sku.model_copy(update={"quantities": self.stock.get(key, sku.quantities)})
            for key, sku in self.skus.items()
        ]
        for start in range(0, max(len(skus), 1), self.page):
            chunk = skus[start : start + self.page]
            yield CataloguePage(chunk, self.unreadable if start == 0 else (), len(skus))

    async def live_stock(self, sku_ids: Sequence[str]) -> AsyncIterator[Sequence[LiveStock]]:
        self._perhaps_fail("live_stock")
        yield [
            LiveStock(f"p-{sku_id}", sku_id, dict(self.stock[sku_id]), self.committed.get(sku_id, 0))
            for sku_id in sku_ids
            if sku_id in self.stock
        ]

    async def warehouses(self) -> Sequence[Warehouse]:
        return self.places

    async def push_stock(self, product_id: str, quantities: Mapping[str, Mapping[str, int]]) -> Refusals:
        self.calls.append(("stock", {sku: dict(units) for sku, units in quantities.items()}))
        self._perhaps_fail("push_stock", product_id)
        refused = {sku: self.refuse[sku] for sku in quantities if sku in self.refuse}
        self.stock.update({sku: dict(units) for sku, units in quantities.items() if sku not in refused})
        return refused

    async def push_prices(self, product_id: str, prices: Mapping[str, Money]) -> Refusals:
        self.calls.append(("price", dict(prices)))
        self._perhaps_fail("push_prices", product_id)
        refused = {sku: self.refuse[sku] for sku in prices if sku in self.refuse}
        self.prices.update({sku: price for sku, price in prices.items() if sku not in refused})
        return refused

    def pushed(self, kind: str = "stock") -> list[Any]:
        """What was pushed, call by call."""
        return [what for name, what in self.calls if name == kind]

    def _perhaps_fail(self, *names: str) -> None:
        for name in names:
            if name in self.fail:
                raise self.fail[name]


@dataclass
class FakeInventory:
    """An `Inventory` of the products given; `error` is raised instead while it is set."""

    products: list[Product] = field(default_factory=list)
    error: InventoryError | None = None
    reads: list[str] = field(default_factory=list)

    async def read_products(self) -> ProductRead:
        self._read("products")
        return ProductRead(tuple(self.products))

    async def read_stock(self) -> StockRead:
        self._read("stock")
        return StockRead({one.sku: one.stock for one in self.products if one.stock is not None})

    def set_stock(self, **units: int | None) -> None:
        """New stock by SKU; None makes it unknown."""
        self.products = [
            one.model_copy(update={"stock": units[one.sku]}) if one.sku in units else one
            for one in self.products
        ]

    def _read(self, what: str) -> None:
        self.reads.append(what)
        if self.error is not None:
            raise self.error


@dataclass
class Stand:
    """One real store, one frozen clock, one shop per integration."""

    store: TinyStore
    clock: MovableClock
    settings: Settings
    inventory: FakeInventory
    shops: dict[str, FakeShop] = field(default_factory=dict)

    def sources(self) -> Sources:
        return Sources(
            store=self.store,
            clock=self.clock,
            settings=self.settings,
            channel_for=lambda integration: self.shops[integration.id],
            inventory=self.inventory,
        )

    async def connect(self, name: str = "one", **settings: Any) -> Integration:
        """An integration with an empty shop behind it."""
        integration = Integration(
            id=name,
            name=name,
            shop=Shop(id=f"shop-{name}", name=name, region="GB", cipher=f"cipher-{name}"),
            authorisation_id=f"auth-{name}",
            settings=IntegrationSettings(**settings),
            created_at=NOON,
        )
        self.shops[name] = FakeShop()
        await self.put(tables.INTEGRATIONS, name, integration)
        return integration

    async def change(self, integration: Integration, **update: Any) -> Integration:
        """The same integration with other fields; a key of IntegrationSettings changes the settings."""
        known = IntegrationSettings.model_fields.keys()
        settings = integration.settings.model_copy(update={k: v for k, v in update.items() if k in known})
        fields = {k: v for k, v in update.items() if k not in known}
        changed = integration.model_copy(update={"settings": settings, **fields})
        await self.put(tables.INTEGRATIONS, changed.id, changed)
        return changed

    async def sell(
        self, integration: Integration, sku: str, *, live: int = 0, price: str | None = None
    ) -> str:
        """A channel SKU of its own product, mapped to the Avasam SKU of that name; its id."""
        sku_id = f"t-{sku}"
        shop = self.shops[integration.id]
        shop.stock[sku_id] = {"w1": live}
        shop.skus[sku_id] = channel_sku(integration, sku_id, {"w1": live}, price)
        await self.put(tables.CHANNEL_SKUS, tables.key(integration.id, sku_id), shop.skus[sku_id])
        await self.map(integration, sku_id, sku)
        return sku_id

    async def map(self, integration: Integration, sku_id: str, avasam_sku: str) -> None:
        row = SkuMapping(integration_id=integration.id, sku_id=sku_id, avasam_sku=avasam_sku, mapped_at=NOON)
        await self.put(tables.SKU_MAPPINGS, tables.key(integration.id, sku_id), row)

    async def ship_by(self, integration: Integration, option: str, service: str, *, name: str = "") -> None:
        row = ShippingMapping(
            integration_id=integration.id,
            delivery_option_id=option,
            delivery_option_name=name,
            service=service,
            mapped_at=NOON,
        )
        await self.put(tables.SHIPPING_MAPPINGS, tables.key(integration.id, option), row)

    async def stock_up(self, **units: int | None) -> None:
        """Products of the inventory, as the last read left them."""
        self.inventory.products = [product(sku, stock) for sku, stock in units.items()]
        for one in self.inventory.products:
            await self.put(tables.PRODUCTS, one.sku, one)

    async def put(self, table: str, key: str, row: Model) -> None:
        async with self.store.transaction() as tx:
            await tx.put(table, key, row.to_document())

    async def delete(self, table: str, key: str) -> None:
        async with self.store.transaction() as tx:
            await tx.delete(table, key)

    async def lease(self, integration: Integration, owner: str = "me") -> Lease:
        lease = await self.store.lease(of_integration(integration.id), owner=owner, ttl=TTL)
        assert lease is not None
        return lease

    async def context(self, integration: Integration, *, confirmed: bool = False) -> SyncContext:
        return SyncContext(
            store=self.store,
            clock=self.clock,
            channel=self.shops[integration.id],
            integration=integration,
            lease=await self.lease(integration),
            settings=self.settings,
            confirmed=confirmed,
        )

    async def order(self, integration: Integration, order_id: str) -> Order | None:
        row = await self.store.get(tables.ORDERS, tables.key(integration.id, order_id))
        return None if row is None else Order.from_document(row)

    async def pushes(self, integration: Integration, sku_id: str) -> ListingSync:
        row = await self.store.get(tables.LISTING_SYNCS, tables.key(integration.id, sku_id))
        assert row is not None, f"nothing is known of pushes to {sku_id}"
        return ListingSync.from_document(row)

    async def problems(self) -> dict[str, Problem]:
        return {key: Problem.from_document(row) async for key, row in self.store.scan(tables.PROBLEMS)}

    async def state(self, integration: Integration | None, kind: SyncKind) -> SyncState:
        return await timers.load(self.store, None if integration is None else integration.id, kind)

    async def dump(self, *besides: str) -> dict[str, dict[str, Document]]:
        """Every table but those named, the timers and the leases."""
        names = {
            value
            for name, value in vars(tables).items()
            if name.isupper() and isinstance(value, str) and value != tables.EVERYWHERE
        }
        return {
            name: {key: row async for key, row in self.store.scan(name)}
            for name in sorted(names - {tables.SYNC_STATES, *besides})
        }


async def open_stand(home: Path, **settings: Any) -> Stand:
    clock = MovableClock()
    store = await TinyStore.open(home / "store", clock=clock)
    return Stand(store, clock, Settings(home=home, **settings), FakeInventory())


def product(sku: str, stock: int | None = None, price: str | None = None, **more: Any) -> Product:
    own = None if price is None else Decimal(price)
    return Product(sku=sku, title=f"Product {sku}", stock=stock, selling_price=own, **more)


def channel_sku(
    integration: Integration, sku_id: str, quantities: dict[str, int], price: str | None = None, **more: Any
) -> ChannelSku:
    return ChannelSku(
        **{
            "integration_id": integration.id,
            "product_id": f"p-{sku_id}",
            "sku_id": sku_id,
            "seller_sku": sku_id.removeprefix("t-"),
            "title": sku_id,
            "status": "ACTIVATE",
            "currency": "GBP",
            "live_price": None if price is None else Decimal(price),
            "quantities": quantities,
            "read_at": NOON,
            **more,
        }
    )


def channel_order(order_id: str, skus: Iterable[str], **more: Any) -> ChannelOrder:
    """An order of one unit per entry of `skus`, awaiting shipment unless `more` says otherwise."""
    lines = tuple(
        OrderLine(
            line_id=f"{order_id}-{number}", sku_id=sku, seller_sku=sku, title=sku, status="AWAITING_SHIPMENT"
        )
        for number, sku in enumerate(skus)
    )
    return ChannelOrder(
        **{
            "id": order_id,
            "status": "AWAITING_SHIPMENT",
            "fulfilment_type": "FULFILLMENT_BY_SELLER",
            "created_at": NOON,
            "updated_at": NOON,
            "lines": lines,
            "delivery_option_id": "d1",
            "delivery_option_name": "Standard",
            **more,
        }
    )
