"""The page of a sorted query, found without keeping every match in order."""

from collections.abc import Sequence

from core.store import Document
from storage.tinydb.where import getter, rank

_SLACK = 8_192


class Ranking:
    """Collects matches and keeps those that can still be among the first `keep`; None keeps all."""

    def __init__(
        self, order_by: str | None, *, descending: bool, keep: int | None, slack: int = _SLACK
    ) -> None:
        self._read = getter(order_by) if order_by is not None else None
        self._descending = descending
        self._keep = keep
        self._slack = slack
        self._valued: list[tuple[tuple[int, str | int | float], str, Document]] = []
        self._bare: list[tuple[str, Document]] = []
        self.total = 0

    def add(self, matches: Sequence[tuple[str, Document]]) -> None:
        """Take some more matches into account."""
        self.total += len(matches)
        if self._read is None:
            self._bare.extend(matches)
        else:
            for key, document in matches:
                value = self._read(document)
                if value is None:
                    self._bare.append((key, document))
                else:
                    self._valued.append((rank(value), key, document))
        if self._keep is not None and len(self._valued) + len(self._bare) > 3 * self._keep + self._slack:
            self._sort()
            del self._valued[self._keep :]
            del self._bare[self._keep :]

    def page(self, offset: int, limit: int | None) -> list[tuple[str, Document]]:
        """Sorted matches from `offset`, at most `limit` of them; documents without the field come last."""
        self._sort()
        ordered = [(key, document) for _, key, document in self._valued] + self._bare
        return ordered[offset:] if limit is None else ordered[offset : offset + limit]

    def _sort(self) -> None:
        self._valued.sort(key=lambda entry: entry[1])
        self._valued.sort(key=lambda entry: entry[0], reverse=self._descending)
        self._bare.sort(key=lambda entry: entry[0], reverse=self._descending and self._read is None)
