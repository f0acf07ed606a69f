"""One signed call after another to one shop: stamped, signed, paced, repeated only where that is safe."""

import email.utils
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any, Final, NoReturn, Protocol, TypeVar
from urllib.parse import quote, urlencode

import httpx
import orjson
import stamina
import structlog
from pydantic import ValidationError

from core.channel.errors import (
    ChannelError,
    ClockSkew,
    LostReply,
    NeedsReauthorisation,
    RateLimited,
    Retryable,
    ServerFault,
    TokenExpired,
    Unreachable,
    UnreadableReply,
)
from core.channel.pace import Pace
from core.channel.tiktok.errors import error_for
from core.channel.tiktok.operations import Operation
from core.channel.tiktok.signing import sign
from core.channel.tiktok.wire import Body, Reply
from core.clock import Clock

TRIES: Final = 5
LONGEST_WAIT: Final = 60.0
"""Seconds; a longer Retry-After is handed to the timer instead of being slept through."""

_JSON: Final = "application/json"
_log = structlog.get_logger(__name__)

R = TypeVar("R", bound=Reply)


@dataclass(frozen=True, slots=True)
class AppCredentials:
    """What Partner Center gave to the app."""

    key: str
    secret: str = field(repr=False)


class Tokens(Protocol):
    """Where the access token of one authorisation comes from."""

    async def access_token(self) -> str:
        """A token that is not about to expire."""
        ...

    async def renew(self, stale: str) -> str:
        """Another token than `stale`, refreshed at most once by all programs together."""
        ...


