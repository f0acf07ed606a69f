"""What the sandbox has been told to do wrong, and how a reply is spoilt."""

import random
import re
from dataclasses import asdict, dataclass
from typing import Any, Literal

from core.sandbox.wire import DOCS, Reply, json_reply

BODIES = ("malformed", "truncated", "empty", "html")
MOMENTS = ("before", "after")
MOST_DELAY = 600_000
"""Ten minutes in milliseconds: no client waits longer."""
CODE_OF_STATUS = {401: 105002, 404: 36009009, 429: 36009002, 504: 36009007}
STATUS_OF_CODE = {36009002: 429, 36009037: 429, 12052109: 429, 105002: 401, 36009043: 401, 36009044: 401}


@dataclass(slots=True)
class Fault:
    """One thing to do wrong on calls to `path`: a prefix, or the whole when `exact`; `{x}` is any segment.

    With `status` or `code` the call is answered so instead of being carried out (`when` = before) or although
    it was (`when` = after). `drop` closes the connection without a reply, before or after the effect. `n`
    calls, or a `rate` of them between 0 and 1.
    """

    id: int
    path: str
    method: str | None = None
    exact: bool = False
    n: int | None = None
    rate: float | None = None
    when: Literal["before", "after"] = "before"
    status: int | None = None
    code: int | None = None
    message: str | None = None
    delay_ms: int = 0
    drop: Literal["before", "after"] | None = None
    body: Literal["malformed", "truncated", "empty", "html"] | None = None
    retry_after: int | None = None
    hits: int = 0

    @property
    def answers(self) -> bool:
        """Whether it replaces the reply."""
        return self.status is not None or self.code is not None

    def meets(self, method: str, path: str) -> bool:
        """Whether a request is one of those meant."""
        if self.method is not None and self.method != method:
            return False
        pattern = re.sub(r"\\{[^/]*?\\}", "[^/]+", re.escape(self.path))
        return re.fullmatch(pattern if self.exact else pattern + ".*", path) is not None


class Faults:
    """The faults set at present, oldest first; the first that meets a request is the one that happens."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._last = 0

    def add(self, values: dict[str, Any]) -> Fault:
        """Set a fault from the control API's body; ValueError says what is wrong with it."""
        checked = _checked(values)
        self._last += 1
        fault = Fault(self._last, **checked)
        if fault.n is None and fault.rate is None:
            fault.n = 1
        self._faults.append(fault)
        return fault

    def clear(self) -> int:
        """Take all faults back: how many there were."""
        count = len(self._faults)
        self._faults.clear()
        return count

    def all(self) -> list[dict[str, Any]]:
        """The faults set, with how often each has happened."""
        return [asdict(fault) for fault in self._faults]

    def strike(self, method: str, path: str, rng: random.Random) -> Fault | None:
        """The fault that happens to this request, if any; one of `n` calls is used up."""
        for fault in self._faults:
            if not fault.meets(method, path) or (fault.rate is not None and rng.random() >= fault.rate):
                continue
            fault.hits += 1
            if fault.n is not None and fault.hits >= fault.n:
                self._faults.remove(fault)
            return fault
        return None


def tiktok_answer(fault: Fault, request_id: str) -> Reply:
    """The envelope that a fault asks for; a status alone gets the code that goes with it, and the reverse."""
    code = fault.code if fault.code is not None else CODE_OF_STATUS.get(fault.status or 0, 36009003)
    status = fault.status if fault.status is not None else STATUS_OF_CODE.get(code, 200)
    message = fault.message or "Fault asked for by the control API"
    body = {
        "code": code,
        "message": f"{message}. For more details: {DOCS}",
        "request_id": request_id,
        "data": None,
    }
    reply = json_reply(status, body, _retry_after(fault))
    reply.code = code
    return reply


def avasam_answer(fault: Fault) -> Reply:
    """The same on Avasam's side, which documents no error schema beyond ErrorCode and Message."""
    code = fault.code if fault.code is not None else 1
    body = {"ErrorCode": code, "Message": fault.message or "Fault asked for by the control API"}
    reply = json_reply(fault.status or 200, body, _retry_after(fault))
    reply.code = code
    return reply


def spoil(fault: Fault, reply: Reply) -> Reply:
    """The reply with its body made unreadable. Truncation is done on the wire: the length promised stays."""
    if fault.body == "malformed":
        return Reply(reply.status, reply.body[: len(reply.body) // 2] + b"}{", reply.headers, reply.code)
    if fault.body == "empty":
        return Reply(reply.status, b"", reply.headers, reply.code)
    if fault.body == "html":
        page = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
        return Reply(reply.status, page, {**reply.headers, "content-type": "text/html"}, reply.code)
    return reply


def _retry_after(fault: Fault) -> dict[str, str]:
    return {} if fault.retry_after is None else {"retry-after": str(fault.retry_after)}


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    kinds: dict[str, tuple[type, ...]] = {
        "path": (str,),
        "method": (str,),
        "exact": (bool,),
        "n": (int,),
        "rate": (int, float),
        "when": (str,),
        "status": (int,),
        "code": (int,),
        "message": (str,),
        "delay_ms": (int,),
        "drop": (str,),
        "body": (str,),
        "retry_after": (int,),
    }
    given = {key: value for key, value in values.items() if value is not None}
    for key, value in given.items():
        if key not in kinds:
            raise ValueError(f"unknown field {key!r}; known: {', '.join(kinds)}")
        if not isinstance(value, kinds[key]) or (isinstance(value, bool) and key != "exact"):
            raise ValueError(f"{key} must be {kinds[key][-1].__name__}, not {value!r}")
    if not str(given.get("path", "")).startswith("/"):
        raise ValueError("path is required and begins with /")
    for key, allowed in (("when", MOMENTS), ("drop", MOMENTS), ("body", BODIES)):
        if key in given and given[key] not in allowed:
            raise ValueError(f"{key} must be one of {', '.join(allowed)}")
    if "rate" in given and not 0 <= given["rate"] <= 1:
        raise ValueError("rate must be between 0 and 1")
    if "status" in given and not 200 <= given["status"] <= 599:
        raise ValueError("status must be an HTTP status from 200 to 599")
    if not 0 <= given.get("delay_ms", 0) <= MOST_DELAY:
        raise ValueError(f"delay_ms must be from 0 to {MOST_DELAY}")
    if "n" in given and given["n"] < 1:
        raise ValueError("n must be 1 or more")
    if "method" in given:
        given["method"] = given["method"].upper()
    return given
