"""Tokens at rest: one refresh at a time, the new pair stored before it is used."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from core.channel.errors import NeedsReauthorisation, Unreachable
from core.channel.tiktok.auth import TikTokAuth, TokenPair
from core.channel.tiktok.tokens import TABLE, TokenKeeper, seal_pair
from core.models.integration import Authorisation
from core.store import StoreFull
from storage.tinydb.store import TinyStore
from storage.vault import Vault
from tests.core.channel.support import APP, NOON, Answer, FrozenClock, ScriptedShop, ok, refusal

NAME = "auth-1"
WEEK = timedelta(days=7)
REVOKED = refusal(36004004, "The refresh token is invalid.")


def _pair(number: int, *, life: timedelta = WEEK) -> TokenPair:
    return TokenPair(
        access_token=f"TTP_access-{number}",
        access_expires_at=NOON + life,
        refresh_token=f"TTP_refresh-{number}",
        refresh_expires_at=NOON + timedelta(days=365),
        open_id="o",
        seller_name="Kettle Shop",
        region="GB",
        scopes=("seller.order.info",),
    )


def _issued(number: int, *, expires: int = 14) -> httpx.Response:
    """TikTok's answer to a refresh; it tells no seller name."""
    return ok(
        {
            "access_token": f"TTP_access-{number}",
            "access_token_expire_in": int((NOON + timedelta(days=expires)).timestamp()),
            "refresh_token": f"TTP_refresh-{number}",
            "refresh_token_expire_in": int((NOON + timedelta(days=400)).timestamp()),
        }
    )


class House:
    """A store with one authorisation, TikTok's token service, and programs that keep tokens in it."""

    def __init__(self, store: TinyStore, vault: Vault, clock: FrozenClock) -> None:
        self.store, self.vault, self.clock = store, vault, clock
        self.service = ScriptedShop([_issued(2)])

    async def begin(self, pair: TokenPair) -> None:
        row = seal_pair(self.vault, NAME, pair, self.clock.now())
        async with self.store.transaction() as tx:
            await tx.put(TABLE, NAME, row.to_document())

    async def stored(self) -> tuple[str, str]:
        """Both tokens as they stand in the store."""
        document = await self.store.get(TABLE, NAME)
        assert document is not None
        row = Authorisation.from_document(document)
        return (
            self.vault.unseal(f"{NAME}/access", row.sealed_access_token),
            self.vault.unseal(f"{NAME}/refresh", row.sealed_refresh_token),
        )

    def keeper(
        self, owner: str = "worker", *, transport: httpx.AsyncBaseTransport | None = None
    ) -> TokenKeeper:
        http = httpx.AsyncClient(transport=transport or httpx.MockTransport(self.service))
        auth = TikTokAuth(
            http, auth_url="https://auth.test", consent_url="https://c.test", app=APP, service_id="1"
        )
        return TokenKeeper(
            NAME, store=self.store, vault=self.vault, auth=auth, clock=self.clock, owner=owner, sleep=_yield
        )

    def script(self, *answers: Answer) -> None:
        self.service.script = list(answers)


async def _yield(_: float) -> None:
    await asyncio.sleep(0.001)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    clock = FrozenClock()
    store = await TinyStore.open(tmp_path / "store", clock=clock)
    vault = Vault.open(home=tmp_path, environ={})
    made = House(store, vault, clock)
    await made.begin(_pair(1))
    yield made
    await store.close()


async def test_a_living_token_is_used_as_it_is(house: House) -> None:
    assert await house.keeper().access_token() == "TTP_access-1"
    assert house.service.requests == []


async def test_no_token_lies_in_the_store_in_clear(house: House, tmp_path: Path) -> None:
    await house.keeper().renew("TTP_access-1")
    held = b"".join(path.read_bytes() for path in (tmp_path / "store").rglob("*") if path.is_file())
    assert b"TTP_" not in held
    assert NAME.encode() in held


async def test_a_token_is_refreshed_ten_minutes_before_it_ends(house: House) -> None:
    house.clock.at = NOON + WEEK - timedelta(minutes=10, seconds=1)
    assert await house.keeper().access_token() == "TTP_access-1"
    house.clock.move(seconds=1)
    assert await house.keeper().access_token() == "TTP_access-2"


async def test_a_short_life_is_used_to_nine_tenths(house: House) -> None:
    await house.begin(_pair(1, life=timedelta(minutes=10)))
    house.clock.move(minutes=8, seconds=59)
    assert await house.keeper().access_token() == "TTP_access-1"
    house.clock.move(seconds=1)
    assert await house.keeper().access_token() == "TTP_access-2"


