"""What a transaction is about to do: changes over the memory, which stays untouched until the commit."""

from collections.abc import Mapping
from itertools import chain

from core.store import DocumentRefused
from storage.tinydb.documents import KEY, equal, key_of, keyed
from storage.tinydb.memory import Memory
from storage.tinydb.pages import View
from storage.tinydb.record import Changes


class Draft:
    """Texts of changed documents by table and id; None marks one that goes."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._changed: dict[str, dict[str, bytes | None]] = {}
        self._ids: dict[str, dict[str, str]] = {}
        self._highest: dict[str, int] = {}
        self._unchecked: set[str] = set()

    def text(self, table: str, identifier: str) -> bytes | None:
        """The document as this transaction sees it."""
        changed = self._changed.get(table, {})
        return changed[identifier] if identifier in changed else self._memory.text(table, identifier)

    def find(self, table: str, key: str) -> bytes | None:
        """The document of a key as this transaction sees it."""
        identifier = self._id_of(table, key)
        return None if identifier is None else self.text(table, identifier)

    def identifiers(self, table: str) -> list[str]:
        """The ids of a table as this transaction sees it."""
        changed = self._changed.get(table, {})
        known = chain(self._memory.identifiers(table), changed)
        return [identifier for identifier in dict.fromkeys(known) if changed.get(identifier, b"") is not None]

    def view(self, table: str) -> View:
        """The keyed documents of a table as this transaction sees them; needs the keys that `put` made."""
        view = self._memory.view(table)
        changed = self._changed.get(table)
        if not changed:
            return view
        gone = {identifier for identifier, text in changed.items() if text is None}
        rows = {**view.rows, **{identifier: text for identifier, text in changed.items() if text is not None}}
        keys = {**dict(view.keys), **self._ids.get(table, {})}
        return View([pair for pair in keys.items() if pair[1] not in gone], rows, view.pages)

    def put(self, table: str, key: str, text: bytes) -> None:
        """Insert or replace under a key."""
        identifier = self._id_of(table, key)
        if identifier is None:
            identifier = str(self.new_id(table))
            self._ids.setdefault(table, {})[key] = identifier
        self._set(table, identifier, keyed(key, text))

    def delete(self, table: str, key: str) -> bool:
        """Remove what is under a key; whether there was something."""
        identifier = self._id_of(table, key)
        if identifier is None or self.text(table, identifier) is None:
            return False
        self._set(table, identifier, None)
        return True

    def set(self, table: str, identifier: str, text: bytes | None) -> None:
        """Insert, replace or remove by id; whether keys stay unique is seen when the draft is settled."""
        self._unchecked.add(table)
        self._set(table, identifier, text)

    def _set(self, table: str, identifier: str, text: bytes | None) -> None:
        self._changed.setdefault(table, {})[identifier] = text
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
                identifier: text
                for identifier, text in changed.items()
                if not _same(text, self._memory.text(table, identifier))
            }
            for table, changed in self._changed.items()
        }
        for table in self._unchecked:
            self._refuse_shared_keys(table, changes[table])
        return {table: texts for table, texts in changes.items() if texts}

    def _id_of(self, table: str, key: str) -> str | None:
        return self._ids.get(table, {}).get(key) or self._memory.id_of(table, key)

    def _refuse_shared_keys(self, table: str, texts: Mapping[str, bytes | None]) -> None:
        taken: dict[str, str] = {}
        for identifier, text in texts.items():
            key = None if text is None else key_of(text)
            if key is None:
                continue
            rival = taken.setdefault(key, identifier)
            if rival == identifier:
                rival = self._memory.id_of(table, key) or identifier
            if rival == identifier:
                continue
            other = self.text(table, rival)
            if other is not None and key_of(other) == key:
                raise DocumentRefused(
                    f"documents {rival} and {identifier} of table '{table}' would share the key '{key}'. "
                    f"Nothing was written; give one of them another '{KEY}'."
                )


def _same(new: bytes | None, old: bytes | None) -> bool:
    if new is None or old is None:
        return new is old
    return equal(new, old)
