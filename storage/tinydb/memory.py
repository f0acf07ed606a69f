"""What the files say, in memory: snapshot plus journal up to an offset (storage.md I2).

Stored documents are replaced, never changed in place: whoever holds a reference holds a view of its moment.
"""

from collections import deque
from collections.abc import Mapping

from core.store import Changes as Committed
from core.store import Document
from storage.tinydb.documents import KEY
from storage.tinydb.record import Changes

_REMEMBERED_KEYS = 10_000


class Memory:
    """The tables, the index from keys to document ids, and what changed lately."""

    def __init__(self, seq: int) -> None:
        self.seq = seq
        self.tables: dict[str, dict[str, Document]] = {}
        self._ids: dict[str, dict[str, str]] = {}
        self._highest: dict[str, int] = {}
        self._recent = _Recent(seq)

    def load(self, table: str, documents: Mapping[str, Document]) -> None:
        """Take over documents of the snapshot."""
        self.tables.setdefault(table, {}).update(documents)
        ids = self._ids.setdefault(table, {})
        for identifier, document in documents.items():
            key = document.get(KEY)
            if isinstance(key, str):
                ids[key] = identifier
        self._highest[table] = max(self._highest.get(table, 0), max(map(int, documents), default=0))

    def apply(self, seq: int, changes: Changes) -> None:
        """Make a transaction visible."""
        touched = {table: self._apply_to(table, documents) for table, documents in changes.items()}
        self.seq = seq
        self._recent.add(seq, touched)

    def table(self, name: str) -> dict[str, Document]:
        """The live documents of a table by id; not to be changed, and to be copied before it is iterated."""
        return self.tables.get(name, {})

    def id_of(self, table: str, key: str) -> str | None:
        """The document id behind a key."""
        return self._ids.get(table, {}).get(key)

    def keys(self, table: str) -> Mapping[str, str]:
        """Key -> document id, live."""
        return self._ids.get(table, {})

    def find(self, table: str, key: str) -> Document | None:
        """The stored document of a key."""
        identifier = self.id_of(table, key)
        return None if identifier is None else self.tables[table][identifier]

    def highest_id(self, table: str) -> int:
        """No document ever seen in this table has a larger id."""
        return self._highest.get(table, 0)

    def changes(self, after_seq: int) -> Committed:
        """What `Store.changes` answers."""
        return self._recent.since(after_seq)

    def _apply_to(self, table: str, changes: Mapping[str, Document | None]) -> frozenset[str]:
        documents = self.tables.setdefault(table, {})
        ids = self._ids.setdefault(table, {})
        highest = self._highest.get(table, 0)
        touched = set()
        for identifier, document in changes.items():
            old = documents.get(identifier)
            old_key = old.get(KEY) if old is not None else None
            if isinstance(old_key, str):
                touched.add(old_key)
                if ids.get(old_key) == identifier:
                    del ids[old_key]
            if document is None:
                documents.pop(identifier, None)
                continue
            documents[identifier] = document
            highest = max(highest, int(identifier))
            key = document.get(KEY)
            if isinstance(key, str):
                touched.add(key)
                ids[key] = identifier
        self._highest[table] = highest
        return frozenset(touched)


class _Recent:
    """The keys of the latest transactions, as many as fit; older ones are forgotten first."""

    def __init__(self, seq: int) -> None:
        self._seq = seq
        self._floor = seq
        self._weight = 0
        self._entries: deque[tuple[int, dict[str, frozenset[str]]]] = deque()

    def add(self, seq: int, touched: dict[str, frozenset[str]]) -> None:
        self._seq = seq
        self._entries.append((seq, touched))
        self._weight += _weight(touched)
        while self._weight > _REMEMBERED_KEYS:
            self._floor, forgotten = self._entries.popleft()
            self._weight -= _weight(forgotten)

    def since(self, after_seq: int) -> Committed:
        if after_seq in (-1, self._seq):
            return Committed(self._seq)
        if not self._floor <= after_seq < self._seq:
            return Committed(self._seq, reset=True)
        keys: dict[str, set[str]] = {}
        for seq, touched in reversed(self._entries):
            if seq <= after_seq:
                break
            for table, names in touched.items():
                keys.setdefault(table, set()).update(names)
        return Committed(self._seq, {table: frozenset(names) for table, names in keys.items()})


def _weight(touched: Mapping[str, frozenset[str]]) -> int:
    return 1 + sum(len(names) for names in touched.values())
