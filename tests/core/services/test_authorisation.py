"""A merchant's consent: given, denied, late, repeated, or for another shop.

Acceptance lines: A6, A7, A8, A9, A15.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from core import tables
from core.backend import Backend
from core.models.integration import Authorisation, Integration, SyncKind, SyncState
from core.models.job import JobKind, JobState
from core.services.authorisation import AuthorisationService, SeveralShops
from core.services.errors import ServiceError
from core.store import LeaseLost
from core.sync import jobs
from core.sync.leases import of_integration
from core.sync.problems import note_problem
from core.sync.runner import REAUTHORISE
from tests.clocks import FrozenClock
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


@pytest.fixture
def service(backend: Backend) -> AuthorisationService:
    return AuthorisationService(backend)


async def rows(backend: Backend, *names: str) -> int:
    return sum([await backend.store.count(name) for name in names])


async def nothing_is_there(backend: Backend) -> bool:
    return await rows(backend, tables.INTEGRATIONS, tables.AUTHORISATIONS) == 0


async def test_A9_a_consent_makes_one_enabled_row_with_the_shops_name_and_region(
    backend: Backend, merchant: Merchant
) -> None:
    made = await connect(backend, merchant, "My shop")
    assert (made.name, made.enabled, made.shop.name, made.shop.region) == (
        "My shop",
        True,
        "Sandbox Shop GB",
        "GB",
    )
    assert await rows(backend, tables.INTEGRATIONS) == await rows(backend, tables.AUTHORISATIONS) == 1
    assert await rows(backend, tables.PENDING_AUTHORISATIONS) == 0


async def test_A7_a_bare_code_is_enough(service: AuthorisationService, merchant: Merchant) -> None:
    granted = await service.accept(await asyncio.to_thread(merchant.code))
    assert [shop.name for shop in granted.shops] == ["Sandbox Shop GB"]
    assert granted.pair.access_token not in repr(granted)


async def test_A6_leaving_before_the_end_leaves_nothing(
    service: AuthorisationService, backend: Backend
) -> None:
    begun = await service.begin("Left alone")
    await service.forget(begun.state)
    assert await nothing_is_there(backend)
    assert await rows(backend, tables.PENDING_AUTHORISATIONS) == 0


async def test_A8_a_denial_says_so(
    service: AuthorisationService, backend: Backend, merchant: Merchant
) -> None:
    begun = await service.begin("Denied")
    pasted = await asyncio.to_thread(merchant.deny, begun.address)
    with pytest.raises(ServiceError, match="did not give consent"):
        await service.accept(pasted, state=begun.state)
    assert await nothing_is_there(backend)


async def test_A8_a_reply_half_an_hour_late_is_refused(
    service: AuthorisationService, backend: Backend, merchant: Merchant
) -> None:
    begun = await service.begin("Late")
    pasted = await asyncio.to_thread(merchant.consent, begun.address)
    merchant.clock.advance(timedelta(minutes=30))
    with pytest.raises(ServiceError, match="older than half an hour"):
        await service.accept(pasted, state=begun.state)
    assert await nothing_is_there(backend)


async def test_A8_a_reply_works_once(
    service: AuthorisationService, backend: Backend, merchant: Merchant
) -> None:
    begun = await service.begin("Once")
    pasted = await asyncio.to_thread(merchant.consent, begun.address)
    await service.add("Once", await service.accept(pasted, state=begun.state))
    with pytest.raises(ServiceError, match="used before"):
        await service.accept(pasted)
    assert await rows(backend, tables.INTEGRATIONS) == 1


async def test_A8_a_spent_code_is_refused_by_TikTok_in_words(
    service: AuthorisationService, backend: Backend, merchant: Merchant
) -> None:
    code = await asyncio.to_thread(merchant.code)
    await service.accept(code)
    with pytest.raises(ServiceError, match="TikTok did not accept the authorisation") as refusal:
        await service.accept(code)
    assert "Start again" in refusal.value.cure
    assert await nothing_is_there(backend)


async def test_A8_a_reply_to_another_authorisation_is_refused_and_spends_neither(
    service: AuthorisationService, backend: Backend, merchant: Merchant
) -> None:
    begun, other = await service.begin("Mine"), await service.begin("Theirs")
    pasted = await asyncio.to_thread(merchant.consent, other.address)
    with pytest.raises(ServiceError, match="another authorisation"):
        await service.accept(pasted, state=begun.state)
    assert await rows(backend, tables.PENDING_AUTHORISATIONS) == 2
    with pytest.raises(ServiceError, match="another authorisation"):
        await service.accept(pasted.replace("&state=", "&stat="), state=begun.state)
    assert (await service.accept(pasted, state=other.state)).shops


@pytest.mark.parametrize("pasted", ["", "  \n", "https://example.com/", "?error_description=no", "a b://"])
async def test_A8_what_is_neither_code_nor_address_is_refused(
    service: AuthorisationService, backend: Backend, pasted: str
) -> None:
    begun = await service.begin("Nonsense")
    with pytest.raises(ServiceError):
        await service.accept(pasted, state=begun.state)
    assert await nothing_is_there(backend)


async def test_of_several_shops_one_must_be_named(
    service: AuthorisationService, backend: Backend, tmp_path: Path
) -> None:
    clock = FrozenClock()
    with merchant_on_a_socket(clock, products=10, orders=0) as merchant:
        merchant.give_second_shop()
        own = await open_backend(tmp_path / "own", merchant)
        service = AuthorisationService(own)
        granted = await service.accept(await asyncio.to_thread(merchant.code))
        with pytest.raises(SeveralShops) as asked:
            await service.add("Two", granted)
        assert [shop.name for shop in asked.value.shops] == ["Sandbox Shop GB", "Sandbox Shop US"]
        assert await nothing_is_there(own)
        made = await service.add("Two", granted, shop_id=asked.value.shops[1].id)
        assert made.shop.region == "US"
        await own.close()


async def test_a_shop_is_connected_once(
    service: AuthorisationService, backend: Backend, merchant: Merchant
) -> None:
    await connect(backend, merchant, "First")
    with pytest.raises(ServiceError, match="already connected"):
        await service.add("Second", await service.accept(await asyncio.to_thread(merchant.code)))
    assert await rows(backend, tables.INTEGRATIONS) == 1


async def marked(backend: Backend, merchant: Merchant) -> Integration:
    """An integration that needs reauthorisation, with settings of its own and a job that waits."""
    made = await connect(backend, merchant, "Marked")
    settings = made.settings.model_copy(update={"max_quantity": 7})
    row = made.model_copy(update={"needs_reauthorisation": "revoked", "settings": settings})
    now = backend.clock.now()
    state = SyncState(
        integration_id=made.id,
        kind=SyncKind.ORDERS,
        failures=4,
        last_error="revoked",
        next_run_at=now + timedelta(minutes=10),
    )
    async with backend.store.transaction() as tx:
        await tx.put(tables.INTEGRATIONS, made.id, row.to_document())
        await tx.put(tables.SYNC_STATES, tables.key(made.id, "orders"), state.to_document())
        await note_problem(tx, backend.clock, made.id, REAUTHORISE, what="it ended", why="", cure="")
    await jobs.request(backend.store, JobKind.SYNC_ORDERS, made.id, now=now, requested_by="test")
    return row


async def test_A15_renewing_keeps_name_and_settings_and_lets_jobs_go_on(
    service: AuthorisationService, backend: Backend, merchant: Merchant
) -> None:
    before = await marked(backend, merchant)
    begun = await service.begin_again(before)
    granted = await service.accept(
        await asyncio.to_thread(merchant.consent, begun.address), state=begun.state
    )
    after = await service.renew(before.id, granted)
    assert after == before.model_copy(update={"needs_reauthorisation": None})
    document = await backend.store.get(tables.AUTHORISATIONS, after.authorisation_id)
    assert document is not None
    kept = Authorisation.from_document(document)
    sealed = backend.vault.unseal(f"{kept.id}/access", kept.sealed_access_token)
    assert sealed == granted.pair.access_token
    assert await rows(backend, tables.PROBLEMS, tables.PENDING_AUTHORISATIONS) == 0
    state = await backend.store.get(tables.SYNC_STATES, tables.key(after.id, "orders"))
    assert state is not None
    assert (state["next_run_at"], state["failures"]) == (None, 0)
    waiting = await jobs.waiting(backend.store, after.id)
    assert [job.state for job in waiting] == [JobState.QUEUED]


async def test_A15_another_shops_authorisation_changes_nothing(
    service: AuthorisationService, backend: Backend, merchant: Merchant
) -> None:
    before = await marked(backend, merchant)
    authorisation = await backend.store.get(tables.AUTHORISATIONS, before.authorisation_id)
    granted = await service.accept(await asyncio.to_thread(merchant.code, 1))
    with pytest.raises(ServiceError, match="is for Harbour & Hill, not for Sandbox Shop GB"):
        await service.renew(before.id, granted)
    document = await backend.store.get(tables.INTEGRATIONS, before.id)
    assert document == before.to_document()
    assert await backend.store.get(tables.AUTHORISATIONS, before.authorisation_id) == authorisation


async def test_A15_a_worker_with_the_old_tokens_cannot_mark_it_again(
    service: AuthorisationService, backend: Backend, merchant: Merchant
) -> None:
    before = await marked(backend, merchant)
    lease = await backend.store.lease(
        of_integration(before.id), owner=backend.owner, ttl=timedelta(seconds=15)
    )
    assert lease is not None
    await service.renew(before.id, await service.accept(await asyncio.to_thread(merchant.code)))
    with pytest.raises(LeaseLost):
        async with backend.store.transaction(fence=lease) as tx:
            await tx.put(tables.INTEGRATIONS, before.id, before.to_document())
    assert await backend.store.holder(of_integration(before.id)) is None
