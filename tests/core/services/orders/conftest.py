"""A program with one shop whose orders go to an Avasam in memory."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.backend import Backend
from storage.vault import Vault
from tests.core.sync.desk import Way, open_way
from tests.core.sync.support import FakeInventory, MovableClock, Stand, open_stand


@pytest.fixture
async def backend(tmp_path: Path) -> AsyncIterator[Backend]:
    stand = await open_stand(tmp_path)
    vault = Vault.open(home=tmp_path, environ={})
    opened = Backend(settings=stand.settings, store=stand.store, vault=vault, clock=stand.clock)
    yield opened
    await opened.close()


@pytest.fixture
async def way(backend: Backend, tmp_path: Path) -> Way:
    assert isinstance(backend.clock, MovableClock)
    stand = Stand(backend.store, backend.clock, backend.settings, FakeInventory())  # type: ignore[arg-type]
    one = await stand.connect("one")
    await stand.ship_by(one, "d1", "Tracked 48", name="Standard")
    made = await open_way(stand, one)
    await made.sell("mug", "cup")
    return made
