"""Download what changed since the last good sync, decide about each order, forget what is overdue."""

from collections import Counter
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Final

from core import tables
from core.channel.port import Fulfilment, Unreadable
from core.models.integration import SyncState
from core.models.order import Order, OrderKind
from core.rules import purge
from core.store import Transaction, Where
from core.sync.ahead import one_ahead
from core.sync.context import Outcome, SyncContext
from core.sync.offered import offer_again
from core.sync.order_merge import Merged, merge_order, tombstone
from core.sync.problems import note_problem, solve_problem
from core.wording import count_of

UNREADABLE: Final = "orders-unreadable"


async def sync_orders(
    ctx: SyncContext, state: SyncState, shop: Fulfilment | None = None
) -> tuple[Outcome, datetime | None]:
    """What happened, and the new watermark: everything updated before it has been read.

    The window's end is fixed before the first page and the watermark moves only after the last one. Rows
    move between pages while TikTok's data changes (tiktok-shop-api §8), so windows overlap and orders are
    upserted by id. While an order cannot be read the watermark stays, so that it is asked for again.
    Through `shop` single orders are read again that were left out before one of their SKUs was mapped.
    """
    until = ctx.clock.now().replace(microsecond=0) + timedelta(seconds=1)
    counts: Counter[str] = Counter()
    unreadable: list[Unreadable] = []
    done = 0
    async with aclosing(one_ahead(ctx.channel.orders(since=_since(ctx, state), until=until))) as pages:
        async for page in pages:
            async with ctx.store.transaction(fence=ctx.lease) as tx:
                now = ctx.clock.now()
                for order in page.orders:
                    counts[await merge_order(tx, ctx.integration, order, now)] += 1
            unreadable.extend(page.unreadable)
            counts["pages"] += 1
            done += len(page.orders) + len(page.unreadable)
            await ctx.progress(done, max(done, page.total))
    if shop is not None:
        counts += await offer_again(ctx, shop)
    counts += await tidy_orders(ctx)
    await _report(ctx, unreadable)
    counts["unreadable"] = len(unreadable)
    return Outcome(dict(counts)), state.watermark if unreadable else until - timedelta(seconds=1)


def _since(ctx: SyncContext, state: SyncState) -> datetime | None:
    if state.watermark is not None:
        return state.watermark - timedelta(seconds=ctx.settings.order_overlap_seconds)
    if ctx.settings.first_sync_days is not None:
        return ctx.clock.now() - timedelta(days=ctx.settings.first_sync_days)
    return None


async def tidy_orders(ctx: SyncContext) -> Counter[str]:
    """Non-Avasam orders: adopt those of which a SKU was mapped in time, delete those 72 hours old (A44).

    A deleted one leaves a tombstone, so that the next download does not bring it back.
    """
    now = ctx.clock.now()
    foreign = (Where("kind", "eq", OrderKind.NON_AVASAM.value),)
    counts: Counter[str] = Counter()
    async with ctx.store.transaction(fence=ctx.lease) as tx:
        waiting = [
            row async for row in tx.scan(tables.ORDERS, foreign, prefix=tables.prefix(ctx.integration.id))
        ]
        for key, document in waiting:
            order = Order.from_document(document)
            mark = tombstone(ctx.integration.id, order.source, now, "purged")
            mapped = any([await _is_mapped(tx, ctx.integration.id, sku_id) for sku_id in mark.sku_ids])
            if mapped and await merge_order(tx, ctx.integration, order.source, now) is Merged.UPDATED:
                counts["adopted"] += 1
            elif purge.due(order, now):
                await tx.delete(tables.ORDERS, key)
                await tx.put(tables.TOMBSTONES, key, mark.to_document())
                counts["deleted"] += 1
    return counts


async def _report(ctx: SyncContext, unreadable: list[Unreadable]) -> None:
    async with ctx.store.transaction(fence=ctx.lease) as tx:
        if not unreadable:
            await solve_problem(tx, ctx.integration.id, UNREADABLE)
            return
        ids = ", ".join(row.id for row in unreadable[:5])
        await note_problem(
            tx,
            ctx.clock,
            ctx.integration.id,
            UNREADABLE,
            what=f"{count_of(len(unreadable), 'order')} could not be read: {ids}",
            why=f"TikTok sent them in a form that is not the promised one ({unreadable[0].why}).",
            cure="They are asked for again with every sync. Ship them from Seller Center meanwhile.",
        )


async def _is_mapped(tx: Transaction, integration_id: str, sku_id: str) -> bool:
    return await tx.get(tables.SKU_MAPPINGS, tables.key(integration_id, sku_id)) is not None
