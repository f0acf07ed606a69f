"""An Avasam and a shop's parcels held in memory, and one run of the fulfilment over them."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from core import tables
from core.channel.errors import ChannelError, DataRefused, LostReply
from core.channel.port import Cancellation, Carrier, DeliveryOption, OrdersPage, Parcel, Shipped
from core.inventory.errors import InventoryError
from core.inventory.orders import DeskOrder, OrderDeclined, OutcomeUnclear
from core.models.integration import Integration, SyncKind
from core.models.order import Address, ChannelOrder, Order
from core.models.part import Sighting
from core.sync import timers
from core.sync.context import Outcome
from core.sync.fulfil import fulfil
from core.sync.fulfil_order import Outlets
from core.sync.orders import sync_orders
from tests.core.sync.support import FakeShop, MovableClock, Stand, channel_order, product

HOME = Address(
    name="Priya Nowak",
    phone="(+44)7700900123",
    line="12 Tanner's Row, Flat 3",
    city="Leeds",
    region="West Yorkshire",
    postcode="LS99 1ZZ",
    country="GB",
)
ALREADY_SHIPPED = DataRefused("TikTok: already shipped", area="order", code=21011006)


class Killed(BaseException):
    """What stands for kill -9: nothing catches it."""


@dataclass
class FakeDesk:
    """An Avasam that takes everything, also twice. `mishaps` say what becomes of the next calls, in turn."""

    clock: MovableClock
    taken: list[DeskOrder] = field(default_factory=list)
    made_at: list[datetime] = field(default_factory=list)
    shown: dict[str, dict[str, Any]] = field(default_factory=dict)
    mishaps: list[str | Exception | BaseException] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    divided: list[str] = field(default_factory=list)
    windows: list[tuple[datetime, datetime]] = field(default_factory=list)
    list_error: InventoryError | None = None

    async def create(self, order: DeskOrder) -> None:
        self.asked.append(order.reference)
        mishap = self.mishaps.pop(0) if self.mishaps else "ok"
        if mishap in ("ok", "lost after", "killed after"):
            self.taken.append(order)
            self.made_at.append(self.clock.now())
        if mishap in ("lost before", "lost after"):
            raise OutcomeUnclear("The connection failed.")
        if mishap in ("killed before", "killed after"):
            raise Killed
        if mishap == "declined":
            raise OrderDeclined("SKU mug does not exist.")
        if isinstance(mishap, BaseException):
            raise mishap

    async def orders(self, *, since: datetime, until: datetime) -> AsyncIterator[Sequence[Sighting]]:
        self.windows.append((since, until))
        if self.list_error is not None:
            raise self.list_error
        for number, (order, made) in enumerate(zip(self.taken, self.made_at, strict=True)):
            if since <= made <= until:
                yield self._rows(order, f"AV{number}")

    def _rows(self, order: DeskOrder, number: str) -> list[Sighting]:
        """The order as listed; of a divided one the parcel is with its child, which comes first."""
        plain = Sighting(reference=order.reference, number=number, status="CREATED", service=order.service)
        seen = plain.model_copy(update=self.shown.get(order.reference, {}))
        if order.reference not in self.divided:
            return [seen]
        return [seen.model_copy(update={"is_child": True, "number": f"{number}-1"}), plain]

    def dispatch(self, reference: str, tracking: str = "", **more: Any) -> None:
        """Avasam sends a parcel of it."""
        number = tracking or f"TRK-{reference}"
        self.shown[reference] = {
            "status": "DISPATCH",
            "tracking_number": number,
            "carrier": "Evri",
            **more,
        }

    def references(self) -> list[str]:
        return [order.reference for order in self.taken]


@dataclass
class FakeParcels:
    """The shop's parcels, over the orders of a FakeShop; `mishaps` as at the desk."""

    shop: FakeShop
    packages: list[tuple[str, Parcel]] = field(default_factory=list)
    corrected: list[tuple[str, str, str]] = field(default_factory=list)
    mishaps: list[str | Exception | BaseException] = field(default_factory=list)
    asked: int = 0
    cases: list[Cancellation] = field(default_factory=list)
    cases_error: ChannelError | None = None
    nameless: bool = False
    """Whether the answer leaves out which package was made."""

    async def order_details(self, ids: Sequence[str]) -> AsyncIterator[OrdersPage]:
        found = [one for one in self.shop.orders_there if one.id in ids]
        yield OrdersPage(found, (), len(found))

    async def mark_shipped(self, order_id: str, parcel: Parcel) -> Shipped:
        self.asked += 1
        mishap = self.mishaps.pop(0) if self.mishaps else "ok"
        place = next(i for i, one in enumerate(self.shop.orders_there) if one.id == order_id)
        order = self.shop.orders_there[place]
        if mishap in ("ok", "lost after", "killed after"):
            if any(line.tracking_number for line in order.lines if line.line_id in parcel.line_ids):
                raise ALREADY_SHIPPED
            self.packages.append((order_id, parcel))
            self.shop.orders_there[place] = shipped(order, parcel, f"pkg{len(self.packages)}")
        if mishap in ("killed before", "killed after"):
            raise Killed
        if isinstance(mishap, BaseException):
            raise mishap
        if mishap != "ok":
            raise LostReply("the connection to TikTok broke")
        return Shipped("" if self.nameless else f"pkg{len(self.packages)}", "")

    async def update_tracking(self, package_id: str, *, tracking_number: str, carrier_id: str) -> None:
        mishap = self.mishaps.pop(0) if self.mishaps else "ok"
        if isinstance(mishap, BaseException):
            raise mishap
        self.corrected.append((package_id, tracking_number, carrier_id))

    async def cancellations(
        self, *, since: datetime, until: datetime
    ) -> AsyncIterator[Sequence[Cancellation]]:
        if self.cases_error is not None:
            raise self.cases_error
        yield self.cases


