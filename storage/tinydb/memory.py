"""What the files say, in memory: snapshot plus journal up to an offset (storage.md I2).

Memory holds the text of what the journal says, and for the rest where it is in the snapshot. Both are
replaced, never changed in place: whoever holds a view holds that of its moment.
"""

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence

from core.store import Changes as Committed
from storage.tinydb.documents import key_of
from storage.tinydb.pages import Pages, Stored, View
from storage.tinydb.recent import Recent
from storage.tinydb.record import Changes


class Memory:
    """The tables, the index from keys to document ids, and what changed lately."""

    def __init__(self, seq: int, pages: Pages) -> None:
        self.seq = seq
        self._pages = pages
        self._rows: dict[str, dict[str, Stored]] = {}
        self._ids: dict[str, dict[str, str]] = {}
        self._highest: dict[str, int] = {}
        self._stamps: dict[str, object] = {}
        self._recent = Recent(seq)

    def load(self, table: str, rows: Sequence[tuple[str, str | None, int]]) -> None:
        """Take over documents of the snapshot: (id, key, place)."""
        self._stamps[table] = object()
        stored = self._rows.setdefault(table, {})
        ids = self._ids.setdefault(table, {})
        for identifier, key, place in rows:
            stored[identifier] = place
            if key is not None:
                ids[key] = identifier
        highest = max((int(identifier) for identifier, _, _ in rows), default=0)
        self._highest[table] = max(self._highest.get(table, 0), highest)

    def apply(self, seq: int, changes: Changes) -> None:
        """Make a transaction visible."""
        touched = {table: self._apply_to(table, documents) for table, documents in changes.items()}
        self.seq = seq
        self._stamps.update((table, object()) for table in touched)
        self._recent.add(seq, touched)

    def rebase(self, pages: Pages, places: Mapping[str, "array[int]"]) -> None:
        """Go over to a snapshot of just these documents: they need no memory of their own any more."""
        for table, moved in places.items():
            rows = self._rows[table]
            for identifier, place in zip(list(rows), moved, strict=True):
                rows[identifier] = place
        self._pages = pages

    def stamp(self, table: str) -> object:
        """The same object for as long as nothing in the table changes."""
        return self._stamps.setdefault(table, object())

    def names(self) -> list[str]:
        """The tables that hold documents."""
        return [name for name, rows in self._rows.items() if rows]

    def identifiers(self, table: str) -> Mapping[str, object]:
        """The ids of a table, live."""
        return self._rows.get(table, {})

    def text(self, table: str, identifier: str) -> bytes | None:
        """The JSON text of a document."""
        stored = self._rows.get(table, {}).get(identifier)
        return None if stored is None else self._pages.text(stored)

    def reading(self, table: str) -> Callable[[str], bytes | None]:
        """Finds the JSON texts of many documents of one table by id, before anything changes."""
        stored, text = self._rows.get(table, {}).get, self._pages.text

        def read(identifier: str) -> bytes | None:
            found = stored(identifier)
            return None if found is None else text(found)

        return read

    def texts(self, table: str) -> Iterator[tuple[str, bytes]]:
        """(id, text) of a table in its order, for whoever keeps it from changing meanwhile."""
        for identifier, stored in self._rows.get(table, {}).items():
            yield identifier, self._pages.text(stored)

    def view(self, table: str) -> View:
        """The keyed documents of this moment."""
        return View(list(self._ids.get(table, {}).items()), self._rows.get(table, {}).copy(), self._pages)

    def id_of(self, table: str, key: str) -> str | None:
        """The document id behind a key."""
        return self._ids.get(table, {}).get(key)

    def keys(self, table: str) -> Mapping[str, str]:
        """Key -> document id, live."""
        return self._ids.get(table, {})

    def find(self, table: str, key: str) -> bytes | None:
        """The text of the document under a key."""
        identifier = self.id_of(table, key)
        return None if identifier is None else self.text(table, identifier)

    def highest_id(self, table: str) -> int:
        """No document ever seen in this table has a larger id."""
        return self._highest.get(table, 0)

    def changes(self, after_seq: int) -> Committed:
        """What `Store.changes` answers."""
        return self._recent.since(after_seq)

    def _apply_to(self, table: str, changes: Mapping[str, bytes | None]) -> frozenset[str]:
        rows = self._rows.setdefault(table, {})
        ids = self._ids.setdefault(table, {})
        highest = self._highest.get(table, 0)
        touched = set()
        for identifier, text in changes.items():
            key = None if text is None else key_of(text)
            old = rows.get(identifier)
            if text is not None and key is not None and old is not None and ids.get(key) == identifier:
                rows[identifier] = text
                touched.add(key)
                continue
            old_key = None if old is None else key_of(self._pages.text(old))
            if old_key is not None:
                touched.add(old_key)
                if ids.get(old_key) == identifier:
                    del ids[old_key]
            if text is None:
                rows.pop(identifier, None)
                continue
            rows[identifier] = text
            highest = max(highest, int(identifier))
            if key is not None:
                touched.add(key)
                ids[key] = identifier
        self._highest[table] = highest
        return frozenset(touched)
