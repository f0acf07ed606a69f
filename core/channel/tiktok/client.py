"""One signed call after another to one shop: stamped, signed, paced, repeated only where that is safe."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeVar
from urllib.parse import quote, urlencode

import httpx
import orjson
import stamina
import structlog
from pydantic import ValidationError

from core.bodies import body_of
from core.channel.errors import (
    ChannelError,
    LostReply,
    NeedsReauthorisation,
    RateLimited,
    Retryable,
    TokenExpired,
    Unreachable,
    UnreadableReply,
)
from core.channel.http_logs import keep_queries_out_of_logs
from core.channel.pace import Pace
from core.channel.tiktok.envelope import data_of
from core.channel.tiktok.operations import Operation
from core.channel.tiktok.signing import sign
from core.channel.tiktok.wire import Body, Reply
from core.clock import Clock
from core.text import clean_line, without_secrets

TRIES: Final = 5
LONGEST_WAIT: Final = 60.0
"""Seconds; a longer Retry-After is handed to the timer instead of being slept through."""
NEVER_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
"""Failures before the first byte of a request has left: nothing can have happened."""

_LONGEST_REASON: Final = 200
_JSON: Final = "application/json"
_log = structlog.get_logger(__name__)

R = TypeVar("R", bound=Reply)


@dataclass(frozen=True, slots=True)
class AppCredentials:
    """What Partner Center gave to the app."""

    key: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file for a multipart call, in the part named `data`, and the form fields beside it."""

    filename: str
    content: bytes = field(repr=False)
    fields: Mapping[str, str] = field(default_factory=dict)


class Tokens(Protocol):
    """Where the access token of one authorisation comes from."""

    async def access_token(self) -> str:
        """A token that is not about to expire."""
        ...

    async def renew(self, stale: str) -> str:
        """Another token than `stale`, refreshed at most once by all programs together."""
        ...


@dataclass(frozen=True, slots=True)
class _Call:
    """What is asked, before it is stamped and signed; `content` is serialised once."""

    operation: Operation
    target: str
    query: Mapping[str, str]
    content: bytes
    upload: Upload | None
    safe: bool


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
        keep_queries_out_of_logs()
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
        upload: Upload | None = None,
        repeatable: bool | None = None,
    ) -> R:
        """The reply's `data`, parsed. Raises the ChannelError of what went wrong.

        A list in `query` is one comma-joined value. Only safe operations are repeated after a failure that
        may have had an effect; a refusal by the rate limit had none. `repeatable` overrules the operation,
        for a create that carries an idempotency key.
        """
        call = _Call(
            operation=operation,
            target=operation.path.format_map(
                {name: quote(value, safe="") for name, value in (path or {}).items()}
            ),
            query=query or {},
            content=b"" if body is None else orjson.dumps(body.dump()),
            upload=upload,
            safe=operation.safe if repeatable is None else repeatable,
        )
        retries = stamina.retry_context(
            on=_pause, attempts=TRIES, timeout=None, wait_initial=1.0, wait_max=LONGEST_WAIT, wait_jitter=0.5
        )
        async for attempt in retries:
            with attempt:
                data = await self._authorised(call)
                try:
                    return reply.model_validate(data)
                except ValidationError as error:
                    kind = UnreadableReply if call.safe else LostReply
                    raise kind(_misfit(operation, error)) from None
        raise AssertionError("stamina always returns or raises")

    async def _authorised(self, call: _Call) -> dict[str, Any]:
        token = await self._tokens.access_token()
        try:
            return await self._send(call, token)
        except TokenExpired:
            token = await self._tokens.renew(token)
        except NeedsReauthorisation:
            # Another program may have refreshed between our reading the token and TikTok's checking it.
            newer = await self._tokens.access_token()
            if newer == token:
                raise
            token = newer
        try:
            return await self._send(call, token)
        except TokenExpired as error:
            raise NeedsReauthorisation(
                "TikTok calls a token expired that it has just issued",
                code=error.code,
                request_id=error.request_id,
            ) from None

    async def _send(self, call: _Call, token: str) -> dict[str, Any]:
        if not await self._pace.turn(patience=LONGEST_WAIT):
            raise RateLimited(
                "TikTok asked for a pause that is not over yet", retry_after=self._pace.blocked_for
            )
        try:
            data = await self._exchange(call, token)
        except ChannelError:
            self._pace.failed()
            raise
        self._pace.answered()
        return data

    async def _exchange(self, call: _Call, token: str) -> dict[str, Any]:
        request = self._signed(call, token)
        secrets = (token, self._app.secret, self._cipher or "")
        try:
            response, content = await body_of(self._http, request)
        except NEVER_SENT as error:
            raise Unreachable(f"TikTok cannot be reached: {_reason(error, secrets)}") from None
        except httpx.RequestError as error:
            what = f"the connection to TikTok broke: {_reason(error, secrets)}"
            raise (Unreachable(what) if call.safe else LostReply(what)) from None
        try:
            data = data_of(
                response,
                content,
                what=call.operation.path,
                safe=call.safe,
                clock=self._clock,
                secrets=secrets,
            )
        except ChannelError as error:
            _log.debug(
                "tiktok refused",
                path=call.operation.path,
                status=response.status_code,
                code=error.code,
                request=error.request_id,
            )
            if isinstance(error, RateLimited):
                self._pace.refused(error.retry_after)
            raise
        _log.debug("tiktok answered", path=call.operation.path, status=response.status_code)
        return data

    def _signed(self, call: _Call, token: str) -> httpx.Request:
        """The request as it goes out: the bytes that are signed are the bytes that are sent."""
        query = {**call.query, "app_key": self._app.key, "timestamp": str(int(self._clock.now().timestamp()))}
        if call.operation.cipher and self._cipher is not None:
            query["shop_cipher"] = self._cipher
        kind = "multipart/form-data" if call.upload else _JSON
        query["sign"] = sign(call.target, query, self._app.secret, body=call.content, content_type=kind)
        url = f"{self._base_url}{call.target}?{urlencode(query, quote_via=quote, safe='')}"
        headers = {"x-tts-access-token": token}
        method = call.operation.method
        if call.upload:
            files = {"data": (call.upload.filename, call.upload.content)}
            return self._http.build_request(
                method, url, data=dict(call.upload.fields), files=files, headers=headers
            )
        return self._http.build_request(
            method, url, content=call.content or None, headers={**headers, "content-type": _JSON}
        )


def _pause(error: Exception) -> bool | float:
    """The back-off hook of stamina: whether to repeat, and after how many seconds if TikTok said so."""
    if isinstance(error, UnreadableReply):
        return True
    if not isinstance(error, Retryable):
        return False
    if error.retry_after is None:
        return True
    return error.retry_after if error.retry_after <= LONGEST_WAIT else False


def _reason(error: Exception, secrets: Sequence[str]) -> str:
    """What httpx says of a failed transport: it may repeat the address that a redirect leads to."""
    said = clean_line(without_secrets(str(error), secrets), _LONGEST_REASON)
    return said or {"ReadTimeout": "no answer in time"}.get(type(error).__name__, type(error).__name__)


def _misfit(operation: Operation, error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    field_name = ".".join(str(part) for part in first["loc"])
    return f"TikTok's answer to {operation.path} lacks what was promised: {field_name}: {first['msg']}"
