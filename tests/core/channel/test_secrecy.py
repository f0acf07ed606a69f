"""No token, no secret and no query string in an exception, a repr or a log record."""

import logging
import traceback

import httpx
import pytest
from structlog.testing import capture_logs

from core.channel.errors import ChannelError
from core.channel.tiktok import operations, wire
from core.channel.tiktok.auth import Redirected, TikTokAuth, TokenPair
from core.channel.tiktok.client import Upload
from core.channel.tiktok.operations import Operation
from tests.core.channel.support import APP, CIPHER, NOON, TOKEN, Answer, ScriptedShop, ok, refusal, rig

CODE = "TTP_auth-code-0123456789"
REFRESH = "TTP_refresh-token-0123456789"
SECRETS = (TOKEN, APP.secret, CIPHER, CODE, REFRESH, "sign=", "app_secret=", "timestamp=")
ECHO = "A hostile proxy repeats what it was sent: {}"


def _answers(sent: str) -> list[Answer]:
    """Answers of every kind that repeat the secrets of the request."""
    echo = ECHO.format(sent)
    return [
        ok({}),
        refusal(36009004, f"Invalid access token. {echo}", status=401),
        refusal(105002, echo, status=401),
        refusal(99999999, echo),
        httpx.Response(500, text=echo),
        httpx.Response(200, text=echo),
        ok({"warehouses": [{"name": echo}], "access_token": 1}),
        httpx.ConnectError("All connection attempts failed"),
        httpx.RemoteProtocolError(f"Invalid URL in location header: {echo}"),
        httpx.ReadTimeout(""),
    ]


_NAMES = [
    "good",
    "bad token",
    "expired",
    "unknown",
    "500",
    "text",
    "misfit",
    "no connection",
    "redirect",
    "time-out",
]


def _everything_said(caplog: pytest.LogCaptureFixture, events: list[object], error: Exception | None) -> str:
    said = [record.getMessage() + repr(record.args) for record in caplog.records] + [repr(events)]
    if error is not None:
        said += [str(error), repr(error), *traceback.format_exception(error)]
    return "\n".join(said)


@pytest.mark.parametrize("answer", _answers(f"{TOKEN} {CIPHER} {APP.secret}"), ids=_NAMES)
async def test_a_call_leaks_nothing(answer: Answer, caplog: pytest.LogCaptureFixture) -> None:
    made, error = rig(answer), None
    with caplog.at_level(logging.DEBUG), capture_logs() as events:
        try:
            await made.client.call(operations.WAREHOUSES, wire.Warehouses)
        except ChannelError as raised:
            error = raised
    said = _everything_said(caplog, list(events), error)
    assert not [secret for secret in SECRETS if secret in said]
    if not isinstance(answer, Exception):
        assert "/logistics/202309/warehouses" in said


@pytest.mark.parametrize("number", range(len(_NAMES)), ids=_NAMES)
@pytest.mark.parametrize("which", ["exchange", "refresh"])
async def test_a_token_call_leaks_nothing(which: str, number: int, caplog: pytest.LogCaptureFixture) -> None:
    answer = _answers(f"{APP.secret} {CODE if which == 'exchange' else REFRESH}")[number]
    auth = TikTokAuth(
        httpx.AsyncClient(transport=httpx.MockTransport(ScriptedShop([answer]))),
        auth_url="https://auth.test",
        consent_url="https://services.test/open/authorize",
        app=APP,
        service_id="7001",
    )
    with (
        caplog.at_level(logging.DEBUG),
        capture_logs() as events,
        pytest.raises(ChannelError) as caught,
    ):
        await (auth.exchange(CODE) if which == "exchange" else auth.refresh(REFRESH))
    said = _everything_said(caplog, list(events), caught.value)
    assert not [secret for secret in SECRETS if secret in said]


@pytest.mark.parametrize("operation", [operations.WAREHOUSES, operations.CREATE_PRODUCT])
async def test_what_the_transport_says_is_one_harmless_line(operation: Operation) -> None:
    made = rig(httpx.RemoteProtocolError("bad location: \x9b31m\x1b[2J" + "x" * 5_000))
    with pytest.raises(ChannelError) as caught:
        await made.client.call(operation, wire.Warehouses)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 300


async def test_a_request_id_that_is_a_secret_is_none() -> None:
    body = {"code": 12052261, "message": "no", "request_id": TOKEN, "data": None}
    with pytest.raises(ChannelError) as caught:
        await rig(httpx.Response(200, json=body)).client.call(operations.WAREHOUSES, wire.Warehouses)
    assert caught.value.request_id == "…"


def test_nothing_that_holds_a_secret_shows_it() -> None:
    pair = TokenPair(TOKEN, NOON, REFRESH, NOON, "open", "Seller", "GB", ())
    said = repr([APP, pair, Redirected(CODE, "state"), Upload("x.png", TOKEN.encode())])
    assert not [secret for secret in SECRETS if secret in said]
