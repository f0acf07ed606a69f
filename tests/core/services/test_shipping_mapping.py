"""Delivery options, Avasam's services, and the pairs between them (A45 to A47).

Acceptance lines: A46.
"""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from core import tables
from core.backend import Backend
from core.channel.port import Carrier, DeliveryOption, Logistics
from core.inventory.orders import DeskOrder, OrderDesk
from core.models.integration import Integration
from core.models.order import Order, OrderKind, OrderState
from core.models.part import PartItem
from core.rules.address import Delivery
from core.services.errors import NotAllowedNow, NotFound, ServiceError
from core.services.shipping_mapping import ShippingMappingService
from storage.vault import Vault
from tests.core.sync.desk import FakeDesk, FakeLogistics
from tests.core.sync.support import NOON, FakeInventory, MovableClock, Stand, channel_order, open_stand

HOME = Delivery("Priya", "12 Row", "Leeds", "United Kingdom", "LS99 1ZZ", "+447700900123")


class Options(FakeLogistics):
    """Two options of the seller's own, and one that TikTok runs."""

    async def delivery_options(self) -> list[DeliveryOption]:
        return [
            DeliveryOption("d1", "Standard", "SEND_BY_SELLER", ("w1",)),
            DeliveryOption("d2", "Next day", "NEXTDAY", ("w1",)),
            DeliveryOption("d3", "Shipped by TikTok", "STANDARD", ("w1",)),
        ]

    async def carriers(self, delivery_option_id: str) -> list[Carrier]:
        return [] if delivery_option_id == "d3" else [Carrier("c1", "Evri")]


class Wired(Backend):
    """A backend whose network is held in memory."""

    account: FakeDesk | None = None

    def logistics_for(self, integration: Integration) -> Logistics:
        return Options()

    def desk(self) -> OrderDesk | None:
        return self.account


@pytest.fixture
async def backend(tmp_path: Path) -> AsyncIterator[Wired]:
    stand = await open_stand(tmp_path)
    vault = Vault.open(home=tmp_path, environ={})
    opened = Wired(settings=stand.settings, store=stand.store, vault=vault, clock=stand.clock)
    yield opened
    await opened.close()


@pytest.fixture
async def one(backend: Wired) -> Integration:
    assert isinstance(backend.clock, MovableClock)
    stand = Stand(backend.store, backend.clock, backend.settings, FakeInventory())  # type: ignore[arg-type]
    return await stand.connect("one")


@pytest.fixture
def mappings(backend: Wired) -> ShippingMappingService:
    return ShippingMappingService(backend)


async def hold(backend: Wired, order_id: str, option: str, name: str) -> None:
    """An order that waits for the service of an option."""
    order = Order(
        integration_id="one",
        source=channel_order(order_id, ["mug"], delivery_option_id=option, delivery_option_name=name),
        kind=OrderKind.AVASAM,
        state=OrderState.HELD,
        downloaded_at=NOON,
    )
    async with backend.store.transaction() as tx:
        await tx.put(tables.ORDERS, tables.key("one", order_id), order.to_document())


async def test_A45_options_come_from_the_shop_with_type_carriers_and_pair(
    mappings: ShippingMappingService, one: Integration
) -> None:
    await mappings.save(one, {"d1": "Tracked 48"}, names={"d1": "Standard"})
    rows = await mappings.options(one)
    assert [(row.id, row.kind, row.service, row.ours) for row in rows] == [
        ("d2", "NEXTDAY", None, True),
        ("d3", "STANDARD", None, False),
        ("d1", "SEND_BY_SELLER", "Tracked 48", True),
    ]
    assert rows[0].carriers == [("c1", "Evri")]


async def test_the_check_names_what_lacks_a_service_and_how_many_orders_wait(
    backend: Wired, mappings: ShippingMappingService, one: Integration
) -> None:
    await mappings.save(one, {"d1": "Tracked 48"}, names={})
    await hold(backend, "1", "d2", "Next day")
    await hold(backend, "2", "d9", "Old option")
    await hold(backend, "3", "d9", "Old option")
    assert [(row.id, row.name, row.waiting, row.offered) for row in await mappings.check(one)] == [
        ("d9", "Old option", 2, False),
        ("d2", "Next day", 1, True),
    ]


async def test_A46_saving_is_all_or_nothing_and_saving_the_same_changes_nothing(
    backend: Wired, mappings: ShippingMappingService, one: Integration
) -> None:
    with pytest.raises(ServiceError, match="needs a name"):
        await mappings.save(one, {"d1": "Tracked 48", "d2": "  "}, names={})
    assert await mappings.pairs(one) == []
    assert await mappings.save(one, {"d1": "Tracked 48", "d2": "Tracked 24"}, names={}) == 2
    assert await mappings.save(one, {"d1": "Tracked 48", "d2": None, "d3": None}, names={}) == 1
    assert [(row.delivery_option_id, row.service) for row in await mappings.pairs(one)] == [
        ("d1", "Tracked 48")
    ]
    async with backend.store.transaction() as tx:
        await tx.delete(tables.INTEGRATIONS, "one")
    with pytest.raises(NotFound, match="is gone"):
        await mappings.save(one, {"d1": "X"}, names={})


async def test_the_list_of_services_is_kept_by_people_and_seeded_by_history(
    backend: Wired, mappings: ShippingMappingService, one: Integration
) -> None:
    await mappings.save(one, {"d1": "Tracked 48"}, names={})
    assert await mappings.add_service(" Economy ") == "Economy"
    assert await mappings.services() == ["Economy", "Tracked 48"]
    with pytest.raises(NotAllowedNow, match="mapping uses"):
        await mappings.remove_service("tracked 48")
    with pytest.raises(NotFound):
        await mappings.remove_service("Nothing")
    await mappings.remove_service("Economy")
    with pytest.raises(NotAllowedNow, match="No Avasam account"):
        await mappings.seed_services()
    backend.account = FakeDesk(MovableClock())
    for place, name in enumerate(("Economy", "Evri Standard")):
        items = [PartItem(sku="mug", units=1)]
        backend.account.taken.append(DeskOrder(str(place), "s", name, items, HOME))
        backend.account.made_at.append(NOON - timedelta(days=3))
    assert await mappings.seed_services() == ["Evri Standard", "Tracked 48"], "what was removed stays so"
    await mappings.add_service("Economy")
    assert "Economy" in await mappings.services()


async def test_a_carrier_is_remembered_for_the_shop(
    backend: Wired, mappings: ShippingMappingService, one: Integration
) -> None:
    chosen = await mappings.choose_carrier(one, "Hermes UK", "c1")
    assert chosen.provider_name == "Evri"
    assert await backend.store.get(tables.CARRIER_CHOICES, tables.key("one", "hermes uk")) is not None
    with pytest.raises(NotFound, match="'c9'"):
        await mappings.choose_carrier(one, "Hermes", "c9")
