"""What becomes of one downloaded order: kept, brought up to date, or left out for a reason."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from core import tables
from core.models.integration import Integration, IntegrationSettings
from core.models.order import ChannelOrder, Order, OrderEvent, OrderKind, Tombstone
from core.rules import purge
from core.rules.order_import import ImportResult, decide
from core.rules.order_state import Standing, standing
from core.store import Transaction
from core.sync.shipping import mapped_service

_KEEP_WHOLE = IntegrationSettings(exclude_non_avasam=False, split_unknown=False)
"""An order that was imported stays as it was imported, whatever the settings say today."""


class Merged(StrEnum):
    """What happened to an order."""

    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    EXCLUDED = "excluded"
    """Hidden by the settings."""
    IGNORED = "ignored"
    """Not ours to ship, or not paid."""
    PURGED = "purged"
    """Deleted earlier after 72 hours."""


async def merge_order(
    tx: Transaction, integration: Integration, order: ChannelOrder, now: datetime
) -> Merged:
    """Upsert by order id: doing it again changes nothing (A51)."""
    key = tables.key(integration.id, order.id)
    document = await tx.get(tables.ORDERS, key)
    if document is not None:
        return await _update(tx, key, Order.from_document(document), order, integration, now)
    mapped = await _mapped(tx, integration.id, order)
    buried = await tx.get(tables.TOMBSTONES, key)
    if buried is not None and buried["reason"] == "purged" and not mapped:
        return Merged.PURGED
    decision = decide(order, mapped, integration.settings)
    if not decision.value.imported:
        return await _leave_out(tx, key, order, integration, now)
    fresh = await _first(tx, order, decision.value, decision.steps, integration, now)
    await tx.put(tables.ORDERS, key, fresh.to_document())
    if buried is not None:
        await tx.delete(tables.TOMBSTONES, key)
    return Merged.NEW


async def _first(
    tx: Transaction,
    order: ChannelOrder,
    result: ImportResult,
    steps: tuple[str, ...],
    integration: Integration,
    now: datetime,
) -> Order:
    service = await mapped_service(tx, integration.id, order)
    stands = standing(order, result, service=service)
    return Order(
        integration_id=integration.id,
        source=order.model_copy(update={"lines": result.lines}),
        kind=result.kind,
        state=stands.value.state,
        held_reason=stands.value.reason,
        steps=(*steps, *stands.steps),
        downloaded_at=now,
        purge_at=purge.deadline(now) if result.purge else None,
        allocated_service=service,
        timeline=(OrderEvent(at=now, text=f"downloaded: {steps[-1]}"),),
    )


async def _update(
    tx: Transaction, key: str, known: Order, order: ChannelOrder, integration: Integration, now: datetime
) -> Merged:
    if order.updated_at < known.source.updated_at:
        return Merged.UNCHANGED
    if known.kind is OrderKind.NON_AVASAM and await _mapped(tx, integration.id, order):
        return await _adopt(tx, key, known, order, integration, now)
    kept = {line.line_id: line.avasam_sku for line in known.source.lines}
    ours = order.model_copy(update={"lines": tuple(line for line in order.lines if line.line_id in kept)})
    mapped = {line.sku_id: sku for line in ours.lines if (sku := kept[line.line_id]) is not None}
    decision = decide(ours, mapped, _KEEP_WHOLE)
    result = decision.value
    if not result.imported:
        # It was ours and TikTok now says otherwise (another fulfilment type): keep it, let a person look.
        result = ImportResult(imported=True, kind=known.kind, phase=result.phase, attention=decision.steps[0])
    service = known.allocated_service
    if known.given_at is None and _option(order) != _option(known.source):
        # Mappings are not retroactive (A46), but this is another delivery option than the one downloaded.
        service = await mapped_service(tx, integration.id, order)
    moved = order.address != known.source.address
    obstacle = None if moved else known.obstacle
    stands = standing(
        ours,
        result,
        service=service,
        before=Standing(known.state, known.held_reason),
        given=known.given_at is not None,
        obstacle=obstacle,
        verdict=known.verdict,
        answer_by=known.answer_cancel_by,
    )
    changed = known.model_copy(
        update={
            "source": ours.model_copy(update={"lines": result.lines or known.source.lines}),
            "state": stands.value.state,
            "held_reason": stands.value.reason,
            "allocated_service": service,
            "obstacle": obstacle,
            "timeline": (*known.timeline, *_events(known, ours, stands.value, now)),
        }
    )
    if changed == known:
        return Merged.UNCHANGED
    await tx.put(tables.ORDERS, key, changed.to_document())
    return Merged.UPDATED


async def _adopt(
    tx: Transaction, key: str, known: Order, order: ChannelOrder, integration: Integration, now: datetime
) -> Merged:
    """A SKU of a non-Avasam order was mapped in time: it becomes an Avasam order (A44).

    It was shown, so it stays shown, even if a mixed order would be hidden today.
    """
    mapped = await _mapped(tx, integration.id, order)
    shown = integration.settings.model_copy(update={"exclude_non_avasam": False})
    decision = decide(order, mapped, shown)
    if not decision.value.imported:
        return Merged.UNCHANGED
    fresh = await _first(tx, order, decision.value, decision.steps, integration, now)
    adopted = fresh.model_copy(
        update={
            "downloaded_at": known.downloaded_at,
            "timeline": (*known.timeline, OrderEvent(at=now, text="its SKU was mapped: an Avasam order now")),
        }
    )
    await tx.put(tables.ORDERS, key, adopted.to_document())
    return Merged.UPDATED


async def _leave_out(
    tx: Transaction,
    key: str,
    order: ChannelOrder,
    integration: Integration,
    now: datetime,
) -> Merged:
    if not decide(order, {}, _KEEP_WHOLE).value.imported:
        return Merged.IGNORED
    if await tx.get(tables.TOMBSTONES, key) is None:
        await tx.put(tables.TOMBSTONES, key, tombstone(integration.id, order, now, "excluded").to_document())
    return Merged.EXCLUDED


def tombstone(integration_id: str, order: ChannelOrder, now: datetime, reason: str) -> Tombstone:
    """What is remembered of an order that is not kept: its id and its SKUs, no personal data."""
    return Tombstone(
        integration_id=integration_id,
        order_id=order.id,
        sku_ids=tuple(sorted({line.sku_id for line in order.lines})),
        since=now,
        reason=reason,
    )


async def _mapped(tx: Transaction, integration_id: str, order: ChannelOrder) -> Mapping[str, str]:
    """Channel SKU id -> Avasam SKU, for the SKUs of this order that are mapped."""
    mapped: dict[str, str] = {}
    for sku_id in {line.sku_id for line in order.lines}:
        row = await tx.get(tables.SKU_MAPPINGS, tables.key(integration_id, sku_id))
        if row is not None:
            mapped[sku_id] = str(row["avasam_sku"])
    return mapped


def _option(order: ChannelOrder) -> tuple[str, str]:
    return order.delivery_option_id, order.delivery_option_name


def _events(known: Order, order: ChannelOrder, stands: Standing, now: datetime) -> tuple[OrderEvent, ...]:
    events: list[OrderEvent] = []
    if order.status != known.source.status:
        events.append(OrderEvent(at=now, text=f"TikTok: {known.source.status} -> {order.status}"))
    if stands.state is not known.state:
        because = f": {stands.reason}" if stands.reason else ""
        events.append(OrderEvent(at=now, text=f"{known.state.value} -> {stands.state.value}{because}"))
    return tuple(events)
