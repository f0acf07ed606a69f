"""One authorised call after another to the Avasam Seller API: tokens, and errors by what to do about them."""

import asyncio
import email.utils
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import httpx
import structlog

from core.bodies import body_of
from core.clock import Clock
from core.inventory.avasam_wire import TokenReply, parse, said_in, token_of, unreadable
from core.inventory.errors import (
    InventoryDeclined,
    InventoryError,
    InventoryRefused,
    InventoryThrottled,
    InventoryUnreachable,
)
from core.text import clean_line, without_secrets

TOKEN_PATH: Final = "/api/auth/request-token"  # noqa: S105  # an address, not a token
EARLY: Final = timedelta(minutes=2)
"""How long before its end a token is replaced; a token that lives shorter, after half its life."""
_OF_THIS_CALL: Final = frozenset({400, 409, 413, 422})
"""Statuses that say no to what a call holds, and nothing about the next one (avasam-api §1.0)."""
LONGEST_PAUSE: Final = 86_400.0
"""Seconds; a longer Retry-After is taken for this, so that no timer waits for ever."""

_log = structlog.get_logger(__name__)

JsonValue = str | int | Sequence[str] | Mapping[str, str] | Sequence[Mapping[str, str | int]]
JsonBody = Mapping[str, JsonValue]


class _Unauthorised(Exception):
    """HTTP 401: the token is not taken, which a new one may cure."""


class AvasamConnection:
    """POSTs JSON with a raw `Authorization` token (avasam-api §1.0); repeats nothing but a call answered 401.

    Whether a call may be repeated is its caller's to know: reads are, an order is not.
    """

    def __init__(
        self, http: httpx.AsyncClient, *, base_url: str, consumer_key: str, secret_key: str, clock: Clock
    ) -> None:
        self._http = http
        self._base_url = base_url.rstrip("/")
        self._keys = {"consumer_key": consumer_key, "secret_key": secret_key}
        self._clock = clock
        self._token: str | None = None
        self._replace_at: datetime | None = None
        self._renewing = asyncio.Lock()

    async def call(self, path: str, body: JsonBody) -> object:
        """The JSON of the answer, failures reported on HTTP 200 already raised as an InventoryError.

        A token that is refused before its time is replaced, and the call made once more: a 401 had no effect.
        """
        token = await self._current()
        try:
            return await self._post(path, body, token)
        except _Unauthorised:
            token = await self._current(refused=token)
        try:
            return await self._post(path, body, token)
        except _Unauthorised:
            self._token = None
            raise InventoryRefused(
                "Avasam refuses this program; nothing was changed.",
                "It does not accept a token that it has just issued (HTTP 401).",
                "Check the API user and its access rights in Avasam, under user management.",
            ) from None

    async def _current(self, refused: str | None = None) -> str:
        """A token that is not about to end and is not `refused`; asked for by one caller at a time."""
        async with self._renewing:
            due = self._replace_at is not None and self._clock.now() >= self._replace_at
            if self._token is None or self._token == refused or due:
                self._token = None
                reply = await self._request_token()
                self._token, self._replace_at = reply.token, self._replacement_time(reply)
            return self._token

    async def _request_token(self) -> TokenReply:
        try:
            return token_of(await self._post(TOKEN_PATH, self._keys, None))
        except (_Unauthorised, InventoryRefused):
            raise InventoryRefused(
                "Avasam refuses the API keys; nothing was changed.",
                "The consumer key or the secret key is wrong, or the API user was removed.",
                "Make or look up the keys in Avasam under user management, API keys, and set them here.",
            ) from None

    def _replacement_time(self, reply: TokenReply) -> datetime | None:
        """None when only a refusal can tell that the token has ended, as when one of the clocks is off."""
        if reply.expires_at is None:
            return None
        now = self._clock.now()
        life = reply.expires_at - now
        return now + max(life - EARLY, life / 2) if life > timedelta(0) else None

    async def _post(self, path: str, body: JsonBody, token: str | None) -> object:
        headers = {} if token is None else {"Authorization": token}
        try:
            url = f"{self._base_url}{path}"
            request = self._http.build_request("POST", url, json=dict(body), headers=headers)
            response, content = await body_of(self._http, request)
        except (httpx.RequestError, httpx.InvalidURL) as error:
            secrets = (*self._keys.values(), token or "")
            reason = clean_line(without_secrets(str(error), secrets), 200) or type(error).__name__
            raise InventoryUnreachable(
                "Avasam cannot be reached; nothing was changed.",
                f"The connection failed: {reason}.",
                "Check the network and Avasam's address in the settings. It is tried again by itself.",
            ) from None
        _log.debug("avasam call", path=path, status=response.status_code)
        if response.status_code == 401:
            raise _Unauthorised
        try:
            if response.is_success:
                return parse(content)
            raise self._error_for(response, content)
        except InventoryDeclined as error:
            raise self._without_secrets(error, token) from None

    def _without_secrets(self, error: InventoryDeclined, token: str | None) -> InventoryDeclined:
        """Avasam's words, even when they repeat what it was sent."""
        secrets = (*self._keys.values(), token or "")
        what, why, cure, said = (
            without_secrets(text, secrets) for text in (error.what, error.why, error.cure, error.said)
        )
        return InventoryDeclined(what, why, cure, said=said)

    def _error_for(self, response: httpx.Response, content: bytes) -> InventoryError:
        if response.status_code == 429:
            return InventoryThrottled(
                "Avasam wants fewer calls; nothing was changed.",
                "Too many calls came in a short time (HTTP 429).",
                "Nothing: it is tried again by itself. If it stays, let the timers run less often.",
                retry_after=self._seconds(response.headers.get("retry-after")),
            )
        if response.status_code in _OF_THIS_CALL:
            said = said_in(content) or f"HTTP {response.status_code}"
            return InventoryDeclined(
                "Avasam refused the call; nothing was changed.",
                f"It answered HTTP {response.status_code}: {said}.",
                "Correct what it names. If nothing is wrong with it, report this.",
                said=said,
            )
        return _failure(response.status_code)

    def _seconds(self, header: str | None) -> float | None:
        """Retry-After as seconds from now, a day at most; it may be a number or an HTTP date."""
        if header is None:
            return None
        try:
            if header.strip().isdecimal():
                seconds = float(header)
            else:
                moment = email.utils.parsedate_to_datetime(header)
                seconds = (moment - self._clock.now()).total_seconds()
        except (ValueError, TypeError, OverflowError):
            return None
        return min(max(0.0, seconds), LONGEST_PAUSE)


def _failure(status: int) -> InventoryError:
    if status >= 500 or status == 408:
        return InventoryUnreachable(
            "Avasam failed; nothing was changed.",
            f"Its service answered HTTP {status}.",
            "Nothing: it is tried again by itself.",
        )
    if status == 403:
        return InventoryRefused(
            "Avasam does not allow this; nothing was changed.",
            "The API user lacks the right to it (HTTP 403).",
            "Switch the right on in Avasam, on the API user's page under user management, and save.",
        )
    if status < 400:
        return unreadable(f"It points elsewhere (HTTP {status}) instead of answering.")
    return InventoryRefused(
        "Avasam refused the call; nothing was changed.",
        f"It answered HTTP {status}.",
        "Check Avasam's address in the settings. If it is right, report this.",
    )
