"""List: preflight, images, TikTok's own check, then a create that can be repeated but not doubled (A26, A27).

Before the call its draft and idempotency key are stored. Whoever finds them later, after a kill or a lost
reply, first looks for a product made since then under the same seller SKUs, and only then asks again, for the
very same draft under the very same key.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final
from uuid import uuid4

from pydantic import TypeAdapter

from core import tables
from core.channel.errors import ChannelError
from core.channel.listings import Created, ProductDraft
from core.models.listing_state import Action, Attempt, Deed, ListingProblem, ListingState, RowResult
from core.rules.candidate import Candidate
from core.rules.preflight import QUOTA as QUOTA_ITEM
from core.rules.preflight import preflight
from core.rules.refusals import GONE, QUOTA, field_of_position
from core.sync.listing_candidate import (
    Family,
    candidate_of,
    draft_of,
    read_family,
)
from core.sync.listing_context import ListingContext, QuotaReached
from core.sync.listing_fingerprints import fingerprints
from core.sync.listing_made import Made, keep_made
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
    went_wrong,
)
from core.sync.listing_update import update
from core.sync.listing_work import Shared

Ended = tuple[RowResult, str]

_LOOK_BACK: Final = timedelta(minutes=10)
"""Before an attempt began: TikTok's clock may differ from ours by five minutes."""
_MENDED: Final = frozenset({Action.PUBLISH, Action.UPDATE})
_DRAFT: Final = TypeAdapter(ProductDraft)


@dataclass(frozen=True, slots=True)
class _Ready:
    """A listing that passed every check."""

    draft: ProductDraft
    notes: Sequence[ListingProblem]


async def publish(ctx: ListingContext, shared: Shared, sku: str) -> Ended:
    """List one single or variation parent. Raises the ChannelError or QuotaReached of what concerns all."""
    try:
        return await _publish(ctx, shared, sku)
    except ChannelError as error:
        return await _refused(ctx, sku, error, {})


async def _publish(ctx: ListingContext, shared: Shared, sku: str) -> Ended:
    family = await read_family(ctx.store, ctx.integration.id, sku, shared.children)
    state = await load(ctx.store, ctx.integration.id, sku)
    if family is None:
        return await end_alone(ctx, sku, RowResult.FAILED, f"{sku} is not in the inventory")
    row = await ctx.store.get(tables.LISTING_ATTEMPTS, tables.key(ctx.integration.id, sku))
    if row is not None:
        return await _resume(ctx, Attempt.from_document(row), family)
    if shared.links.of(family.skus):
        if state.channel_problems or (state.deed is Deed.FAILED and state.action in _MENDED):
            return await update(ctx, shared, sku)
        return await end_alone(ctx, sku, RowResult.SKIPPED, "already linked; Update sends its changes")
    if state.product_id and (refusal := await _still_there(ctx, state)) is not None:
        return await _fail(ctx, sku, [refusal])
    candidate = await candidate_of(family, ctx.integration, shared.rules, shared.knowledge)
    inputs = fingerprints(candidate)
    if (waits := held(state, Action.PUBLISH, inputs)) is not None:
        return await end_alone(ctx, sku, RowResult.SKIPPED, f"{waits.what}. {waits.fix}")
    try:
        async with shared.uploads.settled_if_refused():
            ready = await _check(ctx, shared, candidate)
        if isinstance(ready, list):
            await shared.uploads.settle()
            return await _fail(ctx, sku, ready)
        attempt = await _begin(ctx, shared, family, ready.draft, inputs)
        return await _create(ctx, attempt, family, ready.notes)
    except ChannelError as error:
        return await _refused(ctx, sku, error, inputs)


async def _check(
    ctx: ListingContext, shared: Shared, candidate: Candidate
) -> "_Ready | list[ListingProblem]":
    """Preflight with the images, the uploads, then TikTok's dry run; every problem when there is one."""
    images = shared.images
    looks, contents = await images.look(candidate.addresses)
    candidate = await shared.files.look(replace(candidate, images=tuple(looks)))
    found = preflight(candidate)
    if any(one.blocking for one in found):
        return found
    facts = await shared.knowledge.facts()
    if any(item == QUOTA_ITEM for item, _ in facts.unmet):
        raise QuotaReached
    uris = await images.upload(looks, contents)
    draft = draft_of(candidate, uris, await shared.files.upload(candidate), facts)
    checked = await ctx.tools.listings.check(draft)
    if not checked.passed:
        return [*found, *(_said(reason) for reason in checked.reasons or ("TikTok's own check failed",))]
    return _Ready(draft, found)


