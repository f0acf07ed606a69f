from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core import tables
from core.backend import Backend
from tests.clocks import FrozenClock
from tests.core.services.made_orders import put
from tests.tui.session import integration, open_backend


@pytest.fixture
async def backend(tmp_path: Path) -> AsyncIterator[Backend]:
    made = await open_backend(tmp_path, FrozenClock())
    await put(made, tables.INTEGRATIONS, "id-My shop", integration())
    yield made
    await made.close()
