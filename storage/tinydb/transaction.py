"""A transaction of the Store port: reads its own writes, which nobody else sees before the commit."""

from collections.abc import Mapping

from core.store import DocumentRefused, Json, StoreError
from storage.tinydb.documents import KEY, encoded, is_exact
from storage.tinydb.draft import Draft
from storage.tinydb.pages import View
from storage.tinydb.reader import DocumentReader


class TinyTransaction(DocumentReader):
    """`core.store.Transaction` over a draft; of no use once its block is left."""

    def __init__(self, draft: Draft) -> None:
        self._open: Draft | None = draft

    async def put(self, table: str, key: str, doc: Mapping[str, Json]) -> None:
        """Insert or replace; the document is copied, DocumentRefused when JSON cannot hold it."""
        draft = self._open or self._draft
        if KEY in doc:
            raise DocumentRefused(
                f"document '{key}' of table '{table}' may not have a field '{KEY}': rename it."
            )
        if not (key.isascii() or is_exact(key)) or not (table.isascii() or is_exact(table)):
            raise DocumentRefused(f"key {key!a} of table {table!a} is not valid Unicode. Choose another one.")
        draft.put(table, key, encoded(doc, "document '{}' of table '{}'", key, table))

    async def delete(self, table: str, key: str) -> bool:
        """Remove; whether it was there."""
        return self._draft.delete(table, key)

    def end(self) -> Draft:
        """What this transaction is about to do; it refuses everything from now on."""
        draft, self._open = self._draft, None
        return draft

    @property
    def _draft(self) -> Draft:
        if self._open is None:
            raise StoreError("this transaction is over. Start a new one with store.transaction().")
        return self._open

    async def _find(self, table: str, key: str) -> bytes | None:
        return self._draft.find(table, key)

    async def _view(self, table: str) -> View:
        return self._draft.view(table)
