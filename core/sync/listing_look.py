"""Looks at one product of the shop and writes down what TikTok makes of it (tiktok-shop-api §7).

A created product that fails is not shown at all; of an edit that fails the old version stays live.
"""

from typing import Final

from core import tables
from core.channel.errors import ChannelError
from core.channel.listings import ChannelProduct
from core.models.listing_state import ListingState
from core.rules.off_sale import FROZEN, meaning
from core.rules.refusals import GONE
from core.store import Transaction
from core.sync.listing_context import ListingContext
from core.sync.listing_given import still_given
from core.sync.listing_record import change, is_of_one_row, noted
from core.sync.listing_verdicts import frozen_as_told, gone_problem, review_problems

_LIVE: Final = "ACTIVATE"
_WAITING: Final = frozenset({"AUDITING", "PRE_APPROVED"})
_FAILED: Final = "FAILED"
_PENDING: Final = "PENDING"


async def look(ctx: ListingContext, sku: str, product_id: str) -> tuple[str, str]:
    """What was found, by the name that counts it, and in words when TikTok is against it.

    Raises the ChannelError of what concerns the whole shop.
    """
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
        return judged(ctx, state, product)

    async with ctx.store.transaction(fence=ctx.lease) as tx:
        after = await change(tx, ctx.integration.id, sku, step)
        await _keep_status(ctx, tx, product)
    if after.in_review:
        return "in_review", ""
    if not after.channel_problems:
        return "approved", ""
    return "frozen" if product.status == FROZEN else "turned_down", after.channel_problems[0].what


async def _keep_status(ctx: ListingContext, tx: Transaction, product: ChannelProduct) -> None:
    """What the last download said of its SKUs is older than this."""
    for sku in product.skus:
        key = tables.key(ctx.integration.id, sku.sku_id)
        known = await tx.get(tables.CHANNEL_SKUS, key)
        if known is not None and known.get("status") != product.status:
            await tx.put(tables.CHANNEL_SKUS, key, {**known, "status": product.status})


def judged(ctx: ListingContext, state: ListingState, product: ChannelProduct) -> ListingState:
    """The state of a row after its product was read."""
    now = ctx.clock.now()
    read = state.model_copy(
        update={
            "status": product.status,
            "review": product.review,
            "read_at": now,
            "followed_id": product.id,
            "category_id": product.category_id or state.category_id,
        }
    )
    if product.status == FROZEN:
        stop = frozen_as_told(product)
        update = {"in_review": False, "channel_problems": (stop,), "old_version_live": False}
        return noted(read.model_copy(update=update), now, "review", stop.what, stop.code)
    if _is_undecided(product):
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
    return noted(approved, now, "review", _words(state, product.status))


def _words(before: ListingState, status: str) -> str:
    """Of a product that nothing is held against."""
    if before.in_review:
        return "TikTok approved it"
    known = meaning(status)
    return f"TikTok shows it as {status}" if known is None else known[0]


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


def _is_undecided(product: ChannelProduct) -> bool:
    """Whether TikTok has yet to say. `audit` may be missing: then the status alone tells, where it does."""
    if product.review in _WAITING or product.has_draft:
        return True
    if product.review == _FAILED:
        return False
    return product.status == _PENDING or not (product.status or product.review)
