"""What sync and services ask of a sales channel, in our words. TikTok Shop is the one channel so far."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.channel.errors import ChannelError
from core.models.base import Money
from core.models.integration import Shop
from core.models.listing import ChannelSku
from core.models.order import ChannelOrder


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A row of a reply that could not be read: its id as far as it is known, and why."""

    id: str
    why: str


@dataclass(frozen=True, slots=True)
class OrdersPage:
    """One page of orders. `total` is what the channel says there is in all."""

    orders: Sequence[ChannelOrder]
    unreadable: Sequence[Unreadable]
    total: int


@dataclass(frozen=True, slots=True)
class CataloguePage:
    """One page of the shop's SKUs."""

    skus: Sequence[ChannelSku]
    unreadable: Sequence[Unreadable]
    total: int


@dataclass(frozen=True, slots=True)
class LiveStock:
    """What the shop has of one SKU now, per warehouse id."""

    product_id: str
    sku_id: str
    quantities: Mapping[str, int]
    committed: int
    """Units that orders hold; they are no longer in `quantities`."""


@dataclass(frozen=True, slots=True)
class Warehouse:
    """A warehouse of the shop. Names are not unique; only sales warehouses carry stock."""

    id: str
    name: str
    is_sales: bool
    is_enabled: bool
    is_default: bool


@dataclass(frozen=True, slots=True)
class Parcel:
    """What was handed to a carrier: its tracking number, the carrier's id at the channel, its line items."""

    tracking_number: str
    carrier_id: str
    line_ids: Sequence[str]


@dataclass(frozen=True, slots=True)
class Shipped:
    """The package that the channel made of a parcel, and what it wants to be known."""

    package_id: str
    warning: str


@dataclass(frozen=True, slots=True)
class Cancellation:
    """A cancellation or the request for one; `kind`, `status` and `by` are the channel's own words."""

    id: str
    order_id: str
    kind: str
    status: str
    by: str
    reason: str
    created_at: datetime | None
    updated_at: datetime | None
    line_ids: Sequence[str]
    respond_by: datetime | None = None
    """Until when the seller must answer; None when nothing is to be answered."""


@dataclass(frozen=True, slots=True)
class DeliveryOption:
    """A way to deliver that buyers choose from, and the warehouses that offer it."""

    id: str
    name: str
    kind: str
    warehouse_ids: Sequence[str]


@dataclass(frozen=True, slots=True)
class Carrier:
    """A carrier that may bring parcels of a delivery option."""

    id: str
    name: str


Refusals = Mapping[str, ChannelError]
"""SKU id -> why the channel refused it; SKUs that are not in it were accepted."""


class Channel(Protocol):
    """One connected shop. Every method raises a ChannelError that tells what to do."""

    def orders(self, *, since: datetime | None, until: datetime) -> AsyncIterator[OrdersPage]:
        """Orders updated in [since, until), oldest update first; `since` None means from the beginning."""
        ...

    def catalogue(self, *, until: datetime) -> AsyncIterator[CataloguePage]:
        """Every SKU of every product that exists, created up to `until`."""
        ...

    def live_stock(self, sku_ids: Sequence[str]) -> AsyncIterator[Sequence[LiveStock]]:
        """What the shop has of these SKUs now; SKUs that are gone are missing from the answer."""
        ...

    async def warehouses(self) -> Sequence[Warehouse]:
        """All warehouses of the shop."""
        ...

    async def push_stock(self, product_id: str, quantities: Mapping[str, Mapping[str, int]]) -> Refusals:
        """Set absolute quantities of one product: SKU id -> warehouse id -> quantity (all warehouses)."""
        ...

    async def push_prices(self, product_id: str, prices: Mapping[str, Money]) -> Refusals:
        """Set prices of one product: SKU id -> price."""
        ...


class Fulfilment(Protocol):
    """Following single orders, and telling the channel that they left."""

    def order_details(self, ids: Sequence[str]) -> AsyncIterator[OrdersPage]:
        """These orders as they are now; orders that are gone are missing from the answer."""
        ...

    async def mark_shipped(self, order_id: str, parcel: Parcel) -> Shipped:
        """Hand over a parcel. Never repeated: after a LostReply the order's packages tell what happened."""
        ...

    async def update_tracking(self, package_id: str, *, tracking_number: str, carrier_id: str) -> None:
        """Correct a package's tracking; the channel allows it for a while after shipping."""
        ...

    def cancellations(self, *, since: datetime, until: datetime) -> AsyncIterator[Sequence[Cancellation]]:
        """Cancellations and requests for one, updated in [since, until), oldest update first."""
        ...


class Logistics(Protocol):
    """What the shop offers its buyers for delivery."""

    async def delivery_options(self) -> Sequence[DeliveryOption]:
        """Every option of every sales warehouse, each once."""
        ...

    async def carriers(self, delivery_option_id: str) -> Sequence[Carrier]:
        """The carriers of an option; none where the channel itself delivers."""
        ...


class Authoriser(Protocol):
    """The shops behind an authorisation, before any integration exists."""

    async def shops(self) -> Sequence[Shop]:
        """Every shop that the consent covers."""
        ...
