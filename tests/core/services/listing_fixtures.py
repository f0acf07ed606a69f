"""For a `conftest.py`: a shop on a real socket for a module, and a program of its own for each test."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.clocks import FrozenClock
from tests.core.channel.support import without_waiting
from tests.core.services.listing_world import ListingWorld
from tests.tui.integrations.support import Merchant, connect, merchant_on_a_socket, open_backend

__all__ = ["merchant", "world"]


@pytest.fixture(scope="module")
def merchant() -> Iterator[Merchant]:
    with merchant_on_a_socket(FrozenClock(), products=20, orders=0) as served:
        yield served


@pytest.fixture
async def world(tmp_path: Path, merchant: Merchant) -> AsyncIterator[ListingWorld]:
    """Its files are under `home`; beside it a test may have some of its own."""
    backend = await open_backend(tmp_path / "home", merchant)
    made = ListingWorld(merchant, backend, await connect(backend, merchant, "Main"))
    with without_waiting():
        yield made
    await made.control("DELETE", "/faults")
    await backend.close()
