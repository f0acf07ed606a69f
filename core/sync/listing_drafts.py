"""The draft of a row: what was typed or chosen for it here, read alike by services and workers."""

from core import tables
from core.models.listing import Listing
from core.store import Reader


async def kept_draft(store: Reader, integration_id: str, sku: str) -> Listing | None:
    """The draft, or None while nobody has touched the row."""
    document = await store.get(tables.LISTINGS, tables.key(integration_id, sku))
    return None if document is None else Listing.from_document(document)


async def draft_of(store: Reader, integration_id: str, sku: str) -> Listing:
    """The draft; a blank one while nobody has touched the row."""
    kept = await kept_draft(store, integration_id, sku)
    return Listing(integration_id=integration_id, avasam_sku=sku) if kept is None else kept
