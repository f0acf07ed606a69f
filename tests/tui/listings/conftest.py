from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.tui.listings.support import Grid, opened_store


@pytest.fixture
async def grid(tmp_path: Path) -> AsyncIterator[Grid]:
    made = await opened_store(tmp_path)
    yield made
    await made.backend.close()
