"""The screens in a real pty: start to first frame, key to repaint beside a busy worker, bytes a key.

The baseline for the start is a trivial Textual app; for the key it is the same key with no worker.
"""

import asyncio
import fcntl
import os
import pty
import select
import statistics
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from core.settings import variable
from tests.bench.support import Sandbox, connect, program, sandbox, table, workplace

COLUMNS, ROWS = 120, 40
STARTS: Final = 7
PRESSES: Final = 60
IDLE_SECONDS: Final = 10.0
PAUSE_SECONDS: Final = 2.5
"""Until all of a key is drawn, also what is only drawn with the next look at the store."""
QUIET: Final = 0.06
"""Seconds without output after which a repaint counts as complete."""
_TRIVIAL: Final = (
    "from textual.app import App\nfrom textual.widgets import Label\n"
    "class A(App):\n    def compose(self):\n        yield Label('Starting')\n"
    "A().run()"
)


class Terminal:
    """A program in a pty of its own."""

    def __init__(self, command: Sequence[str], environ: Mapping[str, str]) -> None:
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self.began = time.perf_counter()
        self._process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=dict(environ), start_new_session=True
        )
        os.close(slave)

    def wait_for(self, words: str, seconds: float = 30.0) -> float:
        """The moment at which `words` had been drawn."""
        seen = b""
        while words.encode() not in seen:
            seen += self._read(seconds)
        return time.perf_counter()

    def settle(self) -> int:
        """Read until nothing comes for a while; how many bytes came."""
        count = 0
        while select.select([self.master], [], [], QUIET)[0]:
            count += len(os.read(self.master, 65_536))
        return count

    def count(self, seconds: float) -> int:
        """How many bytes come in this time."""
        count, end = 0, time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if select.select([self.master], [], [], left)[0]:
                count += len(os.read(self.master, 65_536))
        return count

    def press(self, keys: bytes) -> float:
        """The moment at which these bytes were typed."""
        moment = time.perf_counter()
        os.write(self.master, keys)
        return moment

    def end(self) -> None:
        """Kill it: what is measured is over."""
        self._process.kill()
        self._process.wait()
        os.close(self.master)

    def _read(self, seconds: float) -> bytes:
        if not select.select([self.master], [], [], seconds)[0]:
            raise TimeoutError("the program drew nothing")
        return os.read(self.master, 65_536)


@contextmanager
def terminal(command: Sequence[str], environ: Mapping[str, str]) -> Iterator[Terminal]:
    """A terminal that is gone at the end."""
    made = Terminal(command, environ)
    try:
        yield made
    finally:
        made.end()


def run() -> str:
    """Start, keys, and bytes."""
    with workplace() as place, sandbox(products=1_000, orders=500) as shop:
        home = place / "home"
        asyncio.run(_prepare(shop, home))
        environ = _environ(shop, home)
        return f"{_starts(environ)}\n{_keys(environ, shop)}\n{_traffic(environ)}"


async def _prepare(shop: Sandbox, home: Path) -> None:
    async with program(shop.settings(home)) as backend:
        await connect(backend)


def _starts(environ: Mapping[str, str]) -> str:
    ours: list[float] = []
    trivial: list[float] = []
    for _ in range(STARTS):
        for command, times in (
            ([sys.executable, "-m", "tui.main", "--read-only"], ours),
            ([sys.executable, "-c", _TRIVIAL], trivial),
        ):
            with terminal(command, environ) as screen:
                times.append(screen.wait_for("Starting") - screen.began)
    base = statistics.median(trivial)
    rows = [
        ("trivial Textual app", f"{base * 1000:.0f}", "1"),
        (
            "avasam",
            f"{statistics.median(ours) * 1000:.0f}",
            f"{statistics.median(ours) / base:.2f} (goal 1.5)",
        ),
    ]
    return table(("start to first frame", "ms", "ratio"), rows)


