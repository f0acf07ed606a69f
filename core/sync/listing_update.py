"""Update: reads the product, sends only what differs, merges its SKUs, pushes price and stock (A28).

A partial edit that names SKUs deletes those left out (tiktok-shop-api §7): every SKU that the product has is
named again whenever one is added.
"""

from collections.abc import Sequence
from typing import Final

from core.channel.errors import ChannelError
from core.channel.listings import ChannelProduct, DraftSku
from core.models.listing_state import Action, ListingProblem, ListingState, RowResult
from core.rules.candidate import Candidate
from core.rules.off_sale import FROZEN
from core.rules.refusals import GONE
from core.sync.listing_candidate import (
    Family,
    candidate_of,
    read_family,
)
from core.sync.listing_context import ListingContext
from core.sync.listing_edit import Edit, work_out
from core.sync.listing_fingerprints import fingerprints
from core.sync.listing_look import judged
from core.sync.listing_made import AUDITING, map_sku
from core.sync.listing_push import push
from core.sync.listing_record import (
    change,
    end_alone,
    end_row,
    held,
    is_of_one_row,
    is_unclear,
    load,
    problem_of,
    sending,
    went_well,
    went_wrong,
)
from core.sync.listing_told import tell
from core.sync.listing_verdicts import FROZEN_CODE, frozen_as_told, gone_problem
from core.sync.listing_work import Shared

Ended = tuple[RowResult, str]

_OFF_SALE: Final = {
    "SELLER_DEACTIVATED": "It is deactivated: buyers do not see it",
    "PLATFORM_DEACTIVATED": "TikTok took it off sale: buyers do not see it",
}


async def update(ctx: ListingContext, shared: Shared, sku: str) -> Ended:
    """Send the changes of one row. Raises the ChannelError of what concerns the whole shop."""
    family = await read_family(ctx.store, ctx.integration.id, sku, shared.children)
    if family is None:
        return await end_alone(ctx, sku, RowResult.FAILED, f"{sku} is not in the inventory")
    state = await load(ctx.store, ctx.integration.id, sku)
    products = shared.links.products(family.skus)
    if not products:
        return await end_alone(ctx, sku, RowResult.SKIPPED, "not listed; List makes it")
    if len(products) > 1:
        what = f"linked to {len(products)} TikTok products, of which only stock and price are kept in step"
        return await end_alone(ctx, sku, RowResult.SKIPPED, what)
    candidate = await candidate_of(family, ctx.integration, shared.rules, shared.knowledge)
    inputs = fingerprints(candidate)
    if (waits := held(state, Action.UPDATE, inputs)) is not None:
        return await end_alone(ctx, sku, RowResult.SKIPPED, f"{waits.what}. {waits.fix}")
    try:
        return await _update(ctx, shared, family, state, candidate, inputs, products[0])
    except ChannelError as error:
        if not is_of_one_row(error):
            raise
        return await _refused(ctx, sku, error, inputs)


async def _update(
    ctx: ListingContext,
    shared: Shared,
    family: Family,
    state: ListingState,
    candidate: Candidate,
    inputs: dict[str, str],
    product_id: str,
) -> Ended:
    sku = candidate.sku
    product = await ctx.tools.listings.product(product_id)
    if product.status == "DELETED":
        return await _ends(ctx, sku, gone_problem(product_id))
    if product.status == FROZEN:
        return await _stays_frozen(ctx, sku, product)
    async with shared.uploads.settled_if_refused():
        edit = await work_out(shared, family, state, candidate, inputs, product)
    if isinstance(edit, list):
        step = went_wrong(ctx, Action.UPDATE, edit)
        return await end_alone(ctx, sku, RowResult.FAILED, edit[0].what, step)
    review = product.review
    if edit.fields:
        async with shared.uploads.commit() as tx:
            await change(tx, ctx.integration.id, sku, sending(Action.UPDATE))
        review = await ctx.tools.listings.edit(product_id, edit.changes)
        await _keep_new(ctx, product_id, candidate.title, edit.new)
    pushed, notes = await push(ctx, shared.links, candidate, product)
    notes = [*edit.notes, *notes, *_off_sale(product)]
    return await _end(ctx, candidate, inputs, product, edit, review, pushed, notes)


