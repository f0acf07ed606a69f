"""Parcels: which lines of which orders leave together, planned or gone (tiktok-shop-api §9).

A planned parcel has an id and waits to be shipped. What the platform ships is planned from the start, what
the seller ships when somebody splits an order, makes a parcel or combines several. A line that has left
knows its parcel; a planned one stands in its order's extra.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from core.sandbox.ids import PREFIXES, new_id
from core.sandbox.model import OrderLine, Shop, ShopOrder, World

JSON = dict[str, Any]
PLANNED: Final = "_planned"
"""Key in an order's extra: package id -> ids of the lines that are to leave in it; never on the wire."""
NOTES: Final = "_packages"
"""Key in an order's extra: package id -> its times and whatever else was said of it; never on the wire."""
SHIPPABLE: Final = frozenset({"AWAITING_SHIPMENT", "PARTIALLY_SHIPPING"})

Part = tuple[ShopOrder, list[OrderLine]]


@dataclass(frozen=True, slots=True)
class Parcel:
    """Lines of one order, or of several of one buyer, that leave together. `has_left`: with a carrier."""

    id: str
    parts: tuple[Part, ...]
    has_left: bool

    @property
    def order(self) -> ShopOrder:
        """Its order, the first of several."""
        return self.parts[0][0]

    @property
    def lines(self) -> list[OrderLine]:
        """Every line in it."""
        return [line for _, lines in self.parts for line in lines]

    @property
    def by_platform(self) -> bool:
        """Whether TikTok's carrier takes it, with TikTok's label."""
        return self.order.shipping_type == "TIKTOK"

    @property
    def status(self) -> str:
        """Its status on the wire."""
        return self.lines[0].package_status if self.has_left else "TO_FULFILL"

    @property
    def notes(self) -> JSON:
        """Its times and what else is known of it; of one that was there from the start, its order's times."""
        order = self.order
        updated = order.update_time if self.has_left else order.create_time
        default: JSON = {"create_time": order.create_time, "update_time": updated}
        found: JSON = order.extra.get(NOTES, {}).get(self.id, {})
        return default | found

    def note(self, **facts: Any) -> None:
        """Keep facts of it, on each of its orders."""
        known = self.notes | facts
        for order, _ in self.parts:
            order.extra.setdefault(NOTES, {})[self.id] = dict(known)


def parcels_of(order: ShopOrder) -> list[Parcel]:
    """The order's parcels, those that left first. Of a combined parcel only what is this order's."""
    gone: dict[str, list[OrderLine]] = {}
    for line in order.lines:
        if line.package_id:
            gone.setdefault(line.package_id, []).append(line)
    found = [Parcel(package_id, ((order, lines),), True) for package_id, lines in gone.items()]
    planned = _planned(order).items()
    return found + [Parcel(package_id, ((order, lines),), False) for package_id, lines in planned]


def parcels_in(orders: Iterable[ShopOrder]) -> Iterator[Parcel]:
    """Every parcel of these orders once, with all of its parts."""
    found: dict[str, list[Parcel]] = {}
    for order in orders:
        for parcel in parcels_of(order):
            found.setdefault(parcel.id, []).append(parcel)
    for package_id, pieces in found.items():
        parts = tuple(part for piece in pieces for part in piece.parts)
        yield Parcel(package_id, parts, pieces[0].has_left)


def find_parcel(shop: Shop, package_id: str) -> Parcel | None:
    """A parcel of the shop."""
    holders = [order for order in shop.orders.values() if _may_hold(order, package_id)]
    return next((parcel for parcel in parcels_in(holders) if parcel.id == package_id), None)


def plan(world: World, parts: Iterable[tuple[ShopOrder, list[str]]], now: int, **facts: Any) -> str:
    """A new parcel of these lines, which leave any other that they were planned for."""
    made = new_id(world, "package")
    for order, lines in parts:
        planned: dict[str, list[str]] = order.extra.setdefault(PLANNED, {})
        for package_id, others in list(planned.items()):
            planned[package_id] = [line for line in others if line not in lines]
            if not planned[package_id]:
                del planned[package_id]
        planned[made] = list(lines)
        order.extra.setdefault(NOTES, {})[made] = {"create_time": now, "update_time": now, **facts}
    return made


def shown_packages(order: ShopOrder) -> dict[str, tuple[str, str]]:
    """Line id -> (package id, package status), of every line that has a parcel."""
    return {line.id: (parcel.id, parcel.status) for parcel in parcels_of(order) for line in parcel.lines}


def _planned(order: ShopOrder) -> dict[str, list[OrderLine]]:
    if order.status not in SHIPPABLE or order.fulfillment_type != "FULFILLMENT_BY_SELLER":
        return {}
    left = {line.id: line for line in order.lines if is_open(line)}
    planned = {}
    for package_id, ids in order.extra.get(PLANNED, {}).items():
        lines = [left.pop(line_id) for line_id in ids if line_id in left]
        if lines:
            planned[package_id] = lines
    if left and order.shipping_type == "TIKTOK":
        planned[_first_id(order)] = list(left.values())
    return planned


def is_open(line: OrderLine) -> bool:
    """Whether a line waits to be shipped."""
    return not line.package_id and line.display_status != "CANCELLED"


def _first_id(order: ShopOrder) -> str:
    """The parcel that the platform plans by itself; no other has its id, for ids count through all kinds."""
    return f"{PREFIXES['package']}{order.id[-15:]}"


def _may_hold(order: ShopOrder, package_id: str) -> bool:
    return (
        package_id in order.extra.get(PLANNED, ())
        or package_id == _first_id(order)
        or any(line.package_id == package_id for line in order.lines)
    )