async def _begin(
    ctx: ListingContext, shared: Shared, family: Family, draft: ProductDraft, inputs: dict[str, str]
) -> Attempt:
    dumped: dict[str, object] = _DRAFT.dump_python(draft, mode="json")
    attempt = Attempt(
        integration_id=ctx.integration.id,
        avasam_sku=family.front.sku,
        key=f"avasam-{uuid4().hex}",
        started_at=ctx.clock.now(),
        draft=dumped,
        skus={sku.seller_sku: sku.seller_sku for sku in draft.skus},
        sent=inputs,
    )
    key = tables.key(ctx.integration.id, family.front.sku)
    async with shared.uploads.commit() as tx:
        await tx.put(tables.LISTING_ATTEMPTS, key, attempt.to_document())
        await change(tx, ctx.integration.id, family.front.sku, sending(Action.PUBLISH))
    return attempt


async def _resume(ctx: ListingContext, attempt: Attempt, family: Family) -> Ended:
    """What became of a create that nobody saw end; asked for again when there is no trace of it."""
    try:
        found = await ctx.tools.listings.made_since(tuple(attempt.skus), attempt.started_at - _LOOK_BACK)
        for product_id in found:
            product = await ctx.tools.listings.product(product_id)
            skus = [(sku.sku_id, sku.seller_sku) for sku in product.skus]
            if {seller for _, seller in skus} >= attempt.skus.keys():
                created = Created(product_id, skus, ())
                return await _keep(ctx, attempt, created, family, (), " (found after a lost reply)")
        return await _create(ctx, attempt, family, ())
    except ChannelError as error:
        return await _refused(ctx, attempt.avasam_sku, error, attempt.sent)


async def _create(
    ctx: ListingContext, attempt: Attempt, family: Family, notes: Sequence[ListingProblem]
) -> Ended:
    draft = _DRAFT.validate_python(attempt.draft)
    created = await ctx.tools.listings.create(draft, key=attempt.key)
    if not {seller for _, seller in created.skus} >= attempt.skus.keys():
        product = await ctx.tools.listings.product(created.product_id)
        skus = [(sku.sku_id, sku.seller_sku) for sku in product.skus]
        created = Created(created.product_id, skus, created.warnings)
    return await _keep(ctx, attempt, created, family, notes)


async def _keep(
    ctx: ListingContext,
    attempt: Attempt,
    created: Created,
    family: Family,
    notes: Sequence[ListingProblem],
    how: str = "",
) -> Ended:
    warned = [
        ListingProblem(code="tiktok-warning", field="any", what=said, fix="See the listing.", blocking=False)
        for said in created.warnings
    ]
    made = Made(attempt, _DRAFT.validate_python(attempt.draft), created, (*notes, *warned))
    return await keep_made(ctx, made, family.skus, how)


async def _refused(ctx: ListingContext, sku: str, error: ChannelError, inputs: dict[str, str]) -> Ended:
    if error.code == QUOTA:
        await _forget_attempt(ctx, sku)
        raise QuotaReached from error
    if not is_of_one_row(error):
        raise error
    problem = problem_of(error)
    if is_unclear(error):
        problem = problem.model_copy(
            update={"fix": "List it again: it is looked for first, and never made twice."}
        )
    async with ctx.store.transaction(fence=ctx.lease) as tx:
        if not is_unclear(error):
            await tx.delete(tables.LISTING_ATTEMPTS, tables.key(ctx.integration.id, sku))
        step = went_wrong(ctx, Action.PUBLISH, [problem], error=error, inputs=inputs)
        await end_row(ctx, tx, sku, RowResult.FAILED, problem.what, step)
    return RowResult.FAILED, problem.what


async def _forget_attempt(ctx: ListingContext, sku: str) -> None:
    """TikTok said no: the next attempt is another one."""
    async with ctx.store.transaction(fence=ctx.lease) as tx:
        await tx.delete(tables.LISTING_ATTEMPTS, tables.key(ctx.integration.id, sku))


async def _still_there(ctx: ListingContext, state: ListingState) -> ListingProblem | None:
    """A product was made for this row and its mapping is gone: a second one would sell the stock twice."""
    try:
        product = await ctx.tools.listings.product(state.product_id)
    except ChannelError as error:
        if error.code in GONE:
            return None
        raise
    if product.status == "DELETED":
        return None
    return ListingProblem(
        code="unlinked-product",
        field="mapping",
        what=f"The shop still has product {state.product_id}, which was made for this row and then unlinked",
        fix="Map it again under SKU mapping, or delete it in Seller Center.",
    )


async def _fail(ctx: ListingContext, sku: str, problems: list[ListingProblem]) -> Ended:
    count = sum(one.blocking for one in problems)
    first = next(one for one in problems if one.blocking)
    text = first.what if count == 1 else f"{first.what} (and {count - 1} more)"
    return await end_alone(ctx, sku, RowResult.FAILED, text, went_wrong(ctx, Action.PUBLISH, problems))


def _said(reason: str) -> ListingProblem:
    return ListingProblem(
        code="tiktok-check",
        field=field_of_position(reason),
        what=f"TikTok's check: {reason}",
        fix="Correct it, then List again.",
    )
