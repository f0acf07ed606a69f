"""A merchant and a backend of their own for every test."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from core.backend import Backend
from tests.clocks import FrozenClock
from tests.tui.integrations.support import Merchant, merchant_on_a_socket, open_backend


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def merchant(clock: FrozenClock) -> Iterator[Merchant]:
    with merchant_on_a_socket(clock) as served:
        yield served


@pytest.fixture
async def backend(tmp_path: Path, merchant: Merchant) -> AsyncIterator[Backend]:
    opened = await open_backend(tmp_path / "home", merchant)
    yield opened
    await opened.close()
