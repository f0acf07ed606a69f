"""A session over a real store in a directory of the test's own, without worker, sandbox or network."""

from collections.abc import Callable
from pathlib import Path

from core.backend import Backend
from core.models.integration import Integration, Shop
from core.settings import Settings
from storage.tinydb.store import TinyStore
from storage.vault import Vault
from tests.clocks import NOON, FrozenClock
from tui.session import CannotOpen, Session


def integration(name: str = "My shop", **fields: object) -> Integration:
    shop = Shop(id=f"shop-{name}", name="Harbour & Hill", region="GB", cipher="c1")
    made = Integration(id=f"id-{name}", name=name, shop=shop, authorisation_id="a1", created_at=NOON)
    return made.model_copy(update=fields)


async def open_backend(home: Path, clock: FrozenClock, settings: Settings | None = None) -> Backend:
    store = await TinyStore.open(home / "store", clock=clock)
    return Backend(
        settings=settings or Settings(home=home),
        store=store,
        vault=Vault.open(home=home, environ={}),
        clock=clock,
    )


class ReadySession(Session):
    """Opens at once on a backend that the test has prepared."""

    def __init__(self, backend: Backend, *, read_only: bool = False) -> None:
        super().__init__(read_only=read_only)
        self._backend = backend

    async def open(self, say: Callable[[str], None], progress: Callable[[int, int], None]) -> None:
        say("Opening the store")
        progress(1, 1)

    async def keep_worker(self) -> None:
        """No worker: the test is alone with its store."""

    async def close(self) -> None:
        """The backend is the test's."""


class BrokenSession(Session):
    """Cannot be opened."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self._words = words

    async def open(self, say: Callable[[str], None], progress: Callable[[int, int], None]) -> None:
        raise CannotOpen(self._words)
