"""Which orders are taken in, and with which lines (domain.md, Which orders are imported)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from core.models.decision import Decision
from core.models.integration import IntegrationSettings
from core.models.order import ChannelOrder, OrderKind, OrderLine

OWN_FULFILMENT: Final = "FULFILLMENT_BY_SELLER"


class Phase(StrEnum):
    """How far TikTok says the order has come, as far as importing it is concerned."""

    UNPAID = "unpaid"
    ON_HOLD = "on_hold"
    """The buyer may still cancel freely: shown as held until TikTok releases it."""
    OPEN = "open"
    """Paid for and waiting to be shipped."""
    PARTLY_SHIPPED = "partly_shipped"
    SHIPPED = "shipped"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"
    """A status that did not exist when this was written."""


_PHASES: Final = {
    "UNPAID": Phase.UNPAID,
    "ON_HOLD": Phase.ON_HOLD,
    "AWAITING_SHIPMENT": Phase.OPEN,
    "PARTIALLY_SHIPPING": Phase.PARTLY_SHIPPED,
    "AWAITING_COLLECTION": Phase.SHIPPED,
    "IN_TRANSIT": Phase.SHIPPED,
    "DELIVERED": Phase.SHIPPED,
    "COMPLETED": Phase.SHIPPED,
    "CANCELLED": Phase.CANCELLED,
    "CANCEL": Phase.CANCELLED,
}
_CANCELLED_LINES: Final = frozenset({"CANCELLED", "CANCEL"})


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What becomes of an order of the channel.

    `kind` tells of the order as TikTok has it, so one imported with its mapped lines only is still MIXED.
    `lines` are those that are kept, each with its `avasam_sku` where its SKU is mapped; empty when the order
    is not imported.
    """

    imported: bool
    kind: OrderKind
    phase: Phase
    lines: tuple[OrderLine, ...] = ()
    purge: bool = False
    """It is deleted 72 hours after download if still unmapped."""
    flags: tuple[str, ...] = ()
    """Sample, replacement, exchange, lottery."""
    attention: str | None = None
    """Why a person has to look before it may go to Avasam, in words; None when none has to."""

    @property
    def on_hold(self) -> bool:
        """TikTok has not released the order yet."""
        return self.phase is Phase.ON_HOLD


def decide(
    order: ChannelOrder, mapped: Mapping[str, str], settings: IntegrationSettings
) -> Decision[ImportResult]:
    """Whether the order is imported, how, and why; `mapped` is channel SKU id -> Avasam SKU.

    An order is never lost for being odd: one with an unknown status, or without lines, is imported for a
    person to look at. Cancelled lines say nothing about whose order it is, unless every line is cancelled.
    """
    phase = phase_of(order)
    lines = tuple(line.model_copy(update={"avasam_sku": mapped.get(line.sku_id)}) for line in order.lines)
    kind = _kind_of(lines)
    if order.fulfilment_type != OWN_FULFILMENT:
        return _left_out(kind, phase, f"fulfilled by {order.fulfilment_type or 'nobody named'}, not by us")
    if phase is Phase.UNPAID:
        return _left_out(kind, phase, "not paid for yet")
    if not lines:
        result = ImportResult(
            imported=True, kind=kind, phase=phase, flags=order.flags(), attention="it came without lines"
        )
        return Decision(result, ("no lines", "imported for a person to look at"))

    counting = _counting(lines)
    counted = _counted(counting)
    hideable = kind is OrderKind.NON_AVASAM or (kind is OrderKind.MIXED and not settings.split_unknown)
    if hideable and settings.exclude_non_avasam:
        return _left_out(kind, phase, counted, "non-Avasam orders are hidden")
    kept, how = lines, "imported whole"
    if kind is OrderKind.NON_AVASAM:
        how = "imported as non-Avasam, deleted after 72 hours if still unmapped"
    elif kind is OrderKind.MIXED and settings.split_unknown:
        kept, how = tuple(line for line in lines if line.avasam_sku), "imported with its mapped lines only"
    elif kind is OrderKind.MIXED:
        how = "imported whole, marked mixed"
    result = ImportResult(
        imported=True,
        kind=kind,
        phase=phase,
        lines=kept,
        purge=kind is OrderKind.NON_AVASAM,
        flags=order.flags(),
        attention=_attention(order, phase),
    )
    return Decision(result, (counted, how, *_remarks(result)))


def phase_of(order: ChannelOrder) -> Phase:
    """Where the order stands; one that awaits shipment but is marked as on hold is not released yet."""
    phase = _PHASES.get(order.status, Phase.UNKNOWN)
    return Phase.ON_HOLD if phase is Phase.OPEN and order.is_on_hold else phase


def _counting(lines: tuple[OrderLine, ...]) -> tuple[OrderLine, ...]:
    return tuple(line for line in lines if line.status not in _CANCELLED_LINES) or lines


def _counted(lines: tuple[OrderLine, ...]) -> str:
    """How many lines are mapped as a person counts them: units of one SKU are one line."""
    skus = {line.sku_id: line.avasam_sku is not None for line in lines}
    words = f"{sum(skus.values())} of {len(skus)} lines mapped"
    return words if len(skus) == len(lines) else f"{words} ({_mapped(lines)} of {len(lines)} units)"


def _mapped(lines: tuple[OrderLine, ...]) -> int:
    return sum(line.avasam_sku is not None for line in lines)


def _kind_of(lines: tuple[OrderLine, ...]) -> OrderKind:
    counting = _counting(lines)
    ours = _mapped(counting)
    if ours == 0:
        return OrderKind.NON_AVASAM
    return OrderKind.AVASAM if ours == len(counting) else OrderKind.MIXED


def _left_out(kind: OrderKind, phase: Phase, *why: str) -> Decision[ImportResult]:
    return Decision(ImportResult(imported=False, kind=kind, phase=phase), (*why, "not imported"))


def _attention(order: ChannelOrder, phase: Phase) -> str | None:
    if phase is Phase.UNKNOWN:
        return f"TikTok gives it a status that is not known here: {order.status or '(none)'}"
    if phase is Phase.PARTLY_SHIPPED:
        return "somebody has already shipped a part of it"
    return None


def _remarks(result: ImportResult) -> tuple[str, ...]:
    held = ("on hold until TikTok releases it",) if result.on_hold else ()
    asks = (f"a person has to look: {result.attention}",) if result.attention else ()
    return held + asks + result.flags
