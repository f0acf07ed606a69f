"""The embedded store: TinyDB on a journal."""

from storage.tinydb.store import TinyStore

__all__ = ["TinyStore"]
