"""Runs the sandbox on loopback until it is told to stop: one port for every service."""

import asyncio
import contextlib
import json
import signal
import socket
import sys
from collections.abc import AsyncIterator, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from core.sandbox.app import ABORT, CLOSE, SandboxApp
from core.sandbox.state_file import Wishes, open_sandbox, save
from core.sandbox.ticker import Ticker

if TYPE_CHECKING:
    from core.sandbox.runtime import Sandbox

HOST = "127.0.0.1"
SAVE_EVERY = 3.0
PATIENCE = 2
"""Seconds that open requests get to finish when the sandbox stops."""
IDLE = 75
"""Seconds that a connection may lie idle: longer than clients keep one, or a call meets it as it closes."""


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """How to run: port 0 picks a free one, `live` is new orders a minute, `state` keeps the world."""

    port: int = 0
    seed: int = 7
    products: int = 200
    orders: int = 40
    json: bool = False
    state: Path | None = None
    live: float = 0.0
    redirect_url: str | None = None


def run(options: ServeOptions) -> None:
    """Serve until SIGTERM or SIGINT; says where, as one line of JSON with `json`, once the port listens.

    Raises StateDamagedError for a state file that is none, OSError for a port that is taken.
    """
    asyncio.run(_serve(options))


def addresses(sandbox: "Sandbox") -> dict[str, str]:
    """Where everything is and what credentials it asks for."""
    return {
        "tiktok_api_url": sandbox.base_url,
        "tiktok_auth_url": sandbox.base_url,
        "consent_url": f"{sandbox.base_url}/open/authorize",
        "avasam_url": sandbox.base_url,
        "control_url": f"{sandbox.base_url}/control",
        "app_key": sandbox.app_key,
        "app_secret": sandbox.app_secret,
        "service_id": sandbox.service_id,
        "consumer_key": sandbox.consumer_key,
        "secret_key": sandbox.secret_key,
    }


class _Connection(H11Protocol):
    """A connection whose requests may end it without a reply, as a fault asks."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        app = self.app

        async def with_endings(scope: Any, receive: Any, send: Any) -> None:
            scope["extensions"] = {ABORT: transport.abort, CLOSE: transport.close}
            await app(scope, receive, send)

        self.app = with_endings


class Server(uvicorn.Server):
    """A server that leaves signals to us, so that it stops with its state saved and exit code 0."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()
        self._stopped = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Nothing: whoever runs the server decides what stops it."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer, and say so."""
        try:
            await super().startup(sockets)
        finally:
            self.listening.set()

    def stop(self) -> None:
        """End the serving; from another thread through `call_soon_threadsafe`."""
        self._stopped.set()

    async def finished(self) -> None:
        """Wait for `stop`."""
        await self._stopped.wait()


@contextlib.asynccontextmanager
async def serving(sandbox: "Sandbox", port: int) -> AsyncIterator[Server]:
    """Serve a sandbox on loopback while the block runs; its `base_url` is set and answers on entry."""
    with _listening(port) as sock:
        sandbox.base_url = f"http://{HOST}:{sock.getsockname()[1]}"
        server = Server(
            uvicorn.Config(
                SandboxApp(sandbox),
                http=_Connection,
                ws="none",
                lifespan="off",
                log_level="error",
                access_log=False,
                timeout_graceful_shutdown=PATIENCE,
                timeout_keep_alive=IDLE,
            )
        )
        running = asyncio.create_task(server.serve(sockets=[sock]))
        try:
            await server.listening.wait()
            yield server
        finally:
            server.should_exit = True
            await running


async def _serve(options: ServeOptions) -> None:
    wishes = Wishes(options.seed, options.products, options.orders)
    sandbox = open_sandbox(options.state, wishes, redirect_url=options.redirect_url)
    async with serving(sandbox, options.port) as server:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, server.stop)
        ticking = asyncio.create_task(_tick(sandbox, options))
        ticking.add_done_callback(lambda _task: server.stop())
        _announce(sandbox, options)
        await server.finished()
        ticking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await ticking
    if options.state is not None:
        save(sandbox, options.state)


@contextlib.contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    # asyncio turns Nagle's delay off only where the protocol is named.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((HOST, port))
        sock.listen(256)
        yield sock


def _announce(sandbox: "Sandbox", options: ServeOptions) -> None:
    """Say where the sandbox is, now that it answers."""
    found = addresses(sandbox)
    lines = [json.dumps(found)] if options.json else [f"{name:16} {value}" for name, value in found.items()]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


async def _tick(sandbox: "Sandbox", options: ServeOptions) -> None:
    """Let the world live every second, and save it when it changed."""
    ticker = Ticker(sandbox, options.live)
    saved, elapsed, pause = sandbox.revision, 0.0, SAVE_EVERY
    while True:
        await asyncio.sleep(1)
        ticker.tick()
        elapsed += 1
        if options.state is not None and elapsed >= pause and sandbox.revision != saved:
            seconds = save(sandbox, options.state)
            saved, elapsed, pause = sandbox.revision, 0.0, max(SAVE_EVERY, 20 * seconds)
