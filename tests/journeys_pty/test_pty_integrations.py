"""A person at a real terminal: adds a shop, switches it off and on, authorises it again, removes it.

Acceptance lines: A1.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pexpect
import pytest

from tests.tui.integrations.support import Merchant, RunningClock, merchant_on_a_socket

AVASAM = (sys.executable, "-m", "tui.main")
ENTER, TAB, ESCAPE, SAVE, REMOVE = "\r", "\t", "\x1b", "\x13", "\x1b[19~"


class Terminal:
    """The program in a pseudo-terminal of 120x40, and commands beside it as independent proof."""

    def __init__(self, home: Path, merchant: Merchant) -> None:
        sandbox = merchant.sandbox
        self._home, self._merchant = home, merchant
        quiet = {"DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT", "TMUX", "NO_COLOR"}
        self._environ = {
            **{name: value for name, value in os.environ.items() if name not in quiet},
            "TERM": "xterm-256color",
            "AVASAM_HOME": str(home),
            "AVASAM_TIKTOK_API_URL": sandbox.base_url,
            "AVASAM_TIKTOK_AUTH_URL": sandbox.base_url,
            "AVASAM_TIKTOK_CONSENT_URL": f"{sandbox.base_url}/open/authorize",
            "AVASAM_TIKTOK_APP_KEY": sandbox.app_key,
            "AVASAM_TIKTOK_APP_SECRET": sandbox.app_secret,
            "AVASAM_TIKTOK_SERVICE_ID": sandbox.service_id,
            "AVASAM_ORDERS_SECONDS": "1",
        }
        self._process = pexpect.spawn(
            AVASAM[0], list(AVASAM[1:]), env=self._environ, dimensions=(40, 120), timeout=90, encoding="utf-8"
        )

    def press(self, keys: str) -> None:
        self._process.send(keys)

    def sees(self, words: str) -> None:
        self._process.expect_exact(words)

    def paste(self, text: str) -> None:
        self.press(f"\x1b[200~{text}\x1b[201~")

    def authorise(self, seller: int = 0) -> None:
        """From the Authkey button to the reply in the paste box; the address comes out by file."""
        before = set(self._files())
        self.sees("Nothing is kept here")
        self.press(ENTER)
        self.sees("Waiting, for half an hour")
        self.press("w")
        self.sees("Written to")
        (file,) = set(self._files()) - before
        self.paste(self._merchant.consent(file.read_text().strip(), seller))
        self.sees("shop_region=")
        self.press(ENTER)

    def shops(self) -> Any:
        """What another program finds."""
        words = [*AVASAM, "integrations", "list", "--json"]
        return json.loads(subprocess.run(words, env=self._environ, capture_output=True, check=True).stdout)

    def shops_once(self, wanted: Callable[[Any], bool]) -> Any:
        """What another program finds once it is as wanted; the screen goes on being read meanwhile.

        A toast may be gone before a busy machine has drawn it, what it tells of is not.
        """
        for _ in range(60):
            self._process.expect([pexpect.TIMEOUT, pexpect.EOF], timeout=0.05)
            found = self.shops()
            if wanted(found):
                return found
        raise AssertionError(f"it never came true: {found}")

    def leave(self) -> int | None:
        self.press("\x11")
        self._process.expect(pexpect.EOF)
        self._process.close()
        return self._process.exitstatus

    def kill(self) -> None:
        self._process.close(force=True)

    def _files(self) -> list[Path]:
        return list((self._home / "exports").glob("authorise*.txt"))


@pytest.fixture
def merchant() -> Iterator[Merchant]:
    with merchant_on_a_socket(RunningClock(), products=20, orders=5) as served:
        yield served


@pytest.fixture
def terminal(tmp_path: Path, merchant: Merchant) -> Iterator[Terminal]:
    started = Terminal(tmp_path, merchant)
    yield started
    started.kill()


def test_A1_to_A16_a_shop_is_added_switched_authorised_again_and_removed(
    terminal: Terminal, merchant: Merchant
) -> None:
    terminal.sees("No shop is connected yet.")
    terminal.press("a")
    terminal.sees("orders in, stock and prices out")
    terminal.press(ENTER)
    terminal.sees("Name this integration")
    terminal.press(f"Pty shop{ENTER}")
    terminal.authorise()
    (made,) = terminal.shops_once(lambda shops: len(shops) == 1)
    terminal.sees("Pty shop: orders")
    assert (made["name"], made["enabled"]) == ("Pty shop", True)

    terminal.press(" ")
    terminal.sees("Disable Pty shop?")
    terminal.press(TAB + ENTER)
    terminal.shops_once(lambda shops: not shops[0]["enabled"])
    terminal.sees("○ disabled")
    terminal.press(" ")
    terminal.sees("● enabled")

    merchant.sandbox.consents.revoke()
    terminal.sees("Pty shop needs reauthorisation")
    terminal.press(ENTER)
    terminal.sees("Additional settings")
    terminal.press(ENTER)
    terminal.authorise()
    terminal.sees("waits for Save")
    terminal.press(SAVE)
    (again,) = terminal.shops_once(lambda shops: shops[0]["needs_reauthorisation"] is None)
    assert again["id"] == made["id"]

    terminal.press(REMOVE)
    terminal.sees("Remove Pty shop?")
    terminal.press(TAB + ENTER)
    terminal.shops_once(lambda shops: shops == [])
    terminal.sees("No shop is connected yet.")
    assert terminal.leave() == 0
