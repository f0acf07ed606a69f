"""Consent, code and tokens (tiktok-shop-api §2). These URLs hold the app secret: they are never logged."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import parse_qs, urlencode

import httpx
from pydantic import ValidationError

from core.bodies import body_of
from core.channel.errors import (
    ChannelError,
    LostReply,
    NeedsReauthorisation,
    RateLimited,
    ServerFault,
    TokenExpired,
    Unreachable,
)
from core.channel.http_logs import keep_queries_out_of_logs
from core.channel.tiktok.client import NEVER_SENT, AppCredentials
from core.channel.tiktok.envelope import open_envelope
from core.channel.tiktok.errors import error_for, without_suffix
from core.channel.tiktok.wire import TokenData, when
from core.text import clean_line, without_secrets

_TOKEN_GET: Final = "/api/v2/token/get"  # noqa: S105 - a path
_TOKEN_REFRESH: Final = "/api/v2/token/refresh"  # noqa: S105 - a path
SELLER: Final = 0
_TOKEN: Final = re.compile(r"[!-~]{1,4096}")
"""What can travel in a header: printable, without blanks."""
_CODE: Final = re.compile(r"[A-Za-z0-9._~+/=%-]{1,1024}")


@dataclass(frozen=True, slots=True)
class TokenPair:
    """Both tokens with the instants at which they end, and whose they are."""

    access_token: str = field(repr=False)
    access_expires_at: datetime
    refresh_token: str = field(repr=False)
    refresh_expires_at: datetime
    open_id: str
    seller_name: str
    region: str
    scopes: tuple[str, ...]
    user_type: int = SELLER


@dataclass(frozen=True, slots=True)
class Redirected:
    """What a consent brought back: a code, or the reason why there is none."""

    code: str | None = field(repr=False)
    state: str | None
    denied: str | None = None


class TikTokAuth:
    """The two token calls and the consent address of one app."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        *,
        auth_url: str,
        consent_url: str,
        app: AppCredentials,
        service_id: str,
    ) -> None:
        keep_queries_out_of_logs()
        self._http = http
        self._auth_url = auth_url.rstrip("/")
        self._consent_url = consent_url
        self._app = app
        self._service_id = service_id

    def consent_address(self, state: str) -> str:
        """Where the merchant says yes; `state` comes back with the code."""
        joint = "&" if "?" in self._consent_url else "?"
        return f"{self._consent_url}{joint}{urlencode({'service_id': self._service_id, 'state': state})}"

    async def exchange(self, code: str) -> TokenPair:
        """Tokens for a code, which works once. Never repeated: after a lost reply a new code is needed."""
        return await self._tokens(_TOKEN_GET, auth_code=code, grant_type="authorized_code")

    async def refresh(self, refresh_token: str) -> TokenPair:
        """A new pair; the refresh token is new too and must be stored before anything else."""
        return await self._tokens(_TOKEN_REFRESH, refresh_token=refresh_token, grant_type="refresh_token")

    async def _tokens(self, path: str, **params: str) -> TokenPair:
        query = {"app_key": self._app.key, "app_secret": self._app.secret, **params}
        try:
            request = self._http.build_request("GET", f"{self._auth_url}{path}", params=query)
            response, content = await body_of(self._http, request)
        except NEVER_SENT:
            raise Unreachable("TikTok's authorisation service cannot be reached") from None
        except httpx.RequestError:
            raise LostReply("the connection to TikTok's authorisation service broke") from None
        return _pair(response.status_code, content, secrets=(self._app.secret, *params.values()))


def _pair(status: int, content: bytes, *, secrets: Sequence[str]) -> TokenPair:
    envelope = open_envelope(content)
    if envelope is None:
        raise _unreadable(status)
    request_id = without_secrets(envelope.request_id or "", secrets) or None
    if envelope.code != 0:
        message = without_secrets(envelope.message, secrets)
        raise _refused(envelope.code, message, status, request_id)
    try:
        data = TokenData.model_validate(envelope.data)
    except ValidationError:
        raise LostReply(
            "TikTok's answer holds no tokens as they were promised", request_id=request_id
        ) from None
    if not (_TOKEN.fullmatch(data.access_token) and _TOKEN.fullmatch(data.refresh_token)):
        raise LostReply("TikTok's answer holds no tokens as they were promised", request_id=request_id)
    access_ends, refresh_ends = when(data.access_token_expire_in), when(data.refresh_token_expire_in)
    if access_ends is None or refresh_ends is None:
        raise LostReply("TikTok's answer does not say when the tokens end", request_id=request_id)
    return TokenPair(
        access_token=data.access_token,
        access_expires_at=access_ends,
        refresh_token=data.refresh_token,
        refresh_expires_at=refresh_ends,
        open_id=clean_line(data.open_id, 100),
        seller_name=clean_line(data.seller_name),
        region=clean_line(data.seller_base_region),
        scopes=tuple(clean_line(scope, 100) for scope in data.granted_scopes),
        user_type=data.user_type,
    )


def _unreadable(status: int) -> ChannelError:
    if status == 429:
        return RateLimited("TikTok's authorisation service: too many calls")
    if status >= 500:
        return ServerFault(f"TikTok's authorisation service answered HTTP {status}")
    return LostReply(f"TikTok's authorisation service answered HTTP {status} with something unreadable")


def _refused(code: int, message: str, status: int, request_id: str | None) -> ChannelError:
    """Whatever these calls refuse about a token is final: there is nothing left to refresh with."""
    error = error_for(code, message, status=status, request_id=request_id)
    lowered = without_suffix(message).lower()
    about_token = (
        "token" in lowered and "app" not in lowered and not isinstance(error, RateLimited | ServerFault)
    )
    if about_token or isinstance(error, TokenExpired):
        return NeedsReauthorisation(error.what, code=code, request_id=request_id)
    return error


def read_redirect(pasted: str) -> Redirected:
    """What an operator pasted: the whole redirect address, its query, or the bare code (A7), quoted or not.

    Anything else gives neither a code nor a denial.
    """
    # What a terminal could not read as text comes as surrogates, which can be neither sent nor stored.
    pasted = pasted.encode("utf-8", "replace").decode()
    text = "".join(pasted.split()).strip("\"'`<>").replace("&amp;", "&").partition("#")[0]
    fields = {name: values[0] for name, values in parse_qs(text.partition("?")[2] or text).items()}
    if not {"code", "error", "state"} & fields.keys():
        return Redirected(code=text if _CODE.fullmatch(text) and "://" not in text else None, state=None)
    denied = fields.get("error_description") or fields.get("error")
    # A plus sign that was not percent-encoded reads as a blank, which no code has.
    code = fields.get("code", "").replace(" ", "+")
    return Redirected(
        code=code if _CODE.fullmatch(code) else None,
        state=fields.get("state"),
        denied=clean_line(denied, 200) if denied else None,
    )
