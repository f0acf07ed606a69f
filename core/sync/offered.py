"""Orders that were left out or deleted are offered again once one of their SKUs is mapped (domain.md A44)."""

from collections import Counter
from typing import Final

from core import tables
from core.channel.port import Fulfilment
from core.models.listing import SkuMapping
from core.models.order import ChannelOrder, Tombstone
from core.portions import portions
from core.sync.context import SyncContext
from core.sync.order_merge import Merged, merge_order

_AT_ONCE: Final = 50
"""Orders a call of Order Detail (tiktok-shop-api §6)."""


async def offer_again(ctx: SyncContext, shop: Fulfilment) -> Counter[str]:
    """Read those orders anew and decide about each as if it had just come.

    They are known by their tombstones: one with a SKU that was mapped after it was left out. What is left
    out again, or gone from TikTok, is not asked for a second time because of the same mapping.
    """
    counts: Counter[str] = Counter()
    ids = [mark.order_id for mark in await _wanted(ctx)]
    for batch in portions(ids, _AT_ONCE):
        async for page in shop.order_details(batch):
            unreadable = {row.id for row in page.unreadable}
            read = {order.id: order for order in page.orders}
            counts += await _decide(ctx, read, [one for one in batch if one not in unreadable])
    return counts


async def _decide(ctx: SyncContext, read: dict[str, ChannelOrder], asked: list[str]) -> Counter[str]:
    counts: Counter[str] = Counter()
    now = ctx.clock.now()
    async with ctx.store.transaction(fence=ctx.lease) as tx:
        for order_id in asked:
            key = tables.key(ctx.integration.id, order_id)
            if order_id in read:
                merged = await merge_order(tx, ctx.integration, read[order_id], now)
                counts["offered_again"] += merged is Merged.NEW
            row = await tx.get(tables.TOMBSTONES, key)
            if row is not None:
                mark = Tombstone.from_document(row).model_copy(update={"since": now})
                await tx.put(tables.TOMBSTONES, key, mark.to_document())
    return counts


async def _wanted(ctx: SyncContext) -> list[Tombstone]:
    prefix = tables.prefix(ctx.integration.id)
    marks = [
        Tombstone.from_document(row) async for _, row in ctx.store.scan(tables.TOMBSTONES, prefix=prefix)
    ]
    mapped: dict[str, SkuMapping] = {}
    for sku_id in {sku_id for mark in marks for sku_id in mark.sku_ids}:
        row = await ctx.store.get(tables.SKU_MAPPINGS, tables.key(ctx.integration.id, sku_id))
        if row is not None:
            mapped[sku_id] = SkuMapping.from_document(row)
    return [
        mark
        for mark in marks
        if any(sku_id in mapped and mapped[sku_id].mapped_at > mark.since for sku_id in mark.sku_ids)
    ]
