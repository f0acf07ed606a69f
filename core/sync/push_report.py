"""What is wrong with a stock or price sync, as lasting problems: one per cause, gone when none is left."""

from typing import Final

from core import tables
from core.models.job import Severity
from core.models.listing import PushState
from core.store import Where
from core.sync.context import SyncContext
from core.sync.listing_links import called, seller_skus
from core.sync.plan import Plan, Skipped
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
        "Bring these products into the inventory in the shop's currency (a file has a column for it), or "
        "switch the price update off.",
    ),
    Skipped.HELD: (
        "{skus} waiting after three identical refusals of the {aspect}",
        "TikTok refused the same value three times; asking again would change nothing.",
        "See the reason with the SKU; it goes on as soon as the value changes.",
    ),
}


async def report(ctx: SyncContext, plan: Plan) -> None:
    """Put on show what the plan skipped and what of it the shop refused; a cause without SKUs is solved."""
    refused = await _refused(ctx, plan)
    shown = [sku_id for reason in _WORDS for sku_id in plan.skipped.get(reason, ())[:_SHOWN]]
    names = await seller_skus(
        ctx.store, ctx.integration.id, [*shown, *(sku_id for sku_id, _ in refused[:_SHOWN])]
    )
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
                what=f"{what}: {', '.join(called(one, names) for one in ids[:_SHOWN])}"
                + (" …" if len(ids) > _SHOWN else ""),
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
                why="; ".join(f"{called(sku_id, names)}: {error}" for sku_id, error in refused[:_SHOWN])
                + (f"; and {len(refused) - _SHOWN} more" if len(refused) > _SHOWN else ""),
                cure="Correct what the reasons name; other SKUs go on meanwhile.",
            )
        else:
            await solve_problem(tx, ctx.integration.id, code)


async def _refused(ctx: SyncContext, plan: Plan) -> list[tuple[str, str]]:
    """(SKU id, TikTok's reason) of what this plan wanted and did not get; what was unlinked is no problem."""
    wanted = {change.sku_id for change in plan.changes} | set(plan.skipped.get(Skipped.HELD, ()))
    failing = (Where(f"{plan.aspect}.state", "in", (PushState.FAILED.value, PushState.HELD.value)),)
    found: list[tuple[str, str]] = []
    async for chunk in ctx.store.columns(
        tables.LISTING_SYNCS,
        ("sku_id", f"{plan.aspect}.error"),
        failing,
        prefix=tables.prefix(ctx.integration.id),
    ):
        found.extend((str(sku_id), str(error)) for _, (sku_id, error) in chunk if sku_id in wanted)
    return sorted(found)


def _skus(count: int) -> str:
    return f"{count} SKU" if count == 1 else f"{count} SKUs"
