"""Writes down on its row what TikTok has against a product that was not sent from here: frozen, off sale.

The download tells the status of every product, and a push that TikTok refuses for the status tells that it is
another by now; without this only Activity would speak of it (domain.md, Listing status).
"""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Final

from core import tables
from core.channel.errors import ChannelError
from core.models.listing_state import ListingProblem, ListingState
from core.rules.off_sale import FAILED, FORBIDS, FROZEN, WORST_FIRST, meaning
from core.store import Where
from core.sync.context import Outcome
from core.sync.listing_candidate import children_of
from core.sync.listing_context import ListingContext
from core.sync.listing_links import read_links
from core.sync.listing_look import look
from core.sync.listing_record import Change, change, load, noted
from core.sync.listing_told import is_told, tell
from core.sync.listing_verdicts import frozen_problem, unread_failure

MOST: Final = 100
"""Products that are read one by one for the reasons after one download; the others say to look them up."""
_PUSHES: Final = ("stock", "price")
_Worst = tuple[int, str, str]
"""(place in WORST_FIRST, status, product id)."""


async def note_standing(ctx: ListingContext, *, fresh: bool) -> int:
    """Compare rows with the last download; how many say something else now.

    `fresh` after a download: before the next one only rows that TikTok was never asked about take its word.
    """
    if not await _any_off(ctx, tables.CHANNEL_SKUS) and not await _any_off(ctx, tables.LISTING_STATES):
        return 0
    shown = await _shown(ctx)
    changed: list[tuple[str, str, str]] = []
    for sku, (_, status, product_id) in sorted(shown.items()):
        state = await load(ctx.store, ctx.integration.id, sku)
        is_known = state.read_at is not None and not fresh
        if state.in_review or is_known or not _is_news(state.status, status):
            continue
        async with ctx.store.transaction(fence=ctx.lease) as tx:
            await change(tx, ctx.integration.id, sku, _standing(status, product_id, ctx.clock.now()))
        changed.append((sku, status, product_id))
    await _ask_why(ctx, changed)
    if changed:
        await tell(ctx)
    return len(changed)


async def look_at_refused(ctx: ListingContext, outcome: Outcome) -> None:
    """After a push: read the products whose status TikTok named as the reason, and frozen ones it took.

    Nothing is read when the push met neither.
    """
    told = await is_told(ctx.store, ctx.integration.id)
    if not (outcome.counts.get("refused") or (told and outcome.counts.get("pushed"))):
        return
    links = await read_links(ctx.store, ctx.integration.id)
    seen: set[str] = set()
    async for sku_id, at, is_refused in _pushed(ctx):
        product_id, sku = links.product_of.get(sku_id), links.avasam_of.get(sku_id)
        if product_id is None or sku is None or product_id in seen or len(seen) >= MOST:
            continue
        front = await _front_of(ctx, sku)
        state = await load(ctx.store, ctx.integration.id, front)
        is_new = state.read_at is None or state.read_at < at
        if is_new and not state.in_review and (is_refused or state.status == FROZEN):
            seen.add(product_id)
            await look(ctx, front, product_id)
    if seen:
        await tell(ctx)


async def _any_off(ctx: ListingContext, table: str) -> bool:
    where = (Where("status", "in", WORST_FIRST),)
    async for chunk in ctx.store.columns(table, ("status",), where, prefix=tables.prefix(ctx.integration.id)):
        if chunk:
            return True
    return False


async def _shown(ctx: ListingContext) -> dict[str, _Worst]:
    """Row -> the worst that the shop shows of the products it is linked to."""
    links = await read_links(ctx.store, ctx.integration.id)
    parents = {kid: front for front, kids in (await children_of(ctx.store)).items() for kid in kids}
    found: dict[str, _Worst] = {}
    fields = ("sku_id", "product_id", "status", "deleted")
    async for chunk in ctx.store.columns(
        tables.CHANNEL_SKUS, fields, prefix=tables.prefix(ctx.integration.id)
    ):
        for _, (sku_id, product_id, status, deleted) in chunk:
            sku = links.avasam_of.get(str(sku_id))
            if sku is not None and status and not deleted:
                front = parents.get(sku, sku)
                found[front] = _worse(found.get(front), str(status), str(product_id))
    return found


def _worse(known: _Worst | None, status: str, product_id: str) -> _Worst:
    place = WORST_FIRST.index(status) if status in WORST_FIRST else len(WORST_FIRST)
    one = (place, status, product_id)
    return one if known is None else min(known, one)


def _is_news(known: str, status: str) -> bool:
    """What is on sale, and was as far as anybody knew, is none."""
    return known != status and (known in WORST_FIRST or status in WORST_FIRST)


async def _front_of(ctx: ListingContext, sku: str) -> str:
    document = await ctx.store.get(tables.PRODUCTS, sku)
    parent = None if document is None else document.get("parent_sku")
    return parent if isinstance(parent, str) else sku


def _standing(status: str, product_id: str, now: datetime) -> Change:
    """What the download says, in place of what was known."""
    against: tuple[ListingProblem, ...] = ()
    if status in {FROZEN, FAILED}:
        against = (frozen_problem() if status == FROZEN else unread_failure(),)
    known = meaning(status)
    what = f"TikTok shows it as {status}" if known is None else known[0]
    code = against[0].code if against else ""

    def step(state: ListingState) -> ListingState:
        update = {
            "status": status,
            "followed_id": product_id,
            "read_at": now,
            "channel_problems": against,
            "old_version_live": False,
        }
        return noted(state.model_copy(update=update), now, "download", what, code)

    return step


async def _ask_why(ctx: ListingContext, changed: Sequence[tuple[str, str, str]]) -> None:
    """The download names no reasons: products that TikTok is against are read for theirs."""
    against = [(sku, product_id) for sku, status, product_id in changed if status in {FROZEN, FAILED}]
    for sku, product_id in against[:MOST]:
        try:
            await look(ctx, sku, product_id)
        except ChannelError:
            return  # what is known stands; the next sync meets the same fault and tells it


async def _pushed(ctx: ListingContext) -> AsyncIterator[tuple[str, datetime, bool]]:
    """(Channel SKU id, when, whether its status was the reason) of every push that was answered."""
    names = [f"{which}.{name}" for which in _PUSHES for name in ("error_code", "sent_at", "confirmed_at")]
    fields = ("sku_id", *names)
    prefix = tables.prefix(ctx.integration.id)
    async for chunk in ctx.store.columns(tables.LISTING_SYNCS, fields, prefix=prefix):
        for _, (sku_id, *values) in chunk:
            for code, sent_at, confirmed_at in (values[:3], values[3:]):
                at = sent_at if code == FORBIDS else None if code else confirmed_at
                if at is not None:
                    yield str(sku_id), datetime.fromisoformat(str(at)), code == FORBIDS
