"""How many units a channel is told there are (domain.md, Advertised quantity)."""

from core.models.decision import Decision
from core.models.integration import IntegrationSettings


def quantity_of(stock: int, max_quantity: int | None, threshold: int | None) -> int:
    """The advertised quantity in units, without its explanation: a stock pass asks this 100,000 times.

    The threshold looks at real stock, so a low maximum cannot hide a product; None means no limit (A42).
    """
    if stock <= 0 or (threshold is not None and stock < threshold):
        return 0
    return stock if max_quantity is None else min(stock, max_quantity)


def advertised_quantity(stock: int | None, settings: IntegrationSettings) -> Decision[int | None]:
    """The quantity to show and why; None for unknown stock, which is never pushed, least of all as 0."""
    if stock is None:
        return Decision(None, ("stock unknown", "not pushed"))
    threshold, most = settings.stock_threshold, settings.max_quantity
    quantity = quantity_of(stock, most, threshold)
    steps = [f"stock {stock}"]
    if threshold is not None and stock < threshold:
        steps.append(f"below threshold {threshold} -> {quantity}")
    elif stock < 0:
        steps.append(f"never negative -> {quantity}")
    elif quantity != stock:
        steps.append(f"max {most} -> {quantity}")
    return Decision(quantity, tuple(steps))
