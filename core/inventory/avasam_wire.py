"""Avasam's JSON as it really comes: bare arrays, two wrappers, failures on HTTP 200 (avasam-api §1)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from core.inventory.errors import InventoryDeclined, InventoryUnreadable
from core.text import clean_line

Row = Mapping[str, object]

_TRY_AGAIN: Final = "It is tried again by itself. If it stays, look whether Avasam's own pages work."


@dataclass(frozen=True, slots=True)
class TokenReply:
    """An access token, sent raw and without `Bearer`, and when it ends; None when that cannot be told."""

    token: str = field(repr=False)
    expires_at: datetime | None


def parse(content: bytes) -> object:
    """The JSON of an answer; numbers with a point become Decimal from their text, never a float.

    Bytes that are no text become a replacement character: one in a description must not hide every product.

    Raises InventoryUnreadable for anything else, and InventoryDeclined when it reports a failure.
    """
    try:
        text = content.decode("utf-8-sig", "replace")
        document: object = json.loads(text, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError):
        page = content.lstrip()[:1] == b"<"
        raise unreadable(
            "It is a web page, not JSON." if page else "It is not JSON, or was cut short."
        ) from None
    for part in (document, document.get("body")) if isinstance(document, dict) else ():
        if isinstance(part, dict):
            _raise_failure(part)
    return document


def rows_of(document: object) -> list[Row]:
    """The rows of a page, whether bare, under `data`, or under `body.data`; `null` is no rows.

    What is no object among them counts as an empty one, which is refused as such and hides no other.
    """
    inner = document
    if isinstance(inner, dict) and isinstance(inner.get("body"), dict | list):
        inner = inner["body"]
    if isinstance(inner, dict) and "data" in inner:
        inner = inner["data"]
        inner = [] if inner is None else inner
    if not isinstance(inner, list) or (inner and not any(isinstance(row, dict) for row in inner)):
        raise unreadable("It holds no list of rows.")
    return [row if isinstance(row, dict) else {} for row in inner]


def token_of(document: object) -> TokenReply:
    """The answer of request-token (avasam-api §1.1). Raises InventoryUnreadable when no token is in it."""
    token = document.get("access_token") if isinstance(document, dict) else None
    if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not token.strip():
        raise unreadable("It holds no access token.")
    expires = document.get("expires_at") if isinstance(document, dict) else None
    return TokenReply(token.strip(), _instant(expires))


def said_in(content: bytes) -> str:
    """Avasam's own words in the body of a refusal, cleaned; empty where there are none."""
    try:
        document = json.loads(content.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        return ""
    message = document.get("Message", document.get("message")) if isinstance(document, dict) else None
    return clean_line(message, 300).rstrip(".") if isinstance(message, str) else ""


def unreadable(why: str) -> InventoryUnreadable:
    """The error for an answer that is not what Avasam's pages promise."""
    return InventoryUnreadable("Avasam's answer cannot be read; nothing was changed.", why, _TRY_AGAIN)


def _raise_failure(document: Mapping[str, object]) -> None:
    code = document.get("ErrorCode")
    if code is None or str(code).strip() in {"", "0"}:
        return
    message = document.get("Message")
    said = clean_line(message, 300) if isinstance(message, str) else ""
    raise InventoryDeclined(
        "Avasam refused the call; nothing was changed.",
        f"It says: {said or 'nothing more'} (code {clean_line(str(code), 20)}).",
        "Check the API user's access rights in Avasam, under user management.",
        said=said,
    )


def _instant(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _no_number(constant: str) -> object:
    raise ValueError(f"{constant} is no number")
