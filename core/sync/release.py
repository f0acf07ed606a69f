"""Looks at an order again with the mappings of today, because a person asks for it (domain.md A46, A47)."""

from datetime import datetime

from core import tables
from core.models.integration import IntegrationSettings
from core.models.order import Order, OrderEvent, OrderKind
from core.rules import purge
from core.rules.order_import import decide
from core.rules.order_state import standing
from core.store import Transaction
from core.sync.shipping import mapped_service

_AS_IMPORTED = IntegrationSettings(exclude_non_avasam=False, split_unknown=False)


async def reconsidered(tx: Transaction, order: Order, now: datetime, said: str) -> Order:
    """An order that Avasam does not have, with the SKU and shipping mappings of now and no obstacle.

    It is ready, or held for another reason; one of which no SKU is mapped any more is no Avasam order (A36).
    """
    mapped: dict[str, str] = {}
    for sku_id in {line.sku_id for line in order.source.lines}:
        row = await tx.get(tables.SKU_MAPPINGS, tables.key(order.integration_id, sku_id))
        if row is not None:
            mapped[sku_id] = str(row["avasam_sku"])
    decision = decide(order.source, mapped, _AS_IMPORTED)
    result = decision.value
    if not result.imported:
        return order
    service = await mapped_service(tx, order.integration_id, order.source)
    stands = standing(
        order.source, result, service=service, verdict=order.verdict, answer_by=order.answer_cancel_by
    )
    foreign = result.kind is OrderKind.NON_AVASAM and bool(order.source.lines)
    because = f": {stands.value.reason}" if stands.value.reason else ""
    return order.model_copy(
        update={
            "source": order.source.model_copy(update={"lines": result.lines or order.source.lines}),
            "kind": OrderKind.NON_AVASAM if foreign else order.kind,
            "purge_at": purge.deadline(order.downloaded_at) if foreign else None,
            "state": stands.value.state,
            "held_reason": stands.value.reason,
            "allocated_service": service,
            "obstacle": None,
            "timeline": (
                *order.timeline,
                OrderEvent(at=now, text=f"{said}: {stands.value.state.value}{because}"),
            ),
        }
    )