class TikTokClient:
    """Calls for one authorisation and, with a cipher, one shop."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        *,
        base_url: str,
        app: AppCredentials,
        tokens: Tokens,
        clock: Clock,
        pace: Pace,
        cipher: str | None = None,
    ) -> None:
        self._http = http
        self._base_url = base_url.rstrip("/")
        self._app = app
        self._tokens = tokens
        self._clock = clock
        self._pace = pace
        self._cipher = cipher

    async def call(
        self,
        operation: Operation,
        reply: type[R],
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        body: Body | None = None,
    ) -> R:
        """The reply's `data`, parsed. Raises the ChannelError of what went wrong.

        A list in `query` is one comma-joined value. Only safe operations are repeated after a failure that
        may have had an effect; a refusal by the rate limit had none.
        """
        content = b"" if body is None else orjson.dumps(body.dump())
        target = operation.path.format_map(
            {name: quote(value, safe="") for name, value in (path or {}).items()}
        )
        retries = stamina.retry_context(
            on=_pause, attempts=TRIES, timeout=None, wait_initial=1.0, wait_max=LONGEST_WAIT, wait_jitter=0.5
        )
        async for attempt in retries:
            with attempt:
                data = await self._authorised(operation, target, dict(query or {}), content)
                try:
                    return reply.model_validate(data)
                except ValidationError as error:
                    what = _misfit(operation, error)
                    raise (UnreadableReply(what) if operation.safe else LostReply(what)) from None
        raise AssertionError("stamina always returns or raises")

    async def _authorised(
        self, operation: Operation, target: str, query: dict[str, str], content: bytes
    ) -> dict[str, Any]:
        token = await self._tokens.access_token()
        try:
            return await self._send(operation, target, query, content, token)
        except TokenExpired:
            token = await self._tokens.renew(token)
        except NeedsReauthorisation:
            # Another program may have refreshed between our reading the token and TikTok's checking it.
            newer = await self._tokens.access_token()
            if newer == token:
                raise
            token = newer
        try:
            return await self._send(operation, target, query, content, token)
        except TokenExpired as error:
            raise NeedsReauthorisation(
                "TikTok calls a token expired that it has just issued",
                code=error.code,
                request_id=error.request_id,
            ) from None

    async def _send(
        self, operation: Operation, target: str, query: dict[str, str], content: bytes, token: str
    ) -> dict[str, Any]:
        await self._pace.turn()
        signed = {**query, "app_key": self._app.key, "timestamp": str(int(self._clock.now().timestamp()))}
        if operation.cipher and self._cipher is not None:
            signed["shop_cipher"] = self._cipher
        signed["sign"] = sign(target, signed, self._app.secret, body=content)
        request = self._http.build_request(
            operation.method,
            f"{self._base_url}{target}?{urlencode(signed, quote_via=quote, safe='')}",
            content=content or None,
            headers={"content-type": _JSON, "x-tts-access-token": token},
        )
        try:
            response = await self._http.send(request)
        except httpx.ConnectError as error:
            raise Unreachable(f"TikTok cannot be reached: {_reason(error)}") from None
        except httpx.TransportError as error:
            raise _broken(operation, f"the connection to TikTok broke: {_reason(error)}") from None
        return self._data(operation, response)

    def _data(self, operation: Operation, response: httpx.Response) -> dict[str, Any]:
        retry_after = _seconds(response.headers.get("retry-after"), self._clock)
        try:
            envelope = orjson.loads(response.content)
            code = int(envelope["code"])
            message = str(envelope.get("message") or "")
            request_id = str(envelope.get("request_id") or "") or None
        except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError, ValueError):
            self._raise_unreadable(operation, response.status_code, retry_after)
        _log.debug(
            "tiktok call", path=operation.path, status=response.status_code, code=code, request=request_id
        )
        if code == 0:
            self._pace.answered()
            data = envelope.get("data")
            return data if isinstance(data, dict) else {}
        error = error_for(
            code, message, status=response.status_code, request_id=request_id, retry_after=retry_after
        )
        if isinstance(error, RateLimited):
            self._pace.refused(retry_after)
        if isinstance(error, ServerFault) and not operation.safe:
            raise LostReply(error.what, code=code, request_id=request_id)
        if isinstance(error, ClockSkew):
            raise ClockSkew(f"{error.what}{self._skew(response)}", code=code, request_id=request_id)
        raise error

    def _raise_unreadable(self, operation: Operation, status: int, retry_after: float | None) -> NoReturn:
        if status == 429:
            self._pace.refused(retry_after)
            raise RateLimited("TikTok: too many calls", retry_after=retry_after)
        if not operation.safe:
            raise LostReply(f"TikTok's answer (HTTP {status}) cannot be read")
        if status >= 500:
            raise ServerFault(f"TikTok answered HTTP {status}", retry_after=retry_after)
        raise UnreadableReply(f"TikTok's answer (HTTP {status}) is not the JSON that was promised")

    def _skew(self, response: httpx.Response) -> str:
        try:
            theirs = email.utils.parsedate_to_datetime(response.headers["date"])
        except (KeyError, ValueError):
            return ""
        seconds = round((self._clock.now() - theirs.astimezone(UTC)).total_seconds())
        return f": this clock is {abs(seconds)} s {'ahead of' if seconds > 0 else 'behind'} TikTok's"


def _pause(error: Exception) -> bool | float:
    """The back-off hook of stamina: whether to repeat, and after how many seconds if TikTok said so."""
    if isinstance(error, UnreadableReply):
        return True
    if not isinstance(error, Retryable):
        return False
    if error.retry_after is None:
        return True
    return error.retry_after if error.retry_after <= LONGEST_WAIT else False


def _broken(operation: Operation, what: str) -> ChannelError:
    return Unreachable(what) if operation.safe else LostReply(what)


def _reason(error: Exception) -> str:
    """What httpx knows of a failed transport, which never holds the URL."""
    return str(error) or {"ReadTimeout": "no answer in time"}.get(type(error).__name__, type(error).__name__)


def _misfit(operation: Operation, error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    field_name = ".".join(str(part) for part in first["loc"])
    return f"TikTok's answer to {operation.path} lacks what was promised: {field_name}: {first['msg']}"


def _seconds(header: str | None, clock: Clock) -> float | None:
    """Retry-After as seconds from now; it may be a number or an HTTP date."""
    if not header:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        return max(0.0, (email.utils.parsedate_to_datetime(header) - clock.now()).total_seconds())
    except (ValueError, TypeError):
        return None
