"""The one ASGI application: every service of the sandbox on one port, its faults and its log."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from core.sandbox import control, oauth
from core.sandbox.calls import Incoming
from core.sandbox.faults import Fault, avasam_answer, spoil, tiktok_answer
from core.sandbox.gate import admit, operation_of
from core.sandbox.multipart import form_of
from core.sandbox.runtime import Sandbox
from core.sandbox.services import AvasamService, document_answer, image_answer, service_of
from core.sandbox.wire import Refusal, Reply, refused, success

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

ABORT, CLOSE = "sandbox.abort", "sandbox.close"
MOST_BYTES = 32 * 1024 * 1024
"""More than three of the largest uploads: a larger request is read to its end, and not kept."""

_log = logging.getLogger("uvicorn.error")


@dataclass(slots=True)
class Trace:
    """What the log is told of a request beyond the request itself."""

    template: str
    operation: str | None = None
    shop: str | None = None
    verdict: str = "ok"
    dropped: str | None = None


class SandboxApp:
    """Answers every request of every service.

    The server's connection offers `sandbox.abort` and `sandbox.close` in the scope's extensions: a fault that
    drops or truncates uses them, because ASGI alone has no way to end a connection without a reply.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._avasam = AvasamService(sandbox)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """One request, from its first byte to its last (the server runs without lifespan)."""
        request = await _read(scope, receive)
        if request is None:
            return
        if request.is_too_large:
            too_large = Refusal(36009021, f"The request has more than {MOST_BYTES} bytes", status=413)
            await _send(send, refused(too_large, self._sandbox.request_id()))
            return
        service = service_of(request.path)
        if service == "control":
            await _send(send, control.answer(self._sandbox, request))
            return
        self._sandbox.settle()
        trace = Trace(request.path)
        fault = self._sandbox.faults.strike(request.method, request.path, self._sandbox.rng)
        reply = await self._reply(service, request, fault, trace)
        self._log(service, request, reply, trace)
        if reply is None:
            await _end(scope, receive, ABORT)
        elif fault is not None and fault.body == "truncated":
            await _send(send, reply, cut=True)
            await _end(scope, receive, CLOSE)
        else:
            await _send(send, reply)

    async def _reply(
        self, service: str, request: Incoming, fault: Fault | None, trace: Trace
    ) -> Reply | None:
        """The reply to put on the wire, None for a connection that is dropped instead."""
        if fault is None:
            return await self._carry_out(service, request, trace)
        trace.verdict = f"fault {fault.id}"
        if fault.when == "before":
            await asyncio.sleep(fault.delay_ms / 1000)
        reply = None
        if fault.drop != "before" and (fault.when == "after" or not fault.answers):
            reply = await self._carry_out(service, request, trace)
            trace.verdict = f"fault {fault.id} after: {trace.verdict}"
        if fault.when == "after":
            await asyncio.sleep(fault.delay_ms / 1000)
        if fault.drop is not None:
            trace.dropped = fault.drop
            return None
        if fault.answers or reply is None:
            avasam = service == "avasam"
            reply = avasam_answer(fault) if avasam else tiktok_answer(fault, self._sandbox.request_id())
        return spoil(fault, reply)

    async def _carry_out(self, service: str, request: Incoming, trace: Trace) -> Reply:
        reply = await self._answer(service, request, trace)
        if trace.verdict == "ok" and (reply.code or reply.status >= HTTPStatus.BAD_REQUEST):
            trace.verdict = f"refused: HTTP {reply.status}, code {reply.code}"
        return reply

    async def _answer(self, service: str, request: Incoming, trace: Trace) -> Reply:
        if service == "avasam":
            return await self._avasam.answer(request)
        if service == "images":
            return image_answer(self._sandbox, request)
        if service == "documents":
            return document_answer(self._sandbox, request)
        if service in {"consent", "tiktok_auth"}:
            return oauth.answer(self._sandbox, request)
        try:
            return self._operate(request, trace)
        except Refusal as refusal:
            trace.verdict = f"refused: {refusal.message}"
            return refused(refusal, self._sandbox.request_id())
        except Exception:  # noqa: BLE001 -- whatever it is, the caller gets an envelope and we the traceback
            _log.exception("the sandbox broke on %s %s", request.method, request.path)
            trace.verdict = "broken: see standard error"
            return refused(
                Refusal(36009003, "Internal error. Please try again later", status=500),
                self._sandbox.request_id(),
            )

    def _operate(self, request: Incoming, trace: Trace) -> Reply:
        operation, values = operation_of(request)
        trace.template, trace.operation = operation.path, operation.id
        call = admit(self._sandbox, request, operation, values)
        if call.shop_or_none is not None:
            trace.shop = call.shop_or_none.id
            if self._sandbox.is_too_fast(call.shop_or_none):
                raise Refusal(36009002, "Too many requests in a short time", status=429, retry_after=1)
        if operation.media == "multipart/form-data":
            call.form = form_of(request.body, request.content_type)
        return success(operation.handler(call), self._sandbox.request_id())

    def _log(self, service: str, request: Incoming, reply: Reply | None, trace: Trace) -> None:
        self._sandbox.log.add(
            time=self._sandbox.now(),
            service=service,
            method=request.method,
            path=request.path,
            template=trace.template,
            operation=trace.operation,
            shop=trace.shop,
            query=request.query,
            status=None if reply is None else reply.status,
            code=None if reply is None else reply.code,
            verdict=trace.verdict,
            dropped=trace.dropped,
        )


async def _read(scope: Message, receive: Receive) -> Incoming | None:
    """The whole request, or None when the client went away before its end."""
    chunks: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= MOST_BYTES:
            chunks.append(chunk)
        else:
            chunks.clear()
        more = message.get("more_body", False)
    return Incoming(
        scope["method"],
        scope["path"],
        parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True),
        {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]},
        b"".join(chunks),
        is_too_large=size > MOST_BYTES,
    )


async def _send(send: Send, reply: Reply, *, cut: bool = False) -> None:
    """Put a reply on the wire; `cut` promises all of it and sends half."""
    headers = [(name.encode(), value.encode("latin-1")) for name, value in reply.headers.items()]
    headers.append((b"content-length", str(len(reply.body)).encode()))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    body = reply.body[: len(reply.body) // 2] if cut else reply.body
    await send({"type": "http.response.body", "body": body, "more_body": cut})


async def _end(scope: Message, receive: Receive, how: str) -> None:
    """End the connection and wait until the server has noticed."""
    scope["extensions"][how]()
    while (await receive())["type"] != "http.disconnect":
        pass