async def test_both_new_tokens_are_stored_before_one_is_used_and_the_rest_is_kept(house: House) -> None:
    assert await house.keeper().renew("TTP_access-1") == "TTP_access-2"
    assert await house.stored() == ("TTP_access-2", "TTP_refresh-2")
    assert house.service.requests[0].url.params["refresh_token"] == "TTP_refresh-1"
    document = await house.store.get(TABLE, NAME)
    assert document is not None
    row = Authorisation.from_document(document)
    assert (row.seller_name, row.region, row.scopes) == ("Kettle Shop", "GB", ("seller.order.info",))
    assert row.access_expires_at == NOON + timedelta(days=14)


async def test_the_next_refresh_uses_the_new_refresh_token(house: House) -> None:
    house.script(_issued(2), _issued(3))
    keeper = house.keeper()
    await keeper.renew("TTP_access-1")
    assert await keeper.renew("TTP_access-2") == "TTP_access-3"
    used = [request.url.params["refresh_token"] for request in house.service.requests]
    assert used == ["TTP_refresh-1", "TTP_refresh-2"]


async def test_a_token_that_was_replaced_meanwhile_is_taken_without_a_refresh(house: House) -> None:
    await house.keeper("other").renew("TTP_access-1")
    assert await house.keeper().renew("TTP_access-1") == "TTP_access-2"
    assert len(house.service.requests) == 1


@pytest.mark.parametrize("owners", [("worker", "screens"), ("same", "same")])
async def test_two_programs_refresh_once_between_them(house: House, owners: tuple[str, str]) -> None:
    calls = [house.keeper(owner).renew("TTP_access-1") for owner in owners for _ in range(5)]
    assert await asyncio.gather(*calls) == ["TTP_access-2"] * 10
    assert len(house.service.requests) == 1
    assert await house.store.holder(f"token:{NAME}") is None


async def test_two_stores_on_one_directory_refresh_once_between_them(house: House, tmp_path: Path) -> None:
    second = await TinyStore.open(tmp_path / "store", clock=house.clock)
    other = House(second, house.vault, house.clock)
    other.service = house.service
    tokens = await asyncio.gather(
        house.keeper("worker").renew("TTP_access-1"), other.keeper("screens").renew("TTP_access-1")
    )
    await second.close()
    assert set(tokens) == {"TTP_access-2"}
    assert len(house.service.requests) == 1


async def test_an_ended_consent_needs_the_merchant_and_asks_nobody(house: House) -> None:
    house.clock.move(days=366)
    with pytest.raises(NeedsReauthorisation, match="ended on 01 January 2027"):
        await house.keeper().access_token()
    assert house.service.requests == []


async def test_a_revoked_consent_needs_the_merchant_and_leaves_the_store_alone(house: House) -> None:
    house.script(REVOKED)
    with pytest.raises(NeedsReauthorisation):
        await house.keeper().renew("TTP_access-1")
    assert await house.stored() == ("TTP_access-1", "TTP_refresh-1")
    assert await house.store.holder(f"token:{NAME}") is None


async def test_without_an_authorisation_the_merchant_is_needed(house: House) -> None:
    async with house.store.transaction() as tx:
        await tx.delete(TABLE, NAME)
    with pytest.raises(NeedsReauthorisation):
        await house.keeper().access_token()


@pytest.mark.parametrize("lost", [httpx.ReadTimeout(""), httpx.Response(200, text="<html>")])
async def test_after_a_lost_reply_the_stored_token_is_tried_again(house: House, lost: Answer) -> None:
    house.script(lost, _issued(2))
    keeper = house.keeper()
    with pytest.raises(Unreachable):
        await keeper.renew("TTP_access-1")
    assert await house.stored() == ("TTP_access-1", "TTP_refresh-1")
    assert await keeper.renew("TTP_access-1") == "TTP_access-2"
    used = [request.url.params["refresh_token"] for request in house.service.requests]
    assert used == ["TTP_refresh-1", "TTP_refresh-1"]


async def test_after_a_lost_reply_that_had_its_effect_tiktok_says_so(house: House) -> None:
    house.script(httpx.ReadTimeout(""), REVOKED)
    keeper = house.keeper()
    with pytest.raises(Unreachable):
        await keeper.renew("TTP_access-1")
    with pytest.raises(NeedsReauthorisation):
        await keeper.renew("TTP_access-1")


async def test_while_the_old_token_lives_a_refresh_that_fails_stops_nothing(house: House) -> None:
    house.script(httpx.ConnectError("refused"))
    house.clock.at = NOON + WEEK - timedelta(minutes=5)
    assert await house.keeper().access_token() == "TTP_access-1"
    house.clock.move(minutes=5)
    with pytest.raises(Unreachable):
        await house.keeper().access_token()