def _keys(environ: Mapping[str, str], shop: Sandbox) -> str:
    alone, size = _presses(environ)
    shop.tell("settings", {"rate_limit": None})
    busy = {**environ, variable("orders_seconds"): "1", variable("stock_seconds"): "1"}
    worker = subprocess.Popen(
        [sys.executable, "-m", "tui.main", "worker"],
        env=busy,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        beside, _ = _presses(environ, before_each=lambda: _stir(shop))
    finally:
        worker.terminate()
        worker.wait()
    base = _p95(alone)
    rows = [
        ("no worker", *_shown(alone), "1", f"{size}"),
        ("worker at full speed", *_shown(beside), f"{_p95(beside) / base:.2f} (goal 2)", ""),
    ]
    return table((f"f1 to help drawn, {COLUMNS}x{ROWS}", "p50 ms", "p95 ms", "ratio of p95", "bytes"), rows)


def _traffic(environ: Mapping[str, str]) -> str:
    """What crosses the wire: to open a screen, for one key on it, and while nobody does anything.

    No worker runs: what changes on the screens is the time alone.
    """
    rows: list[tuple[str, ...]] = []
    with terminal([sys.executable, "-m", "tui.main", "--read-only"], environ) as screen:
        screen.wait_for("enabled")
        screen.count(IDLE_SECONDS)
        for name, key, then in (
            ("Integrations", b"1", {"f1": b"\x1bOP", "esc from f1": b"\x1b"}),
            (
                "Orders",
                b"5",
                {"cursor down": b"j", "/": b"/", "a letter of the filter": b"5", "esc": b"\x1b\x1b"},
            ),
            ("Activity", b"6", {"cursor down": b"j"}),
        ):
            screen.press(key)
            opened = screen.count(PAUSE_SECONDS)
            idle = screen.count(IDLE_SECONDS) / IDLE_SECONDS
            rows.append((name, f"{opened:,}", f"{idle:,.0f} a second"))
            for words, typed in then.items():
                screen.press(typed)
                rows.append((f"- {words}", f"{screen.count(PAUSE_SECONDS):,}", ""))
        screen.press(b"\x1bOP")
        screen.count(PAUSE_SECONDS)
        rows.append(("under f1", "", f"{screen.count(IDLE_SECONDS) / IDLE_SECONDS:,.0f} a second"))
    return table((f"bytes on the wire, {COLUMNS}x{ROWS}", "key to last repaint", "idle"), rows)


def _stir(shop: Sandbox) -> None:
    """Something for the worker to do all the time."""
    shop.tell("orders", {"n": 5})
    shop.tell("stock", {"changes": 20})


def _presses(environ: Mapping[str, str], before_each: object = None) -> tuple[list[float], int]:
    times: list[float] = []
    sizes: list[int] = []
    with terminal([sys.executable, "-m", "tui.main", "--read-only"], environ) as screen:
        screen.wait_for("enabled")
        screen.settle()
        for _ in range(PRESSES):
            if callable(before_each):
                before_each()
            typed = screen.press(b"\x1bOP")
            times.append(screen.wait_for("Help ·") - typed)
            sizes.append(screen.settle())
            screen.press(b"\x1b")
            screen.settle()
    return times, int(statistics.median(sizes))


def _shown(times: Sequence[float]) -> tuple[str, str]:
    return f"{statistics.median(times) * 1000:.1f}", f"{_p95(times) * 1000:.1f}"


def _p95(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def _environ(shop: Sandbox, home: Path) -> dict[str, str]:
    found = shop.found
    named = {
        "home": str(home),
        "tiktok_api_url": found["tiktok_api_url"],
        "tiktok_auth_url": found["tiktok_auth_url"],
        "tiktok_consent_url": found["consent_url"],
        "tiktok_app_key": found["app_key"],
        "tiktok_app_secret": found["app_secret"],
        "tiktok_service_id": found["service_id"],
        "api_url": found["avasam_url"],
        "consumer_key": found["consumer_key"],
        "secret_key": found["secret_key"],
    }
    return {**os.environ, "TERM": "xterm-256color"} | {variable(name): value for name, value in named.items()}
