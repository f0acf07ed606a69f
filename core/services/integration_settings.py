"""The additional settings: read as typed, shown in their effect, saved (domain.md A39 to A43)."""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, TypedDict

from core import tables
from core.backend import Backend
from core.models.integration import Integration, IntegrationSettings
from core.rules.guard import GO_ON, GuardVerdict
from core.services.errors import NotFound, ServiceError
from core.sync.context import guard_limits
from core.sync.plan import Aspect, Change, Plan, plan_prices, plan_stock

MOST: Final = 999_999
"""More units than any shop advertises; a longer number is a slip of the finger."""
WORST: Final = 10


class SettingsChange(TypedDict, total=False):
    """The fields to change; what is not named stays as it is."""

    stock_update: bool
    price_update: bool
    max_quantity: int | None
    stock_threshold: int | None
    exclude_non_avasam: bool
    split_unknown: bool


@dataclass(frozen=True, slots=True)
class AspectEffect:
    """What the next sync of one kind would send: how many values, how many to 0, the worst ones first."""

    switched_on: bool
    changes: int = 0
    to_zero: int = 0
    worst: Sequence[Change] = ()
    skipped: Mapping[str, int] | None = None
    verdict: GuardVerdict = GO_ON


@dataclass(frozen=True, slots=True)
class Effect:
    """What settings would change at the shop; nothing is sent to find out (A43)."""

    settings: IntegrationSettings
    mapped: int
    stock: AspectEffect
    price: AspectEffect

    @property
    def changes_anything(self) -> bool:
        """Whether any advertised value would change."""
        return bool(self.stock.changes or self.price.changes)

    @property
    def stopped(self) -> GuardVerdict | None:
        """The mass-change guard's question, if the next sync would raise it."""
        return next((one.verdict for one in (self.stock, self.price) if one.verdict.stopped), None)


class SettingsService:
    """The use cases around additional settings."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._store = backend.store

    async def effect(self, integration: Integration, change: SettingsChange) -> Effect:
        """What the next syncs would send with these settings, by the same plan that they use."""
        settings = changed(integration.settings, change)
        wanted = integration.model_copy(update={"settings": settings})
        limits = guard_limits(self._backend.settings)
        stock = price = AspectEffect(switched_on=False)
        if settings.stock_update:
            stock = _effect(await plan_stock(self._store, wanted, limits))
        if settings.price_update:
            price = _effect(await plan_prices(self._store, wanted, limits))
        prefix = tables.prefix(integration.id)
        mapped = await self._store.count(tables.SKU_MAPPINGS, prefix=prefix)
        return Effect(settings, mapped, stock, price)

    async def save(self, integration_id: str, change: SettingsChange) -> Integration:
        """Put the named fields in force. Raises NotFound when the integration is gone."""
        async with self._store.transaction() as tx:
            document = await tx.get(tables.INTEGRATIONS, integration_id)
            if document is None:
                raise NotFound("This integration is gone", "Somebody removed it meanwhile.")
            integration = Integration.from_document(document)
            saved = integration.model_copy(update={"settings": changed(integration.settings, change)})
            await tx.put(tables.INTEGRATIONS, integration_id, saved.to_document())
        return saved


def changed(settings: IntegrationSettings, change: SettingsChange) -> IntegrationSettings:
    """The settings with some fields replaced, checked once more."""
    return IntegrationSettings.model_validate({**settings.model_dump(), **change})


def read_units(text: str) -> int | None:
    """A number of units as typed: blank (or `none`) is None. Raises ServiceError for all else (A42)."""
    typed = text.strip()
    if not typed or typed.casefold() == "none":
        return None
    if typed.startswith("-") and typed[1:].isdigit():
        raise ServiceError(f"{typed} is negative", "Type 0 or more, or leave it blank for no limit.")
    if not (typed.isascii() and typed.isdigit()):
        raise ServiceError(
            f"{typed[:20]!r} is not a whole number", "Type digits only, or leave it blank for no limit."
        )
    if len(typed.lstrip("0")) > len(str(MOST)):
        raise ServiceError(f"That is more than {MOST:,}", "Type a smaller number, or leave it blank.")
    return int(typed)


def _effect(plan: Plan) -> AspectEffect:
    to_zero = sum(change.desired == "0" and change.confirmed != "0" for change in plan.changes)
    return AspectEffect(
        switched_on=True,
        changes=len(plan.changes),
        to_zero=to_zero if plan.aspect is Aspect.STOCK else 0,
        worst=heapq.nlargest(WORST, plan.changes, key=_badness),
        skipped={str(reason): len(skus) for reason, skus in plan.skipped.items() if skus},
        verdict=plan.verdict,
    )


def _badness(change: Change) -> tuple[bool, Decimal]:
    """What goes to 0 first, then whatever moves furthest."""
    before, after = Decimal(change.confirmed or 0), Decimal(change.desired)
    return after == 0 and before != 0, abs(after - before)
