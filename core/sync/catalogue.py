"""Download: what exists in the shop now. Mappings stay (A34)."""

from collections import Counter
from contextlib import aclosing
from typing import Final

from core import tables
from core.models.listing import ChannelSku
from core.portions import portions
from core.sync.ahead import one_ahead
from core.sync.context import Outcome, SyncContext
from core.sync.problems import note_problem, solve_problem
from core.sync.verify import keep_baseline
from core.wording import count_of

UNREADABLE: Final = "catalogue-unreadable"
_MARK_AT_ONCE: Final = 500


async def download_catalogue(ctx: SyncContext) -> Outcome:
    """Read every SKU of the shop. What is gone is marked as deleted, and its mapping waits for a person."""
    counts: Counter[str] = Counter()
    seen: set[str] = set()
    async with aclosing(one_ahead(ctx.channel.catalogue(until=ctx.clock.now()))) as pages:
        async for page in pages:
            async with ctx.store.transaction(fence=ctx.lease) as tx:
                for sku in page.skus:
                    key = tables.key(ctx.integration.id, sku.sku_id)
                    known = await tx.get(tables.CHANNEL_SKUS, key)
                    before = None if known is None else ChannelSku.from_document(known)
                    if before is None or _differs(before, sku):
                        if before is not None:
                            await keep_baseline(tx, key, before, sku.live_quantity)
                        await tx.put(tables.CHANNEL_SKUS, key, sku.to_document())
                        counts["new" if known is None else "changed"] += 1
                    seen.add(key)
            counts["skus"] += len(page.skus)
            counts["pages"] += 1
            counts["unreadable"] += len(page.unreadable)
            await ctx.progress(counts["skus"], None)
    if counts["unreadable"] == 0:
        counts["gone"] += await _mark_gone(ctx, seen)
    await _report(ctx, counts["unreadable"])
    return Outcome(dict(counts))


def _differs(known: ChannelSku, read: ChannelSku) -> bool:
    """Whether anything but the time of reading is new."""
    return known.model_copy(update={"read_at": read.read_at}) != read


async def _mark_gone(ctx: SyncContext, seen: set[str]) -> int:
    prefix = tables.prefix(ctx.integration.id)
    gone: list[str] = []
    async for chunk in ctx.store.columns(tables.CHANNEL_SKUS, ("deleted",), prefix=prefix):
        gone.extend(key for key, (deleted,) in chunk if key not in seen and not deleted)
    for portion in portions(gone, _MARK_AT_ONCE):
        async with ctx.store.transaction(fence=ctx.lease) as tx:
            for key in portion:
                document = await tx.get(tables.CHANNEL_SKUS, key)
                if document is not None:
                    await tx.put(tables.CHANNEL_SKUS, key, {**document, "deleted": True})
    return len(gone)


async def _report(ctx: SyncContext, unreadable: int) -> None:
    async with ctx.store.transaction(fence=ctx.lease) as tx:
        if unreadable == 0:
            await solve_problem(tx, ctx.integration.id, UNREADABLE)
            return
        await note_problem(
            tx,
            ctx.clock,
            ctx.integration.id,
            UNREADABLE,
            what=f"{count_of(unreadable, 'product')} of the shop could not be read",
            why="TikTok sent them in a form that is not the promised one.",
            cure="Download again later. Nothing was marked as deleted meanwhile.",
        )
