"""Stock and price: plan, ask the guard, apply, say what is wrong."""

from core.sync.apply import apply_plan
from core.sync.context import Outcome, SyncContext, guard_limits
from core.sync.plan import Aspect, Plan, plan_prices, plan_stock
from core.sync.push_report import report
from core.sync.verify import look_up_unknown


async def sync_stock(ctx: SyncContext) -> Outcome:
    """Push what changed (A40). Switched off, nothing is sent and that is a good sync."""
    if not ctx.integration.settings.stock_update:
        return await _switched_off(ctx, Aspect.STOCK)
    await look_up_unknown(ctx)
    return await _carry_out(ctx, await plan_stock(ctx.store, ctx.integration, guard_limits(ctx.settings)))


async def sync_prices(ctx: SyncContext) -> Outcome:
    """Push what changed (A41)."""
    if not ctx.integration.settings.price_update:
        return await _switched_off(ctx, Aspect.PRICE)
    await look_up_unknown(ctx)
    return await _carry_out(ctx, await plan_prices(ctx.store, ctx.integration, guard_limits(ctx.settings)))


async def _switched_off(ctx: SyncContext, aspect: Aspect) -> Outcome:
    """Nothing is wanted of the shop, so nothing about it is a problem."""
    await report(ctx, Plan(aspect, (), 0))
    return Outcome(idle=True)


async def _carry_out(ctx: SyncContext, plan: Plan) -> Outcome:
    counts = plan.counts()
    if plan.verdict.stopped and not ctx.confirmed:
        return Outcome(dict(counts), stopped=plan.verdict)
    counts += await apply_plan(ctx, plan)
    await report(ctx, plan)
    return Outcome(dict(counts))
