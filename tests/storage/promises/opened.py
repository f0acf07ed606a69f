"""How a promise gets its stores: opened twice, as two processes would, over a clock that a test moves."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import pytest

from core.store import Document, Store

Opener: TypeAlias = Callable[[], Awaitable[Store]]


class MovableClock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self._now = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self._now

    def move(self, by: timedelta) -> None:
        self._now += by


async def put_all(store: Store, table: str, documents: dict[str, Document]) -> None:
    async with store.transaction() as tx:
        for key, document in documents.items():
            await tx.put(table, key, document)


class Opened:
    """Fixtures: `store` and `other` are one store, opened twice."""

    @pytest.fixture
    def clock(self) -> MovableClock:
        return MovableClock()

    @pytest.fixture
    def opener(self, clock: MovableClock) -> Opener:
        raise NotImplementedError

    @pytest.fixture
    async def store(self, opener: Opener) -> AsyncIterator[Store]:
        opened = await opener()
        yield opened
        await opened.close()

    @pytest.fixture
    async def other(self, opener: Opener, store: Store) -> AsyncIterator[Store]:
        opened = await opener()
        yield opened
        await opened.close()
