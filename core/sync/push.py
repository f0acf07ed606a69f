"""Stock and price: plan, ask the guard, apply, say what is wrong; and read back what the shop has."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from core import tables
from core.channel.port import LiveStock
from core.models.job import Severity
from core.models.listing import ChannelSku, ListingSync, PushState
from core.store import Where
from core.sync.apply import apply_plan
from core.sync.context import Outcome, SyncContext, guard_limits
from core.sync.plan import Aspect, Plan, Skipped, plan_prices, plan_stock
from core.sync.problems import note_problem, solve_problem

_SHOWN: Final = 3
"""How many SKUs a problem names."""

_WORDS: Final = {
    Skipped.UNKNOWN: (
        "{skus} mapped without a known {aspect}",
        "Unknown {aspect} is never pushed; the shop keeps showing the last value.",
        "Check these products in Avasam or in the inventory file.",
    ),
    Skipped.NO_PRODUCT: (
        "{skus} mapped to Avasam products that are not in the inventory",
        "The product was removed from the inventory or its SKU was changed.",
        "Correct the SKU mapping, or bring the product back.",
    ),
    Skipped.NOT_IN_SHOP: (
        "{skus} mapped that the shop has no more",
        "They were deleted on TikTok, or never downloaded.",
        "Download the shop's listings, then unlink what is gone.",
    ),
    Skipped.CURRENCY: (
        "{skus} priced in another currency than the shop's",
        "Amounts are never converted here.",
        "Give these listings a price in the shop's currency, or switch the price update off.",
    ),
    Skipped.HELD: (
        "{skus} waiting after three identical refusals of the {aspect}",
        "TikTok refused the same value three times; asking again would change nothing.",
        "See the reason with the SKU; it goes on as soon as the value changes.",
    ),
}


async def sync_stock(ctx: SyncContext) -> Outcome:
    """Push what changed (A40). Switched off, nothing is sent and that is a good sync."""
    if not ctx.integration.settings.stock_update:
        return Outcome({"switched_off": 0})
    await _resolve_unknown(ctx)
    return await _carry_out(ctx, await plan_stock(ctx.store, ctx.integration, guard_limits(ctx.settings)))


async def sync_prices(ctx: SyncContext) -> Outcome:
    """Push what changed (A41)."""
    if not ctx.integration.settings.price_update:
        return Outcome({"switched_off": 0})
    await _resolve_unknown(ctx)
    return await _carry_out(ctx, await plan_prices(ctx.store, ctx.integration, guard_limits(ctx.settings)))


async def _carry_out(ctx: SyncContext, plan: Plan) -> Outcome:
    counts = plan.counts()
    code = f"guard-{plan.aspect}"
    if plan.verdict.stopped and not ctx.confirmed:
        async with ctx.store.transaction(fence=ctx.lease) as tx:
            await note_problem(
                tx,
                ctx.clock,
                ctx.integration.id,
                code,
                what=plan.verdict.what,
                why=plan.verdict.why,
                cure=plan.verdict.cure,
            )
        return Outcome(dict(counts), stopped=plan.verdict)
    counts += await apply_plan(ctx, plan)
    async with ctx.store.transaction(fence=ctx.lease) as tx:
        await solve_problem(tx, ctx.integration.id, code)
    await _report(ctx, plan)
    return Outcome(dict(counts))


async def _report(ctx: SyncContext, plan: Plan) -> None:
    """One lasting problem per cause, with how many SKUs it touches; gone when none is left."""
    failing = (Where(f"{plan.aspect}.state", "in", (PushState.FAILED.value, PushState.HELD.value)),)
    refused: list[tuple[str, str]] = []
    async for chunk in ctx.store.columns(
        tables.LISTING_SYNCS,
        ("sku_id", f"{plan.aspect}.error"),
        failing,
        prefix=tables.prefix(ctx.integration.id),
    ):
        refused.extend((str(sku_id), str(error)) for _, (sku_id, error) in chunk)
    async with ctx.store.transaction(fence=ctx.lease) as tx:
        for reason, words in _WORDS.items():
            ids = plan.skipped.get(reason, ())
            code = f"{plan.aspect}-{reason}"
            if not ids:
                await solve_problem(tx, ctx.integration.id, code)
                continue
            what, why, cure = (text.format(skus=_skus(len(ids)), aspect=plan.aspect) for text in words)
            await note_problem(
                tx,
                ctx.clock,
                ctx.integration.id,
                code,
                what=f"{what}: {', '.join(ids[:_SHOWN])}{' …' if len(ids) > _SHOWN else ''}",
                why=why,
                cure=cure,
                severity=Severity.WARNING,
            )
        code = f"{plan.aspect}-refused"
        if refused:
            await note_problem(
                tx,
                ctx.clock,
                ctx.integration.id,
                code,
                what=f"TikTok refused the {plan.aspect} of {_skus(len(refused))}",
                why="; ".join(f"{sku_id}: {error}" for sku_id, error in sorted(refused)[:_SHOWN])
                + (f"; and {len(refused) - _SHOWN} more" if len(refused) > _SHOWN else ""),
                cure="Correct what the reasons name; other SKUs go on meanwhile.",
            )
        else:
            await solve_problem(tx, ctx.integration.id, code)


def _skus(count: int) -> str:
    return f"{count} SKU" if count == 1 else f"{count} SKUs"


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


async def _compare(ctx: SyncContext, batch: Sequence[LiveStock]) -> int:
    drifted = 0
    now = ctx.clock.now()
    async with ctx.store.transaction(fence=ctx.lease) as tx:
        for live in batch:
            key = tables.key(ctx.integration.id, live.sku_id)
            document = await tx.get(tables.CHANNEL_SKUS, key)
            known = None if document is None else ChannelSku.from_document(document)
            if known is None or known.quantities != live.quantities:
                await tx.put(tables.CHANNEL_SKUS, key, _refreshed(ctx, known, live).to_document())
            row = await tx.get(tables.LISTING_SYNCS, key)
            state = None if row is None else ListingSync.from_document(row)
            if state is None or state.stock.value is None:
                continue
            shown = sum(live.quantities.values())
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


async def _resolve_unknown(ctx: SyncContext) -> None:
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


async def _mapped_ids(ctx: SyncContext) -> list[str]:
    prefix = tables.prefix(ctx.integration.id)
    ids: list[str] = []
    async for chunk in ctx.store.columns(tables.SKU_MAPPINGS, ("sku_id",), prefix=prefix):
        ids.extend(str(row[0]) for _, row in chunk)
    return sorted(ids)


ASPECTS: Final = {Aspect.STOCK: sync_stock, Aspect.PRICE: sync_prices}
