"""An account, the wire to it, and a client that retries without waiting."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import respx
import stamina

from core.inventory.avasam import TRIES, AvasamClient
from tests.core.inventory.account import URL, Account, client_over


@pytest.fixture
def account() -> Account:
    return Account()


@pytest.fixture
def wire(account: Account) -> Iterator[respx.MockRouter]:
    with respx.mock(base_url=URL, assert_all_called=False) as router:
        router.post(url__startswith=URL).mock(side_effect=account.answer)
        yield router


@pytest.fixture
async def client(account: Account, wire: respx.MockRouter) -> AsyncIterator[AvasamClient]:
    async with httpx.AsyncClient() as http:
        yield client_over(http, account)


@pytest.fixture(autouse=True)
def no_waiting() -> Iterator[None]:
    stamina.set_testing(True, attempts=TRIES)
    yield
    stamina.set_testing(False)
