"""What the rows of one listing job share: read once, used for each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.models.listing import PricingRule
from core.rules.listing_limits import limits_for
from core.sync.listing_candidate import children_of, rules_of
from core.sync.listing_context import ListingContext
from core.sync.listing_files import Files
from core.sync.listing_images import Images
from core.sync.listing_knowledge import ShopKnowledge
from core.sync.listing_links import Links, read_links
from core.sync.listing_uploads import Uploads


@dataclass(frozen=True, slots=True)
class Shared:
    """Read when the job, or this slice of it, began."""

    children: Mapping[str, Sequence[str]]
    rules: Mapping[str, PricingRule]
    links: Links
    knowledge: ShopKnowledge
    images: Images
    files: Files
    uploads: Uploads


async def prepare(ctx: ListingContext) -> Shared:
    """Read what the rows share; categories and warehouses follow when the first row needs them."""
    limits = limits_for(ctx.integration.shop.region)
    uploads = Uploads(ctx)
    return Shared(
        children=await children_of(ctx.store),
        rules=await rules_of(ctx.store, ctx.integration.id),
        links=await read_links(ctx.store, ctx.integration.id),
        knowledge=ShopKnowledge(
            ctx.store, ctx.clock, ctx.integration, ctx.tools.categories, ctx.channel, ctx.lease
        ),
        images=Images(ctx, limits, uploads),
        files=Files(ctx, limits, uploads),
        uploads=uploads,
    )
