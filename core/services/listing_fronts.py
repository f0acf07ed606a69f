"""What an action on rows is about: a variant stands for its parent, unknown rows are left out."""

from collections.abc import Iterable
from dataclasses import dataclass

from core import tables
from core.models.listing_state import Action
from core.store import Reader


@dataclass(frozen=True, slots=True)
class Fronts:
    """SKUs of singles and variation parents, and (SKU, why) of what was ticked beside them."""

    skus: list[str]
    left_out: list[tuple[str, str]]


async def fronts_of(store: Reader, integration_id: str, action: Action, skus: Iterable[str]) -> Fronts:
    """Each once, in the order in which they were ticked."""
    fronts: dict[str, None] = {}
    left_out: list[tuple[str, str]] = []
    for sku in dict.fromkeys(skus):
        document = await store.get(tables.PRODUCTS, sku)
        if document is None:
            state = await store.get(tables.LISTING_STATES, tables.key(integration_id, sku))
            if state is None:
                left_out.append((sku, "not in the inventory"))
                continue
        parent = document.get("parent_sku") if document is not None else None
        if isinstance(parent, str):
            left_out.append((sku, f"a variant: {action} is done to its parent {parent}"))
            fronts[parent] = None
        else:
            fronts[sku] = None
    return Fronts(list(fronts), left_out)
