"""Additional settings and what they would change, in words; screens and commands say the same (A43)."""

from collections.abc import Iterator

from core.models.integration import IntegrationSettings
from core.services.integration_settings import AspectEffect, Effect
from core.sync.plan import Change

LABELS = {
    "stock_update": "Stock update",
    "price_update": "Price (Inc VAT) update",
    "max_quantity": "Max quantity to advertise",
    "stock_threshold": "Stock threshold",
    "exclude_non_avasam": "Exclude non-Avasam orders",
    "split_unknown": "Split orders with unknown SKUs",
}
"""Field -> the name that Avasam's merchants know."""


def non_avasam_orders(settings: IntegrationSettings) -> str:
    """What the exclude switch does, because its name alone has been read both ways."""
    if settings.exclude_non_avasam:
        return "Non-Avasam orders: hidden"
    return "Non-Avasam orders: shown, deleted here after 72 hours unless a SKU is mapped"


def mixed_orders(settings: IntegrationSettings) -> str:
    """What happens to an order with both kinds of line."""
    if settings.split_unknown:
        return "Mixed orders: imported with their mapped lines only"
    if settings.exclude_non_avasam:
        return "Mixed orders: hidden"
    return "Mixed orders: imported whole, marked mixed"


def summary(effect: Effect) -> Iterator[str]:
    """One line a kind of sync: how many change, how many go to zero."""
    yield _aspect("Stock", effect.stock, effect.mapped)
    yield _aspect("Price", effect.price, effect.mapped)
    if effect.stopped is not None:
        what = effect.stopped.what.removesuffix(" Nothing was sent.")
        yield f"! The sync will stop and ask: {what} Go on then with --confirm."


def worst(effect: Effect) -> Iterator[str]:
    """The changes that matter most, one a line."""
    for name, aspect in (("stock", effect.stock), ("price", effect.price)):
        for change in aspect.worst:
            yield f"{change.avasam_sku:<24} {name}  {_was(change)} -> {change.desired}"


def yes_no(value: object) -> str:
    """A setting's value as people say it."""
    return "none" if value is None else ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _aspect(name: str, aspect: AspectEffect, mapped: int) -> str:
    if not aspect.switched_on:
        return f"{name}: off, nothing is sent"
    if not aspect.changes:
        return f"{name}: nothing changes ({mapped:,} mapped)"
    zero = f", {aspect.to_zero:,} of them to 0" if aspect.to_zero else ""
    return f"{name}: {aspect.changes:,} of {mapped:,} mapped listings change{zero}"


def _was(change: Change) -> str:
    return "?" if change.confirmed is None else change.confirmed
