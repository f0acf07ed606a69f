"""Handing orders to whoever ships them, and finding them again: the port in front of Avasam's order calls."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.models.part import PartItem, Sighting
from core.rules.address import Delivery


@dataclass(frozen=True, slots=True)
class DeskOrder:
    """What is asked for. `reference` is ours, and all that finds the order again."""

    reference: str
    supplier_key: str
    service: str
    items: Sequence[PartItem]
    deliver_to: Delivery
    notes: str = ""


class OrderDeclined(Exception):
    """The desk read the order and said no; `said` are its words. Nothing was made of it."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


class OutcomeUnclear(Exception):
    """The order may have been taken or not: look before it is repeated. `why` says what came instead."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class OrderDesk(Protocol):
    """Avasam's order calls. Reads are repeated after passing failures, a create never is."""

    async def create(self, order: DeskOrder) -> None:
        """Hand an order over; returning means that it was taken.

        Raises OrderDeclined, OutcomeUnclear, or InventoryRefused when this program is not let in at all.
        """
        ...

    def orders(self, *, since: datetime, until: datetime) -> AsyncIterator[Sequence[Sighting]]:
        """Every order made within [since, until], page by page: all of them, or an InventoryError."""
        ...
