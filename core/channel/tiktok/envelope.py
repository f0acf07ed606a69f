"""Reading the envelope `{code, message, request_id, data}`: its data, or the error that it means (§4)."""

import email.utils
import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import httpx
import orjson

from core.channel.errors import (
    ChannelError,
    ClockSkew,
    LostReply,
    RateLimited,
    ServerFault,
    UnreadableReply,
)
from core.channel.tiktok.errors import error_for
from core.clock import Clock
from core.text import clean_line, without_secrets

_DIGITS: Final = re.compile(r"-?[0-9]{1,18}")
LONGEST_PAUSE: Final = 86_400.0
"""Seconds: what asks for a longer pause than the hourly and daily caps do is no sensible answer."""
_LONGEST_ID: Final = 80


@dataclass(frozen=True, slots=True)
class Envelope:
    """What every answer holds; `data` is None when it is null or absent."""

    code: int
    message: str
    request_id: str | None
    data: object = field(repr=False)


def open_envelope(content: bytes) -> Envelope | None:
    """The envelope in a body, or None when there is none: HTML, nothing at all, a list, a cut-off text."""
    parsed = _parsed(content)
    if not isinstance(parsed, dict):
        return None
    code = _code(parsed.get("code"))
    if code is None:
        return None
    request_id, message = parsed.get("request_id"), parsed.get("message")
    return Envelope(
        code=code,
        message=message if isinstance(message, str) else "",
        request_id=(clean_line(request_id, _LONGEST_ID) or None) if isinstance(request_id, str) else None,
        data=parsed.get("data"),
    )


def data_of(
    response: httpx.Response,
    content: bytes,
    *,
    what: str,
    safe: bool,
    clock: Clock,
    secrets: Sequence[str] = (),
) -> dict[str, Any]:
    """The `data` in the content of an answer to the call named `what`, or the ChannelError that it means.

    `safe` is whether the call may be repeated although it may have had an effect. None of `secrets` gets
    into an error, even when TikTok's message or request id repeats it.
    """
    pause = retry_after(response, clock)
    envelope = open_envelope(content)
    if envelope is None:
        raise _without_envelope(response.status_code, what=what, safe=safe, pause=pause)
    code, request_id = envelope.code, without_secrets(envelope.request_id or "", secrets) or None
    if code != 0:
        error = error_for(
            code,
            without_secrets(envelope.message, secrets),
            status=response.status_code,
            request_id=request_id,
            retry_after=pause,
        )
        if isinstance(error, ServerFault) and not safe:
            raise LostReply(error.what, code=code, request_id=request_id)
        if isinstance(error, ClockSkew):
            raise ClockSkew(f"{error.what}{_skew(response, clock)}", code=code, request_id=request_id)
        raise error
    if envelope.data is None:
        return {}
    if isinstance(envelope.data, dict):
        return envelope.data
    kind = UnreadableReply if safe else LostReply
    raise kind(f"TikTok's answer to {what} holds no object as its data", request_id=request_id)


def retry_after(response: httpx.Response, clock: Clock) -> float | None:
    """The Retry-After header as seconds from now, a day at most; it may be a number or an HTTP date."""
    header = response.headers.get("retry-after", "")
    try:
        seconds = float(header)
    except ValueError:
        moment = _http_date(header)
        if moment is None:
            return None
        seconds = (moment - clock.now()).total_seconds()
    return min(max(0.0, seconds), LONGEST_PAUSE) if math.isfinite(seconds) else None


def _parsed(content: bytes) -> object:
    """The JSON in a body, None when there is none.

    Titles that are cut in the middle of an emoji, or hold bytes that are no text, must not hide a page of
    products or orders for ever: such characters are replaced, and the rest is read.
    """
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        pass
    try:
        lenient = json.loads(content.decode("utf-8-sig", "replace"))
        return orjson.loads(json.dumps(lenient, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None


def _code(value: object) -> int | None:
    """The code, which some endpoints send as text."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and _DIGITS.fullmatch(value) else None


def _without_envelope(status: int, *, what: str, safe: bool, pause: float | None) -> ChannelError:
    if status == 429:
        return RateLimited("TikTok: too many calls", retry_after=pause)
    if not safe:
        return LostReply(f"TikTok's answer to {what} (HTTP {status}) cannot be read")
    if status >= 500:
        return ServerFault(f"TikTok answered HTTP {status}", retry_after=pause)
    return UnreadableReply(f"TikTok's answer to {what} (HTTP {status}) is not the JSON that was promised")


def _skew(response: httpx.Response, clock: Clock) -> str:
    theirs = _http_date(response.headers.get("date", ""))
    if theirs is None:
        return ""
    seconds = round((clock.now() - theirs).total_seconds())
    return f": this clock is {abs(seconds)} s {'ahead of' if seconds > 0 else 'behind'} TikTok's"


def _http_date(text: str) -> datetime | None:
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
