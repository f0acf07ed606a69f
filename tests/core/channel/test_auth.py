"""Consent, exchange, refresh, and what an operator pastes.

Acceptance lines: A7.
"""

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.channel.errors import (
    ChannelError,
    ClientBug,
    LostReply,
    NeedsReauthorisation,
    RateLimited,
    ServerFault,
    Unreachable,
)
from core.channel.tiktok.auth import Redirected, TikTokAuth, read_redirect
from tests.contract.spec import request_faults
from tests.core.channel.support import APP, Answer, ScriptedShop, ok, refusal

PAIR = {
    "access_token": "TTP_access-token-2",
    "access_token_expire_in": 1767830400,
    "refresh_token": "TTP_refresh-token-2",
    "refresh_token_expire_in": 1798761600,
    "open_id": "7010736057180325637",
    "seller_name": "Kettle \x1b[31mShop",
    "seller_base_region": "GB",
    "user_type": 0,
    "granted_scopes": ["seller.order.info", "seller.product.write"],
}
CONSENT = "https://services.tiktokshop.com/open/authorize"


def _auth(*script: Answer, consent_url: str = CONSENT) -> tuple[TikTokAuth, ScriptedShop]:
    shop = ScriptedShop(list(script))
    http = httpx.AsyncClient(transport=httpx.MockTransport(shop))
    auth = TikTokAuth(
        http, auth_url="https://auth.test/", consent_url=consent_url, app=APP, service_id="7001"
    )
    return auth, shop


async def test_a_code_is_exchanged_exactly_as_documented() -> None:
    auth, shop = _auth(ok(PAIR))
    await auth.exchange("TTP_code+/=")
    (sent,) = shop.requests
    assert (sent.method, sent.url.path) == ("GET", "/api/v2/token/get")
    assert dict(sent.url.params) == {
        "app_key": APP.key,
        "app_secret": APP.secret,
        "auth_code": "TTP_code+/=",
        "grant_type": "authorized_code",
    }
    assert request_faults(sent) == []


async def test_a_token_is_refreshed_exactly_as_documented() -> None:
    auth, shop = _auth(ok(PAIR))
    await auth.refresh("TTP_refresh-token-1")
    (sent,) = shop.requests
    assert (sent.method, sent.url.path) == ("GET", "/api/v2/token/refresh")
    assert dict(sent.url.params) == {
        "app_key": APP.key,
        "app_secret": APP.secret,
        "refresh_token": "TTP_refresh-token-1",
        "grant_type": "refresh_token",
    }
    assert request_faults(sent) == []


async def test_expiries_are_instants_and_not_durations() -> None:
    auth, _ = _auth(ok(PAIR))
    pair = await auth.exchange("c")
    assert pair.access_expires_at == datetime(2026, 1, 8, tzinfo=UTC)
    assert pair.refresh_expires_at == datetime(2027, 1, 1, tzinfo=UTC)
    assert pair.access_token == "TTP_access-token-2"
    assert pair.refresh_token == "TTP_refresh-token-2"
    assert pair.scopes == ("seller.order.info", "seller.product.write")
    assert (pair.seller_name, pair.region, pair.user_type) == ("Kettle Shop", "GB", 0)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refusal(36004004, "The auth code is invalid or has expired."), NeedsReauthorisation),
        (refusal(105002, "Expired credentials."), NeedsReauthorisation),
        (refusal(99999998, "refresh token revoked"), NeedsReauthorisation),
        (refusal(36009004, "Invalid 'app_key' query parameter."), ClientBug),
        (refusal(36009002, "token calls too frequent", status=429), RateLimited),
        (httpx.Response(429, text="slow down"), RateLimited),
        (refusal(36009003, "Internal error"), ServerFault),
        (httpx.Response(502, text="<html>"), ServerFault),
        (httpx.ConnectError("refused"), Unreachable),
        (httpx.ConnectTimeout(""), Unreachable),
        (httpx.ReadTimeout(""), LostReply),
        (httpx.RemoteProtocolError("cut off"), LostReply),
        (httpx.DecodingError("bad gzip"), LostReply),
        (httpx.Response(200, text="<html>"), LostReply),
        (ok(None), LostReply),
        (ok([]), LostReply),
        (ok({**PAIR, "access_token": None}), LostReply),
        (ok({**PAIR, "refresh_token_expire_in": 0}), LostReply),
        (ok({**PAIR, "access_token_expire_in": 10**17}), LostReply),
    ],
)
@pytest.mark.parametrize("which", ["exchange", "refresh"])
async def test_a_failure_says_what_to_do_and_is_not_repeated_here(
    which: str, answer: Answer, kind: type[ChannelError]
) -> None:
    auth, shop = _auth(answer)
    with pytest.raises(ChannelError) as caught:
        await (auth.exchange("c") if which == "exchange" else auth.refresh("r"))
    assert type(caught.value) is kind
    assert len(shop.requests) == 1


