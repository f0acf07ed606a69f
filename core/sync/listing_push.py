"""Price and stock of one listing through their own endpoints, which skip the review (tiktok-shop-api §7)."""

from typing import Final

from core import tables
from core.channel.listings import ChannelProduct
from core.models.listing import ChannelSku, ListingSync
from core.models.listing_state import ListingProblem
from core.rules.candidate import Candidate, Variant
from core.rules.preflight_variants import floor_problem
from core.sync.apply import apply_plan
from core.sync.listing_context import ListingContext
from core.sync.listing_links import Links, seller_skus, with_names
from core.sync.plan import Aspect, Change, Plan, as_pushed

_LIVE: Final = "ACTIVATE"
_STOCKABLE: Final = frozenset({"DRAFT", "PENDING", "FAILED", "ACTIVATE", "SELLER_DEACTIVATED"})
"""Statuses in which TikTok takes quantities."""


async def push(
    ctx: ListingContext, links: Links, candidate: Candidate, product: ChannelProduct
) -> tuple[list[str], list[ListingProblem]]:
    """What was pushed, by name, and what was refused or has to wait.

    A price that somebody asks for goes whatever the settings say; stock goes only while stock update is on,
    and where it differs from what was confirmed last: what the shop shows lacks the units of open orders, and
    sending all of them anew would sell those twice.
    """
    live = {sku.sku_id: sku for sku in product.skus}
    rows = [
        (live[sku_id], variant)
        for variant in candidate.variants
        for sku_id in links.sku_ids.get(variant.sku, ())
        if sku_id in live
    ]
    prices = [
        _change(sku, variant, str(variant.price))
        for sku, variant in rows
        if variant.price is not None and variant.currency == sku.currency and sku.live_price != variant.price
    ]
    stocks = [
        _change(sku, variant, str(variant.quantity))
        for sku, variant in rows
        if variant.quantity is not None and await _stock_differs(ctx, sku, str(variant.quantity))
    ]
    pushed: list[str] = []
    problems = [
        floor_problem(one, blocking=False)
        for one in candidate.variants
        if one.below_floor and links.sku_ids.get(one.sku)
    ]
    if prices and product.status == _LIVE:
        problems += await _apply(ctx, Aspect.PRICE, prices, pushed)
    elif prices:
        problems.append(_later(product.status))
    if stocks and ctx.integration.settings.stock_update and product.status in _STOCKABLE:
        problems += await _apply(ctx, Aspect.STOCK, stocks, pushed)
    return pushed, problems


async def _stock_differs(ctx: ListingContext, sku: ChannelSku, wanted: str) -> bool:
    document = await ctx.store.get(tables.LISTING_SYNCS, tables.key(ctx.integration.id, sku.sku_id))
    if document is not None:
        known = as_pushed(ListingSync.from_document(document).stock.to_document())
        if known.uncertain or known.confirmed is not None:
            return known.uncertain or known.confirmed != wanted
    return wanted != str(sku.live_quantity)


def _later(status: str) -> ListingProblem:
    return ListingProblem(
        code="price-later",
        field="price",
        what=f"TikTok takes prices of live products only; this one is {status}",
        fix="Update again once the review has ended.",
        blocking=False,
    )


def _change(sku: ChannelSku, variant: Variant, desired: str) -> Change:
    return Change(
        sku_id=sku.sku_id,
        product_id=sku.product_id,
        avasam_sku=variant.sku,
        desired=desired,
        confirmed=None,
        currency=variant.currency,
        warehouses=tuple(sku.quantities),
    )


async def _apply(
    ctx: ListingContext, aspect: Aspect, changes: list[Change], pushed: list[str]
) -> list[ListingProblem]:
    counts = await apply_plan(ctx.pushing(), Plan(aspect, changes, len(changes)))
    if counts["pushed"]:
        pushed.append(aspect.value)
    if not counts["refused"]:
        return []
    problems: list[ListingProblem] = []
    names = await seller_skus(ctx.store, ctx.integration.id, [one.sku_id for one in changes])
    for one in changes:
        document = await ctx.store.get(tables.LISTING_SYNCS, tables.key(ctx.integration.id, one.sku_id))
        record = None if document is None else getattr(ListingSync.from_document(document), aspect.value)
        if record is not None and record.error:
            problems.append(
                ListingProblem(
                    code=f"tiktok-{record.error_code}",
                    field=aspect.value,
                    sku=one.avasam_sku,
                    what=with_names(record.error, names),
                    fix=f"Correct the {aspect.value}, then Update again.",
                )
            )
    return problems
