"""What a person has typed into the grid and not saved yet, with undo (A21 to A24)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Final

from core.services import listing_values as values
from core.store import Json


class Field(StrEnum):
    """What can be typed; the value is the draft's field."""

    TITLE = "title"
    PRICE = "typed_price"
    SHIPPING = "shipping_ex"
    COLLECTION = "collection"
    DESCRIPTION = "description"

    @property
    def word(self) -> str:
        """As people call it."""
        return _WORDS[self]


_WORDS: Final = {
    Field.TITLE: "title",
    Field.PRICE: "selling price",
    Field.SHIPPING: "shipping price",
    Field.COLLECTION: "collection",
    Field.DESCRIPTION: "description",
}
_CHECKS: Final[Mapping[Field, Callable[[str], object]]] = {
    Field.TITLE: values.title,
    Field.PRICE: values.price,
    Field.SHIPPING: values.shipping,
    Field.COLLECTION: values.collection,
    Field.DESCRIPTION: values.description,
}


def checked(name: Field, text: str) -> Json:
    """What a draft will hold for a typed text; empty goes back to Avasam's. Raises ServiceError in words."""
    if not text.strip():
        return "" if name is Field.COLLECTION else None
    value = _CHECKS[name](text)
    return str(value) if isinstance(value, Decimal | str) else None


@dataclass(frozen=True, slots=True)
class Pending:
    """A value that waits for Save, and what the draft held when it was typed first."""

    value: Json
    seen: Json


@dataclass(slots=True)
class Edits:
    """Pending values by SKU and field. Every step can be undone until it is saved."""

    by_sku: dict[str, dict[Field, Pending]] = field(default_factory=dict)
    _steps: list[dict[tuple[str, Field], Pending | None]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.by_sku)

    def put(self, typed: Iterable[tuple[str, Field, Json, Json]]) -> int:
        """Rows with (SKU, field, new value, value in the draft now) as one step; how many values changed.

        A value that the draft has already takes a pending one back.
        """
        step: dict[tuple[str, Field], Pending | None] = {}
        for sku, name, value, present in typed:
            before = self.by_sku.get(sku, {}).get(name)
            seen = present if before is None else before.seen
            after = None if value == seen else Pending(value, seen)
            if after != before:
                step[sku, name] = before
                self._set(sku, name, after)
        if step:
            self._steps.append(step)
        return len(step)

    def undo(self) -> list[str]:
        """Take the last step back; the SKUs that it was about, none when there is nothing to undo."""
        step: dict[tuple[str, Field], Pending | None] = {}
        while self._steps and not step:
            step = self._steps.pop()
        for (sku, name), before in step.items():
            self._set(sku, name, before)
        return list(dict.fromkeys(sku for sku, _ in step))

    def saved(self, sku: str, saved: Mapping[Field, Pending]) -> None:
        """These values are in force, never to be undone; what was typed meanwhile still waits, from there."""
        for step in self._steps:
            for name in saved:
                step.pop((sku, name), None)
        for name, one in saved.items():
            now = self.by_sku.get(sku, {}).get(name)
            if now is not None:
                self._set(sku, name, None if now.value == one.value else Pending(now.value, one.value))

    def rebase(self, sku: str, present: Mapping[str, Json]) -> None:
        """The person has been told what the draft holds now: saving again replaces that."""
        for name, one in list(self.by_sku.get(sku, {}).items()):
            self._set(sku, name, Pending(one.value, present.get(name.value)))

    def clear(self) -> None:
        """Forget everything."""
        self.by_sku.clear()
        self._steps.clear()

    def _set(self, sku: str, name: Field, pending: Pending | None) -> None:
        if pending is not None:
            self.by_sku.setdefault(sku, {})[name] = pending
            return
        mine = self.by_sku.get(sku, {})
        mine.pop(name, None)
        if not mine:
            self.by_sku.pop(sku, None)


@dataclass(frozen=True, slots=True)
class Values(Mapping[str, Mapping[str, Json]]):
    """SKU -> draft field -> what will be saved, as the edits are at any moment."""

    edits: Edits

    def __getitem__(self, sku: str) -> dict[str, Json]:
        return {name.value: one.value for name, one in self.edits.by_sku[sku].items()}

    def __contains__(self, sku: object) -> bool:
        return sku in self.edits.by_sku

    def __iter__(self) -> Iterator[str]:
        return iter(self.edits.by_sku)

    def __len__(self) -> int:
        return len(self.edits)
