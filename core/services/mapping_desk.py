"""One person's work on the SKU mappings of one shop: lists, suggestions, edits that wait for Save."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from core.backend import Backend
from core.models.integration import Integration
from core.rules.matching import Suggestion
from core.services.mapping_edits import Edit, Edits, MappingsChanged
from core.services.mapping_lists import Counts, MappingLists, Mark
from core.services.mapping_rows import ChannelRow
from core.services.matching_ask import Told
from core.services.sku_mapping import Saved, SkuMappingService

BARS: Final = (1.0, 0.97, 0.95, 0.93, 0.9, 0.8, 0.7)
"""What "accept all" may be asked for, the highest first."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of the left list: the channel SKU, where it stands, and its partner once all is saved."""

    row: ChannelRow
    mark: Mark
    partner: str | None
    suggestion: Suggestion | None


@dataclass(slots=True)
class MappingDesk:
    """Holds edits until `save`; `lists` follow the store, `suggestions` are those last looked for."""

    backend: Backend
    integration: Integration
    lists: MappingLists = field(init=False)
    edits: Edits = field(default_factory=Edits)
    suggestions: Mapping[str, Suggestion] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        self.lists = MappingLists(self.integration.id)

    async def refresh(self) -> bool:
        """Take in what was committed since; whether anything changed."""
        return await self.lists.refresh(self.backend.store)

    async def suggest(self, told: Told | None = None) -> int:
        """Look for partners of everything unmapped; how many were found. Maps nothing (A37).

        `told` hears how far it is. Raises ServiceError.
        """
        found = await SkuMappingService(self.backend).suggestions(self.integration, told=told)
        self.suggestions = {one.sku_id: one for one in found}
        return len(found)

    def row(self, sku_id: str) -> Shown | None:
        """A line of the left list; None once that SKU is gone."""
        row = self.lists.channel.get(sku_id)
        if row is None:
            return None
        return Shown(
            row,
            self.lists.mark(row, self.edits),
            self.edits.partner(sku_id, self.lists.partner_of(sku_id)),
            self.suggestion(sku_id),
        )

    def suggestion(self, sku_id: str) -> Suggestion | None:
        """What is suggested for a SKU without partner or edit, if that Avasam SKU is still there."""
        found = self.suggestions.get(sku_id)
        if found is None or sku_id in self.edits or self.lists.partner_of(sku_id) is not None:
            return None
        product = self.lists.products.get(found.avasam_sku)
        return None if product is None or product.missing else found

    def map_to(self, sku_ids: Iterable[str], avasam_sku: str) -> int:
        """Map these channel SKUs to one Avasam SKU, pending until Save (A35); how many edits that made."""
        product = self.lists.products.get(avasam_sku)
        if product is None or product.missing:
            return 0
        listed = [
            sku_id
            for sku_id in sku_ids
            if (row := self.lists.channel.get(sku_id)) is not None and not row.deleted
        ]
        return self._edit((sku_id, avasam_sku) for sku_id in listed)

    def unlink(self, sku_ids: Iterable[str]) -> tuple[int, int]:
        """Take edits back; sever saved pairs, pending until Save (A36). How many of each."""
        chosen = list(sku_ids)
        back = [sku_id for sku_id in chosen if sku_id in self.edits]
        severed = [
            sku_id
            for sku_id in chosen
            if sku_id not in self.edits and self.lists.partner_of(sku_id) is not None
        ]
        self.edits = self.edits.without(back)
        return len(back), self._edit((sku_id, None) for sku_id in severed)

    def take(self, sku_ids: Iterable[str]) -> int:
        """Accept the suggestions for these SKUs, unsure ones too: somebody has looked at them."""
        found = (self.suggestion(sku_id) for sku_id in sku_ids)
        return self._edit((one.sku_id, one.avasam_sku) for one in found if one is not None)

    def above(self, bar: float) -> Sequence[Suggestion]:
        """The sure suggestions of at least this confidence."""
        return [
            one
            for sku_id in self.suggestions
            if (one := self.suggestion(sku_id)) is not None and one.sure and one.confidence >= bar
        ]

    def take_above(self, bar: float) -> int:
        """Accept every sure suggestion of at least this confidence."""
        return self._edit((one.sku_id, one.avasam_sku) for one in self.above(bar))

    def discard(self) -> None:
        """Forget every edit."""
        self.edits = Edits()

    async def save(self, *, by: str) -> Saved:
        """Put all edits in force. After MappingsChanged those that others forestalled are gone."""
        try:
            saved = await SkuMappingService(self.backend).save(self.integration.id, self.edits, by=by)
        except MappingsChanged as changed:
            self.edits = self.edits.without(clash.edit.sku_id for clash in changed.clashes)
            raise
        self.edits = Edits()
        return saved

    def counts(self) -> Counts:
        """What the heading says."""
        return self.lists.counts(self.edits)

    def _edit(self, pairs: Iterable[tuple[str, str | None]]) -> int:
        made = [Edit(sku_id, partner, self._seen(sku_id)) for sku_id, partner in pairs]
        self.edits = self.edits.having(*made)
        return len(made)

    def _seen(self, sku_id: str) -> str | None:
        """What it was mapped to when this person first decided about it."""
        edit = self.edits.by_sku.get(sku_id)
        return self.lists.partner_of(sku_id) if edit is None else edit.seen
