from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.core.services.listing_fixtures import merchant, world
from tests.tui.listings.support import Grid, opened_store

__all__ = ["grid", "merchant", "world"]


@pytest.fixture
async def grid(tmp_path: Path) -> AsyncIterator[Grid]:
    made = await opened_store(tmp_path)
    yield made
    await made.backend.close()
