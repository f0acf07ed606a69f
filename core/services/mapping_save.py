"""Saving SKU mappings: all edits in one commit, or none (domain.md A35 to A37)."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core import tables
from core.models.integration import Integration
from core.models.job import Activity
from core.models.listing import ChannelSku, ListingSync, SkuMapping, Unlinked
from core.services.errors import NotFound
from core.services.mapping_edits import Clash, Edit, Edits, MappingsChanged, MappingsRefused, Refused
from core.store import Reader, Transaction
from core.sync.jobs import new_id

ACTIVITY_KIND: Final = "mappings"
_BREATH: Final = 100
"""Edits between two moments in which the screen may draw."""


@dataclass(frozen=True, slots=True)
class Written:
    """What one commit did: the channel SKU ids that got a partner, and those that lost theirs."""

    integration: Integration
    linked: frozenset[str]
    unlinked: frozenset[str]
    unchanged: int


async def write(tx: Transaction, integration_id: str, edits: Edits, *, by: str, now: datetime) -> Written:
    """Put the edits in force. Raises MappingsChanged, MappingsRefused or NotFound; then nothing is written.

    What another person changed since is found here, inside the transaction: no two can save at once.
    """
    integration = await _integration(tx, integration_id)
    todo: list[Edit] = []
    clashes: list[Clash] = []
    refused: list[Refused] = []
    async for edit in _in_breaths(edits):
        present = await _present(tx, integration_id, edit.sku_id)
        partner = None if present is None else present.avasam_sku
        if partner == edit.avasam_sku:
            continue
        if partner != edit.seen:
            clashes.append(await _clash(tx, integration_id, edit, present))
        elif (why := await _senseless(tx, integration_id, edit)) is not None:
            refused.append(Refused(edit, why))
        else:
            todo.append(edit)
    if clashes:
        raise MappingsChanged(tuple(clashes))
    if refused:
        raise MappingsRefused(tuple(refused))
    async for edit in _in_breaths(todo):
        await _put(tx, integration_id, edit, by=by, now=now)
    linked = frozenset(edit.sku_id for edit in todo if edit.avasam_sku is not None)
    unlinked = frozenset(edit.sku_id for edit in todo if edit.avasam_sku is None)
    if todo:
        await _tell(tx, integration_id, len(linked), len(unlinked), by=by, now=now)
    return Written(integration, linked, unlinked, len(edits) - len(todo))


async def _put(tx: Transaction, integration_id: str, edit: Edit, *, by: str, now: datetime) -> None:
    key = tables.key(integration_id, edit.sku_id)
    await _forget_pushes(tx, key)
    if edit.avasam_sku is None:
        await tx.delete(tables.SKU_MAPPINGS, key)
        gone = Unlinked(
            integration_id=integration_id, sku_id=edit.sku_id, avasam_sku=edit.seen or "", at=now, by=by
        )
        await tx.put(tables.UNLINKED, key, gone.to_document())
        return
    live = await tx.get(tables.CHANNEL_SKUS, key)
    row = SkuMapping(
        integration_id=integration_id,
        sku_id=edit.sku_id,
        avasam_sku=edit.avasam_sku,
        seller_sku="" if live is None else str(live.get("seller_sku") or ""),
        mapped_at=now,
        mapped_by=by,
    )
    await tx.put(tables.SKU_MAPPINGS, key, row.to_document())
    await tx.delete(tables.UNLINKED, key)


async def _forget_pushes(tx: Transaction, key: str) -> None:
    """Take the push records away. The last price that was sent stays known as what the shop shows.

    Without that a later pair of this SKU would be compared with the price of the last download.
    """
    row = await tx.get(tables.LISTING_SYNCS, key)
    if row is None:
        return
    await tx.delete(tables.LISTING_SYNCS, key)
    price = ListingSync.from_document(row).price
    document = await tx.get(tables.CHANNEL_SKUS, key)
    if price.sent is None or document is None:
        return
    live = ChannelSku.from_document(document)
    if price.sent_at is not None and price.sent_at < live.read_at:
        return
    certain = price.value if price.value == price.sent else None
    await tx.put(tables.CHANNEL_SKUS, key, {**live.to_document(), "live_price": certain})


async def _senseless(tx: Transaction, integration_id: str, edit: Edit) -> str | None:
    """Why an edit cannot be saved, if so."""
    if edit.avasam_sku is None:
        return None
    live = await tx.get(tables.CHANNEL_SKUS, tables.key(integration_id, edit.sku_id))
    if live is None:
        return "this shop has no such SKU; Download first"
    if live.get("deleted"):
        return "TikTok no longer lists it"
    product = await tx.get(tables.PRODUCTS, edit.avasam_sku)
    if product is None or product.get("missing"):
        return f"Avasam has no SKU {edit.avasam_sku}"
    if product.get("kind") == "parent":
        return f"{edit.avasam_sku} is a variation parent: choose one of its children"
    return None


async def _clash(tx: Transaction, integration_id: str, edit: Edit, present: SkuMapping | None) -> Clash:
    if present is not None:
        return Clash(edit, present.avasam_sku, present.mapped_by, present.mapped_at)
    row = await tx.get(tables.UNLINKED, tables.key(integration_id, edit.sku_id))
    if row is None:
        return Clash(edit, None, "", None)
    gone = Unlinked.from_document(row)
    return Clash(edit, None, gone.by, gone.at)


async def _tell(
    tx: Transaction, integration_id: str, linked: int, unlinked: int, *, by: str, now: datetime
) -> None:
    entry = Activity(
        id=new_id(now),
        integration_id=integration_id,
        kind=ACTIVITY_KIND,
        started_at=now,
        finished_at=now,
        ok=True,
        counts={name: count for name, count in (("mapped", linked), ("unlinked", unlinked)) if count},
        text=f"saved by {by}" if by else "",
    )
    await tx.put(tables.ACTIVITY, entry.id, entry.to_document())


async def _present(tx: Transaction, integration_id: str, sku_id: str) -> SkuMapping | None:
    row = await tx.get(tables.SKU_MAPPINGS, tables.key(integration_id, sku_id))
    return None if row is None else SkuMapping.from_document(row)


async def _integration(store: Reader, integration_id: str) -> Integration:
    row = await store.get(tables.INTEGRATIONS, integration_id)
    if row is None:
        raise NotFound("This integration is gone", "Somebody removed it meanwhile.")
    return Integration.from_document(row)


async def _in_breaths(edits: Edits | list[Edit]) -> AsyncIterator[Edit]:
    """The edits, with a moment for the event loop now and then: 10,000 take a second."""
    for number, edit in enumerate(edits, start=1):
        if number % _BREATH == 0:
            await asyncio.sleep(0)
        yield edit
