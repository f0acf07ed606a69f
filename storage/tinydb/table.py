"""TinyDB's public calls on top of the journal: `TinyDB(...)`-style tables whose every write is one commit."""

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any, cast

from tinydb import TinyDB
from tinydb.storages import Storage
from tinydb.table import Table

from core.store import Document, StoreError
from storage.tinydb.documents import encoded, parsed
from storage.tinydb.draft import Draft
from storage.tinydb.journal import Journal


class JournalStorage(Storage):
    """TinyDB's storage: reads hand out live tables that refuse to be changed, writes are transactions."""

    def __init__(self, journal: Journal, lock_timeout: float) -> None:
        self.journal = journal
        self.lock_timeout = lock_timeout

    def read(self) -> dict[str, Any]:
        """The tables that hold documents, by name."""
        self.refresh()
        with self.journal.guard:
            return {name: _Rows(self.journal, name) for name in self.journal.memory.names()}

    def rows(self, table: str) -> Mapping[str, Document]:
        """The documents of one table by id, as of now."""
        self.refresh()
        return _Rows(self.journal, table)

    def write(self, data: Mapping[str, Mapping[Any, Any]]) -> None:
        """Make the tables what `data` says, as TinyDB does to drop them."""
        with self.journal.writing(self.lock_timeout) as draft:
            memory = self.journal.memory
            for name in memory.names():
                wanted = data.get(name, {})
                if not isinstance(wanted, _Rows):
                    for identifier in memory.identifiers(name):
                        draft.set(name, identifier, None)
            for name, wanted in data.items():
                if not isinstance(wanted, _Rows):
                    for identifier, document in wanted.items():
                        text = encoded(document, "document {} of '{}'", str(identifier), name)
                        draft.set(name, str(identifier), text)

    def refresh(self) -> None:
        """Follow what other processes committed."""
        if self.journal.behind():
            for _ in self.journal.following():
                pass


class JournalTable(Table):
    """A TinyDB table that appends what changed instead of writing everything again."""

    def __init__(self, storage: Storage, name: str, cache_size: int = 0, persist_empty: bool = False) -> None:
        super().__init__(storage, name, cache_size=0, persist_empty=persist_empty)
        self._journalled = cast("JournalStorage", storage)
        self._draft: Draft | None = None

    def insert(self, document: Mapping[str, Any]) -> int:
        """Insert one document; its id is chosen while the lock is held."""
        return self.insert_multiple([document])[0]

    def _read_table(self) -> dict[str, Mapping[Any, Any]]:
        return cast("dict[str, Mapping[Any, Any]]", self._journalled.rows(self.name))

    def _update_table(self, updater: Callable[[dict[int, Mapping[Any, Any]]], None]) -> None:
        with self._journalled.journal.writing(self._journalled.lock_timeout) as draft:
            self._draft = draft
            try:
                overlay = _Overlay(draft, self.name)
                updater(cast("dict[int, Mapping[Any, Any]]", overlay))
                overlay.finish()
            finally:
                self._draft = None

    def _get_next_id(self) -> int:
        if self._draft is None:
            raise StoreError("an id is chosen only while the lock is held: call insert or insert_multiple.")
        return self._draft.new_id(self.name)


class JournalDatabase(TinyDB):
    """TinyDB on an open journal. Closing it leaves the journal open."""

    table_class = JournalTable

    def __init__(self, journal: Journal, *, lock_timeout: float) -> None:
        super().__init__(journal, lock_timeout, storage=JournalStorage)


class _Rows(Mapping[str, Document]):
    """A table as TinyDB reads it: parsed when asked for, and safe to iterate while others write."""

    def __init__(self, journal: Journal, table: str) -> None:
        self._guard = journal.guard
        self._memory = journal.memory
        self._table = table

    def __getitem__(self, identifier: str) -> Document:
        with self._guard:
            text = self._memory.text(self._table, identifier)
        if text is None:
            raise KeyError(identifier)
        return parsed(text)

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._memory.identifiers(self._table)))

    def __len__(self) -> int:
        return len(self._memory.identifiers(self._table))

    def items(self) -> Any:
        """(id, document) of this moment."""
        with self._guard:
            texts = list(self._memory.texts(self._table))
        return [(identifier, parsed(text)) for identifier, text in texts]


class _Overlay(MutableMapping[int, Any]):
    """What an updater gets: a document is copied when it is touched, changes go to the draft at the end."""

    def __init__(self, draft: Draft, table: str) -> None:
        self._draft = draft
        self._table = table
        self._now: dict[int, Any] = dict.fromkeys(map(int, draft.identifiers(table)))
        self._touched: dict[int, Any] = {}

    def __getitem__(self, identifier: int) -> Any:
        if identifier not in self._now:
            raise KeyError(identifier)
        if identifier not in self._touched:
            self._touched[identifier] = parsed(self._draft.text(self._table, str(identifier)) or b"")
        return self._touched[identifier]

    def __setitem__(self, identifier: int, document: Any) -> None:
        self._now[identifier] = None
        self._touched[identifier] = document

    def __delitem__(self, identifier: int) -> None:
        del self._now[identifier]
        self._touched[identifier] = None

    def __iter__(self) -> Iterator[int]:
        return iter(self._now)

    def __len__(self) -> int:
        return len(self._now)

    def clear(self) -> None:
        """Every document goes."""
        self._touched = dict.fromkeys(self._now)
        self._now = {}

    def finish(self) -> None:
        """Hand the touched documents to the draft, which drops those that are as before."""
        for identifier, document in self._touched.items():
            name, kept = str(identifier), None
            if document is not None:
                kept = encoded(document, "document {} of table '{}'", name, self._table)
            self._draft.set(self._table, name, kept)
