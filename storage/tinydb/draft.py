"""What a transaction is about to do: changes over the memory, which stays untouched until the commit."""

from collections.abc import Mapping
from itertools import chain

from core.store import DocumentRefused
from storage.tinydb.documents import KEY, equal, key_of, keyed
from storage.tinydb.memory import Memory
from storage.tinydb.pages import View
from storage.tinydb.record import Changes


class _Touched:
    """A table that the transaction changes: texts by id, None for one that goes, and ids of new keys."""

    __slots__ = ("changed", "fresh", "known")

    def __init__(self, known: Mapping[str, str]) -> None:
        self.known = known
        self.changed: dict[str, bytes | None] = {}
        self.fresh: dict[str, str] = {}


class Draft:
    """Documents as the transaction leaves them."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._tables: dict[str, _Touched] = {}
        self._highest: dict[str, int] = {}
        self._unchecked: set[str] = set()

    def text(self, table: str, identifier: str) -> bytes | None:
        """The document as this transaction sees it."""
        touched = self._tables.get(table)
        if touched is not None and identifier in touched.changed:
            return touched.changed[identifier]
        return self._memory.text(table, identifier)

    def find(self, table: str, key: str) -> bytes | None:
        """The document of a key as this transaction sees it."""
        touched = self._tables.get(table)
        if touched is None:
            return self._memory.find(table, key)
        identifier = touched.fresh.get(key) or touched.known.get(key)
        return None if identifier is None else self.text(table, identifier)

    def identifiers(self, table: str) -> list[str]:
        """The ids of a table as this transaction sees it."""
        touched = self._tables.get(table)
        changed = touched.changed if touched is not None else {}
        known = chain(self._memory.identifiers(table), changed)
        return [identifier for identifier in dict.fromkeys(known) if changed.get(identifier, b"") is not None]

    def view(self, table: str) -> View:
        """The keyed documents of a table as this transaction sees them; needs the keys that `put` made."""
        view = self._memory.view(table)
        touched = self._tables.get(table)
        if touched is None:
            return view
        gone = {identifier for identifier, text in touched.changed.items() if text is None}
        now = {identifier: text for identifier, text in touched.changed.items() if text is not None}
        keys = {**dict(view.keys), **touched.fresh}
        return View([pair for pair in keys.items() if pair[1] not in gone], {**view.rows, **now}, view.pages)

    def put(self, table: str, key: str, text: bytes) -> None:
        """Insert or replace under a key."""
        touched = self._tables.get(table) or self._touch(table)
        identifier = touched.known.get(key) or touched.fresh.get(key)
        if identifier is None:
            identifier = touched.fresh[key] = str(self.new_id(table))
        touched.changed[identifier] = keyed(key, text)

    def delete(self, table: str, key: str) -> bool:
        """Remove what is under a key; whether there was something."""
        touched = self._tables.get(table) or self._touch(table)
        identifier = touched.known.get(key) or touched.fresh.get(key)
        if identifier is None or self.text(table, identifier) is None:
            return False
        touched.changed[identifier] = None
        return True

    def set(self, table: str, identifier: str, text: bytes | None) -> None:
        """Insert, replace or remove by id; whether keys stay unique is seen when the draft is settled."""
        self._unchecked.add(table)
        touched = self._tables.get(table) or self._touch(table)
        touched.changed[identifier] = text
        self._highest[table] = max(self._highest.get(table, 0), int(identifier))

    def new_id(self, table: str) -> int:
        """An id that no document of the table has had, in any process: the lock is held and the tail read."""
        fresh = 1 + max(self._highest.get(table, 0), self._memory.highest_id(table))
        self._highest[table] = fresh
        return fresh

    def settled(self) -> Changes:
        """What is really different from memory; DocumentRefused when two documents would share a key."""
        changes = {table: self._different(table, touched) for table, touched in self._tables.items()}
        for table in self._unchecked:
            self._refuse_shared_keys(table, changes[table])
        return {table: texts for table, texts in changes.items() if texts}

    def _touch(self, table: str) -> _Touched:
        touched = self._tables[table] = _Touched(self._memory.keys(table))
        return touched

    def _different(self, table: str, touched: _Touched) -> dict[str, bytes | None]:
        before = self._memory.reading(table)
        different = {}
        for identifier, text in touched.changed.items():
            old = before(identifier)
            if text is not old and (text is None or old is None or not equal(text, old)):
                different[identifier] = text
        return different

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
