"""Which service a path belongs to, and those that are no operations: Avasam's side, images and labels."""

from typing import Any

import orjson

from core.sandbox import oauth
from core.sandbox.avasam import avasam_routes
from core.sandbox.calls import Incoming
from core.sandbox.documents import label
from core.sandbox.images import image_bytes
from core.sandbox.runtime import Sandbox
from core.sandbox.wire import Reply

AVASAM = ("/apiseeker/", "/api/auth/", "/api-seller/")
IMAGES, CONTROL, DOCUMENTS = "/images/", "/control", "/documents/"


def service_of(path: str) -> str:
    """`control`, `avasam`, `images`, `documents`, `consent`, `tiktok_auth`, else `tiktok`."""
    if path == CONTROL or path.startswith(f"{CONTROL}/"):
        return "control"
    if path.startswith(AVASAM):
        return "avasam"
    if path.startswith(IMAGES):
        return "images"
    if path.startswith(DOCUMENTS):
        return "documents"
    if path in oauth.PATHS:
        return "consent" if path.startswith("/open/") else "tiktok_auth"
    return "tiktok"


def image_answer(sandbox: Sandbox, request: Incoming) -> Reply:
    """An image by its uri."""
    found = image_bytes(sandbox.world, request.path.removeprefix(IMAGES))
    if found is None:
        return Reply(404, b"no such image", {"content-type": "text/plain"})
    content, media = found
    return Reply(200, content, {"content-type": media, "cache-control": "max-age=86400"})


def document_answer(sandbox: Sandbox, request: Incoming) -> Reply:
    """A label by the address that Get Package Shipping Document gave."""
    found = label(sandbox.world, request.path.removeprefix(DOCUMENTS))
    if found is None:
        return Reply(404, b"no such document", {"content-type": "text/plain"})
    content, media = found
    return Reply(200, content, {"content-type": media})


class AvasamService:
    """Avasam's routes, asked like a function so that faults and the log see the reply."""

    def __init__(self, sandbox: Sandbox) -> None:
        from starlette.applications import Starlette

        self._sandbox = sandbox
        self._app = Starlette(routes=avasam_routes(sandbox))

    async def answer(self, request: Incoming) -> Reply:
        """The reply of Avasam's side; a new order or token there is a change to be saved."""
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": request.body, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(dict(message))

        before = self._extent()
        await self._app(_scope(request), receive, send)
        self._sandbox.revision += self._extent() != before
        start = sent[0]
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in start["headers"]}
        headers.pop("content-length", None)
        body = b"".join(message.get("body", b"") for message in sent[1:])
        return Reply(start["status"], body, headers, _error_code(body))

    def _extent(self) -> tuple[int, int]:
        return len(self._sandbox.world.avasam_orders), len(self._sandbox.avasam_tokens)


def _error_code(body: bytes) -> int | None:
    """Avasam's own code in a reply that has one, for the log."""
    if b'"ErrorCode"' not in body:
        return None
    value = orjson.loads(body)
    return value.get("ErrorCode") if isinstance(value, dict) else None


def _scope(request: Incoming) -> dict[str, Any]:
    from urllib.parse import urlencode

    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "path": request.path,
        "raw_path": request.path.encode(),
        "root_path": "",
        "scheme": "http",
        "query_string": urlencode(request.query).encode(),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in request.headers.items()],
        "server": ("127.0.0.1", 80),
        "client": ("127.0.0.1", 0),
    }
