"""Keeps what was typed for rows, all alike: checked before anything of it is written (A21 to A25)."""

from collections.abc import Mapping, Sequence
from typing import Final

from core import tables
from core.models.category import CategoryAnswers
from core.models.integration import Integration
from core.models.listing import Listing
from core.models.product import Product, ProductKind
from core.portions import portions
from core.services.draft_edits import edited
from core.services.editing import edited_since
from core.services.errors import PartlyDone, ServiceError
from core.services.products import load_product
from core.store import Reader, Store, StoreError
from core.sync.listing_candidate import rules_of
from core.sync.listing_drafts import draft_of

_AT_ONCE: Final = 500
"""Rows a commit: others wait for the store's lock meanwhile."""
OF_THE_FRONT: Final = frozenset({"category_id", "description", *CategoryAnswers.model_fields})
"""Fields that belong to the whole product: a variant has none of its own."""


async def keep_typed(
    store: Store,
    integration: Integration,
    skus: Sequence[str],
    changes: Mapping[str, object],
    *,
    by: str,
    revision: int | None = None,
) -> int:
    """Keep typed values for these rows; how many changed. Nothing is sent.

    `revision` is that of the draft that the person saw: EditedMeanwhile says which fields were changed
    since, from what to what and by whom. Values must have come through listing_values; None goes back to
    Avasam's. One row that may not be changed refuses all of them; PartlyDone when the store gave up half-way.
    """
    if len(skus) > _AT_ONCE:
        for portion in portions(skus, _AT_ONCE):
            await _worked_out(store, integration, portion, changes, by, revision)
    changed = done = 0
    for portion in portions(skus, _AT_ONCE):
        try:
            async with store.transaction() as tx:
                drafts = await _worked_out(tx, integration, portion, changes, by, revision)
                for one in drafts:
                    await tx.put(
                        tables.LISTINGS, tables.key(integration.id, one.avasam_sku), one.to_document()
                    )
        except (ServiceError, StoreError) as error:
            if not done:
                raise
            raise PartlyDone(
                f"{done:,} of {len(skus):,} rows were saved, those from {portion[0]} on were not: {error}",
                "Do the same again: what is saved stays as it is.",
            ) from error
        changed, done = changed + len(drafts), done + len(portion)
    return changed


async def _worked_out(
    store: Reader,
    integration: Integration,
    skus: Sequence[str],
    changes: Mapping[str, object],
    by: str,
    revision: int | None,
) -> list[Listing]:
    """The drafts that change. Raises ServiceError for the first row that may not."""
    rules = await rules_of(store, integration.id)
    drafts: list[Listing] = []
    for sku in skus:
        _check_place(await load_product(store, sku), changes)
        before = await draft_of(store, integration.id, sku)
        rule = rules.get(before.rule_id or "")
        is_auto = rule is not None and not rule.paused
        after = _edited(before, changes, by, revision, is_auto=is_auto)
        if after is not before:
            drafts.append(after)
    return drafts


def _check_place(product: Product, changes: Mapping[str, object]) -> None:
    odd = sorted(OF_THE_FRONT & changes.keys())
    if product.kind is ProductKind.CHILD and odd:
        name = odd[0].removesuffix("_id").removesuffix("_kg").removesuffix("_cm")
        raise ServiceError(
            f"{product.sku} is a variant: its {name} is that of {product.parent_sku}",
            f"Set it for {product.parent_sku}.",
        )


def _edited(
    before: Listing, changes: Mapping[str, object], by: str, revision: int | None, *, is_auto: bool
) -> Listing:
    typed = {"brand_name": "", **changes} if "brand_id" in changes else dict(changes)
    if revision is not None and revision != before.revision:
        mine = before.model_copy(update=typed).to_document()
        wanted = {name: mine[name] for name in changes}
        raise edited_since(before.to_document(), revision, wanted, name=before.avasam_sku)
    if changes.get("typed_price") is not None and is_auto:
        raise ServiceError(
            f"The price of {before.avasam_sku} follows a pricing rule (auto)",
            "Detach the rule first, or change the rule.",
        )
    return edited(before, typed, by)
