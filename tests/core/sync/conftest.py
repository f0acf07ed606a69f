"""A stand of its own for every test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.models.integration import Integration
from tests.core.services.listing_fixtures import merchant, world
from tests.core.sync.support import FakeShop, Stand, open_stand

__all__ = ["merchant", "one", "shop", "stand", "world"]


@pytest.fixture
async def stand(tmp_path: Path) -> AsyncIterator[Stand]:
    opened = await open_stand(tmp_path)
    yield opened
    await opened.store.close()


@pytest.fixture
async def one(stand: Stand) -> Integration:
    """The integration most tests are about; its delivery option `d1` goes by the service `Tracked 48`."""
    integration = await stand.connect("one")
    await stand.ship_by(integration, "d1", "Tracked 48", name="Standard")
    return integration


@pytest.fixture
def shop(stand: Stand, one: Integration) -> FakeShop:
    return stand.shops[one.id]
