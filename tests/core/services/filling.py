"""A store whose disk is full from some commit on."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, cast

from core.store import Store, StoreFull, Transaction


def filling_up(store: Store, *, commits: int) -> Store:
    """The same store, which takes so many commits more."""
    return cast("Store", _FillsUp(store, commits))


class _FillsUp:
    def __init__(self, store: Store, commits: int) -> None:
        self._store = store
        self._left = commits

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def transaction(self, **how: Any) -> AbstractAsyncContextManager[Transaction]:
        self._left -= 1
        if self._left < 0:
            raise StoreFull("No space is left on the disk")
        begin: Callable[..., AbstractAsyncContextManager[Transaction]] = self._store.transaction
        return begin(**how)
