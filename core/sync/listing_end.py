"""Delete, Deactivate and Activate: twenty products a call, each failing for itself (A29).

These are stop actions: no problem of a listing and no refusal ever holds them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core import tables
from core.channel.errors import ChannelError, StaleState
from core.channel.port import Refusals
from core.models.listing import Listing
from core.models.listing_state import Action, Deed, ListingProblem, ListingState, RowResult
from core.portions import portions
from core.rules.refusals import GONE
from core.store import Transaction
from core.sync.listing_candidate import read_family
from core.sync.listing_context import ListingContext
from core.sync.listing_record import end_alone, end_row, noted, problem_of, went_well, went_wrong
from core.sync.listing_work import Shared

BATCH: Final = 20
"""Products that one call takes (tiktok-shop-api §6)."""

_SAID: Final = {
    Action.DELETE: "deleted; unlinked",
    Action.DEACTIVATE: "deactivated; still linked",
    Action.ACTIVATE: "activated; TikTok reviews it again",
}
_STATUS: Final = {Action.DEACTIVATE: "SELLER_DEACTIVATED", Action.ACTIVATE: "PENDING"}


@dataclass(frozen=True, slots=True)
class _Row:
    """A row with the TikTok products that sell it."""

    sku: str
    family: tuple[str, ...]
    products: tuple[str, ...]


async def end_listings(
    ctx: ListingContext, shared: Shared, skus: Sequence[str], action: Action
) -> list[tuple[RowResult, str]]:
    """At most BATCH rows. Raises the ChannelError of what concerns the whole shop."""
    ended: list[tuple[RowResult, str]] = []
    rows: list[_Row] = []
    for sku in skus:
        row = await _row(ctx, shared, sku, skus, action)
        if isinstance(row, _Row):
            rows.append(row)
        else:
            ended.append(row)
    ids = list(dict.fromkeys(product_id for row in rows for product_id in row.products))
    refusals = await _call(ctx, action, ids) if ids else {}
    return ended + [await _finish(ctx, shared, row, action, refusals) for row in rows]


async def _row(
    ctx: ListingContext, shared: Shared, sku: str, ticked: Sequence[str], action: Action
) -> _Row | tuple[RowResult, str]:
    family = await read_family(ctx.store, ctx.integration.id, sku, shared.children)
    skus = family.skus if family is not None else (sku, *shared.children.get(sku, ()))
    products = tuple(shared.links.products(skus))
    if not products:
        return await end_alone(ctx, sku, RowResult.SKIPPED, "not listed")
    known = {*skus, *ticked, *(child for one in ticked for child in shared.children.get(one, ()))}
    others = [one for product_id in products for one in shared.links.others_in(product_id, known)]
    if others:
        shown = ", ".join(others[:3])
        problem = ListingProblem(
            code="shared-product",
            field="mapping",
            what=f"Its TikTok product also sells {shown}",
            fix="Tick those rows too, or take the variant out in Seller Center.",
        )
        step = went_wrong(ctx, action, [problem])
        return await end_alone(ctx, sku, RowResult.FAILED, problem.what, step)
    return _Row(sku, tuple(skus), products)


async def _call(ctx: ListingContext, action: Action, ids: list[str]) -> Refusals:
    listings = ctx.tools.listings
    call = {
        Action.DELETE: listings.delete,
        Action.DEACTIVATE: listings.deactivate,
        Action.ACTIVATE: listings.activate,
    }[action]
    refusals: dict[str, ChannelError] = {}
    for portion in portions(ids, BATCH):
        refusals.update(await call(portion))
    if action is Action.DELETE:
        return {one: error for one, error in refusals.items() if not await _is_gone(ctx, one, error)}
    return refusals


async def _is_gone(ctx: ListingContext, product_id: str, error: ChannelError) -> bool:
    """Whether a refused delete had nothing left to do, as after a kill between the call and its commit."""
    if error.code in GONE:
        return True
    if not isinstance(error, StaleState):
        return False
    try:
        return (await ctx.tools.listings.product(product_id)).status == "DELETED"
    except StaleState as again:
        return again.code in GONE


async def _finish(
    ctx: ListingContext, shared: Shared, row: _Row, action: Action, refusals: Refusals
) -> tuple[RowResult, str]:
    refused = {one: refusals[one] for one in row.products if one in refusals}
    over = [one for one in row.products if one not in refused]
    async with ctx.store.transaction(fence=ctx.lease) as tx:
        if action is Action.DELETE:
            for product_id in over:
                await _unlink(ctx, tx, shared, product_id)
        if refused:
            error = next(iter(refused.values()))
            problem = problem_of(error)
            step = went_wrong(ctx, action, [problem])
            await end_row(ctx, tx, row.sku, RowResult.FAILED, problem.what, step)
            return RowResult.FAILED, problem.what
        if action is Action.DELETE:
            for sku in row.family:
                await _not_listed(ctx, tx, sku)
            await end_row(ctx, tx, row.sku, RowResult.DONE, _SAID[action], _forgotten(ctx))
        else:
            step = went_well(
                ctx,
                action,
                _SAID[action],
                status=_STATUS[action],
                in_review=action is Action.ACTIVATE,
                followed_id=row.products[0],
                read_at=ctx.clock.now(),
            )
            await end_row(ctx, tx, row.sku, RowResult.DONE, _SAID[action], step)
    return RowResult.DONE, _SAID[action]


async def _unlink(ctx: ListingContext, tx: Transaction, shared: Shared, product_id: str) -> None:
    """Mapping and pushes of every SKU of the product go; what the shop had stays on record as deleted."""
    for sku_id in shared.links.skus_in.get(product_id, ()):
        key = tables.key(ctx.integration.id, sku_id)
        await tx.delete(tables.SKU_MAPPINGS, key)
        await tx.delete(tables.LISTING_SYNCS, key)
        document = await tx.get(tables.CHANNEL_SKUS, key)
        if document is not None:
            await tx.put(tables.CHANNEL_SKUS, key, {**document, "deleted": True, "status": "DELETED"})


async def _not_listed(ctx: ListingContext, tx: Transaction, sku: str) -> None:
    key = tables.key(ctx.integration.id, sku)
    document = await tx.get(tables.LISTINGS, key)
    if document is not None:
        draft = Listing.from_document(document).model_copy(update={"listed_here": False})
        await tx.put(tables.LISTINGS, key, draft.to_document())


def _forgotten(ctx: ListingContext) -> "_Forget":
    return _Forget(ctx)


@dataclass(frozen=True, slots=True)
class _Forget:
    """A row starts again as a draft; only its history stays."""

    ctx: ListingContext

    def __call__(self, state: ListingState) -> ListingState:
        fresh = ListingState(
            integration_id=state.integration_id,
            avasam_sku=state.avasam_sku,
            deed=Deed.DRAFT,
            events=state.events,
        )
        now = self.ctx.clock.now()
        return noted(fresh, now, Action.DELETE.value, f"{_SAID[Action.DELETE]} (product {state.product_id})")