@pytest.mark.parametrize("base", [CONSENT, f"{CONSENT}?market=gb"])
def test_the_consent_address_carries_service_id_and_state(base: str) -> None:
    auth, _ = _auth(ok(PAIR), consent_url=base)
    address = auth.consent_address("a b&c")
    query = parse_qs(urlsplit(address).query)
    assert address.startswith(base)
    assert (query["service_id"], query["state"]) == (["7001"], ["a b&c"])
    assert "redirect_uri" not in query


@pytest.mark.parametrize(
    ("pasted", "expected"),
    [
        ("https://x.test/cb?app_key=k&code=TTP_a-b_c&state=s1&locale=en", Redirected("TTP_a-b_c", "s1")),
        ("https://x.test/cb?code=TTP_a%2Bb%3D&state=s1#_=_", Redirected("TTP_a+b=", "s1")),
        ("  https://x.test/cb?code=TTP_a\n  b&state=s1 ", Redirected("TTP_ab", "s1")),
        ('"https://x.test/cb?code=TTP_a&state=s1"', Redirected("TTP_a", "s1")),
        ("<https://x.test/cb?code=TTP_a&state=s1>", Redirected("TTP_a", "s1")),
        ("'TTP_a'", Redirected("TTP_a", None)),
        ("https://x.test/cb?code=TTP_a&amp;state=s1", Redirected("TTP_a", "s1")),
        ("https://x.test/cb?code=TTP_a+b/c==&state=s1", Redirected("TTP_a+b/c==", "s1")),
        ("https://x.test/cb?code=TTP_a&state=s\udcff1", Redirected("TTP_a", "s?1")),
        ("?code=TTP_a&state=s1", Redirected("TTP_a", "s1")),
        ("code=TTP_a&state=s1", Redirected("TTP_a", "s1")),
        ("code=TTP_a", Redirected("TTP_a", None)),
        ("TTP_abc==", Redirected("TTP_abc==", None)),
        ("TTP_abc", Redirected("TTP_abc", None)),
        ("https://x.test/cb?error=access_denied&state=s1", Redirected(None, "s1", "access_denied")),
        (
            "https://x.test/cb?error=denied&error_description=Seller+said+%1B[31mno&state=s1",
            Redirected(None, "s1", "Seller said no"),
        ),
        ("https://x.test/cb?state=s1", Redirected(None, "s1")),
        ("https://x.test/cb?code=&state=s1", Redirected(None, "s1")),
        ("https://x.test/cb", Redirected(None, None)),
        ("http://[", Redirected(None, None)),
        ("<html>not found</html>", Redirected(None, None)),
        ("", Redirected(None, None)),
        ("   \n", Redirected(None, None)),
    ],
)
def test_A7_whatever_is_pasted_gives_its_code_or_none(pasted: str, expected: Redirected) -> None:
    assert read_redirect(pasted) == expected


@settings(deadline=None)
@given(st.text())
def test_pasted_rubbish_never_breaks_and_never_makes_a_code_that_cannot_be_one(pasted: str) -> None:
    code = read_redirect(pasted).code
    assert code is None or (code.isascii() and " " not in code and "://" not in code)
