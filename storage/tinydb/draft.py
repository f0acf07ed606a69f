"""What a transaction is about to do: changes over the memory, which stays untouched until the commit."""

from collections.abc import Mapping

from core.store import Document, DocumentRefused
from storage.tinydb.documents import KEY, equal
from storage.tinydb.memory import Memory
from storage.tinydb.record import Changes


class Draft:
    """Changed documents by table and id; None marks one that goes. Documents put here belong to the draft."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._changed: dict[str, dict[str, Document | None]] = {}
        self._ids: dict[str, dict[str, str]] = {}
        self._highest: dict[str, int] = {}

    def document(self, table: str, identifier: str) -> Document | None:
        """The document as this transaction sees it."""
        changed = self._changed.get(table, {})
        return changed[identifier] if identifier in changed else self._memory.table(table).get(identifier)

    def find(self, table: str, key: str) -> Document | None:
        """The document of a key as this transaction sees it."""
        identifier = self._id_of(table, key)
        return None if identifier is None else self.document(table, identifier)

    def table(self, name: str) -> Mapping[str, Document]:
        """All documents of a table as this transaction sees them, by id."""
        changed = self._changed.get(name)
        if not changed:
            return self._memory.table(name)
        merged: dict[str, Document | None] = {**self._memory.table(name), **changed}
        return {identifier: document for identifier, document in merged.items() if document is not None}

    def put(self, table: str, key: str, document: Document) -> None:
        """Insert or replace under a key."""
        identifier = self._id_of(table, key)
        if identifier is None:
            identifier = str(self.new_id(table))
            self._ids.setdefault(table, {})[key] = identifier
        self.set(table, identifier, {KEY: key, **document})

    def delete(self, table: str, key: str) -> bool:
        """Remove what is under a key; whether there was something."""
        identifier = self._id_of(table, key)
        if identifier is None or self.document(table, identifier) is None:
            return False
        self.set(table, identifier, None)
        return True

    def set(self, table: str, identifier: str, document: Document | None) -> None:
        """Insert, replace or remove by id."""
        self._changed.setdefault(table, {})[identifier] = document
        self._highest[table] = max(self._highest.get(table, 0), int(identifier))

    def new_id(self, table: str) -> int:
        """An id that no document of the table has had, in any process: the lock is held and the tail read."""
        fresh = 1 + max(self._highest.get(table, 0), self._memory.highest_id(table))
        self._highest[table] = fresh
        return fresh

    def settled(self) -> Changes:
        """What is really different from memory; DocumentRefused when two documents would share a key."""
        changes = {
            table: {
                identifier: document
                for identifier, document in changed.items()
                if not _same(document, self._memory.table(table).get(identifier))
            }
            for table, changed in self._changed.items()
        }
        for table, documents in changes.items():
            self._refuse_shared_keys(table, documents)
        return {table: documents for table, documents in changes.items() if documents}

    def _id_of(self, table: str, key: str) -> str | None:
        return self._ids.get(table, {}).get(key) or self._memory.id_of(table, key)

    def _refuse_shared_keys(self, table: str, documents: dict[str, Document | None]) -> None:
        taken: dict[str, str] = {}
        for identifier, document in documents.items():
            key = document.get(KEY) if document is not None else None
            if not isinstance(key, str):
                continue
            rival = taken.setdefault(key, identifier)
            if rival == identifier:
                rival = self._memory.id_of(table, key) or identifier
            if rival == identifier:
                continue
            other = documents[rival] if rival in documents else self._memory.table(table)[rival]
            if other is not None and other.get(KEY) == key:
                raise DocumentRefused(
                    f"documents {rival} and {identifier} of table '{table}' would share the key '{key}'. "
                    f"Nothing was written; give one of them another '{KEY}'."
                )


def _same(new: Document | None, old: Document | None) -> bool:
    if new is None or old is None:
        return new is old
    return equal(new, old)
