"""Changes to SKU mappings that wait for Save (domain.md A35, A36)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from core.services.errors import ServiceError


@dataclass(frozen=True, slots=True)
class Edit:
    """Map one channel SKU to `avasam_sku`, or unlink it (None).

    `seen` is the Avasam SKU that it was mapped to when the person decided: Save refuses when another has
    changed it meanwhile.
    """

    sku_id: str
    avasam_sku: str | None
    seen: str | None = None

    @property
    def changes_something(self) -> bool:
        """Whether it differs from what is there."""
        return self.avasam_sku != self.seen


@dataclass(frozen=True, slots=True)
class Edits:
    """Pending edits, one a channel SKU: two partners for one of them cannot even be written down (A37)."""

    by_sku: Mapping[str, Edit] = field(default_factory=lambda: MappingProxyType({}))

    def having(self, *more: Edit) -> "Edits":
        """These and more. A later edit of a SKU replaces an earlier one; back to what there is, it ends."""
        changed = dict(self.by_sku)
        for edit in more:
            if edit.changes_something:
                changed[edit.sku_id] = edit
            else:
                changed.pop(edit.sku_id, None)
        return Edits(changed)

    def without(self, sku_ids: Iterable[str]) -> "Edits":
        """All but those of these channel SKUs."""
        dropped = frozenset(sku_ids)
        return Edits({sku_id: edit for sku_id, edit in self.by_sku.items() if sku_id not in dropped})

    def partner(self, sku_id: str, saved: str | None) -> str | None:
        """The Avasam SKU of a channel SKU once these are saved; `saved` is the present one."""
        edit = self.by_sku.get(sku_id)
        return saved if edit is None else edit.avasam_sku

    def __contains__(self, sku_id: str) -> bool:
        return sku_id in self.by_sku

    def __iter__(self) -> Iterator[Edit]:
        return iter(self.by_sku.values())

    def __len__(self) -> int:
        return len(self.by_sku)


@dataclass(frozen=True, slots=True)
class Clash:
    """An edit that cannot be saved: somebody else changed that SKU since it was looked at."""

    edit: Edit
    now: str | None
    """What it is mapped to now."""
    by: str
    at: datetime | None

    def __str__(self) -> str:
        did = f"mapped {self.edit.sku_id} to {self.now}" if self.now else f"unlinked {self.edit.sku_id}"
        when = f" at {self.at:%H:%M:%S} UTC" if self.at else ""
        return f"{self.by or 'somebody'} {did}{when}"


class MappingsChanged(ServiceError):
    """Nothing was saved: others have changed the same SKUs meanwhile. `clashes` says who changed what."""

    def __init__(self, clashes: tuple[Clash, ...]) -> None:
        more = f" and {len(clashes) - 1} more" if len(clashes) > 1 else ""
        super().__init__(
            f"Nothing was saved: {clashes[0]}{more}",
            "Look at what is there now, and map or unlink those again if you still want to.",
        )
        self.clashes = clashes


@dataclass(frozen=True, slots=True)
class Refused:
    """An edit that makes no sense any more, and why."""

    edit: Edit
    why: str


class MappingsRefused(ServiceError):
    """Nothing was saved: some edits name what is not there. `refused` says which and why."""

    def __init__(self, refused: tuple[Refused, ...]) -> None:
        more = f" and {len(refused) - 1} more" if len(refused) > 1 else ""
        super().__init__(
            f"Nothing was saved: {refused[0].edit.sku_id}: {refused[0].why}{more}",
            "Take those edits back, then save the others.",
        )
        self.refused = refused
