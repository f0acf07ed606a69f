"""The doctor: what is well, what is not, and what to do about it."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from core import tables
from core.backend import Backend
from core.services.doctor import Doctor, Finding, Verdict
from core.services.presence import Presence
from core.settings import Settings
from core.store import StoreFull
from core.sync.leases import PRESENCE, of_integration
from core.sync.problems import note_problem
from storage.tinydb import TinyStore
from storage.vault import Vault
from tests.clocks import NOON, FrozenClock
from tests.tui.integrations.support import Merchant, connect, merchant_on_a_socket, open_backend


@pytest.fixture(scope="module")
def merchant() -> Iterator[Merchant]:
    with merchant_on_a_socket(FrozenClock(), products=10, orders=0) as served:
        yield served


@pytest.fixture
async def backend(tmp_path: Path, merchant: Merchant) -> AsyncIterator[Backend]:
    opened = await open_backend(tmp_path, merchant)
    yield opened
    await opened.close()


async def examined(backend: Backend, *, ahead: float = 0.0, date: str | None = None) -> dict[str, Finding]:
    """What the doctor finds when this machine's clock is that many seconds ahead of TikTok's."""
    theirs = date or format_datetime(NOON - timedelta(seconds=ahead), usegmt=True)

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(404, headers={"date": theirs})

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        return {finding.name: finding async for finding in Doctor(backend, http=http).examine()}


async def test_a_connected_installation_is_well(backend: Backend, merchant: Merchant) -> None:
    await connect(backend, merchant, "UK")
    lease = await backend.store.lease(PRESENCE, owner="desk:7", ttl=timedelta(minutes=1))
    found = await examined(backend)
    assert [finding for finding in found.values() if finding.verdict is Verdict.FAIL] == []
    assert found["store"].verdict is found["vault"].verdict is found["clock"].verdict is Verdict.PASS
    assert found["vault"].what == "The key opens 1 authorisation"
    assert found["worker"].what == "Runs as desk:7"
    assert found["authorisation of UK"].what.endswith("days left")
    assert lease is not None


@pytest.mark.parametrize(
    ("ahead", "verdict"),
    [(0, "pass"), (9, "pass"), (20, "warn"), (45, "fail"), (-8, "pass"), (-60, "warn"), (-400, "fail")],
)
async def test_a_clock_outside_what_tiktok_accepts_fails(
    backend: Backend, ahead: float, verdict: str
) -> None:
    found = (await examined(backend, ahead=ahead))["clock"]
    assert found.verdict == verdict
    if verdict != "pass":
        assert ("ahead of" if ahead > 0 else "behind") in found.what
        assert "timedatectl" in found.cure


@pytest.mark.parametrize("date", ["", "yesterday, more or less"])
async def test_a_reply_without_the_time_is_a_warning(backend: Backend, date: str) -> None:
    found = (await examined(backend, date=date or " "))["clock"]
    assert found.verdict is Verdict.WARN
    assert "proxy" in found.cure


async def test_without_a_network_the_rest_is_examined_all_the_same(backend: Backend) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route", request=request)

    async with httpx.AsyncClient(transport=httpx.MockTransport(refuse)) as http:
        found = {finding.name: finding async for finding in Doctor(backend, http=http).examine()}
    assert found["clock"].verdict is Verdict.WARN
    assert found["who is here"].what == "Nobody else"


async def test_authorisations_that_end_or_ended_are_told(backend: Backend, merchant: Merchant) -> None:
    integration = await connect(backend, merchant, "UK")
    row = await backend.store.get(tables.AUTHORISATIONS, integration.authorisation_id)
    assert row is not None
    for left, verdict in ((timedelta(days=3), "warn"), (timedelta(days=-1), "fail")):
        async with backend.store.transaction() as tx:
            ends = (NOON + left).isoformat()
            await tx.put(
                tables.AUTHORISATIONS, integration.authorisation_id, {**row, "refresh_expires_at": ends}
            )
        found = (await examined(backend))["authorisation of UK"]
        assert found.verdict == verdict
        assert "Reauthorize" in found.cure
    async with backend.store.transaction() as tx:
        gone = integration.model_copy(update={"needs_reauthorisation": "the merchant withdrew it"})
        await tx.put(tables.INTEGRATIONS, integration.id, gone.to_document())
    assert (await examined(backend))["authorisation of UK"].what == "the merchant withdrew it"


async def test_another_key_is_told(backend: Backend, merchant: Merchant) -> None:
    await connect(backend, merchant, "UK")
    backend.vault = Vault(b"k" * 32, "$AVASAM_KEY")
    found = (await examined(backend))["vault"]
    assert found.verdict is Verdict.FAIL
    assert "Put the former key back" in found.cure


async def test_mappings_that_lead_nowhere_are_counted_and_named(backend: Backend, merchant: Merchant) -> None:
    integration = await connect(backend, merchant, "UK")
    async with backend.store.transaction() as tx:
        await tx.put(tables.PRODUCTS, "MUG", {"sku": "MUG"})
        await tx.put(tables.CHANNEL_SKUS, tables.key(integration.id, "1"), {})
        for sku_id, sku, owner in (
            ("1", "MUG", integration.id),
            ("2", "MUG", integration.id),
            ("1", "CUP", "gone"),
        ):
            row = {"avasam_sku": sku, "integration_id": owner}
            await tx.put(tables.SKU_MAPPINGS, tables.key(owner, sku_id), {**row})
    found = (await examined(backend))["mappings"]
    assert found.verdict is Verdict.WARN
    assert found.what == "2 of 3 lead nowhere (UK: MUG, a removed integration: CUP)"


async def test_a_missing_worker_and_stray_leases_are_told(backend: Backend, merchant: Merchant) -> None:
    assert (await examined(backend))["worker"].verdict is Verdict.PASS
    integration = await connect(backend, merchant, "UK")
    lease = await backend.store.lease(of_integration(integration.id), owner="x:1", ttl=timedelta(minutes=1))
    assert lease is not None
    found = await examined(backend)
    assert found["worker"].verdict is Verdict.WARN
    assert "avasam worker" in found["worker"].cure
    assert "x:1" in found["leases"].what


async def test_who_else_is_here_is_shown(backend: Backend) -> None:
    other = Presence(backend.store, backend.clock, owner="desk:9", user="ann", role="screens")
    await other.beat()
    assert (await examined(backend))["who is here"].what == "ann (screens on desk:9)"


async def test_a_store_that_cannot_be_written_and_one_that_is_slow_are_told(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(404))) as http:
        ticks = iter((0.0, 3.0))
        slow = Doctor(backend, http=http, tick=lambda: next(ticks))
        found = await anext(slow.examine())
        assert found.verdict is Verdict.WARN
        assert "takes 1.5 s" in found.what

        async def full(*_: object, **__: object) -> None:
            raise StoreFull("no space left. Free some space")

        monkeypatch.setattr(backend.store, "lease", full)
        found = await anext(Doctor(backend, http=http).examine())
    assert found.verdict is Verdict.FAIL
    assert "Free some space" in found.cure


async def test_settings_that_miss_something_are_told(tmp_path: Path) -> None:
    clock = FrozenClock()
    store = await TinyStore.open(tmp_path / "store", clock=clock)
    vault = Vault(b"k" * 32, "a test")
    backend = Backend(settings=Settings(home=tmp_path), store=store, vault=vault, clock=clock)
    found = (await examined(backend))["settings"]
    assert "AVASAM_TIKTOK_APP_KEY" in found.what
    app = {"tiktok_app_key": "k", "tiktok_app_secret": SecretStr("s"), "tiktok_service_id": "7"}
    backend.settings = Settings.model_validate({"home": tmp_path, **app})
    assert "no inventory" in (await examined(backend))["settings"].what
    await backend.close()


async def test_what_needs_a_person_is_named_with_the_command_that_tells_more(backend: Backend) -> None:
    found = await examined(backend)
    assert {found["problems"].verdict, found["orders"].verdict} == {Verdict.PASS}
    async with backend.store.transaction() as tx:
        for number in range(4):
            why, cure = "It is frozen.", "Ask TikTok."
            await note_problem(
                tx, backend.clock, None, f"p{number}", what=f"SKU {number} refused", why=why, cure=cure
            )
        for key, state in (("a", "flagged"), ("b", "held"), ("c", "held"), ("d", "sent")):
            await tx.put(tables.ORDERS, key, {"state": state})
    found = await examined(backend)
    assert (
        found["problems"].what == "4 open problems: SKU 0 refused; SKU 1 refused; SKU 2 refused; and 1 more"
    )
    assert "avasam activity problems" in found["problems"].cure
    assert found["orders"].what == "Not on their way to Avasam: 1 flagged, 2 held"
    assert {found["problems"].verdict, found["orders"].verdict} == {Verdict.WARN}