async def _end(
    ctx: ListingContext,
    candidate: Candidate,
    inputs: dict[str, str],
    product: ChannelProduct,
    edit: Edit,
    review: str,
    pushed: Sequence[str],
    notes: Sequence[ListingProblem],
) -> Ended:
    sent = [*edit.fields, *pushed]
    blocking = [one for one in notes if one.blocking]
    if blocking:
        step = went_wrong(ctx, Action.UPDATE, [*blocking, *(one for one in notes if not one.blocking)])
        return await end_alone(ctx, candidate.sku, RowResult.FAILED, blocking[0].what, step)
    in_review = bool(edit.fields) or product.review == AUDITING or product.has_draft
    text = f"sent {', '.join(sent)}" if sent else "nothing has changed"
    step = went_well(
        ctx,
        Action.UPDATE,
        text,
        notes,
        status=product.status,
        review=review,
        in_review=in_review,
        followed_id=product.id,
        category_id=product.category_id,
        read_at=ctx.clock.now(),
        **({"channel_problems": (), "old_version_live": False} if edit.fields else {}),
    )

    def with_sent(state: ListingState) -> ListingState:
        sent_now = {**state.sent, **{name: inputs[name] for name in edit.fields}}
        given = {**state.given, **edit.given}
        after = step(state)
        still = tuple(one for one in after.channel_problems if one.code != FROZEN_CODE)
        return after.model_copy(update={"sent": sent_now, "given": given, "channel_problems": still})

    return await end_alone(ctx, candidate.sku, RowResult.DONE, text, with_sent)


def _off_sale(product: ChannelProduct) -> Sequence[ListingProblem]:
    """That an Update does not put it on sale again."""
    if product.status not in _OFF_SALE:
        return ()
    fix = "Activate it; TikTok reviews it again."
    what = _OFF_SALE[product.status]
    return (ListingProblem(code="off-sale", field="listing", what=what, fix=fix, blocking=False),)


async def _keep_new(ctx: ListingContext, product_id: str, title: str, new: Sequence[DraftSku]) -> None:
    """Map the SKUs that the edit made; TikTok shows them at once or after the review."""
    if not new:
        return
    after = await ctx.tools.listings.product(product_id)
    ids = {sku.seller_sku: sku.sku_id for sku in after.skus}
    async with ctx.store.transaction(fence=ctx.lease) as tx:
        for one in new:
            if one.seller_sku in ids:
                await map_sku(ctx, tx, title, product_id, ids[one.seller_sku], one)


async def _ends(ctx: ListingContext, sku: str, problem: ListingProblem) -> Ended:
    """It cannot be changed, whatever was to be sent."""
    step = went_wrong(ctx, Action.UPDATE, [problem])
    return await end_alone(ctx, sku, RowResult.FAILED, problem.what, step)


async def _stays_frozen(ctx: ListingContext, sku: str, product: ChannelProduct) -> Ended:
    """Nothing of it can be changed. It is what TikTok says of it, told as that and only once."""
    stop = frozen_as_told(product)
    ended = await end_alone(ctx, sku, RowResult.FAILED, stop.what, lambda state: judged(ctx, state, product))
    await tell(ctx)
    return ended


async def _refused(ctx: ListingContext, sku: str, error: ChannelError, inputs: dict[str, str]) -> Ended:
    problem = problem_of(error)
    if error.code in GONE:
        problem = gone_problem("of this row").model_copy(update={"request_id": error.request_id})
    elif is_unclear(error):
        problem = problem.model_copy(
            update={"fix": "Update it again: it reads first and sends what differs."}
        )
    async with ctx.store.transaction(fence=ctx.lease) as tx:
        step = went_wrong(ctx, Action.UPDATE, [problem], error=error, inputs=inputs)
        await end_row(ctx, tx, sku, RowResult.FAILED, problem.what, step)
    return RowResult.FAILED, problem.what
