"""Reads back what the shop really shows, so that the next stock sync corrects what differs."""

from collections import Counter
from collections.abc import Sequence

from core import tables
from core.channel.port import LiveStock
from core.models.listing import ChannelSku, ListingSync
from core.store import Transaction
from core.sync.context import Outcome, SyncContext


async def verify_stock(ctx: SyncContext) -> Outcome:
    """Read live quantities of all mapped SKUs back; where the shop differs, the next stock sync corrects it.

    Units that open orders hold explain a lower live quantity: they are no drift, and pushing the full
    quantity again before Avasam has taken the order would sell them twice.
    """
    counts: Counter[str] = Counter()
    ids = await _mapped_ids(ctx)
    async for batch in ctx.channel.live_stock(ids):
        counts["checked"] += len(batch)
        counts["drifted"] += await _compare(ctx, batch)
        await ctx.progress(counts["checked"], len(ids))
    return Outcome(dict(counts))


async def look_up_unknown(ctx: SyncContext) -> None:
    """Mapped SKUs that no download has brought yet: ask the shop for their product and warehouses."""
    prefix = tables.prefix(ctx.integration.id)
    known: set[str] = set()
    async for chunk in ctx.store.columns(tables.CHANNEL_SKUS, ("sku_id",), prefix=prefix):
        known.update(key for key, _ in chunk)
    missing = [
        sku_id for sku_id in await _mapped_ids(ctx) if tables.key(ctx.integration.id, sku_id) not in known
    ]
    if missing:
        async for batch in ctx.channel.live_stock(missing):
            await _compare(ctx, batch)


async def keep_baseline(tx: Transaction, key: str, known: ChannelSku, quantity: int) -> None:
    """Before a lower live quantity replaces the known one: keep that as confirmed if nothing was pushed yet.

    A mapped SKU that already showed what was wanted was never pushed. Without this, the units that an order
    has just taken would look like a difference to be made up for.
    """
    if known.deleted or quantity >= known.live_quantity or await tx.get(tables.SKU_MAPPINGS, key) is None:
        return
    row = await tx.get(tables.LISTING_SYNCS, key)
    state = (
        ListingSync(integration_id=known.integration_id, sku_id=known.sku_id)
        if row is None
        else ListingSync.from_document(row)
    )
    if state.stock.value is None:
        record = {"value": str(known.live_quantity), "confirmed_at": known.read_at}
        kept = state.model_copy(update={"stock": state.stock.model_copy(update=record)})
        await tx.put(tables.LISTING_SYNCS, key, kept.to_document())


async def _compare(ctx: SyncContext, batch: Sequence[LiveStock]) -> int:
    drifted = 0
    now = ctx.clock.now()
    async with ctx.store.transaction(fence=ctx.lease) as tx:
        for live in batch:
            key = tables.key(ctx.integration.id, live.sku_id)
            shown = sum(live.quantities.values())
            document = await tx.get(tables.CHANNEL_SKUS, key)
            known = None if document is None else ChannelSku.from_document(document)
            if known is None or known.quantities != live.quantities:
                if known is not None:
                    await keep_baseline(tx, key, known, shown)
                await tx.put(tables.CHANNEL_SKUS, key, _refreshed(ctx, known, live).to_document())
            row = await tx.get(tables.LISTING_SYNCS, key)
            state = None if row is None else ListingSync.from_document(row)
            if state is None or state.stock.value is None:
                continue
            if not shown <= int(state.stock.value) <= shown + live.committed:
                record = state.stock.model_copy(update={"value": str(shown), "confirmed_at": now})
                await tx.put(
                    tables.LISTING_SYNCS, key, state.model_copy(update={"stock": record}).to_document()
                )
                drifted += 1
    return drifted


def _refreshed(ctx: SyncContext, known: ChannelSku | None, live: LiveStock) -> ChannelSku:
    fields = {"quantities": dict(live.quantities), "read_at": ctx.clock.now(), "deleted": False}
    if known is not None:
        return known.model_copy(update=fields)
    return ChannelSku.model_validate(
        {"integration_id": ctx.integration.id, "product_id": live.product_id, "sku_id": live.sku_id, **fields}
    )


async def _mapped_ids(ctx: SyncContext) -> list[str]:
    prefix = tables.prefix(ctx.integration.id)
    ids: list[str] = []
    async for chunk in ctx.store.columns(tables.SKU_MAPPINGS, ("sku_id",), prefix=prefix):
        ids.extend(str(row[0]) for _, row in chunk)
    return sorted(ids)
