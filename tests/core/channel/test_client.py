"""What the client does when the shop refuses, breaks, lies or stays silent."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from core.channel.errors import (
    ChannelError,
    ClockSkew,
    DataRefused,
    LostReply,
    NeedsReauthorisation,
    RateLimited,
    ServerFault,
    Unreachable,
    UnreadableReply,
)
from core.channel.tiktok import operations, wire
from core.channel.tiktok.client import TRIES
from core.channel.tiktok.operations import Operation
from tests.core.channel.support import NOON, TOKEN, Answer, FakeTokens, Rig, ok, refusal, rig

SAFE = operations.WAREHOUSES
UNSAFE = operations.CREATE_PRODUCT
GOOD = {"warehouses": [{"id": 7270000000000000001, "name": "Main", "type": "SALES_WAREHOUSE"}]}
EXPIRED = refusal(105002, "Expired credentials. The access token has expired.", status=401)
BAD_TOKEN = refusal(36009004, "Invalid credentials. Invalid 'x-tts-access-token' header.", status=401)
BUSY = refusal(36009002, "Too many requests.", status=429)


async def _read(made: Rig, operation: Operation = SAFE) -> wire.Warehouses:
    return await made.client.call(operation, wire.Warehouses)


async def _failure(made: Rig, operation: Operation = SAFE) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        await _read(made, operation)
    return caught.value


async def test_a_good_answer_is_parsed() -> None:
    found = await _read(rig(ok(GOOD)))
    assert [row.id for row in found.warehouses] == ["7270000000000000001"]


async def test_code_0_with_data_null_is_an_empty_answer() -> None:
    assert (await _read(rig(ok(None)))).warehouses == ()


@pytest.mark.parametrize("code", [0, "0"])
async def test_a_code_may_come_as_text(code: object) -> None:
    assert (await _read(rig(refusal(code, data=GOOD)))).warehouses


async def test_success_is_code_0_and_not_the_http_status() -> None:
    assert (await _read(rig(refusal(0, status=500, data=GOOD)))).warehouses


BROKEN: list[Answer] = [
    httpx.Response(500, text="<html>Bad gateway</html>"),
    refusal(36009003, "Internal error", status=500),
    refusal(36009007, "Time-out", status=200),
    httpx.Response(200, content=b'{"code":0,"data":{"wareh'),
    httpx.Response(200, content=b""),
    httpx.Response(200, content=b"null"),
    httpx.Response(200, content=b"[]"),
    httpx.Response(200, content=b'{"data":{}}'),
    httpx.Response(200, content=b'{"code":null}'),
    httpx.Response(200, content=b'{"code":false,"data":{}}'),
    httpx.Response(200, content=b'{"code":0.5,"data":{}}'),
    httpx.Response(200, content=b'{"code":"x","data":{}}'),
    httpx.Response(200, content=b'{"code":0,"data":[]}'),
    httpx.Response(200, content=b'{"code":0,"data":"ok"}'),
    httpx.Response(200, content=b"\xff\xfe\x00"),
    httpx.Response(200, content=b"[" * 100_000),
    httpx.Response(302, headers={"location": "https://elsewhere.test/"}),
    httpx.ReadTimeout("no answer"),
    httpx.WriteError("broken pipe"),
    httpx.RemoteProtocolError("peer closed connection without sending complete message body"),
    httpx.DecodingError("Error -3 while decompressing data"),
    ok({"warehouses": [{"name": "without an id"}]}),
]
_NAMES = [
    "500 HTML",
    "500 JSON",
    "code of a time-out",
    "cut off",
    "empty",
    "null",
    "list",
    "no code",
    "code null",
    "code false",
    "code a fraction",
    "code a word",
    "data a list",
    "data a word",
    "not UTF-8",
    "too deep",
    "redirect",
    "read time-out",
    "write error",
    "cut connection",
    "bad gzip",
    "misfit",
]


@pytest.mark.parametrize("answer", BROKEN, ids=_NAMES)
async def test_a_safe_call_is_repeated_until_it_works(answer: Answer) -> None:
    made = rig(answer, answer, ok(GOOD))
    assert (await _read(made)).warehouses
    assert len(made.shop.requests) == 3


@pytest.mark.parametrize("answer", BROKEN, ids=_NAMES)
async def test_a_safe_call_is_given_up_after_five_tries(answer: Answer) -> None:
    made = rig(answer)
    assert isinstance(await _failure(made), ServerFault | Unreachable | UnreadableReply)
    assert len(made.shop.requests) == TRIES == 5


@pytest.mark.parametrize("answer", BROKEN, ids=_NAMES)
async def test_an_unsafe_call_that_may_have_had_an_effect_is_a_lost_reply_and_never_repeated(
    answer: Answer,
) -> None:
    made = rig(answer, ok(GOOD))
    assert type(await _failure(made, UNSAFE)) is LostReply
    assert len(made.shop.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        BUSY,
        httpx.Response(429, text="slow down"),
        httpx.ConnectError("refused"),
        httpx.ConnectTimeout("no route"),
        httpx.PoolTimeout("all busy"),
        httpx.ProxyError("no proxy"),
    ],
    ids=["429", "429 without JSON", "refused", "connect time-out", "pool time-out", "proxy"],
)
async def test_an_unsafe_call_that_never_had_an_effect_is_repeated(answer: Answer) -> None:
    made = rig(answer, answer, ok(GOOD))
    assert (await _read(made, UNSAFE)).warehouses
    assert len(made.shop.requests) == 3


async def test_a_create_with_a_key_is_repeated() -> None:
    made = rig(httpx.ReadTimeout("no answer"), ok(GOOD))
    assert (await made.client.call(UNSAFE, wire.Warehouses, repeatable=True)).warehouses
    assert len(made.shop.requests) == 2


async def test_a_safe_operation_can_be_called_as_one_that_must_not_repeat() -> None:
    made = rig(httpx.ReadTimeout("no answer"), ok(GOOD))
    with pytest.raises(LostReply):
        await made.client.call(SAFE, wire.Warehouses, repeatable=False)


async def test_a_refusal_is_final() -> None:
    made = rig(refusal(12052261, "The title is empty"))
    error = await _failure(made)
    assert type(error) is DataRefused
    assert len(made.shop.requests) == 1
    assert error.request_id == "R2"


async def test_a_pause_that_begins_while_others_wait_for_their_turn_is_not_slept_through_by_them() -> None:
    """One answer with Retry-After: 1800 must not hold seven pushes half an hour."""
    made = rig(refusal(36009037, "Hourly cap", status=429, headers={"retry-after": "1800"}))
    made.pace.rate = made.pace.ceiling = 1
    ended = await asyncio.gather(*(_read(made) for _ in range(8)), return_exceptions=True)
    assert [type(error) for error in ended] == [RateLimited] * 8
    assert len(made.shop.requests) < 8
    assert (made.clock.at - NOON).total_seconds() < 60


async def test_an_answer_that_trickles_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def trickle() -> AsyncIterator[bytes]:
        yield b'{"code":0,'
        await asyncio.Event().wait()

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=trickle())

    monkeypatch.setattr("core.bodies.LONGEST", 0.02)
    assert type(await _failure(rig(answer))) is Unreachable
    made = rig(answer)
    error = await _failure(made, UNSAFE)
    assert type(error) is LostReply
    assert "had not come to its end" in str(error)
    assert len(made.shop.requests) == 1


@pytest.mark.parametrize("header", ["7", "7.0", "Thu, 01 Jan 2026 00:00:07 GMT"], ids=["7", "7.0", "date"])
async def test_retry_after_is_obeyed_in_seconds_and_as_a_date(header: str) -> None:
    made = rig(refusal(36009002, status=429, headers={"retry-after": header}), ok(GOOD))
    assert (await _read(made)).warehouses
    assert (made.clock.at - NOON).total_seconds() >= 7
    assert (made.clock.at - NOON).total_seconds() < 8


async def test_a_pause_longer_than_a_minute_is_handed_to_the_caller() -> None:
    made = rig(refusal(36009037, "Hourly cap", status=429, headers={"retry-after": "1800"}), ok(GOOD))
    error = await _failure(made)
    assert isinstance(error, RateLimited)
    assert error.retry_after == 1800
    assert len(made.shop.requests) == 1


async def test_during_such_a_pause_nobody_calls_and_nobody_sleeps() -> None:
    made = rig(refusal(36009037, "Hourly cap", status=429, headers={"retry-after": "1800"}), ok(GOOD))
    await _failure(made)
    made.clock.move(seconds=600)
    error = await _failure(made)
    assert isinstance(error, RateLimited)
    assert error.retry_after == pytest.approx(1200)
    assert made.slept == []
    made.clock.move(seconds=1201)
    assert (await _read(made)).warehouses
    assert len(made.shop.requests) == 2


@pytest.mark.parametrize("header", ["inf", "nan", "-5", "1e999", "soon", "Thu, 99 Jan 99999 25:00:00"])
async def test_a_senseless_retry_after_stops_nothing(header: str) -> None:
    made = rig(refusal(36009002, status=429, headers={"retry-after": header}), ok(GOOD))
    assert (await _read(made)).warehouses
    assert (made.clock.at - NOON).total_seconds() < 60


async def test_a_rate_limit_lowers_the_pace_and_answers_raise_it() -> None:
    made = rig(BUSY, ok(GOOD))
    await _read(made)
    lowered = made.pace.rate
    assert lowered < made.pace.ceiling
    await _read(made)
    assert made.pace.rate > lowered


async def test_an_expired_token_is_renewed_once_and_the_call_repeated() -> None:
    made = rig(EXPIRED, ok(GOOD))
    assert (await _read(made, UNSAFE)).warehouses
    assert made.tokens.renewed == [TOKEN]
    used = [request.headers["x-tts-access-token"] for request in made.shop.requests]
    assert used == [TOKEN, "TTP_access-token-2"]


async def test_a_token_that_is_expired_twice_needs_the_merchant() -> None:
    made = rig(EXPIRED)
    assert type(await _failure(made)) is NeedsReauthorisation
    assert made.tokens.renewed == [TOKEN]
    assert len(made.shop.requests) == 2


async def test_a_bad_token_needs_the_merchant() -> None:
    made = rig(BAD_TOKEN)
    assert type(await _failure(made)) is NeedsReauthorisation
    assert len(made.shop.requests) == 1
    assert made.tokens.renewed == []


async def test_a_bad_token_that_another_program_has_just_replaced_is_repeated_once() -> None:
    tokens = FakeTokens(tokens=["TTP_old-token-000", "TTP_new-token-000"])

    def replaced_meanwhile(_: httpx.Request) -> httpx.Response:
        tokens.tokens.pop(0)
        return BAD_TOKEN

    made = rig(replaced_meanwhile, ok(GOOD), tokens=tokens)
    assert (await _read(made)).warehouses
    assert tokens.renewed == []
    assert made.shop.requests[1].headers["x-tts-access-token"] == "TTP_new-token-000"


@pytest.mark.parametrize(
    ("theirs", "told"),
    [
        ("Wed, 31 Dec 2025 23:50:00 GMT", "this clock is 600 s ahead of TikTok's"),
        ("Thu, 01 Jan 2026 00:02:00 GMT", "this clock is 120 s behind TikTok's"),
        ("yesterday", "fix clock"),
    ],
)
async def test_a_clock_that_is_off_is_told_by_how_much(theirs: str, told: str) -> None:
    message = "Invalid credentials. The 'timestamp' query parameter is expired."
    made = rig(refusal(36009004, message, status=401, headers={"date": theirs}))
    error = await _failure(made)
    assert type(error) is ClockSkew
    assert told in str(error)
    assert len(made.shop.requests) == 1


async def test_only_operations_that_want_a_cipher_get_one() -> None:
    made = rig(ok({}))
    await made.client.call(operations.AUTHORISED_SHOPS, wire.AuthorisedShops)
    await made.client.call(operations.WAREHOUSES, wire.Warehouses)
    assert ["shop_cipher" in request.url.params for request in made.shop.requests] == [False, True]


async def test_an_id_cannot_leave_its_place_in_the_path() -> None:
    made = rig(ok({}))
    await made.client.call(operations.PRODUCT, wire.Reply, path={"product_id": "1/../2?x=1#"})
    assert made.shop.requests[0].url.raw_path.startswith(b"/product/202309/products/1%2F..%2F2%3Fx%3D1%23?")