@dataclass
class FakeLogistics:
    """The carriers of every option."""

    there: dict[str, str] = field(default_factory=lambda: {"c1": "Royal Mail", "c2": "Evri", "c3": "DPD UK"})

    async def delivery_options(self) -> Sequence[DeliveryOption]:
        return [DeliveryOption("d1", "Standard", "SEND_BY_SELLER", ("w1",))]

    async def carriers(self, delivery_option_id: str) -> Sequence[Carrier]:
        return [Carrier(key, name) for key, name in self.there.items()]


@dataclass
class Way:
    """The way of one integration's orders to Avasam and back."""

    stand: Stand
    integration: Integration
    shop: FakeShop
    desk: FakeDesk
    parcels: FakeParcels
    logistics: FakeLogistics = field(default_factory=FakeLogistics)

    def outlets(self) -> Outlets:
        return Outlets(self.desk, self.parcels, self.logistics)

    async def sell(self, *skus: str, supplier: str = "supplier-1") -> None:
        """Mapped SKUs with products behind them."""
        for sku in skus:
            await self.stand.map(self.integration, f"t-{sku}", sku)
            row = product(sku, 10, supplier_key=supplier)
            await self.stand.put(tables.PRODUCTS, sku, row)

    def bought(self, order_id: str, *skus: str, **more: Any) -> ChannelOrder:
        """An order in the shop, of one unit for each SKU."""
        values: dict[str, Any] = {"address": HOME, "updated_at": self.stand.clock.now(), **more}
        order = channel_order(order_id, [f"t-{sku}" for sku in skus], **values)
        self.shop.orders_there = [one for one in self.shop.orders_there if one.id != order_id]
        self.shop.orders_there.append(order)
        return order

    def change(self, order_id: str, **update: Any) -> None:
        """The shop's order becomes another."""
        place = next(i for i, one in enumerate(self.shop.orders_there) if one.id == order_id)
        update.setdefault("updated_at", self.stand.clock.now())
        self.shop.orders_there[place] = self.shop.orders_there[place].model_copy(update=update)

    async def download(self) -> None:
        state = await self.stand.state(self.integration, SyncKind.ORDERS)
        await sync_orders(await self.stand.context(self.integration), state)

    async def send(self) -> Outcome:
        """One run of the fulfilment, its timer kept."""
        ctx = await self.stand.context(self.integration)
        state = await self.stand.state(self.integration, SyncKind.FULFIL)
        outcome, watermark = await fulfil(ctx, self.outlets(), state)
        await timers.save(self.stand.store, state.model_copy(update={"watermark": watermark}), ctx.lease)
        return outcome

    async def run(self, **later: float) -> Outcome:
        """Time goes by; then orders are downloaded and go on."""
        self.stand.clock.move(**(later or {"minutes": 2}))
        await self.download()
        return await self.send()

    async def order(self, order_id: str) -> Order:
        found = await self.stand.order(self.integration, order_id)
        assert found is not None
        return found

    async def states(self) -> dict[str, str]:
        rows = [row async for _, row in self.stand.store.scan(tables.ORDERS)]
        orders = [Order.from_document(row) for row in rows]
        return {order.source.id: order.state.value for order in orders}


async def open_way(stand: Stand, one: Integration) -> Way:
    shop = stand.shops[one.id]
    return Way(stand, one, shop, FakeDesk(stand.clock), FakeParcels(shop))


def shipped(order: ChannelOrder, parcel: Parcel, package: str) -> ChannelOrder:
    lines = tuple(
        line.model_copy(
            update={
                "tracking_number": parcel.tracking_number,
                "package_id": package,
                "status": "AWAITING_COLLECTION",
            }
        )
        if line.line_id in parcel.line_ids
        else line
        for line in order.lines
    )
    whole = all(line.tracking_number for line in lines)
    return order.model_copy(
        update={
            "lines": lines,
            "status": "AWAITING_COLLECTION" if whole else "PARTIALLY_SHIPPING",
            "updated_at": order.updated_at + timedelta(seconds=1),
        }
    )
