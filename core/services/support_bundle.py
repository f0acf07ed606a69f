"""What support needs to know about a row: timeline with request ids, states, decisions; redacted (A32).

It holds no token, no buyer, no address of the shop's owner and no name of who works here: only goods, codes
and times.
"""

import json
import re
from collections.abc import Mapping
from typing import Final

from core import tables
from core.backend import Backend
from core.models.integration import Integration
from core.models.listing import ListingSync
from core.services.listings import Explained, ListingService
from core.store import Document, Json
from core.sync.listing_links import read_links

_PEOPLE: Final = frozenset({"by", "edited_by", "mapped_by", "requested_by"})
_WEB: Final = re.compile(r"(https?://)(?:[^/\s@]*@)?([^\s?#\"'<>]*)[?#]?[^\s\"'<>]*")
_MAIL: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_SECRET: Final = re.compile(
    r"(?i)\b(access_token|refresh_token|app_secret|app_key|shop_cipher|auth_code|sign|token|password)"
    r"([\"']?\s*[=:]\s*[\"']?)[^\s\"'&,;]+"
)


async def make_bundle(backend: Backend, integration: Integration, sku: str) -> Document:
    """The bundle of one row. Raises NotFound."""
    listings = ListingService(backend)
    explained = await listings.explain(integration, sku)
    links = await read_links(backend.store, integration.id)
    pushes: dict[str, Json] = {}
    for sku_id in links.of([one.sku for one in explained.candidate.variants]):
        key = tables.key(integration.id, sku_id)
        document = await backend.store.get(tables.LISTING_SYNCS, key)
        shown = await backend.store.get(tables.CHANNEL_SKUS, key)
        if document is not None:
            pushes[sku_id] = {
                "seller_sku": None if shown is None else shown.get("seller_sku"),
                **ListingSync.from_document(document).to_document(),
            }
    state = explained.state.to_document()
    whole: Document = {
        "sku": sku,
        "region": integration.shop.region,
        "made_at": backend.clock.now().isoformat(),
        "timeline": state.pop("events", []),
        "state": state,
        "draft": (await listings.draft(integration, explained.row.sku)).to_document(),
        "decisions": _decisions(explained),
        "problems": [one.to_document() for one in explained.problems],
        "held": [one.to_document() for one in explained.held],
        "pushes": pushes,
    }
    files = {kept.path: kept.name for kept in explained.candidate.chosen_files}
    return {name: redacted(_without_folders(value, files)) for name, value in whole.items()}


def bundle_text(bundle: Document) -> str:
    """The bundle as it is copied or written."""
    return json.dumps(bundle, ensure_ascii=False, indent=2)


def redacted(value: Json) -> Json:
    """The same without people, mail addresses, secrets, and whatever follows the path of an address."""
    if isinstance(value, dict):
        return {name: redacted(one) for name, one in value.items() if name not in _PEOPLE}
    if isinstance(value, list):
        return [redacted(one) for one in value]
    if isinstance(value, str):
        text = _WEB.sub(r"\1\2", value)
        return _MAIL.sub("[mail]", _SECRET.sub(r"\1\2[hidden]", text))
    return value


def _without_folders(value: Json, files: Mapping[str, str]) -> Json:
    """Chosen files by their name alone: the folders tell whose machine it is."""
    if isinstance(value, str):
        for path, name in files.items():
            value = value.replace(path, name)
        return value
    if isinstance(value, list):
        return [_without_folders(one, files) for one in value]
    if isinstance(value, dict):
        return {key: _without_folders(one, files) for key, one in value.items()}
    return value


def _decisions(explained: Explained) -> Json:
    return [
        {
            "sku": one.sku,
            "price": None if one.price is None else str(one.price),
            "price_steps": list(one.price_steps),
            "quantity": one.quantity,
            "quantity_steps": list(one.quantity_steps),
        }
        for one in explained.candidate.variants
    ]
