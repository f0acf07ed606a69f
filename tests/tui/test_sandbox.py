"""Commands and second screens find the sandbox of a running demo, and say so when there is none."""

import json
import os
import socket
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tui import sandbox
from tui.main import main

CREDENTIALS = {
    "app_key": "k",
    "app_secret": "s",
    "service_id": "1",
    "consumer_key": "c",
    "secret_key": "t",
}


@pytest.fixture(autouse=True)
def environ_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", os.environ.copy())
    os.environ["AVASAM_HOME"] = str(tmp_path)


def note_of_a_sandbox(home: Path, port: int) -> None:
    address = f"http://127.0.0.1:{port}"
    urls = dict.fromkeys(("tiktok_api_url", "tiktok_auth_url", "consent_url", "avasam_url"), address)
    home.mkdir(exist_ok=True)
    (home / sandbox.RUNNING).write_text(json.dumps({**urls, **CREDENTIALS}))


def test_without_a_demo_a_command_says_how_to_start_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["avasam", "--sandbox", "orders", "list"])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 1
    assert "No sandbox is running. Start it in another terminal: avasam --sandbox" in capsys.readouterr().err


@pytest.mark.parametrize("damage", ["", "[]", "{", '{"tiktok_api_url": 3}'])
def test_a_damaged_note_counts_as_none(tmp_path: Path, damage: str) -> None:
    (tmp_path / sandbox.RUNNING).write_text(damage)
    assert sandbox.running(tmp_path) is None


async def test_a_running_demo_is_joined_and_left_alone(tmp_path: Path) -> None:
    home = tmp_path / "sandbox"
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        note_of_a_sandbox(home, port)
        sandbox.join()
        assert os.environ["AVASAM_HOME"] == str(home)
        assert os.environ["AVASAM_TIKTOK_API_URL"] == f"http://127.0.0.1:{port}"
        assert await sandbox.Sandbox.start(home) is None, "it is another's to end"
    os.environ["AVASAM_HOME"] = str(tmp_path)
    with pytest.raises(sandbox.SandboxFailed):
        sandbox.join()  # the demo has ended, its note is stale


async def test_a_demo_started_again_listens_where_it_did_so_that_a_worker_that_stayed_finds_it(
    tmp_path: Path,
) -> None:
    home = tmp_path / "sandbox"
    ports: list[int | None] = []
    for _ in range(2):
        started = await sandbox.Sandbox.start(home)
        assert started is not None
        ports.append(urlsplit(os.environ["AVASAM_TIKTOK_API_URL"]).port)
        await started.stop()
    assert ports[0] == ports[1]
    with socket.create_server(("127.0.0.1", ports[0] or 0)):
        started = await sandbox.Sandbox.start(home)
        assert started is not None, "taken by something else meanwhile: another one does"
        assert urlsplit(os.environ["AVASAM_TIKTOK_API_URL"]).port != ports[0]
        await started.stop()
