"""What the sandbox was asked, for tests to read: every request with its verdict, never with a secret."""

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

KEPT = 50_000
MOST_COUNTED = 5_000
"""Paths that are counted one by one; somebody who makes up paths must not fill the memory."""
OTHERS = "others"
SECRET = frozenset({"app_secret", "sign", "access_token", "refresh_token", "auth_code", "code"})


@dataclass(slots=True)
class Entry:
    """One request. `operation` is the published operation's id when the path has one; `verdict` is words."""

    n: int
    time: int
    service: str
    method: str
    path: str
    operation: str | None
    shop: str | None
    query: dict[str, str]
    status: int | None
    code: int | None
    verdict: str
    dropped: str | None


class RequestLog:
    """The newest requests, and counts of all of them since the last clearing. Numbers never start again."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._counts: Counter[str] = Counter()
        self._last = 0

    def add(
        self,
        *,
        time: int,
        service: str,
        method: str,
        path: str,
        template: str,
        operation: str | None,
        shop: str | None,
        query: Sequence[tuple[str, str]],
        status: int | None,
        code: int | None,
        verdict: str,
        dropped: str | None,
    ) -> None:
        """Keep one request; `status` is None when no reply went out, `template` what it is counted under."""
        self._last += 1
        counted = f"{method} {template}"
        if counted not in self._counts and len(self._counts) >= MOST_COUNTED:
            counted = OTHERS
        self._counts[counted] += 1
        open_query = {key: value for key, value in query if key not in SECRET}
        self._entries.append(
            Entry(
                self._last,
                time,
                service,
                method,
                path,
                operation,
                shop,
                open_query,
                status,
                code,
                verdict,
                dropped,
            )
        )

    def after(self, n: int) -> dict[str, Any]:
        """The requests numbered above `n`, the last number, and how often each path was asked."""
        recent = [asdict(entry) for entry in self._entries if entry.n > n]
        return {"requests": recent, "last": self._last, "counts": dict(self._counts)}

    def clear(self) -> None:
        """Forget the requests and the counts."""
        self._entries.clear()
        self._counts.clear()
