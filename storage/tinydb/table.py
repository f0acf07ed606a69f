"""TinyDB's public calls on top of the journal: `TinyDB(...)`-style tables whose every write is one commit."""

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any, cast

from tinydb import TinyDB
from tinydb.queries import QueryLike
from tinydb.storages import Storage
from tinydb.table import Document as TableDocument
from tinydb.table import Table

from core.store import Document, StoreError
from storage.tinydb.documents import owned
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
            return {name: _Rows(rows) for name, rows in self.journal.memory.tables.items() if rows}

    def rows(self, table: str) -> Mapping[str, Document]:
        """The documents of one table by id, as of now."""
        self.refresh()
        return _Rows(self.journal.memory.table(table))

    def write(self, data: Mapping[str, Mapping[Any, Any]]) -> None:
        """Make the tables what `data` says, as TinyDB does to drop them."""
        with self.journal.writing(self.lock_timeout) as draft:
            for name, rows in list(self.journal.memory.tables.items()):
                wanted = data.get(name, {})
                if not isinstance(wanted, _Rows):
                    for identifier in rows:
                        draft.set(name, identifier, None)
            for name, wanted in data.items():
                if not isinstance(wanted, _Rows):
                    for identifier, document in wanted.items():
                        draft.set(
                            name, str(identifier), owned(document, f"document {identifier} of '{name}'")
                        )

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

    def get(
        self, cond: QueryLike | None = None, doc_id: int | None = None, doc_ids: list[int] | None = None
    ) -> Any:
        """As TinyDB's; what is handed out is the caller's own."""
        found: Any = super().get(cond, cast("int", doc_id), doc_ids)
        if isinstance(found, list):
            return [_own(each) for each in found]
        return None if found is None else _own(found)

    def search(self, cond: QueryLike) -> list[TableDocument]:
        """As TinyDB's; what is handed out is the caller's own."""
        return [_own(found) for found in super().search(cond)]

    def __iter__(self) -> Iterator[TableDocument]:
        return map(_own, super().__iter__())

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
    """A table as TinyDB reads it; iterating is safe while others commit."""

    def __init__(self, live: Mapping[str, Document]) -> None:
        self._live = live

    def __getitem__(self, identifier: str) -> Document:
        return self._live[identifier]

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._live))

    def __len__(self) -> int:
        return len(self._live)

    def items(self) -> Any:
        """(id, document) of this moment."""
        return list(self._live.items())


class _Overlay(MutableMapping[int, Any]):
    """What an updater gets: a document is copied when it is touched, changes go to the draft at the end."""

    def __init__(self, draft: Draft, table: str) -> None:
        self._draft = draft
        self._table = table
        self._before = draft.table(table)
        self._now: dict[int, Any] = dict.fromkeys(map(int, self._before))
        self._touched: dict[int, Any] = {}

    def __getitem__(self, identifier: int) -> Any:
        if identifier not in self._now:
            raise KeyError(identifier)
        if identifier not in self._touched:
            self._touched[identifier] = owned(self._before[str(identifier)], self._what(identifier))
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
            kept = None if document is None else owned(document, self._what(identifier))
            self._draft.set(self._table, str(identifier), kept)

    def _what(self, identifier: int) -> str:
        return f"document {identifier} of table '{self._table}'"


def _own(document: TableDocument) -> TableDocument:
    return TableDocument(owned(document, "document"), document.doc_id)
