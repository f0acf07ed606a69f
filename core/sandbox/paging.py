"""Opaque page tokens that hold `+ / =` and are good for one query alone (tiktok-shop-api §11)."""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import Any

import orjson

from core.sandbox.index import Key
from core.sandbox.wire import Refusal

MARK = base64.b64decode("6A+/")
DIGEST = 9


def fingerprint(*parts: Any) -> bytes:
    """What binds a token to its query: a digest of everything that chose the rows."""
    return hashlib.sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)).digest()[:DIGEST]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: behind the row at `after` (None: at the start), with so many rows `passed`."""

    after: Key | None = None
    passed: int = 0


def token_at(place: Place, query: bytes) -> str:
    """The token of the page that begins at this place."""
    content = orjson.dumps([place.after, place.passed])
    padding = b" " * ((1 - len(content)) % 3)
    return base64.b64encode(MARK + query + content + padding).decode()


def place_of(token: str, query: bytes) -> Place:
    """Where the page of a token begins. Refusal 98001004 for a token that is not of this query."""
    if not token:
        return Place()
    try:
        raw = base64.b64decode(token, validate=True)
        head, content = raw[: len(MARK) + DIGEST], raw[len(MARK) + DIGEST :]
        if head != MARK + query:
            raise ValueError("of another query")
        (time, item_id), passed = orjson.loads(content)
        place = Place((time, item_id), passed)
        if token_at(place, query) != token:
            raise ValueError("cut or changed")
    except (binascii.Error, ValueError) as error:
        raise Refusal(98001004, "Invalid 'page_token' parameter") from error
    return place
