"""Made-up orders for tests of lists and details."""

from datetime import timedelta
from decimal import Decimal

from core import tables
from core.backend import Backend
from core.models.base import Model
from core.models.order import (
    Address,
    ChannelOrder,
    Order,
    OrderEvent,
    OrderKind,
    OrderLine,
    OrderState,
)
from tests.clocks import NOON


def line(number: int = 1, sku: str = "MUG-BLU", mapped: str | None = "AV-MUG", **fields: object) -> OrderLine:
    made = OrderLine(
        line_id=f"l{number}",
        sku_id=f"id-{sku}",
        seller_sku=sku,
        title="Blue mug",
        price=Decimal("9.99"),
        currency="GBP",
        avasam_sku=mapped,
    )
    return made.model_copy(update=fields)


def order(name: str = "1001", *, shop: str = "id-My shop", **fields: object) -> Order:
    """An Avasam order held for its shipping mapping; `source__x` names a field of what TikTok says."""
    of_source = {
        key.removeprefix("source__"): value for key, value in fields.items() if key.startswith("source__")
    }
    source = ChannelOrder(
        id=name,
        status="AWAITING_SHIPMENT",
        fulfilment_type="FULFILLMENT_BY_SELLER",
        created_at=NOON - timedelta(hours=2),
        updated_at=NOON - timedelta(hours=1),
        lines=(line(1), line(2)),
        address=Address(
            name="Ann Example", line="1 Sample Road", postcode="AB1 2CD", city="Leeds", country="GB"
        ),
        delivery_option_id="d1",
        delivery_option_name="Standard",
        ship_by=NOON + timedelta(hours=30),
    ).model_copy(update=of_source)
    made = Order(
        integration_id=shop,
        source=source,
        kind=OrderKind.AVASAM,
        state=OrderState.HELD,
        held_reason="no shipping mapping for the delivery option 'Standard'",
        steps=("2 of 2 lines mapped", "imported whole"),
        downloaded_at=NOON - timedelta(hours=1),
        timeline=(OrderEvent(at=NOON - timedelta(hours=1), text="downloaded: imported whole"),),
    )
    return made.model_copy(
        update={key: value for key, value in fields.items() if not key.startswith("source__")}
    )


def foreign(name: str = "2001", *, hours: float = 1) -> Order:
    """A non-Avasam order that was downloaded so many hours ago."""
    downloaded = NOON - timedelta(hours=hours)
    return order(
        name,
        kind=OrderKind.NON_AVASAM,
        state=OrderState.NON_AVASAM,
        held_reason=None,
        downloaded_at=downloaded,
        purge_at=downloaded + timedelta(hours=72),
        source__lines=(line(1, "OWN-1", None, title="Own hat"),),
    )


def key_of(made: Order) -> str:
    return tables.key(made.integration_id, made.source.id)


async def keep(backend: Backend, *orders: Order) -> None:
    async with backend.store.transaction() as tx:
        for made in orders:
            await tx.put(tables.ORDERS, key_of(made), made.to_document())


async def put(backend: Backend, table: str, key: str, model: Model) -> None:
    async with backend.store.transaction() as tx:
        await tx.put(table, key, model.to_document())
