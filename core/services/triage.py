"""Error triage: what is wrong by cause, one fix for all of its rows, and a bundle for support (A32)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core import tables
from core.backend import Backend
from core.models.integration import Integration
from core.models.listing import ListingSync
from core.models.listing_state import ListingState
from core.rules.triage import Cause, Occurrence, causes
from core.services.errors import NotFound
from core.services.listings import Asked, Explained, ListingService
from core.store import Document, Json
from core.sync.listing_links import read_links


@dataclass(frozen=True, slots=True)
class Fixed:
    """How many rows of a cause were changed, and the jobs that try them again."""

    changed: int
    asked: Sequence[Asked]


class TriageService:
    """Problems never stop stock or stop actions: this only helps to get rid of them."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._store = backend.store
        self._listings = ListingService(backend)

    async def causes(self, integration: Integration) -> list[Cause]:
        """Every cause with its rows: what stops something first, then the most frequent."""
        prefix = tables.prefix(integration.id)
        found: list[Occurrence] = []
        async for _, row in self._store.scan(tables.LISTING_STATES, prefix=prefix):
            state = ListingState.from_document(row)
            action = state.action.value if state.action else ""
            found += [
                Occurrence(state.avasam_sku, problem, state.failed_at or state.read_at, action)
                for problem in state.every_problem()
            ]
        return causes(found)

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
        """Change every row of a cause alike, then try them again."""
        cause = await self.cause(integration, cause_id)
        changed = await self._listings.edit(integration, cause.skus, changes, by=by)
        return Fixed(changed, await self._listings.retry(integration, cause.skus, by=by))

    async def retry(
        self, integration: Integration, cause_id: str, *, by: str, reset: bool = False
    ) -> list[Asked]:
        """Try every row of a cause again."""
        cause = await self.cause(integration, cause_id)
        return await self._listings.retry(integration, cause.skus, by=by, reset=reset)

    async def bundle(self, integration: Integration, sku: str) -> Document:
        """What support needs to know about a row: its timeline with request ids, states and decisions.

        It holds no token, no buyer and no address of the shop's owner: only goods, codes and times.
        """
        explained = await self._listings.explain(integration, sku)
        links = await read_links(self._store, integration.id)
        syncs: dict[str, Json] = {}
        for sku_id in links.of([one.sku for one in explained.candidate.variants]):
            document = await self._store.get(tables.LISTING_SYNCS, tables.key(integration.id, sku_id))
            if document is not None:
                syncs[sku_id] = ListingSync.from_document(document).to_document()
        state = explained.state.to_document()
        return {
            "sku": sku,
            "region": integration.shop.region,
            "made_at": self._backend.clock.now().isoformat(),
            "timeline": state.pop("events", []),
            "state": state,
            "draft": (await self._listings.draft(integration, explained.row.sku)).to_document(),
            "decisions": _decisions(explained),
            "problems": [one.to_document() for one in explained.problems],
            "pushes": syncs,
        }


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
