"""After a create: product, mapping, what was sent and the row's end go into one commit (A27)."""

from collections.abc import Sequence
from dataclasses import dataclass

from core import tables
from core.channel.listings import Created, DraftSku, ProductDraft
from core.models.listing import ChannelSku, ListingSync, PushRecord, PushState, SkuMapping
from core.models.listing_state import Action, Attempt, ListingProblem, RowResult
from core.store import Transaction
from core.sync.listing_context import ListingContext
from core.sync.listing_drafts import draft_of
from core.sync.listing_given import ids_given
from core.sync.listing_record import end_row, went_well

PENDING = "PENDING"
AUDITING = "AUDITING"


@dataclass(frozen=True, slots=True)
class Made:
    """A create that went well."""

    attempt: Attempt
    draft: ProductDraft
    created: Created
    notes: Sequence[ListingProblem]


async def keep_made(
    ctx: ListingContext, made: Made, family: Sequence[str], how: str = ""
) -> tuple[RowResult, str]:
    """The row is Listed and mapped from this commit on; `family` are the Avasam SKUs of the whole row."""
    product_id, sku = made.created.product_id, made.attempt.avasam_sku
    ids = {seller: sku_id for sku_id, seller in made.created.skus}
    count = len(made.draft.skus)
    text = f"listed as product {product_id}{'' if count == 1 else f' with {count:,} variants'}{how}"
    async with ctx.store.transaction(fence=ctx.lease) as tx:
        for one in made.draft.skus:
            sku_id = ids.get(one.seller_sku)
            if sku_id is not None:
                await map_sku(ctx, tx, made.draft.title, product_id, sku_id, one)
        for avasam_sku in family:
            await _mark_listed(ctx, tx, avasam_sku)
        await tx.delete(tables.LISTING_ATTEMPTS, tables.key(ctx.integration.id, sku))
        step = went_well(
            ctx,
            Action.PUBLISH,
            text,
            made.notes,
            product_id=product_id,
            followed_id=product_id,
            category_id=made.draft.category_id,
            status=PENDING,
            review=AUDITING,
            in_review=True,
            channel_problems=(),
            old_version_live=False,
            sent=made.attempt.sent,
            given=ids_given(made.draft),
            confirmed={},
            read_at=ctx.clock.now(),
        )
        await end_row(ctx, tx, sku, RowResult.DONE, text, step)
    return RowResult.DONE, text


async def map_sku(
    ctx: ListingContext, tx: Transaction, title: str, product_id: str, sku_id: str, sent: DraftSku
) -> None:
    """A SKU that we have just made: known, mapped, and its stock and price confirmed."""
    now, integration_id = ctx.clock.now(), ctx.integration.id
    key = tables.key(integration_id, sku_id)
    row = ChannelSku(
        integration_id=integration_id,
        product_id=product_id,
        sku_id=sku_id,
        seller_sku=sent.seller_sku,
        title=title,
        variation=", ".join(side.value for side in sent.sides),
        status=PENDING,
        currency=sent.price.currency,
        live_price=sent.price.amount,
        quantities=sent.quantities,
        read_at=now,
    )
    mapping = SkuMapping(
        integration_id=integration_id,
        sku_id=sku_id,
        avasam_sku=sent.seller_sku,
        mapped_at=now,
        mapped_by=ctx.asked_by,
    )
    units = str(sum(sent.quantities.values()))
    sync = ListingSync(
        integration_id=integration_id,
        sku_id=sku_id,
        stock=_confirmed(ctx, units),
        price=_confirmed(ctx, str(sent.price.amount)),
    )
    await tx.put(tables.CHANNEL_SKUS, key, row.to_document())
    await tx.put(tables.SKU_MAPPINGS, key, mapping.to_document())
    await tx.put(tables.LISTING_SYNCS, key, sync.to_document())


def _confirmed(ctx: ListingContext, value: str) -> PushRecord:
    now = ctx.clock.now()
    return PushRecord(value=value, sent=value, sent_at=now, confirmed_at=now, state=PushState.SENT)


async def _mark_listed(ctx: ListingContext, tx: Transaction, avasam_sku: str) -> None:
    key = tables.key(ctx.integration.id, avasam_sku)
    draft = await draft_of(tx, ctx.integration.id, avasam_sku)
    await tx.put(tables.LISTINGS, key, draft.model_copy(update={"listed_here": True}).to_document())
