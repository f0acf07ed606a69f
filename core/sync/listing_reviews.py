"""Reads back what TikTok's review made of listings that were sent (tiktok-shop-api §7)."""

from collections import Counter
from typing import Final

from core import tables
from core.models.base import iso
from core.models.listing_state import Action, Deed
from core.store import Where
from core.sync.context import Outcome
from core.sync.listing_ask import ask
from core.sync.listing_context import ListingContext
from core.sync.listing_look import look
from core.sync.listing_record import change
from core.sync.listing_told import is_told, tell

MOST: Final = 100
"""Products that one look reads; the rest follows with the next."""
_SAID: Final = 3
"""How many refusals the entry in Activity names."""


async def read_reviews(ctx: ListingContext) -> Outcome:
    """Look at what is under review, longest unseen first; and ask for what waited for today's quota."""
    counts: Counter[str] = Counter()
    prefix = tables.prefix(ctx.integration.id)
    where = (Where("in_review", "eq", True),)
    waiting: list[tuple[str, str, str]] = []
    said: list[str] = []
    fields = ("avasam_sku", "followed_id", "read_at")
    async for chunk in ctx.store.columns(tables.LISTING_STATES, fields, where, prefix=prefix):
        waiting += [(str(read or ""), str(sku), str(product or "")) for _, (sku, product, read) in chunk]
    for _, sku, product_id in sorted(waiting)[:MOST]:
        counts["looked"] += 1
        found, words = await look(ctx, sku, product_id)
        counts[found] += 1
        said += [f"{sku}: {words}"] if words else []
    if counts["looked"] or await is_told(ctx.store, ctx.integration.id):
        await tell(ctx)
    counts["asked"] = await _ask_for_queued(ctx)
    return Outcome({name: count for name, count in counts.items() if count}, text="; ".join(said[:_SAID]))


async def _ask_for_queued(ctx: ListingContext) -> int:
    """What yesterday's quota left over is asked for again as a job of its own."""
    now = ctx.clock.now()
    where = (Where("deed", "eq", Deed.QUEUED.value), Where("queued_until", "le", str(iso(now))))
    skus: list[str] = []
    prefix = tables.prefix(ctx.integration.id)
    async for chunk in ctx.store.columns(tables.LISTING_STATES, ("avasam_sku",), where, prefix=prefix):
        skus += [str(sku) for _, (sku,) in chunk]
    if not skus:
        return 0
    await ask(ctx.store, Action.PUBLISH, ctx.integration.id, sorted(skus), now=now, by="listing quota")
    async with ctx.store.transaction(fence=ctx.lease) as tx:
        for sku in skus:
            await change(
                tx,
                ctx.integration.id,
                sku,
                lambda state: state.model_copy(update={"deed": Deed.DRAFT, "queued_until": None}),
            )
    return len(skus)
