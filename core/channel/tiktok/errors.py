"""From TikTok's codes and messages to an error that says what to do (tiktok-shop-api §5)."""

import json
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Final

from core.channel.errors import (
    ChannelError,
    ClientBug,
    ClockSkew,
    DataRefused,
    NeedsReauthorisation,
    PermissionNeeded,
    RateLimited,
    Refused,
    ServerFault,
    StaleState,
    TokenExpired,
)
from core.text import clean_line

CREDENTIALS: Final = 36009004
"""One code for a dozen faults: the message tells which."""

# In this order: a timestamp message also says "query parameter", an app_key message also says "credentials".
_KEYWORDS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("timestamp", ("timestamp",)),
    ("app_key", ("app_key",)),
    ("access_token", ("access-token", "access_token", "access token")),
    ("cipher", ("shop_cipher", "unexpected identifier", "not required")),
    ("missing", ("sign", "missing")),
    ("version", ("version",)),
    ("param", ("param",)),
)

_MESSAGE_LIMIT: Final = 300


@cache
def _table() -> dict[tuple[int, str | None], tuple[str, str]]:
    """(code, keyword) -> (meaning, reaction) of every code that is known."""
    text = files(__package__).joinpath("error_codes.json").read_text("utf-8")
    return {(row["code"], row.get("when")): (row["meaning"], row["reaction"]) for row in json.loads(text)}


def keyword(message: str) -> str | None:
    """Which of the faults behind 36009004 a message speaks of."""
    lowered = without_suffix(message).lower()
    return next((name for name, words in _KEYWORDS if any(word in lowered for word in words)), None)


def without_suffix(message: str) -> str:
    """The message without the address of a documentation page that TikTok puts behind it."""
    return message.partition("For more details:")[0]


def error_for(
    code: int,
    message: str,
    *,
    status: int = 200,
    request_id: str | None = None,
    retry_after: float | None = None,
) -> ChannelError:
    """The error for a refusal. `code` decides; where nobody knows it, the HTTP status does."""
    when = keyword(message) if code == CREDENTIALS else None
    said = clean_line(without_suffix(message), _MESSAGE_LIMIT)
    known = _table().get((code, when))
    if known is None:
        return _unknown(code, said, status, request_id, retry_after)
    meaning, reaction = known
    what = f"TikTok: {meaning}" + (f" — {said}" if said and said.lower() != meaning.lower() else "")
    if status == 429 or reaction.startswith("rate_limit"):
        return RateLimited(what, code=code, request_id=request_id, retry_after=retry_after)
    if reaction.startswith("server"):
        return ServerFault(what, code=code, request_id=request_id, retry_after=retry_after)
    if when == "timestamp":
        return ClockSkew(what, code=code, request_id=request_id)
    for start, make in _BY_REACTION:
        if reaction.startswith(start):
            return make(what, code, request_id)
    return Refused(what, code=code, request_id=request_id)


def _unknown(
    code: int, said: str, status: int, request_id: str | None, retry_after: float | None
) -> ChannelError:
    what = f"TikTok: {said or 'no reason given'}"
    if status == 429:
        return RateLimited(what, code=code, request_id=request_id, retry_after=retry_after)
    if status >= 500:
        return ServerFault(what, code=code, request_id=request_id, retry_after=retry_after)
    return Refused(what, code=code, request_id=request_id)


_Make = Callable[[str, int, str | None], ChannelError]


def _plain(kind: type[ChannelError]) -> _Make:
    return lambda what, code, request_id: kind(what, code=code, request_id=request_id)


def _data(area: str) -> _Make:
    return lambda what, code, request_id: DataRefused(what, area=area, code=code, request_id=request_id)


_BY_REACTION: Final[tuple[tuple[str, _Make], ...]] = (
    ("refresh", _plain(TokenExpired)),
    ("re-authorise", _plain(NeedsReauthorisation)),
    ("permission", _plain(PermissionNeeded)),
    ("client bug", _plain(ClientBug)),
    ("product", _data("product")),
    ("price", _data("price")),
    ("inventory", _data("inventory")),
    ("state", _plain(StaleState)),
    ("order", _data("order")),
)
