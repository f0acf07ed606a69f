"""The TinyDB store keeps every promise of the port."""

from pathlib import Path

import pytest

from core.store import Store
from storage.tinydb import TinyStore
from tests.storage.conformance import MovableClock, Opener, StoreConformance


class TestTinyStore(StoreConformance):
    @pytest.fixture
    def opener(self, clock: MovableClock, tmp_path: Path) -> Opener:
        async def open_again() -> Store:
            return await TinyStore.open(tmp_path / "store", clock=clock)

        return open_again
