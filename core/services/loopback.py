"""A listener on this machine alone, for the browser that comes back from TikTok's consent (domain.md A7).

It works where the app's redirect address in Partner Center points here; from another machine the operator
forwards the port with `ssh -L`. It judges nothing: whoever started it checks the state.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final
from urllib.parse import parse_qs, urlsplit

HOST: Final = "127.0.0.1"
_LONGEST_REQUEST: Final = 16 * 1024
_REQUEST_SECONDS: Final = 10.0
_MEANT: Final = frozenset({"code", "error", "state"})
_RECEIVED: Final = (
    "avasam has received this reply. The terminal says what came of it; this tab can be closed."
)


class Loopback:
    """Hands every redirect address that arrives to `received`, until it is closed."""

    def __init__(self, server: asyncio.Server, port: int) -> None:
        self._server = server
        self.port = port

    @classmethod
    async def start(cls, received: Callable[[str], None], *, port: int) -> "Loopback":
        """Listen on `port`, or on any free one when that is taken. Raises OSError when there is none."""

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with suppress(OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                async with asyncio.timeout(_REQUEST_SECONDS):
                    head = await reader.readuntil(b"\r\n\r\n")
                    address = _redirect_in(head, bound)
                    writer.write(_reply(200, _RECEIVED) if address else _reply(404, "Nothing is here."))
                    await writer.drain()
                if address is not None:
                    received(address)
            writer.close()

        try:
            server = await asyncio.start_server(serve, HOST, port, limit=_LONGEST_REQUEST)
        except OSError:
            server = await asyncio.start_server(serve, HOST, 0, limit=_LONGEST_REQUEST)
        bound: int = server.sockets[0].getsockname()[1]
        return cls(server, bound)

    @property
    def address(self) -> str:
        """What the app's redirect address has to be for the browser to come here."""
        return f"http://{HOST}:{self.port}/"

    def close(self) -> None:
        """Listen no longer."""
        self._server.close()


def _redirect_in(head: bytes, port: int) -> str | None:
    """The whole address of a request that brings a consent back; None for anything else."""
    method, _, rest = head.partition(b"\r\n")[0].decode("latin-1").partition(" ")
    target = rest.partition(" ")[0]
    if method != "GET" or not target.startswith("/"):
        return None
    try:
        query = urlsplit(target).query
    except ValueError:
        return None
    if not _MEANT & parse_qs(query, keep_blank_values=True).keys():
        return None
    return f"http://{HOST}:{port}{target}"


def _reply(status: int, words: str) -> bytes:
    content = words.encode()
    reason = "OK" if status == 200 else "Not Found"
    head = (
        f"HTTP/1.1 {status} {reason}\r\nContent-Type: text/plain; charset=utf-8\r\n"
        f"Content-Length: {len(content)}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + content
