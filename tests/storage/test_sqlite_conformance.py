"""The suite of promises is one of the port, not of TinyDB: a store over SQL keeps every one of them too."""

import inspect
from pathlib import Path

import pytest

from core import store as port
from core.store import Store
from tests.storage.conformance import MovableClock, Opener, StoreConformance
from tests.storage.sqlite_store import SqlStore

PROMISES = Path(__file__).parent / "promises"


class TestSqlStore(StoreConformance):
    @pytest.fixture
    def opener(self, clock: MovableClock, tmp_path: Path) -> Opener:
        async def open_again() -> Store:
            return await SqlStore.open(tmp_path / "store.sqlite", clock=clock)

        return open_again


def test_the_promises_know_the_port_and_no_implementation_and_call_all_of_it() -> None:
    texts = [path.read_text("utf-8") for path in PROMISES.glob("*.py")]
    assert not any("import storage" in text or "from storage" in text for text in texts)
    every = "".join(texts)
    asked = {
        name
        for protocol in (port.Reader, port.Transaction, port.Store)
        for name, member in vars(protocol).items()
        if inspect.isfunction(member) and not name.startswith("_")
    }
    assert {name for name in asked if f".{name}(" not in every and f"{name}(" not in every} == set()
    operators = set(port.Operator.__args__)  # type: ignore[attr-defined]
    assert {one for one in operators if f'"{one}"' not in every} == set()
