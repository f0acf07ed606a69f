"""A sandbox in a process of its own, and waiting for what other processes do."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx

ROOT = Path(__file__).parents[2]
T = TypeVar("T")


def wait_until(condition: Callable[[], T | None], seconds: float = 90.0) -> T:
    """What the condition gives once it is true; looked at every few milliseconds until the deadline."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"waited {seconds} s in vain for {condition}"
        time.sleep(0.01)
    return found


@contextmanager
def running(process: "subprocess.Popen[str]") -> Iterator["subprocess.Popen[str]"]:
    """The process; it does not outlive the block."""
    try:
        yield process
    finally:
        process.kill()
        process.wait()


class SandboxProcess:
    """`python -m core.sandbox serve`, and its control API as the independent witness."""

    def __init__(self, *, products: int = 120, seed: int = 7, state: Path | None = None) -> None:
        self._options = ["--products", str(products), "--seed", str(seed), "--orders", "0"]
        if state is not None:
            self._options += ["--state", str(state)]
        self._port = 0
        self.start()

    def start(self) -> None:
        """Start it, or start it again where it was."""
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "core.sandbox",
                "serve",
                "--json",
                "--port",
                str(self._port),
                *self._options,
            ],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.addresses: dict[str, str] = json.loads(self._process.stdout.readline())
        self._port = int(self.addresses["control_url"].rsplit(":", 1)[1].split("/")[0])
        self._http = httpx.Client(base_url=self.addresses["control_url"], timeout=30, trust_env=False)

    def stop(self) -> None:
        """Let it save its state and end."""
        self._http.close()
        self._process.terminate()
        self._process.communicate(timeout=60)

    def control(self, method: str, path: str, body: object = None) -> Any:
        """One control call that must go well."""
        reply = self._http.request(method, path, json=body)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def state(self, shop: str = "Sandbox Shop GB") -> Any:
        """The shop with its products and orders, and `avasam` beside them."""
        whole = self.control("GET", f"/state?shop={shop}")
        (found,) = whole["shops"].values()
        return {**found, "avasam": whole["avasam"], "sellers": whole["sellers"]}

    def fault(self, path: str, **how: Any) -> None:
        self.control("POST", "/faults", {"path": path, **how})

    def order(self, count: int = 1, **how: Any) -> list[str]:
        """Ids of new orders."""
        ids: list[str] = self.control("POST", "/orders", {"n": count, **how})["ids"]
        return ids

    def requests(self, after: int = 0) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.control("GET", f"/log?after={after}")["requests"]
        return found

    def last_request(self) -> int:
        return int(self.control("GET", "/log?after=1000000000")["last"])

    def consent(self, state: str = "s", seller: str = "1", address: str | None = None) -> str:
        """The address that the browser ends on after the seller has said yes."""
        query = {"service_id": self.addresses["service_id"], "state": state, "auto": seller}
        if address is None:
            reply = httpx.get(self.addresses["consent_url"], params=query, trust_env=False)
        else:
            reply = httpx.get(f"{address}&auto={seller}", trust_env=False)
        return reply.headers["location"]


def code_in(redirect: str) -> str:
    return str(httpx.URL(redirect).params["code"])
