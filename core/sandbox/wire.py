"""What every TikTok reply is made of: the envelope, and the refusal that becomes one (tiktok-shop-api §4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

DOCS = "https://partner.tiktokshop.com/docv2/page/common-errors"


@dataclass(slots=True)
class Reply:
    """One HTTP reply before it is put on the wire. `code` is the envelope's code, for the log alone."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    code: int | None = None


class Refusal(Exception):
    """A request that TikTok would refuse: its code, its message without suffix, its HTTP status."""

    def __init__(self, code: int, message: str, *, status: int = 200, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.retry_after = retry_after


def json_reply(status: int, value: Any, headers: Mapping[str, str] | None = None) -> Reply:
    """A reply whose body is `value` as JSON."""
    return Reply(status, orjson.dumps(value), {"content-type": "application/json", **(headers or {})})


def success(data: Any, request_id: str) -> Reply:
    """The envelope of a call that went well: code 0 around `data`."""
    reply = json_reply(200, {"code": 0, "message": "Success", "request_id": request_id, "data": data})
    reply.code = 0
    return reply


def refused(refusal: Refusal, request_id: str) -> Reply:
    """The envelope of a refused call, with the suffix and the null data that the live API sends."""
    headers = {} if refusal.retry_after is None else {"retry-after": str(refusal.retry_after)}
    message = f"{refusal.message.rstrip('.')}. For more details: {DOCS}"
    body = {"code": refusal.code, "message": message, "request_id": request_id, "data": None}
    reply = json_reply(refusal.status, body, headers)
    reply.code = refusal.code
    return reply
