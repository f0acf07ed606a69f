"""Error triage: what is wrong by cause, one fix for all of its rows, and a bundle for support (A32)."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from core import tables
from core.backend import Backend
from core.models.integration import Integration
from core.models.listing_state import ListingState
from core.rules import triage
from core.rules.triage import Cause, Occurrence, causes
from core.services.errors import NotFound
from core.services.listing_keep import OF_THE_FRONT
from core.services.listings import Asked, ListingService
from core.services.support_bundle import make_bundle
from core.store import Document
from core.sync.listing_candidate import children_of
from core.sync.listing_record import HOLD_AFTER

_BREATH: Final = 50
"""Rows between two looks at what else there is to do: the screen stays quick."""
_OF_VARIANTS: Final = frozenset({"typed_price", "shipping_ex"})
"""Fields that a variation parent has no use for: each of its variants has its own."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """How many rows of a cause were changed, and the jobs that try them again."""

    changed: int
    asked: Sequence[Asked]


@dataclass(frozen=True, slots=True)
class Report:
    """Causes, and by the id of each the problems of its rows."""

    causes: Sequence[Cause]
    rows: Mapping[str, Sequence[Occurrence]]


class TriageService:
    """Problems never stop stock or stop actions: this only helps to get rid of them."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._store = backend.store
        self._listings = ListingService(backend)

    async def causes(self, integration: Integration) -> list[Cause]:
        """Every cause with its rows: what stops something first, then the most frequent."""
        return causes(await self._occurrences(integration))

    async def report(self, integration: Integration) -> Report:
        """The causes, and the rows of each with what is wrong with them in their own words."""
        found = await self._occurrences(integration)
        rows: dict[str, list[Occurrence]] = {}
        for one in found:
            rows.setdefault(triage.cause_id(one.problem), []).append(one)
        return Report(causes(found), rows)

    async def _occurrences(self, integration: Integration) -> list[Occurrence]:
        """Problems of all rows; rows without any are not even read into their model."""
        prefix = tables.prefix(integration.id)
        keys: list[str] = []
        fields = ("problems", "channel_problems")
        async for chunk in self._store.columns(tables.LISTING_STATES, fields, prefix=prefix):
            keys += [key for key, values in chunk if any(values)]
        found: list[Occurrence] = []
        for number, key in enumerate(sorted(keys)):
            if number % _BREATH == 0:
                await asyncio.sleep(0)
            row = await self._store.get(tables.LISTING_STATES, key)
            if row is None:
                continue
            state = ListingState.from_document(row)
            action = state.action.value if state.action else ""
            since, is_held = state.failed_at or state.read_at, _is_held(state, action)
            found += [
                Occurrence(state.avasam_sku, problem, since, action, is_held)
                for problem in state.every_problem()
            ]
        return found

    async def cause(self, integration: Integration, cause_id: str) -> Cause:
        """One cause by its id. Raises NotFound that names those there are."""
        known = await self.causes(integration)
        for one in known:
            if one.id == cause_id:
                return one
        raise NotFound(
            f"There is no problem {cause_id!r}",
            f"Problems: {', '.join(one.id for one in known[:10]) or 'none'}.",
        )

    async def fix(
        self, integration: Integration, cause_id: str, changes: Mapping[str, object], *, by: str
    ) -> Fixed:
        """Change every row of a cause alike, then try them again.

        What belongs to the whole product is typed into its front, a price into the variants that lack it.
        """
        cause = await self.cause(integration, cause_id)
        rows = await self.targets(cause, changes)
        changed = await self._listings.edit(integration, rows, changes, by=by)
        return Fixed(changed, await self._listings.retry(integration, cause.skus, by=by))

    async def targets(self, cause: Cause, fields: Iterable[str]) -> list[str]:
        """The rows into which these fields of a listing are typed to cure a cause."""
        wanted = set(fields)
        if wanted & OF_THE_FRONT:
            return list(cause.skus)
        if not wanted & _OF_VARIANTS:
            return list(cause.targets)
        children = await children_of(self._store)
        return list(dict.fromkeys(one for sku in cause.targets for one in children.get(sku) or [sku]))

    async def reset(self, integration: Integration, cause_id: str) -> int:
        """Lift the holds of a cause's rows; how many had one. Nothing is sent."""
        cause = await self.cause(integration, cause_id)
        return await self._listings.reset(integration, cause.skus)

    async def retry(
        self, integration: Integration, cause_id: str, *, by: str, reset: bool = False
    ) -> list[Asked]:
        """Try every row of a cause again."""
        cause = await self.cause(integration, cause_id)
        return await self._listings.retry(integration, cause.skus, by=by, reset=reset)

    async def bundle(self, integration: Integration, sku: str) -> Document:
        """What support needs to know about a row; see support_bundle."""
        return await make_bundle(self._backend, integration, sku)


def _is_held(state: ListingState, action: str) -> bool:
    strikes = state.strikes.get(action)
    return strikes is not None and strikes.count >= HOLD_AFTER