class SlowService(httpx.AsyncBaseTransport):
    """Answers a refresh only when it is told to."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.answer = asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.set()
        await self.answer.wait()
        return _issued(2)


async def test_a_refresh_whose_caller_gives_up_still_stores_the_new_pair(house: House) -> None:
    service = SlowService()
    renewing = asyncio.create_task(house.keeper(transport=service).renew("TTP_access-1"))
    await service.asked.wait()
    renewing.cancel()
    await asyncio.sleep(0)
    service.answer.set()
    with pytest.raises(asyncio.CancelledError):
        await renewing
    assert await house.stored() == ("TTP_access-2", "TTP_refresh-2")
    assert await house.store.holder(f"token:{NAME}") is None


async def test_a_program_that_died_in_the_middle_frees_the_refresh_after_a_minute(house: House) -> None:
    dead = await house.store.lease(f"token:{NAME}", owner="dead", ttl=timedelta(seconds=60))
    assert dead is not None
    waiting = asyncio.create_task(house.keeper().renew("TTP_access-1"))
    await asyncio.sleep(0.01)
    assert not waiting.done()
    house.clock.move(seconds=61)
    assert await waiting == "TTP_access-2"


async def test_a_holder_that_never_ends_is_told_as_trouble(house: House) -> None:
    async def no_wait(_: float) -> None:
        await asyncio.sleep(0)

    forever = timedelta(days=1)
    assert await house.store.lease(f"token:{NAME}", owner="other", ttl=forever) is not None
    keeper = house.keeper()
    keeper._sleep = no_wait
    with pytest.raises(Unreachable, match="two minutes"):
        await keeper.renew("TTP_access-1")


async def test_a_pair_that_could_not_be_stored_is_stored_the_next_time_and_not_asked_for_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TikTok has ended the old refresh token by then: asking with it would cost the merchant's consent."""
    house.script(_issued(2), REVOKED)
    keeper, transaction = house.keeper(), house.store.transaction

    def no_space_for_tokens(**how: Any) -> Any:
        if house.service.requests:
            monkeypatch.undo()
            raise StoreFull("no space is left")
        return transaction(**how)

    monkeypatch.setattr(house.store, "transaction", no_space_for_tokens)
    with pytest.raises(StoreFull):
        await keeper.renew("TTP_access-1")
    assert await house.stored() == ("TTP_access-1", "TTP_refresh-1")
    assert await keeper.access_token() == "TTP_access-2"
    assert await house.stored() == ("TTP_access-2", "TTP_refresh-2")
    assert len(house.service.requests) == 1


@pytest.mark.parametrize("newer", [True, False])
async def test_a_pair_that_comes_after_the_lease_has_ended_is_kept_unless_a_newer_one_is_there(
    house: House, newer: bool
) -> None:
    service = SlowService()
    renewing = asyncio.create_task(house.keeper(transport=service).renew("TTP_access-1"))
    await service.asked.wait()
    house.clock.move(minutes=2)
    assert await house.store.lease(f"token:{NAME}", owner="other", ttl=timedelta(seconds=60)) is not None
    if newer:
        await house.begin(_pair(9))
    service.answer.set()
    kept = 9 if newer else 2
    assert await renewing == f"TTP_access-{kept}"
    assert await house.stored() == (f"TTP_access-{kept}", f"TTP_refresh-{kept}")


async def test_an_authorisation_that_was_removed_meanwhile_does_not_come_back(house: House) -> None:
    service = SlowService()
    renewing = asyncio.create_task(house.keeper(transport=service).renew("TTP_access-1"))
    await service.asked.wait()
    async with house.store.transaction() as tx:
        await tx.delete(TABLE, NAME)
    service.answer.set()
    with pytest.raises(NeedsReauthorisation):
        await renewing
    assert await house.store.get(TABLE, NAME) is None


async def test_a_refresh_that_failed_before_its_time_is_not_tried_again_by_every_call(house: House) -> None:
    house.script(httpx.ConnectError("refused"), _issued(2))
    house.clock.at = NOON + WEEK - timedelta(minutes=9)
    keeper = house.keeper()
    for _ in range(3):
        assert await keeper.access_token() == "TTP_access-1"
    assert len(house.service.requests) == 1
    house.clock.move(seconds=31)
    assert await keeper.access_token() == "TTP_access-2"


@pytest.mark.parametrize("odd", [[], {}, "x", 5, True, [None]])
async def test_a_pair_is_not_lost_with_what_is_said_beside_it(house: House, odd: object) -> None:
    answer = json.loads(_issued(2).content)
    beside = ("open_id", "seller_name", "seller_base_region", "user_type", "granted_scopes")
    answer["data"] |= dict.fromkeys(beside, odd)
    house.script(httpx.Response(200, json=answer))
    assert await house.keeper().renew("TTP_access-1") == "TTP_access-2"
    assert await house.stored() == ("TTP_access-2", "TTP_refresh-2")


async def test_twenty_callers_refresh_once(house: House) -> None:
    house.clock.at = NOON + WEEK - timedelta(minutes=5)
    keeper = house.keeper()
    assert set(await asyncio.gather(*(keeper.access_token() for _ in range(20)))) == {"TTP_access-2"}
    assert len(house.service.requests) == 1
