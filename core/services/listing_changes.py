"""What an Update would send of a row, old and new, as far as it is known without asking the shop (A29)."""

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from core import tables
from core.models.integration import Integration
from core.models.listing import ChannelSku
from core.rules.candidate import Candidate, Variant
from core.store import Reader
from core.sync.listing_links import Links
from core.text import clean_line
from core.wording import count_of

_WORDS: Final = {
    "title": "title",
    "description": "description",
    "images": "pictures",
    "attributes": "attributes",
    "brand": "brand",
    "weight": "weight",
    "size": "package size",
    "size_chart": "size chart",
    "certificates": "certificates",
    "manufacturer": "manufacturer",
    "responsible_person": "responsible person",
}
"""Field -> what it is called, in the order in which they are told."""
_LONGEST: Final = 80
_NAMED: Final = 3


async def changes_of(
    store: Reader, integration: Integration, links: Links, candidate: Candidate, fields: Collection[str]
) -> tuple[str, ...]:
    """One phrase a field: `title: "Mug" -> "Green mug"`, `description`, `price of MUG-S: 9.99 -> 12.49`.

    Old values are those that the last download read; of texts other than the title none is kept.
    """
    live = await _live(store, integration.id, links, candidate)
    told = [word for name, word in _WORDS.items() if name in fields]
    old = next((sku.title for _, sku in live if sku.title), "")
    if "title" in fields and old:
        told[0] = f'title: "{clean_line(old, _LONGEST)}" -> "{clean_line(candidate.title, _LONGEST)}"'
    new = [one.sku for one in candidate.variants if candidate.is_parent and not links.sku_ids.get(one.sku)]
    told += [f"new variants: {', '.join(new)}"] if new else []
    told += _few("price", [*_prices(live)])
    if integration.settings.stock_update:
        told += _few("stock", [*_stocks(live)])
    return tuple(told)


def _prices(live: Sequence[tuple[Variant, ChannelSku]]) -> Iterator[str]:
    """A price goes whatever the settings say: somebody asks for it."""
    for variant, sku in live:
        if variant.price not in {None, sku.live_price} and variant.currency == sku.currency:
            yield f"of {variant.sku}: {'?' if sku.live_price is None else sku.live_price} -> {variant.price}"


def _stocks(live: Sequence[tuple[Variant, ChannelSku]]) -> Iterator[str]:
    for variant, sku in live:
        if variant.quantity not in {None, sku.live_quantity}:
            yield f"of {variant.sku}: {sku.live_quantity} -> {variant.quantity}"


def _few(what: str, changes: Sequence[str]) -> list[str]:
    more = len(changes) - _NAMED
    told = [f"{what} {change}" for change in changes[:_NAMED]]
    return [*told, f"and {count_of(more, f'more {what}')}"] if more > 0 else told


async def _live(
    store: Reader, integration_id: str, links: Links, candidate: Candidate
) -> list[tuple[Variant, ChannelSku]]:
    """The variants that the shop sells, with what it showed last."""
    found: list[tuple[Variant, ChannelSku]] = []
    for variant in candidate.variants:
        for sku_id in links.sku_ids.get(variant.sku, ()):
            document = await store.get(tables.CHANNEL_SKUS, tables.key(integration_id, sku_id))
            if document is not None:
                found.append((variant, ChannelSku.from_document(document)))
    return found
