"""The sandbox as a process of its own: where it says it is, how it stops, what it keeps."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

NAMES = {
    "tiktok_api_url",
    "tiktok_auth_url",
    "consent_url",
    "avasam_url",
    "control_url",
    "app_key",
    "app_secret",
    "service_id",
    "consumer_key",
    "secret_key",
}


@contextmanager
def serving(*options: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """A sandbox process and the line it printed; it is stopped with SIGTERM at the end."""
    command = [sys.executable, "-m", "core.sandbox", "serve", "--json", "--products", "20", "--orders", "5"]
    with subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, json.loads(process.stdout.readline())
        finally:
            process.terminate()
            process.wait(10)


def get(url: str, **query: str) -> httpx.Response:
    return httpx.get(url, params=query, timeout=60, verify=False)


def post(url: str, body: Any = None) -> httpx.Response:
    return httpx.post(url, json=body, timeout=60, verify=False)


def token(found: dict[str, Any]) -> dict[str, Any]:
    """The data of a token exchange after an automatic consent."""
    back = get(found["consent_url"], service_id=found["service_id"], state="s", auto="1").headers["location"]
    code = parse_qs(urlsplit(back).query)["code"][0]
    query = {"app_key": found["app_key"], "app_secret": found["app_secret"], "auth_code": code}
    data: dict[str, Any] = get(
        f"{found['tiktok_auth_url']}/api/v2/token/get", **query, grant_type="authorized_code"
    ).json()["data"]
    return data


def test_one_line_says_where_everything_is_and_every_service_answers_there() -> None:
    with serving("--port", "0") as (process, found):
        assert found.keys() == NAMES
        assert found["consent_url"].endswith("/open/authorize")
        assert found["control_url"].endswith("/control")
        assert all(found[name].startswith("http://127.0.0.1:") for name in NAMES if name.endswith("_url"))
        assert get(f"{found['control_url']}/state").status_code == 200
        assert get(f"{found['tiktok_api_url']}/authorization/202309/shops").json()["code"] == 36009004
        assert token(found)["access_token"]
        keys = {"consumer_key": found["consumer_key"], "secret_key": found["secret_key"]}
        assert post(f"{found['avasam_url']}/api/auth/request-token", keys).json()["access_token"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_an_interrupt_stops_it_as_cleanly() -> None:
    with serving() as (process, _):
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0


def test_everything_survives_a_restart_with_a_state_file(tmp_path: Path) -> None:
    state = tmp_path / "deep" / "sandbox.state"
    with serving("--state", str(state)) as (process, found):
        data = token(found)
        post(f"{found['control_url']}/orders", {"n": 3, "shape": "single"})
        post(f"{found['control_url']}/clock", {"advance": 1000})
        post(f"{found['control_url']}/settings", {"review_seconds": 5})
        before = get(f"{found['control_url']}/state").json()
        process.terminate()
        assert process.wait(10) == 0
    assert [path.name for path in state.parent.iterdir()] == ["sandbox.state"]
    with serving("--state", str(state), "--seed", "99") as (_, found):
        after = get(f"{found['control_url']}/state").json()
        assert after["shops"] == before["shops"]
        assert after["avasam"] == before["avasam"]
        assert after["now"] - before["now"] < 60
        assert get(f"{found['control_url']}/settings").json()["review_seconds"] == 5
        query = {"app_key": found["app_key"], "app_secret": found["app_secret"]}
        again = get(
            f"{found['tiktok_auth_url']}/api/v2/token/refresh",
            **query,
            refresh_token=data["refresh_token"],
            grant_type="refresh_token",
        ).json()
        assert again["code"] == 0


def test_the_state_is_saved_while_it_runs_so_that_a_kill_loses_little(tmp_path: Path) -> None:
    state = tmp_path / "sandbox.state"
    with serving("--state", str(state)) as (process, found):
        made = post(f"{found['control_url']}/orders", {"shape": "single"}).json()["ids"]
        deadline = time.monotonic() + 60
        while not state.exists() and time.monotonic() < deadline:
            get(f"{found['control_url']}/settings")
        process.kill()
        process.wait(10)
    with serving("--state", str(state)) as (_, found):
        shops = get(f"{found['control_url']}/state").json()["shops"]
        assert any(made[0] in shop["orders"] for shop in shops.values())


def test_a_living_sandbox_gets_orders_and_changes_by_itself() -> None:
    with serving("--live", "600") as (_, found):
        before = get(f"{found['control_url']}/state").json()
        after = before
        deadline = time.monotonic() + 60
        while after["shops"] == before["shops"] and time.monotonic() < deadline:
            after = get(f"{found['control_url']}/state").json()
        first = next(iter(before["shops"]))
        assert len(after["shops"][first]["orders"]) > len(before["shops"][first]["orders"])
        assert after["avasam"]["products"] != before["avasam"]["products"]


def test_a_state_file_that_is_none_is_left_alone_and_said(tmp_path: Path) -> None:
    state = tmp_path / "notes.txt"
    state.write_text("not a sandbox\n")
    command = [sys.executable, "-m", "core.sandbox", "serve", "--json", "--state", str(state)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.strip() == f"{state} is not a sandbox's state; move it away to start anew"
    assert state.read_text() == "not a sandbox\n"


def test_the_consent_sends_the_browser_where_the_app_says() -> None:
    with serving("--redirect-url", "http://localhost:9/back?app=1") as (_, found):
        reply = get(found["consent_url"], service_id=found["service_id"], state="s", auto="1")
        assert reply.headers["location"].startswith("http://localhost:9/back?app=1&")
