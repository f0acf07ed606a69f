"""A shop on a real socket, shared by a module's tests, and a program of its own for each."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.clocks import FrozenClock
from tests.core.channel.support import without_waiting
from tests.core.services.listing_world import ListingWorld
from tests.tui.integrations.support import Merchant, connect, merchant_on_a_socket, open_backend


@pytest.fixture(scope="module")
def merchant() -> Iterator[Merchant]:
    with merchant_on_a_socket(FrozenClock(), products=20, orders=0) as served:
        yield served


@pytest.fixture
async def world(tmp_path: Path, merchant: Merchant) -> AsyncIterator[ListingWorld]:
    backend = await open_backend(tmp_path, merchant)
    made = ListingWorld(merchant, backend, await connect(backend, merchant, "Main"))
    with without_waiting():
        yield made
    await made.control("DELETE", "/faults")
    await backend.close()
