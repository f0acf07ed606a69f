"""Gives orders to Avasam: the intent is stored first, and nothing is asked twice that may have been taken.

Avasam knows no idempotency (avasam-api §1.6). An order is asked for only when its references are not among
Avasam's orders, and again only when the last asking is so long ago that its effect would be seen by now.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from core import tables
from core.inventory.errors import InventoryRefused
from core.inventory.orders import DeskOrder, OrderDeclined, OrderDesk, OutcomeUnclear
from core.models.integration import Integration
from core.models.order import Order, OrderState
from core.models.part import OrderPart, PartState
from core.models.product import Product
from core.portions import portions
from core.rules.address import Delivery, deliver_to
from core.rules.dispatch import follow, plan_parts, sendable
from core.rules.order_state import Standing
from core.store import Transaction
from core.sync.context import SyncContext
from core.sync.fulfil_look import Seen
from core.sync.fulfil_order import (
    AT_ONCE,
    UNCLEAR_IN_A_ROW,
    Change,
    change_all,
    load,
    part_of,
    replaced,
    save,
    stands,
    with_parts,
)

_log = structlog.get_logger(__name__)

Answer = InventoryRefused | OrderDeclined | OutcomeUnclear | None
"""What came of asking: None means that Avasam took it."""


@dataclass(frozen=True, slots=True)
class _Ask:
    """One call that is about to be made; its intent is stored."""

    order: Order
    part: OrderPart
    deliver_to: Delivery


async def send(ctx: SyncContext, desk: OrderDesk, orders: Sequence[Order], seen: Seen) -> Counter[str]:
    """Ask Avasam for every order that is ready, and again for those that it clearly does not have.

    Raises InventoryRefused when Avasam does not let this program in; what was asked is looked up later.
    """
    counts: Counter[str] = Counter()
    todo = [order for order in orders if order.state in (OrderState.READY, OrderState.SENDING)]
    unclear = done = 0
    for portion in portions(todo, AT_ONCE):
        asks = await _begin(ctx, portion, seen, counts)
        answers = await asyncio.gather(*(_ask(ctx, desk, ask) for ask in asks))
        counts += await _conclude(ctx, list(zip(asks, answers, strict=True)))
        shut_out = next((answer for answer in answers if isinstance(answer, InventoryRefused)), None)
        if shut_out is not None:
            raise shut_out
        for answer in answers:
            unclear = unclear + 1 if isinstance(answer, OutcomeUnclear) else 0
        done += len(asks)
        if asks:
            await ctx.progress(done, len(todo))
        if unclear >= UNCLEAR_IN_A_ROW:
            break
    return counts


async def _begin(ctx: SyncContext, orders: Sequence[Order], seen: Seen, counts: Counter[str]) -> list[_Ask]:
    """Store what is about to be asked, in one commit; calls follow only for what stands in it."""
    asks: list[_Ask] = []
    async with ctx.store.transaction(fence=ctx.lease) as tx:
        if not await _may_act(tx, ctx.integration):
            return []
        now = ctx.clock.now()
        for known in orders:
            before = await load(tx, known)
            if before is None or before.state not in (OrderState.READY, OrderState.SENDING):
                continue
            order, delivery = await _prepared(tx, before, seen, now)
            if delivery is not None:
                order, parts = _intended(ctx, order, seen, now)
                asks += [_Ask(order, part, delivery) for part in parts]
            if order != before:
                await save(tx, order)
                counts["held"] += order.state is OrderState.HELD
                counts["taken"] += sum(part.state is PartState.TAKEN for part in order.parts) - sum(
                    part.state is PartState.TAKEN for part in before.parts
                )
    return asks


async def _may_act(tx: Transaction, integration: Integration) -> bool:
    """Whether the integration is there and enabled still (A11)."""
    document = await tx.get(tables.INTEGRATIONS, integration.id)
    return document is not None and Integration.from_document(document).enabled


async def _prepared(
    tx: Transaction, order: Order, seen: Seen, now: datetime
) -> tuple[Order, Delivery | None]:
    """The order with its parts planned, and where it goes; or held, and nowhere."""
    delivery = deliver_to(order.source.address)
    if delivery.value is None:
        return _held(order, delivery.steps[-1], now), None
    if order.allocated_service is None:
        return _held(order, "no shipping mapping for its delivery option", now), None
    if any(part.state in (PartState.SENDING, PartState.TAKEN) for part in order.parts):
        return order, delivery.value
    if not seen.covers(order.source.created_at):
        # It became ready after Avasam's orders were read: the next run knows whether it was sent before.
        return order, None
    if not sendable(order.source):
        return _held(order, "none of its lines is left to be shipped", now), None
    keys: dict[str, str] = {}
    for line in sendable(order.source):
        mapping = tables.key(order.integration_id, line.sku_id)
        if await tx.get(tables.SKU_MAPPINGS, mapping) is None:
            why = (
                f"{line.seller_sku or line.sku_id} was unlinked meanwhile: release it to send what is mapped"
            )
            return _held(order, why, now), None
        document = await tx.get(tables.PRODUCTS, line.avasam_sku or "")
        key = "" if document is None else Product.from_document(document).supplier_key
        if not key:
            why = f"the inventory does not tell the supplier's key (authkey) of {line.avasam_sku}"
            return _held(order, why, now), None
        keys[line.avasam_sku or ""] = key
    return order.model_copy(update={"parts": plan_parts(order.source, keys)}), delivery.value


def _held(order: Order, why: str, now: datetime) -> Order:
    if order.given_at is not None:
        return order
    held = order.model_copy(update={"obstacle": why, "parts": ()})
    return stands(held, Standing(OrderState.HELD, why), now)


def _intended(ctx: SyncContext, order: Order, seen: Seen, now: datetime) -> tuple[Order, list[OrderPart]]:
    """The order as it is stored before the calls, and the parts to call for."""
    settled_before = seen.began - timedelta(seconds=ctx.settings.resend_after_seconds)
    parts: list[OrderPart] = []
    asked: list[OrderPart] = []
    said: list[str] = []
    for part in order.parts:
        found = seen.of(part.reference)
        again = (
            part.state is PartState.SENDING
            and part.last_tried_at is not None
            and part.last_tried_at <= settled_before
            and not order.source.cancel_requested
        )
        if found:
            parts.append(follow(part, found))
            if part.state is not PartState.TAKEN:
                said.append(f"Avasam has {part.reference} already: not sent again")
        elif part.state is PartState.PLANNED or again:
            asking = part.model_copy(
                update={
                    "state": PartState.SENDING,
                    "unclear": False,
                    "attempts": part.attempts + 1,
                    "first_tried_at": part.first_tried_at or now,
                    "last_tried_at": now,
                }
            )
            parts.append(asking)
            asked.append(asking)
            said.append(f"asking Avasam for {part.reference}, attempt {asking.attempts}")
        else:
            parts.append(part)
    given = order.model_copy(update={"given_at": order.given_at or now})
    return with_parts(given, parts, now, *said), asked


async def _ask(ctx: SyncContext, desk: OrderDesk, ask: _Ask) -> Answer:
    """One call. It ends well before anybody may take its silence for no."""
    wanted = DeskOrder(
        reference=ask.part.reference,
        supplier_key=ask.part.supplier_key,
        service=ask.order.allocated_service or "",
        items=ask.part.items,
        deliver_to=ask.deliver_to,
        notes=ask.order.source.buyer_message,
    )
    patience = ctx.settings.resend_after_seconds / 2
    begun = ask.part.last_tried_at
    if begun is None or ctx.clock.now() - begun > timedelta(seconds=patience):
        return OutcomeUnclear("this program was stopped before it asked")
    try:
        async with asyncio.timeout(patience):
            await desk.create(wanted)
    except (InventoryRefused, OrderDeclined, OutcomeUnclear) as error:
        return error
    except TimeoutError:
        return OutcomeUnclear("no answer came in time")
    return None


async def _conclude(ctx: SyncContext, answers: Sequence[tuple[_Ask, Answer]]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for _, answer in answers:
        refused = isinstance(answer, OrderDeclined)
        counts["taken" if answer is None else "refused" if refused else "unclear"] += 1
    await change_all(ctx, [(ask.order, _concluded(ask.part.reference, answer)) for ask, answer in answers])
    return counts


def _concluded(reference: str, answer: Answer) -> Change:
    def change(order: Order, now: datetime) -> Order:
        part = part_of(order, reference)
        if answer is None:
            taken = part.model_copy(update={"state": PartState.TAKEN})
            return with_parts(order, replaced(order.parts, taken), now, f"Avasam took {reference}")
        if isinstance(answer, OrderDeclined):
            refused = part.model_copy(update={"state": PartState.REFUSED, "refusal": answer.said})
            return _refused(order, replaced(order.parts, refused), answer.said, now)
        _log.warning("no clear answer from Avasam", reference=reference, why=answer.why)
        unclear = part.model_copy(update={"unclear": True})
        told = f"{reference}: no clear answer: {answer.why}"
        return with_parts(order, replaced(order.parts, unclear), now, told)

    return change


def _refused(order: Order, parts: tuple[OrderPart, ...], said: str, now: datetime) -> Order:
    """Held with Avasam's words when it took nothing of the order; else a person has to look."""
    told = f"Avasam refuses it: {said}"
    if any(part.state is not PartState.REFUSED for part in parts):
        return with_parts(order, parts, now, told)
    free = order.model_copy(update={"parts": (), "given_at": None, "obstacle": told})
    return stands(free, Standing(OrderState.HELD, told), now)
