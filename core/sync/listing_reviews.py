"""Reads back what TikTok's review made of listings that were sent (tiktok-shop-api §7).

A created product that fails is not shown at all; of an edit that fails the old version stays live.
"""

from collections import Counter
from typing import Final

from core import tables
from core.channel.errors import ChannelError
from core.channel.listings import ChannelProduct
from core.models.base import iso
from core.models.listing_state import Action, Deed, ListingProblem, ListingState
from core.rules.refusals import GONE, field_of_position
from core.store import Where
from core.sync.context import Outcome
from core.sync.listing_ask import ask
from core.sync.listing_context import ListingContext
from core.sync.listing_given import still_given
from core.sync.listing_record import change, is_of_one_row, noted
from core.sync.listing_told import is_told, tell
from core.sync.listing_update import FROZEN, frozen_problem, gone_problem

MOST: Final = 100
"""Products that one look reads; the rest follows with the next."""
_LIVE: Final = "ACTIVATE"
_WAITING: Final = frozenset({"AUDITING", "PRE_APPROVED"})
_FAILED: Final = "FAILED"
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
        found, words = await _look(ctx, sku, product_id)
        counts[found] += 1
        said += [f"{sku}: {words}"] if words else []
    if counts["looked"] or await is_told(ctx.store, ctx.integration.id):
        await tell(ctx)
    counts["asked"] = await _ask_for_queued(ctx)
    return Outcome({name: count for name, count in counts.items() if count}, text="; ".join(said[:_SAID]))


async def _look(ctx: ListingContext, sku: str, product_id: str) -> tuple[str, str]:
    """What was found, by the name that counts it, and in words when TikTok is against it."""
    try:
        product = await ctx.tools.listings.product(product_id)
    except ChannelError as error:
        if error.code in GONE:
            return await _note_gone(ctx, sku, product_id)
        if is_of_one_row(error):
            return "unread", ""
        raise
    if product.status == "DELETED":
        return await _note_gone(ctx, sku, product_id)

    def step(state: ListingState) -> ListingState:
        return _judged(ctx, state, product)

    async with ctx.store.transaction(fence=ctx.lease) as tx:
        after = await change(tx, ctx.integration.id, sku, step)
    if after.in_review:
        return "in_review", ""
    if not after.channel_problems:
        return "approved", ""
    return "frozen" if product.status == FROZEN else "turned_down", after.channel_problems[0].what


def _judged(ctx: ListingContext, state: ListingState, product: ChannelProduct) -> ListingState:
    now = ctx.clock.now()
    read = state.model_copy(
        update={
            "status": product.status,
            "review": product.review,
            "read_at": now,
            "category_id": product.category_id or state.category_id,
        }
    )
    if product.status == FROZEN:
        stop = frozen_problem(product.id)
        update = {"in_review": False, "channel_problems": (stop,), "old_version_live": False}
        return noted(read.model_copy(update=update), now, "review", stop.what, stop.code)
    if product.review in _WAITING or product.has_draft:
        return read
    if product.review == _FAILED or product.status == _FAILED:
        live = product.status == _LIVE
        problems = review_problems(product)
        rejected = read.model_copy(
            update={
                "in_review": False,
                "channel_problems": problems,
                "old_version_live": live,
                "sent": state.confirmed if live else state.sent,
            }
        )
        said = "TikTok refused the edit; the old version stays live" if live else "TikTok refused the listing"
        return noted(rejected, now, "review", f"{said}: {problems[0].what}", "review-failed")
    approved = read.model_copy(
        update={
            "in_review": False,
            "channel_problems": (),
            "old_version_live": False,
            "confirmed": state.sent,
            "given": still_given(state, product),
        }
    )
    return noted(approved, now, "review", "TikTok approved it")


def review_problems(product: ChannelProduct) -> tuple[ListingProblem, ...]:
    """The reasons of a failed review, each with the field that TikTok names."""
    found = tuple(
        ListingProblem(
            code="review-failed",
            field=field_of_position(failure.position),
            what=f"{failure.position}: {'; '.join(failure.reasons) or 'refused in review'}",
            fix="; ".join(failure.suggestions) or "Correct it, then Update.",
        )
        for failure in product.failures
    )
    nothing = ListingProblem(
        code="review-failed",
        field="any",
        what="TikTok gave no reason",
        fix="See the product in Seller Center.",
    )
    return found or (nothing,)


async def _note_gone(ctx: ListingContext, sku: str, product_id: str) -> tuple[str, str]:
    def step(state: ListingState) -> ListingState:
        problem = gone_problem(product_id)
        gone = state.model_copy(
            update={
                "in_review": False,
                "status": "DELETED",
                "channel_problems": (problem,),
                "old_version_live": False,
                "read_at": ctx.clock.now(),
            }
        )
        return noted(gone, ctx.clock.now(), "review", problem.what, problem.code)

    async with ctx.store.transaction(fence=ctx.lease) as tx:
        await change(tx, ctx.integration.id, sku, step)
    return "gone", gone_problem(product_id).what


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
